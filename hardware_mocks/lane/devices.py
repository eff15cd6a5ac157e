"""The devices of one lane, wired to what happens in it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from hardware_mocks.barrier.board import BarrierBoard
from hardware_mocks.barrier.lane import Input
from hardware_mocks.camera.mjpeg import MjpegCamera
from hardware_mocks.camera.scene import Subject
from hardware_mocks.mrz_reader.elyctis import ElyctisReader
from hardware_mocks.mrz_reader.line_push import LinePushReader
from hardware_mocks.mrz_reader.rte_native import RteReader
from hardware_mocks.mrz_reader.syn_imager import SynImager
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.wire.pace import Pace
from hardware_mocks.wire.pty import Pty
from hardware_mocks.wire.vpcd import AT_ONCE, InsertedChip, ReaderAbsent, VirtualCard

MRZ_READERS: Final = {
    "elyctis": ElyctisReader,
    "line_push": LinePushReader,
    "rte_native": RteReader,
    "syn_imager": SynImager,
}
_READER_RETRY_SECONDS: Final = 0.5
_CARD_PATIENCE_SECONDS: Final = 1.0


class Placed(NamedTuple):
    """What lies on the reader: the lines of its MRZ, its chip, and how its data page looks."""

    mrz: Sequence[str]
    chip: InsertedChip
    page: npt.NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Slowness:
    """What wires, chips and motors take.

    Args:
        baud: of the serial lines, 8N1.
        link: of the chip's.
        door_seconds: from closed to open and back.

    """

    baud: int = 9600
    link: Pace = AT_ONCE
    door_seconds: float = 0.8


class LaneDevices:
    """Every device of a lane; also the ``Lane`` that a traveller walks through.

    ``async with LaneDevices(...) as devices`` starts them and ends them all.

    Args:
        vpcd: host and port of the virtual chip reader.
        mrz_reader: a name of ``MRZ_READERS``.
        speed: divides the motor time.
        slowness: of everything that is not a person.
        scanner: of data pages; None in a lane without.
        document: gives what is laid down on the n-th placement; set for each traveller.

    """

    document: Callable[[int], Placed] | None = None

    def __init__(
        self,
        vpcd: tuple[str, int],
        *,
        mrz_reader: str = "elyctis",
        speed: float = 1.0,
        slowness: Slowness | None = None,
        scanner: FolderScanner | None = None,
    ) -> None:
        self.scanner = scanner
        self._slowness = slowness = slowness or Slowness()
        self._mrz_pty = Pty(baud=slowness.baud, name="mrz-reader")
        self._barrier_pty = Pty(baud=slowness.baud, name="barrier")
        self.reader = MRZ_READERS[mrz_reader](self._mrz_pty)
        self.board = BarrierBoard(
            self._barrier_pty, motor_seconds=slowness.door_seconds, speed=speed
        )
        self.camera = MjpegCamera(light=lambda: self.board.lane.face_light)
        self.vpcd = vpcd
        self._card = VirtualCard(*vpcd, patience_seconds=_CARD_PATIENCE_SECONDS)
        self._stack = AsyncExitStack()
        self._wanted: Placed | None = None
        self._changed = asyncio.Event()
        self._inserted: InsertedChip | None = None

    async def __aenter__(self) -> Self:
        for pty in (self._mrz_pty, self._barrier_pty):
            self._stack.callback(pty.close)
        await self._stack.enter_async_context(self.camera)
        await self._stack.enter_async_context(self._card)
        tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        running = [
            tasks.create_task(work)
            for work in (self.reader.run(), self.board.run(), self._handle_documents())
        ]
        self._stack.callback(lambda: [task.cancel() for task in running])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    def addresses(self) -> dict[str, str]:
        """Return where the gate finds each device."""
        host, port = self.vpcd
        return {
            "mrz_reader": self._mrz_pty.path,
            "barrier": self._barrier_pty.path,
            "camera": self.camera.url,
            "vpcd": f"{host}:{port}",
            **({"page_scanner": str(self.scanner.folder)} if self.scanner else {}),
        }

    # What a traveller sees and does.

    @property
    def light(self) -> str:
        return self.board.lane.light

    @property
    def door_open(self) -> bool:
        return self.board.lane.read_input(Input.ENTRY_OPEN)

    @property
    def door_closed(self) -> bool:
        return self.board.lane.read_input(Input.ENTRY_CLOSED)

    @property
    def exit_open(self) -> bool:
        return self.board.lane.read_input(Input.EXIT_OPEN)

    @property
    def chip_lost(self) -> bool:
        laid = self._wanted is not None and self._inserted is self._wanted.chip
        return laid and not self._card.inserted

    def break_beam(self, beam: int, *, broken: bool) -> None:
        self.board.lane.presence[beam - 1] = broken

    def lay(self, placement: int) -> None:
        if self.document is None:
            raise RuntimeError("nobody has a document")
        self._wanted = self.document(placement)
        self._changed.set()

    def lift(self) -> None:
        self._wanted = None
        self._changed.set()

    def show(self, subject: Subject | None) -> None:
        self.camera.scene.subject = subject

    # The document on the reader: both of its devices notice, one after the other.

    async def _handle_documents(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            wanted, self._inserted = self._wanted, None
            await self._card.remove()
            await self.reader.lift()
            if wanted is not None:
                if self.scanner is not None and wanted.page is not None:
                    await asyncio.to_thread(self.scanner.scan, wanted.page)
                await self.reader.lay(wanted.mrz)
                await self._insert(wanted.chip)

    async def _insert(self, chip: InsertedChip) -> None:
        while not self._changed.is_set():
            try:
                await self._card.insert(chip, self._slowness.link)
            except ReaderAbsent:  # the gate is down; people wait
                await asyncio.sleep(_READER_RETRY_SECONDS)
            else:
                self._inserted = chip
                return
