"""One lane of a random world: the mocks' doors and people at a real gate, in virtual time."""

import asyncio
from collections.abc import Mapping
from typing import Final

from drivers.barrier.controlled import ControlledBarrier, ControlledOptions
from drivers.barrier.modbus import ModbusBoard
from drivers.barrier.registers import RegisterMap
from drivers.simulated import SimulatedCamera, SimulatedChipReader, SimulatedMrzReader
from egate.domain.evidence import FaceEvidence
from egate.domain.session import model as m
from egate.emrtd.checks import Outcome
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.gate.case_images import CaseImages
from egate.gate.chip_reading import ChipInspection
from egate.ports.devices import DeviceError, DeviceName
from hardware_mocks.barrier.lane import Coil, Input, Lane
from hardware_mocks.camera.scene import Pose, Subject
from hardware_mocks.world.misbehaviour import Trouble
from hardware_mocks.world.traveller import Kind
from tests.gate_lane import MRZ, Comparison, Procedure, good_chip
from tests.gate_samples import chip, face

_FACE_SECONDS: Final = 0.8
_SLOW_SECONDS: Final = 0.4
CHIPS: Final[Mapping[Kind, Mapping[str, Outcome]]] = {
    Kind.TAMPERED_DG: {"DG_HASHES": Outcome.FAILED},
    Kind.UNKNOWN_SIGNER: {"CERTIFICATE_PATH": Outcome.FAILED},
    Kind.CLONED_CHIP: {"ACTIVE_AUTHENTICATION": Outcome.FAILED},
}


class Troubles:
    """Which devices are in trouble now."""

    def __init__(self) -> None:
        self.now: set[Trouble] = set()

    def check(self, trouble: Trouble, device: DeviceName) -> None:
        """Raise DeviceError while ``trouble`` lasts."""
        if trouble in self.now:
            raise DeviceError(device, trouble.value)


class BoardLine:
    """A Modbus line to the mock's board without a wire."""

    def __init__(self, lane: Lane, troubles: Troubles) -> None:
        self.lane = lane
        self.exit_door = Coil.EXIT_OPEN
        self.opened_out = 0
        self._troubles = troubles

    async def write_coils(self, coils: Mapping[int, bool]) -> None:
        await self._reach()
        for address, value in coils.items():
            if address == self.exit_door and value and not self.lane.coils[address]:
                self.opened_out += 1
            self.lane.write_coil(address, value)

    async def read_inputs(self, first: int, count: int) -> list[bool]:
        await self._reach()
        return [self.lane.read_input(address) for address in range(first, first + count)]

    def close(self) -> None:
        pass

    async def _reach(self) -> None:
        self._troubles.check(Trouble.BARRIER_DEAD, DeviceName.BARRIER)
        await asyncio.sleep(_SLOW_SECONDS if Trouble.BARRIER_SLOW in self._troubles.now else 0.005)
        self.lane.advance(asyncio.get_running_loop().time())


class MrzReader(SimulatedMrzReader):
    """Has nothing to say while it is unplugged."""

    def __init__(self, troubles: Troubles) -> None:
        super().__init__()
        self._troubles = troubles

    def present(self, *lines: str) -> None:
        if Trouble.MRZ_READER_UNPLUGGED not in self._troubles.now:
            super().present(*lines)

    async def check(self) -> None:
        self._troubles.check(Trouble.MRZ_READER_UNPLUGGED, DeviceName.MRZ_READER)


class ChipReader(SimulatedChipReader):
    def __init__(self, troubles: Troubles) -> None:
        super().__init__()
        self._troubles = troubles

    async def check(self) -> None:
        self._troubles.check(Trouble.CHIP_READER_UNPLUGGED, DeviceName.CHIP_READER)


class Camera(SimulatedCamera):
    def __init__(self, troubles: Troubles) -> None:
        super().__init__(lambda: asyncio.get_running_loop().time())
        self._troubles = troubles

    async def check(self) -> None:
        self._troubles.check(Trouble.CAMERA_DEAD, DeviceName.CAMERA)


class Site:
    """The lane as its travellers see it (``hardware_mocks.world.walker.Lane``)."""

    def __init__(self, flow: m.Flow) -> None:
        self.flow = flow
        self.troubles = Troubles()
        self.lane = Lane()
        self.line = BoardLine(self.lane, self.troubles)
        door = "exit" if flow.has_mantrap else "entry"
        if door == "entry":
            self.line.exit_door = Coil.ENTRY_OPEN
        board = ModbusBoard(self.line, RegisterMap())  # type: ignore[arg-type]
        self.barrier = ControlledBarrier(board, ControlledOptions(door=door))
        self.mrz_reader = MrzReader(self.troubles)
        self.chip_reader = ChipReader(self.troubles)
        self.camera = Camera(self.troubles)
        self.procedure = Procedure()
        self.faces = Faces(self)
        self.kind = Kind.GENUINE
        self.failing_placements = 0
        self.subject: Subject | None = None
        self._lost = False
        self._laid: set[asyncio.Task[None]] = set()

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
        return self._lost

    def break_beam(self, beam: int, *, broken: bool) -> None:
        self.lane.presence[beam - 1] = broken

    def lay(self, placement: int) -> None:
        self._lost = False
        self.procedure.inspection = ChipInspection(chip(**CHIPS.get(self.kind, {})), b"portrait")
        leaves = placement <= self.failing_placements
        self._later(self.chip_reader.insert(self._leaving if leaves else good_chip))
        self.mrz_reader.present(*MRZ)

    def lift(self) -> None:
        self._lost = False
        self._later(self.chip_reader.remove())

    def show(self, subject: Subject | None) -> None:
        self.subject = subject

    def _leaving(self, _: CommandApdu) -> ResponseApdu:
        self._lost = True
        self._later(self.chip_reader.remove())
        raise ChipLost("moved")

    def _later(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload] # noqa: TID251
        self._laid.add(task)
        task.add_done_callback(self._laid.discard)


class Faces(Comparison):
    """Compares whoever looks into the camera."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._site = site

    async def run(
        self, portrait: "asyncio.Future[bytes | None]", images: CaseImages
    ) -> FaceEvidence:
        await asyncio.wait([portrait])
        looked = 0.0
        while looked < _FACE_SECONDS:
            self._site.troubles.check(Trouble.CAMERA_DEAD, DeviceName.CAMERA)
            await asyncio.sleep(0.1)
            subject = self._site.subject
            looked = looked + 0.1 if subject and subject.pose is Pose.FACING else 0.0
        impostor = self._site.kind is Kind.OTHER_PERSONS_PASSPORT
        return face(0.1, FACE=Outcome.FAILED) if impostor else face()
