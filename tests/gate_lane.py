"""A whole gate over simulated devices, for tests of the shell."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from drivers.simulated import (
    SimulatedBarrier,
    SimulatedCamera,
    SimulatedChipReader,
    SimulatedMrzReader,
)
from egate.biometrics.detection import FaceBox
from egate.domain.conditions import ConditionLimits
from egate.domain.evidence import BackgroundEvidence, FaceEvidence
from egate.domain.guidance import Guidance
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingRecord, Direction
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity
from egate.emrtd.conversation import Conversation
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK
from egate.gate.background.checking import BackgroundPart
from egate.gate.background.listed import ListsAtGate
from egate.gate.background.subject import BackgroundSubject
from egate.gate.case_images import CaseImages
from egate.gate.chip_reading import ChipInspection, Evaluate
from egate.gate.clocks import Clocks
from egate.gate.conditions import Surroundings
from egate.gate.lane import LaneGate, Procedures
from egate.gate.lane_devices import LaneDevices
from egate.gate.memory import Memory
from egate.gate.watchers import LaneLayout
from egate.outbox.backoff import delays
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.ports.devices import DeviceError, EmergencyInput, SignalLights
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt, Standing
from egate.ports.supervision import TrustStatus
from egate.ports.tokens import Kiosks
from egate.reporting.mapping import decode, encode
from tests.face_quality import quality
from tests.gate_samples import BACKGROUND, POLICY, chip, face, results
from tests.station_keys import KeyOfTests

IDENTITY = LaneIdentity("DAC-E-01", "BDDAC", "0.1.0")
MRZ = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F3204153ZE184226B<<<<<16",
)
CLOCKS = Clocks(time.monotonic, lambda: time.time_ns() / 1e9)
QUICK = replace(
    POLICY,
    profile=replace(POLICY.profile, face_seconds=1),
    mrz_seconds=5,
    inspection_seconds=5,
    passage_seconds=5,
)


@dataclass
class Centre:
    """Takes records, unless it is away."""

    away: bool = False
    records: list[CrossingRecord] = field(default_factory=list)
    sent: list[PendingRecord] = field(default_factory=list)
    has: Standing | None = None
    """What it says that it has, nothing if it is None."""
    asked: list[int] = field(default_factory=list)

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        if self.away:
            raise CentreUnavailable("away")
        known = {record.crossing_id for record in self.records}
        for pending in batch:
            if pending.record_id not in known:
                self.records.append(decode(pending.payload))
                self.sent.append(pending)
        return Receipt(frozenset(p.record_id for p in batch), {})

    async def standing(self, last_gate_seq: int) -> Standing:
        if self.away:
            raise CentreUnavailable("away")
        self.asked.append(last_gate_seq)
        return self.has or Standing(0)


@dataclass
class Procedure:
    """A chip that answers ``exchanges`` commands; what it shows is given."""

    inspection: ChipInspection = field(default_factory=lambda: ChipInspection(chip(), b"portrait"))
    exchanges: int = 3
    begun: int = 0

    def __call__(self, *_: object) -> Conversation[Evaluate]:
        self.begun += 1
        for _number in range(self.exchanges):
            yield CommandApdu(0, 0xB0, 0, 0, le=16)
        return lambda: self.inspection


@dataclass
class Background:
    """Lists and authorisations that know nothing against anybody; a test says what they answer."""

    evidence: BackgroundEvidence = field(
        default_factory=lambda: BackgroundEvidence(results(BACKGROUND))
    )
    asked: list[BackgroundSubject] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answers.set()

    async def check(self, subject: BackgroundSubject) -> BackgroundEvidence:
        self.asked.append(subject)
        await self.answers.wait()
        return self.evidence


class Trust:
    """What the lane trusts; a test says what it is."""

    def __init__(self) -> None:
        self.status = TrustStatus()
        self.fault: DeviceError | None = None
        self._listener: Callable[[], None] = lambda: None

    def on_change(self, listener: Callable[[], None]) -> None:
        self._listener = listener

    def become(self, status: TrustStatus, fault: DeviceError | None = None) -> None:
        self.status, self.fault = status, fault
        self._listener()

    async def check(self) -> None:
        if self.fault:
            raise self.fault

    async def run(self) -> None:
        await asyncio.Event().wait()


@dataclass
class Around:
    """Disk, clock and consoles of the lane; a test says how they are."""

    disk_used: float = 0.1
    clock_error: float | None = 0.01
    officer_required: bool = False
    limits: ConditionLimits = field(default_factory=ConditionLimits)

    def as_seen(self) -> Surroundings:
        return Surroundings(
            self.limits, lambda: self.disk_used, lambda: self.clock_error, self.officer_required
        )


class Comparison:
    """Compares as soon as there is a portrait; the answer is given."""

    tell: Callable[[Guidance | None], None]

    def __init__(self) -> None:
        self.evidence: FaceEvidence = face()
        self.compared = 0
        self.compares = asyncio.Event()
        self.compares.set()

    def on_guidance(self, listener: Callable[[Guidance | None], None]) -> None:
        self.tell = listener

    async def run(
        self, portrait: "asyncio.Future[bytes | None]", images: CaseImages
    ) -> FaceEvidence:
        await asyncio.wait([portrait])
        await self.compares.wait()
        self.compared += 1
        return self.evidence


def good_chip(_: CommandApdu) -> ResponseApdu:
    return ResponseApdu(b"", OK)


@dataclass
class Hall:
    """One gate with everything around it."""

    gate: LaneGate
    mrz_reader: SimulatedMrzReader
    chip_reader: SimulatedChipReader
    camera: SimulatedCamera
    barrier: SimulatedBarrier
    centre: Centre
    procedure: Procedure
    comparison: Comparison
    database: sqlite3.Connection
    background: Background

    @property
    def state(self) -> m.State:
        return self.gate.runner.state

    async def until(self, condition: Callable[[], object], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - the gate has no event for every condition
                await asyncio.sleep(0.002)

    async def until_state(self, kind: type) -> None:
        await self.until(lambda: isinstance(self.state, kind))

    async def beams(self, mouth: bool = False, reader: bool = False, behind: bool = False) -> None:  # noqa: FBT001, FBT002
        await self.barrier.sense(replace(self.barrier.now, presence=(mouth, reader, behind)))
        await asyncio.sleep(0.005)

    async def walk_up(self) -> None:
        await self.beams(mouth=True)
        await self.beams(reader=True)

    async def walk_through(self) -> None:
        await self.beams()
        await self.beams(behind=True)
        await self.beams()

    async def go_back(self) -> None:
        await self.beams()
        await self.beams(mouth=True)
        await self.beams()

    async def present(self, mrz: Sequence[str] = MRZ) -> None:
        await self.chip_reader.insert(good_chip)
        self.mrz_reader.present(*mrz)

    async def records(self, count: int) -> list[CrossingRecord]:
        await self.until(lambda: len(self.centre.records) >= count)
        return self.centre.records


@asynccontextmanager
async def hall(  # noqa: PLR0913 - a whole gate
    folder: Path,
    *,
    policy: Policy = QUICK,
    centre: Centre | None = None,
    ways: Sequence[object] = (),
    clocks: Clocks = CLOCKS,
    trust: object | None = None,
    surroundings: "Around | None" = None,
    flow: m.Flow = m.Flow.ONE_STEP,
    kiosks: Kiosks | None = None,
    apart: tuple[EmergencyInput | None, SignalLights | None] = (None, None),
    lists: ListsAtGate | None = None,
    direction: Direction = Direction.ENTRY,
    asked: BackgroundPart | None = None,
    identity: LaneIdentity = IDENTITY,
    reads_mrz: bool = True,
    waits: Callable[[], Iterator[float]] = lambda: delays(lambda: 0.0, first=0.01, most=0.05),
    signer: KeyOfTests | None = None,
) -> AsyncIterator[Hall]:
    """A gate that runs inside the block.

    ``ways``: the chip procedure and what makes the face comparison of a camera, fakes when
    there are none; then a page scanner and what is done with its pages.
    ``apart``: an emergency input and signal lights that are not the barrier board's.
    ``lists``: asked instead of a fake that clears everybody, and kept fresh by the gate.
    ``asked``: asked instead of either.
    ``reads_mrz``: there is an MRZ reader; else the page scanner reads the MRZ.
    ``waits``: of the forwarder, and of lost devices.
    """
    centre, trust, surroundings = centre or Centre(), trust or Trust(), surroundings or Around()
    background = Background()
    camera = SimulatedCamera(time.monotonic)
    procedure, make_faces = ways[:2] or (Procedure(), lambda _: Comparison())
    faces = make_faces(camera)
    page_scanner, pages = ways[2:] or (None, None)
    mrz_reader = SimulatedMrzReader()
    devices = LaneDevices(
        mrz_reader if reads_mrz else None,
        SimulatedChipReader(),
        camera,
        SimulatedBarrier(),
        page_scanner=page_scanner,
        emergency_input=apart[0],
        signal_lights=apart[1],
    )
    seal = Seal.from_file(folder / "journal.key")
    with open_database(folder / "journal.sqlite") as database:
        procedures = Procedures(
            chip=procedure,
            face=faces,
            layout=LaneLayout(flow, lambda: direction),
            trust=trust,
            sink=centre,
            encode=encode,
            delays=waits,
            surroundings=surroundings.as_seen(),
            background=asked or lists or background,
            pages=pages,
            kiosks=kiosks,
            lists=lists,
        )
        memory = Memory(database, seal, signer or KeyOfTests())
        gate = LaneGate(identity, policy, devices, memory, procedures, clocks)
        made = Hall(
            gate,
            mrz_reader,
            devices.chip_reader,
            devices.camera,
            devices.barrier,
            centre,
            procedure,
            faces,
            database,
            background,
        )
        running = asyncio.ensure_future(gate.run())  # noqa: TID251 - owned by this block
        try:
            await made.until(lambda: devices.barrier.positions)
            yield made
        finally:
            running.cancel()
            await asyncio.wait([running])
            if not running.cancelled() and running.exception():
                raise running.exception()


def template(score: float = 1.0, **others: float) -> SimpleNamespace:
    return SimpleNamespace(
        faces=1, box=FaceBox(8, 8, 16, 16), quality=quality(**others), embedding=np.array([score])
    )
