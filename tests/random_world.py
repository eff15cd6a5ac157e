"""Plays one random world and checks what must hold in every one."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.lane import session_id_of
from egate.gate.clocks import Clocks
from egate.gate.lane import LaneGate, Procedures
from egate.gate.lane_devices import LaneDevices
from egate.gate.memory import Memory
from egate.gate.watchers import LaneLayout
from egate.outbox.backoff import delays
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.ports.supervision import OfficerOrder
from egate.reporting.mapping import encode
from hardware_mocks.world.misbehaviour import (
    Disturbance,
    Trouble,
    Visitor,
    World,
)
from hardware_mocks.world.odd_visit import Oddity, OddVisit
from hardware_mocks.world.play import Play, Script
from hardware_mocks.world.traveller import Kind
from hardware_mocks.world.visit import Visit
from tests.gate_lane import IDENTITY, Around, Background, Centre, Trust
from tests.gate_samples import ENTERED_AT, POLICY
from tests.random_site import Site
from tests.station_keys import KeyOfTests

_TICK: Final = 0.05
_VISIT_SECONDS: Final = 200.0
_BACK_IN_SERVICE_SECONDS: Final = 90.0
_OFFICER_SECONDS: Final = 3.0
# Between closed doors: the inspection, then the way back, then a door's stroke and a slow line.
_CLOSED_IN_SECONDS: Final = POLICY.inspection_seconds + POLICY.release_seconds + 8.0
_HONEST: Final = {Kind.GENUINE, Kind.CHIP_LEAVES_TWICE}
_ADMITTING: Final = (m.Passing, m.Evacuating)


@dataclass
class Played:
    """What came of one world.

    Args:
        faults: every law that did not hold; none is good.
        truth: what happened, in order.
        visits: how many travellers came.
        seconds: virtual ones.

    """

    faults: list[str] = field(default_factory=list)
    truth: list[dict[str, object]] = field(default_factory=list)
    visits: int = 0
    seconds: float = 0.0


async def play(world: World) -> Played:
    """Play ``world`` to its end; needs ``tests.virtual_time.run_virtually``."""
    played = Played(visits=len(world.visitors))
    with tempfile.TemporaryDirectory(prefix="world-") as folder:
        async with gate_at(Site(m.Flow(world.flow)), Path(folder)) as lane:
            try:
                await _Playing(world, lane, played).run()
            finally:
                played.seconds = asyncio.get_running_loop().time()
    return played


@dataclass
class GateAtSite:
    """A gate that runs, and what it is told of."""

    gate: LaneGate
    site: Site
    centre: Centre
    sessions: list[str] = field(default_factory=list)

    @property
    def state(self) -> m.State:
        return self.gate.runner.state

    def note_session(self) -> None:
        session = session_id_of(self.state)
        if session is not None and session not in self.sessions:
            self.sessions.append(session)


@asynccontextmanager
async def gate_at(site: Site, folder: Path) -> AsyncIterator[GateAtSite]:
    """Run a gate with the devices of ``site`` inside the block."""
    centre, trust = Centre(), Trust()
    now = asyncio.get_running_loop().time
    clocks = Clocks(now, lambda: ENTERED_AT + now())
    devices = LaneDevices(site.mrz_reader, site.chip_reader, site.camera, site.barrier)
    with open_database(folder / "journal.sqlite") as database:
        procedures = Procedures(
            chip=site.procedure,
            face=site.faces,
            layout=LaneLayout(site.flow, lambda: Direction.ENTRY),
            trust=trust,
            sink=centre,
            encode=encode,
            delays=lambda: delays(lambda: 0.0, first=0.2, most=2.0),
            surroundings=Around().as_seen(),
            background=Background(),
        )
        memory = Memory(database, Seal.from_file(folder / "journal.key"), KeyOfTests())
        gate = LaneGate(IDENTITY, POLICY, devices, memory, procedures, clocks)
        lane = GateAtSite(gate, site, centre)
        gate.runner.on_change(lane.note_session)
        running = asyncio.ensure_future(gate.run())  # noqa: TID251 - owned by this block
        try:
            yield lane
        finally:
            running.cancel()
            await asyncio.wait([running])
            if not running.cancelled() and running.exception():
                raise running.exception()


class _Playing:
    def __init__(self, world: World, lane: GateAtSite, played: Played) -> None:
        self._world = world
        self._lane = lane
        self._site = lane.site
        self._played = played
        self._closed_in_since: float | None = None
        self._opened_out = 0
        self._waits_since: float | None = None

    async def run(self) -> None:
        for index, visitor in enumerate(self._world.visitors):
            if not await self._visit(index, visitor):
                return
        if not await self._until_ready():
            self._fault("the lane is not back in service")
        await self._compare_records()

    async def _visit(self, index: int, visitor: Visitor) -> bool:
        site = self._site
        site.kind = visitor.traveller.kind
        site.failing_placements = visitor.traveller.failing_placements
        known, arrived = len(self._lane.sessions), self._now()
        happened: list[str] = []

        def tell(event: str) -> None:
            happened.append(event)
            self._played.truth.append({"index": index, "event": event, "at": round(self._now(), 2)})

        script = Play(self._script(visitor, tell))
        while script.tick(self._now()):
            if "arrived" not in happened:
                arrived = self._now()
            self._trouble(visitor.disturbance, self._now() - arrived, arrived="arrived" in happened)
            await self._tick(gone=False, inside="waits_inside" in happened)
            if self._now() - arrived > _VISIT_SECONDS:
                self._fault(f"visit {index} never ends ({happened})")
                return False
        self._trouble(None, 0.0, arrived=False)
        await self._until_ready()
        await self._check_verdict(index, visitor, self._lane.sessions[known:], happened)
        return True

    def _script(self, visitor: Visitor, tell: object) -> Script[None]:
        if self._world.flow == "two_step":
            return OddVisit(visitor.traveller, self._site, tell, oddity=visitor.oddity).script()  # type: ignore[arg-type]
        return Visit(visitor.traveller, self._site, tell).script()  # type: ignore[arg-type]

    def _trouble(self, disturbance: Disturbance | None, since: float, *, arrived: bool) -> None:
        troubles = self._site.troubles
        before, troubles.now = troubles.now, set()
        if disturbance is not None and arrived:
            begins = disturbance.after_seconds
            if begins <= since < begins + disturbance.seconds:
                troubles.now = {disturbance.trouble}
        self._site.lane.emergency = Trouble.EMERGENCY in troubles.now
        self._site.lane.obstructed = Trouble.JAM in troubles.now
        if Trouble.MRZ_READER_UNPLUGGED in troubles.now - before:
            self._site.mrz_reader.fail()
        if troubles.now != before:
            told = sorted(trouble.value for trouble in troubles.now)
            self._played.truth.append(
                {"event": "trouble", "now": told, "at": round(self._now(), 2)}
            )

    async def _tick(self, *, gone: bool, inside: bool) -> None:
        await asyncio.sleep(_TICK)
        self._site.lane.advance(self._now())
        self._look_at_the_exit()
        self._look_inside()
        self._play_officer(gone=gone or inside)

    def _look_at_the_exit(self) -> None:
        opened = self._site.line.opened_out
        if opened > self._opened_out and not isinstance(self._lane.state, _ADMITTING):
            self._fault(f"the way out was opened in {type(self._lane.state).__name__}")
        self._opened_out = opened

    def _look_inside(self) -> None:
        """Nobody stands between two closed doors for longer than the policy allows."""
        lane = self._site.lane
        closed_in = lane.presence[1] and lane.entry.opened < 1 and lane.exit.opened < 1
        reachable = not self._site.troubles.now & {Trouble.BARRIER_DEAD, Trouble.JAM}
        if self._world.flow != "two_step" or not closed_in or not reachable:
            self._closed_in_since = None
            return
        self._closed_in_since = self._closed_in_since or self._now()
        if self._now() - self._closed_in_since > _CLOSED_IN_SECONDS:
            self._fault(f"somebody is trapped in {type(self._lane.state).__name__}")
            self._closed_in_since = self._now()

    def _play_officer(self, *, gone: bool) -> None:
        state = self._lane.state
        needed = isinstance(state, m.AwaitingOfficer) or (
            isinstance(state, m.Evacuating) and not state.raised
        )
        if not needed or not gone:
            self._waits_since = None
            return
        self._waits_since = self._waits_since or self._now()
        if self._now() - self._waits_since >= _OFFICER_SECONDS:
            self._lane.gate.supervision.order(OfficerOrder.RESET, "officer")
            self._waits_since = None

    async def _until_ready(self) -> bool:
        deadline = self._now() + _BACK_IN_SERVICE_SECONDS
        while not (isinstance(self._lane.state, m.Idle) and self._at_rest):
            if self._now() > deadline:
                return False
            await self._tick(gone=True, inside=False)
        return True

    @property
    def _at_rest(self) -> bool:
        closed = self._site.lane.entry.opened == self._site.lane.exit.opened == 0
        return closed and self._site.light == "ready"

    async def _check_verdict(
        self, index: int, visitor: Visitor, sessions: list[str], happened: list[str]
    ) -> None:
        records = [r for r in await self._records() if r.crossing_id in sessions]
        kind, disturbed = visitor.traveller.kind, visitor.disturbance is not None
        admitted = [r for r in records if r.verdict is RecordVerdict.ADMIT]
        if admitted and kind not in _HONEST:
            self._fault(f"visit {index}: {kind.value} was admitted")
        if any(r.passage_confirmed for r in records) and "passed" not in happened:
            self._fault(f"visit {index}: a passage was recorded that never was")
        if not disturbed and [_outcome(r) for r in records] != [_expected(visitor)]:
            outcomes = [_outcome(r) for r in records]
            self._fault(f"visit {index} {_name(visitor)}: {outcomes}, not {_expected(visitor)}")

    async def _compare_records(self) -> None:
        recorded = [r.crossing_id for r in await self._records()]
        if sorted(recorded) != sorted(self._lane.sessions):
            self._fault(f"{len(self._lane.sessions)} sessions, {len(recorded)} records")

    async def _records(self) -> list[CrossingRecord]:
        await asyncio.sleep(1.0)  # virtual; the forwarder is woken by every step
        return self._lane.centre.records

    def _fault(self, what: str) -> None:
        self._played.faults.append(f"{self._now():.2f}: {what}")

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _name(visitor: Visitor) -> str:
    return f"{visitor.traveller.kind.value}, {visitor.oddity.value}"


def _outcome(record: CrossingRecord) -> tuple[RecordVerdict, CrossingStatus]:
    return record.verdict, record.status


def _expected(visitor: Visitor) -> tuple[RecordVerdict, CrossingStatus]:
    if visitor.traveller.kind is Kind.ABANDONS or visitor.oddity is Oddity.TURNS_ROUND:
        return RecordVerdict.NONE, CrossingStatus.ABANDONED
    # What never leaves the beam is taken for somebody who has not moved: an officer looks.
    odd = visitor.oddity in {Oddity.MET_FROM_BEHIND, Oddity.LUGGAGE_STAYS}
    if visitor.traveller.kind in _HONEST and not odd:
        return RecordVerdict.ADMIT, CrossingStatus.COMPLETED
    return RecordVerdict.REFER, CrossingStatus.REFERRED
