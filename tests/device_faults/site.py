"""One lane of simulated devices on real wires, each of which can go wrong.

It is the ``Lane`` that the mocks' travellers walk through. Pictures are small and say by
their brightness who stands there: nothing here is about faces.
"""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from hardware_mocks.barrier.lane import Input
from hardware_mocks.barrier.signal_board import SignalBoard
from hardware_mocks.barrier.turnstile import TurnstileController
from hardware_mocks.camera.mjpeg import MjpegCamera
from hardware_mocks.camera.scene import Subject
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.wire.pace import Pace
from hardware_mocks.wire.vpcd import ReaderAbsent, VirtualCard
from tests.device_faults.devices import (
    APART,
    BARRIERS,
    BOARD_LATE_SECONDS,
    MRZ_READERS,
    Device,
    Fitted,
    LitBoard,
    Shades,
)
from tests.device_faults.pages import PAGE, scan_garbled
from tests.device_faults.wires import Fault, FaultyPty, Relay
from tests.pcscd import Pcscd

_MRZ_LATE_SECONDS = 3.0
_CAMERA_LATE_SECONDS = 4.0
_CARD_LATE_SECONDS = 4.0
_PAGE_LATE_SECONDS = 5.0
_CHIP_PACE = Pace(apdu_ms=40)
_RETRY_SECONDS = 0.3
_PATIENCE_SECONDS = 0.5


