"""The devices of one lane, wired to what happens in it."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Final, Self

from hardware_mocks.barrier.lane import Coil, Input, Lane
from hardware_mocks.barrier.signal_board import SignalBoard
from hardware_mocks.camera.mjpeg import MjpegCamera
from hardware_mocks.camera.scene import Subject
from hardware_mocks.lane.condition import Condition, set_camera, set_line
from hardware_mocks.lane.document_place import DocumentPlace, Placed
from hardware_mocks.lane.kind import BARRIERS, MRZ_READERS, LaneKind
from hardware_mocks.lane.slowness import Slowness
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.wire.pty import Pty
from hardware_mocks.wire.vpcd import VirtualCard

__all__ = ["LaneDevices", "Placed"]

_CARD_PATIENCE_SECONDS: Final = 1.0
_PICTURES_PER_SECOND: Final = 12.0
_MRZ_READER: Final = "mrz_reader"
_CHIP_READER: Final = "chip_reader"
_CAMERA: Final = "camera"
_BARRIER: Final = "barrier"
_EMERGENCY_INPUT: Final = "emergency_input"
_SIGNAL_LIGHTS: Final = "signal_lights"
_BORDER_DOORS: Final = {"two_step": "exit", "kiosk": "none"}
_LACKS: Final = {"kiosk": _CAMERA, "token_gate": _CHIP_READER}


class LaneDevices:
    """Every device of a lane; also the ``Lane`` that a traveller walks through.

    ``async with LaneDevices(...) as devices`` starts them and ends them all.

    Args:
        vpcd: host and port of the virtual chip reader.
        kind: which devices there are.
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
        kind: LaneKind = LaneKind(),  # noqa: B008 - frozen
        speed: float = 1.0,
        slowness: Slowness = Slowness(),  # noqa: B008 - frozen
        scanner: FolderScanner | None = None,
    ) -> None:
        self.kind = kind
        self.scanner = scanner
        self.vpcd = vpcd
        self._lines = {
            name: Pty(baud=slowness.baud, name=name.replace("_", "-"))
            for name in kind.breakable
            if name not in {_CHIP_READER, _CAMERA}
        }
        self.reader = MRZ_READERS[kind.mrz_reader](self._lines[_MRZ_READER])
        self.board = BARRIERS[kind.barrier](
            self._lines[_BARRIER], motor_seconds=slowness.door_seconds, speed=speed
        )
        self.lane.emergency_apart = kind.emergency_input
        self.lane.lights_apart = kind.signal_lights
        self._signal_boards = [
            SignalBoard(self._lines[name], self.lane)
            for name in (_EMERGENCY_INPUT, _SIGNAL_LIGHTS)
            if name in self._lines
        ]
        self.camera = MjpegCamera(
            light=lambda: self.lane.face_light * kind.face_light,
            pictures_per_second=_PICTURES_PER_SECOND,
        )
        self._card = VirtualCard(*vpcd, patience_seconds=_CARD_PATIENCE_SECONDS)
        self.place = DocumentPlace(self.reader, self._card, scanner, link=slowness.link)
        self.conditions = dict.fromkeys(kind.breakable, Condition.WHOLE)
        self._seed = 0
        self._stack = AsyncExitStack()

    @property
    def lane(self) -> Lane:
        """The doors, beams, buttons and lamps."""
        return self.board.lane

    async def __aenter__(self) -> Self:
        for pty in self._lines.values():
            self._stack.callback(pty.close)
        await self._stack.enter_async_context(self.camera)
        await self._stack.enter_async_context(self._card)
        tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        devices = (self.reader, self.board, *self._signal_boards)
        running = [tasks.create_task(device.run()) for device in devices]
        running.append(tasks.create_task(self.place.run(seed=lambda: self._seed)))
        self._stack.callback(lambda: [task.cancel() for task in running])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    def set_condition(self, device: str, condition: Condition, *, seed: int = 0) -> None:
        """Bring a device of ``conditions`` into ``condition``.

        Args:
            device: its name in the settings.
            condition: from now on.
            seed: of what is left to chance in it.

        """
        self.conditions[device] = condition
        self._seed = seed
        if device == _CHIP_READER:
            self.place.set_chip_condition(condition)
        elif device == _CAMERA:
            set_camera(self.camera, condition, usual_pictures=_PICTURES_PER_SECOND)
        else:
            set_line(self._lines[device], condition, seed=seed)

    def addresses(self) -> dict[str, str]:
        """Return where the gate finds each device."""
        host, port = self.vpcd
        return {
            **{name: pty.path for name, pty in self._lines.items()},
            _CAMERA: self.camera.url,
            "vpcd": f"{host}:{port}",
            **({"page_scanner": str(self.scanner.folder)} if self.scanner else {}),
        }

    def settings(self) -> dict[str, dict[str, Any]]:
        """Return driver, address and options of each device, as a gate's settings name them."""
        at = self.addresses()
        drivers = {
            _MRZ_READER: (self.kind.mrz_reader, at[_MRZ_READER]),
            _CHIP_READER: ("vpcd", at["vpcd"]),
            _CAMERA: ("opencv", at[_CAMERA]),
            _BARRIER: (self.kind.barrier, at[_BARRIER]),
            "page_scanner": ("folder", at.get("page_scanner")),
            _EMERGENCY_INPUT: ("modbus", at.get(_EMERGENCY_INPUT)),
            _SIGNAL_LIGHTS: ("modbus", at.get(_SIGNAL_LIGHTS)),
        }
        named: dict[str, dict[str, Any]] = {
            name: {"driver": driver, "address": address}
            for name, (driver, address) in drivers.items()
            if address is not None and name != _LACKS.get(self.kind.flow)
        }
        named[_BARRIER]["options"] = self._barrier_options()
        return named

    def _barrier_options(self) -> dict[str, Any]:
        mantrap = self.kind.flow == "two_step"
        options: dict[str, Any] = {"door": _BORDER_DOORS.get(self.kind.flow, "entry")}
        if mantrap:
            options["input_release_button"] = int(Input.RELEASE_BUTTON)
        if self.kind.face_light and self.kind.barrier == "modbus":
            options["coil_face_light"] = int(Coil.FACE_LIGHT)
        elif self.kind.face_light:
            options["face_light"] = True
        return options

    # What a traveller sees and does.

    @property
    def light(self) -> str:
        return self.lane.light

    @property
    def door_open(self) -> bool:
        return self.lane.read_input(Input.ENTRY_OPEN)

    @property
    def door_closed(self) -> bool:
        return self.lane.read_input(Input.ENTRY_CLOSED)

    @property
    def exit_open(self) -> bool:
        return self.lane.read_input(Input.EXIT_OPEN)

    @property
    def chip_lost(self) -> bool:
        return self.place.chip_lost

    def break_beam(self, beam: int, *, broken: bool) -> None:
        self.lane.presence[beam - 1] = broken

    def lay(self, placement: int) -> None:
        if self.document is None:
            raise RuntimeError("nobody has a document")
        self.place.lay(self.document(placement))

    def lift(self) -> None:
        self.place.lift()

    def show(self, subject: Subject | None) -> None:
        self.camera.scene.subject = subject