class Site:
    """The lane as its travellers see it (``hardware_mocks.world.walker.Lane``), and its faults."""

    def __init__(self, fitted: Fitted, document: Document, pages: Path) -> None:
        self._document = document
        self._wanted = False
        self._changed = asyncio.Event()
        self.mrz_pty = FaultyPty("mrz-reader", _MRZ_LATE_SECONDS)
        self.barrier_pty = FaultyPty("barrier", BOARD_LATE_SECONDS)
        self.reader = MRZ_READERS[fitted.mrz_reader](self.mrz_pty)
        clock = asyncio.get_running_loop().time
        turnstile = fitted.barrier is Device.TURNSTILE
        self.board: Any = (TurnstileController if turnstile else LitBoard)(
            self.barrier_pty, clock=clock
        )
        self.lane = self.board.lane
        self.lane.emergency_apart = self.lane.lights_apart = fitted.apart
        self.apart_ptys = {each: FaultyPty(each, BOARD_LATE_SECONDS) for each in APART}
        self._lamps_fault = False
        self.display: Callable[[], str] = lambda: "busy"
        self.scene = Shades()
        self.camera = MjpegCamera(self.scene, pictures_per_second=7.0)  # type: ignore[arg-type]
        self.pages = pages
        self._scanner = FolderScanner(pages)
        self._scanner_fault: Fault | None = None
        self._spoilt = 0
        self._pcscd_fault: Fault | None = None
        self._fitted = fitted
        self.card_relay = Relay(
            fitted.chip_port,
            device_calls=True,
            late_seconds=_CARD_LATE_SECONDS,
            in_frame=fitted.pcscd is not None,  # it is the reader that frames, not the chip
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Site"]:
        """Let every device run inside the block."""
        async with self.camera, self.card_relay:
            port = int(self.camera.url.split(":")[2].split("/")[0])
            self.camera_relay = Relay(port, device_calls=False, late_seconds=_CAMERA_LATE_SECONDS)
            self.centre_relay = Relay(
                self._fitted.centre_port, device_calls=False, late_seconds=_CARD_LATE_SECONDS
            )
            card = VirtualCard(
                "127.0.0.1", self.card_relay.port, patience_seconds=_PATIENCE_SECONDS
            )
            async with self.camera_relay, self.centre_relay, card, asyncio.TaskGroup() as tasks:
                self._card = card
                works = [self.reader.run(), self.board.run(), self._handle_documents()]
                if self._fitted.apart:
                    works += [SignalBoard(pty, self.lane).run() for pty in self.apart_ptys.values()]
                running = [tasks.create_task(work) for work in works]
                try:
                    yield self
                finally:
                    for task in running:
                        task.cancel()
                    for pty in self._ptys.values():
                        pty.close()

    @property
    def camera_url(self) -> str:
        return f"http://127.0.0.1:{self.camera_relay.port}/lane.mjpg"

    # Faults.

    async def begin(self, device: Device, fault: Fault, seed: int) -> None:
        """Let ``device`` go wrong from now on."""
        self._lamps_fault = device is Device.SIGNAL_LIGHTS
        match device:
            case Device.PCSC if self._fitted.pcscd and fault in {Fault.UNPLUGGED, Fault.DEAD}:
                await self._lose_pcscd(self._fitted.pcscd, fault)
            case Device.VPCD | Device.PCSC | Device.CAMERA | Device.CENTRE:
                await self._relays[device].begin(fault, seed)
            case Device.FACE_LIGHT:
                self.board.light_fault = fault
            case Device.PAGE_SCANNER:
                self._scanner_fault, self._spoilt = fault, seed
                if fault is Fault.UNPLUGGED:
                    self.pages.rename(self.pages.with_suffix(".gone"))
            case _:
                self._ptys[device].begin(fault, seed)

    @property
    def _ptys(self) -> dict[Device, FaultyPty]:
        readers = dict.fromkeys(MRZ_READERS, self.mrz_pty)
        return readers | dict.fromkeys(BARRIERS, self.barrier_pty) | self.apart_ptys

    @property
    def _relays(self) -> dict[Device, Relay]:
        cards = dict.fromkeys((Device.VPCD, Device.PCSC), self.card_relay)
        return cards | {Device.CAMERA: self.camera_relay, Device.CENTRE: self.centre_relay}

    async def mend(self) -> None:
        """Let every device be well again."""
        if self._pcscd_fault is not None and self._fitted.pcscd:
            await self._bring_pcscd_back(self._fitted.pcscd)
        for pty in self._ptys.values():
            pty.mend()
        self._lamps_fault = False
        for relay in self._relays.values():
            await relay.mend()
        if self._fitted.barrier is Device.MODBUS:
            self.board.light_fault = None
        self._scanner_fault = None
        with suppress(OSError):
            self.pages.with_suffix(".gone").rename(self.pages)

    async def _lose_pcscd(self, pcscd: Pcscd, fault: Fault) -> None:
        """Pull the reader from under pcscd, or let pcscd hang."""
        self._pcscd_fault = fault
        if fault is Fault.DEAD:
            pcscd.send(signal.SIGSTOP)
        else:
            await asyncio.to_thread(pcscd.stop)
            await asyncio.to_thread(pcscd.start, with_reader=False)

    async def _bring_pcscd_back(self, pcscd: Pcscd) -> None:
        if self._pcscd_fault is Fault.DEAD:
            pcscd.send(signal.SIGCONT)
        else:
            await asyncio.to_thread(pcscd.stop)
            await asyncio.to_thread(pcscd.start)
        self._pcscd_fault = None

    # What a traveller sees and does.

    @property
    def light(self) -> str:
        """What travellers see, by the lamps or, where those are broken, on the display."""
        return self.display() if self._lamps_fault else str(self.lane.light)

    @property
    def door_open(self) -> bool:
        return bool(self.lane.read_input(Input.ENTRY_OPEN))

    @property
    def door_closed(self) -> bool:
        return bool(self.lane.read_input(Input.ENTRY_CLOSED))

    @property
    def exit_open(self) -> bool:
        return bool(self.lane.read_input(Input.EXIT_OPEN))

    @property
    def chip_lost(self) -> bool:
        return self._laid and not self._card.inserted

    _laid = False

    def break_beam(self, beam: int, *, broken: bool) -> None:
        self.lane.presence[beam - 1] = broken

    def lay(self, placement: int) -> None:
        self._wanted = True
        self._changed.set()

    def lift(self) -> None:
        self._wanted = False
        self._changed.set()

    def show(self, subject: Subject | None) -> None:
        self.scene.subject = subject

    def empty(self) -> None:
        """Everybody is gone, with all they brought."""
        self.lane.presence[:] = [False] * 3
        self.show(None)
        self.lift()

    # The document on the reader: both of its devices notice, one after the other.

    async def _handle_documents(self) -> None:
        async with asyncio.TaskGroup() as beside:
            while True:
                await self._changed.wait()
                self._changed.clear()
                wanted, self._laid = self._wanted, False
                await self._card.remove()
                await self.reader.lift()
                if wanted:
                    beside.create_task(self._scan())
                    await self.reader.lay(self._document.mrz)
                    await self._insert()

    async def _insert(self) -> None:
        while not self._changed.is_set():
            try:
                await self._card.insert(Chip(self._document), _CHIP_PACE)
            except ReaderAbsent:  # it is gone; people wait
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                self._laid = True
                return

    async def _scan(self) -> None:
        fault = self._scanner_fault
        if fault is Fault.SLOW:
            await asyncio.sleep(_PAGE_LATE_SECONDS)
        with suppress(OSError):
            if fault is Fault.GARBLED:
                scan_garbled(self.pages, self._spoilt)
                self._spoilt += 1
            elif fault is not Fault.DEAD:
                self._scanner.scan(PAGE)


@asynccontextmanager
async def site_with(fitted: Fitted, document: Document) -> AsyncIterator[Site]:
    """A lane that runs inside the block."""
    with tempfile.TemporaryDirectory(prefix="fault-pages-") as folder:
        pages = Path(folder) / "pages"
        pages.mkdir()
        async with Site(fitted, document, pages).running() as site:
            yield site
