"""Travellers through one lane, one after the other, in virtual time; an officer clears the rest."""

import asyncio
import os
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from egate.domain.record import Direction, RecordVerdict
from egate.domain.session import model as m
from egate.gate.clocks import Clocks
from egate.gate.journal import STEPS_KEPT
from egate.gate.lane import LaneGate, Procedures
from egate.gate.lane_devices import LaneDevices
from egate.gate.memory import Memory
from egate.gate.watchers import LaneLayout
from egate.outbox.backoff import delays
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.ports.reporting import PendingRecord, Receipt, Standing
from egate.ports.supervision import OfficerOrder
from egate.reporting.mapping import decode, encode
from hardware_mocks.world.play import Play, Script
from hardware_mocks.world.traveller import Kind, Traveller
from hardware_mocks.world.two_step_visit import TwoStepVisit
from hardware_mocks.world.visit import Visit
from tests.emrtd_passport import NOW
from tests.gate_lane import IDENTITY, Around, Background, Trust
from tests.gate_samples import POLICY
from tests.soak.site import SoakSite, drawn_traveller
from tests.station_keys import KeyOfTests

_TICK: Final = 0.05
_SPEED: Final = 4.0
_OFFICER_SECONDS: Final = 1.0
_LONGEST_VISIT_SECONDS: Final = 300.0
_ADMITTED: Final = {Kind.GENUINE, Kind.CHIP_LEAVES_TWICE}


class CountingCentre:
    """Takes records and keeps none: how they end, by the kind of who came."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        for pending in batch:
            record = decode(pending.payload)
            self.verdicts[f"{record.verdict.value}, {record.status.value}"] += 1
        return Receipt(frozenset(pending.record_id for pending in batch), {})

    async def standing(self, _: int) -> Standing:
        return Standing(0)


class SoakLane:
    """One lane at work.

    Args:
        gate: of it.
        site: its devices and who stands there.
        database: the journal.
        chance: decides who comes.

    """

    def __init__(
        self, gate: LaneGate, site: SoakSite, database: sqlite3.Connection, chance: random.Random
    ) -> None:
        self.centre = CountingCentre()
        self.wrong: list[str] = []
        self._gate = gate
        self._site = site
        self._database = database
        self._chance = chance
        self._waits_since: float | None = None

    async def serve(self, finished: Callable[[], None]) -> None:
        """Let traveller after traveller come, until cancelled."""
        await self._until_ready()
        while True:
            await self._visit(drawn_traveller(self._chance))
            finished()

    def rows(self) -> tuple[int, int]:
        """Return how many steps and how many records the journal holds."""
        steps, records = (
            self._database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("step", "outbox")
        )
        return steps, records

    async def _visit(self, traveller: Traveller) -> None:
        site, told = self._site, []
        site.kind = traveller.kind
        site.failing_placements = traveller.failing_placements
        before = self.centre.verdicts.copy()
        play, began = Play(self._script(traveller, told.append)), _now()
        async with asyncio.TaskGroup() as tasks:
            console = tasks.create_task(self._watch())
            while play.tick(_now()):
                await self._tick(gone="waits_inside" in told)
                if _now() - began > _LONGEST_VISIT_SECONDS:
                    raise RuntimeError(f"{traveller.kind.value} never ends: {told}")
            await self._until_ready()
            console.cancel()
        self._judge(traveller.kind, self.centre.verdicts - before)

    async def _watch(self) -> None:
        """Be a console that comes with each traveller, looks at every case, and goes."""
        supervision = self._gate.supervision
        with supervision.attended():
            async for status in supervision.changes():
                if status.crossing_id:
                    supervision.case_images(status.crossing_id, "officer")

    def _script(self, traveller: Traveller, tell: Callable[[str], None]) -> Script[None]:
        two_step = self._site.flow.has_mantrap
        visit = (TwoStepVisit if two_step else Visit)(traveller, self._site, tell, speed=_SPEED)
        return visit.script()

    async def _tick(self, *, gone: bool) -> None:
        await asyncio.sleep(_TICK)
        self._site.lane.advance(_now())
        if not (gone and isinstance(self._gate.runner.state, m.AwaitingOfficer)):
            self._waits_since = None
            return
        self._waits_since = self._waits_since or _now()
        if _now() - self._waits_since >= _OFFICER_SECONDS:
            self._gate.supervision.order(OfficerOrder.RESET, "officer")
            self._waits_since = None

    async def _until_ready(self) -> None:
        began = _now()
        while not self._ready:
            await self._tick(gone=True)
            if _now() - began > _LONGEST_VISIT_SECONDS:
                raise RuntimeError(f"never ready again: {self._gate.runner.state}")

    @property
    def _ready(self) -> bool:
        site = self._site
        closed = site.lane.entry.opened == site.lane.exit.opened == 0
        idle = isinstance(self._gate.runner.state, m.Idle)
        return idle and closed and site.light == "ready" and not self.rows()[1]

    def _judge(self, kind: Kind, ended: "Counter[str]") -> None:
        if kind is Kind.ABANDONS:
            verdict = RecordVerdict.NONE
        else:
            verdict = RecordVerdict.ADMIT if kind in _ADMITTED else RecordVerdict.REFER
        if [each.split(",")[0] for each in ended.elements()] != [verdict.value]:
            self.wrong.append(f"{kind.value}: {dict(ended)}, not {verdict.value}")


@asynccontextmanager
async def soak_lane(folder: Path, flow: m.Flow, seed: int) -> AsyncIterator[SoakLane]:
    """A gate of ``flow`` at work inside the block; needs ``ThreadedVirtualLoop``."""
    chance = random.Random(f"{seed}:{flow.value}")  # noqa: S311 - a crowd, not a secret
    site = SoakSite(flow, chance)
    clocks = Clocks(_now, lambda: NOW.timestamp() + _now())
    devices = LaneDevices(
        site.mrz_reader,
        site.chip_reader,
        site.camera,
        site.barrier,
        face_light=site.barrier.face_light,
    )
    with open_database(folder / "journal.sqlite") as database:
        centre = CountingCentre()
        procedures = Procedures(
            chip=site.inspect,
            face=site.comparison(clocks),
            layout=LaneLayout(flow, lambda: Direction.ENTRY),
            trust=Trust(),
            sink=centre,
            encode=encode,
            delays=lambda: delays(lambda: 0.0, first=0.2, most=2.0),
            surroundings=Around().as_seen(),
            background=Background(),
        )
        memory = Memory(database, Seal.from_file(folder / "journal.key"), KeyOfTests())
        gate = LaneGate(IDENTITY, POLICY, devices, memory, procedures, clocks)
        _fill(database)
        lane = SoakLane(gate, site, database, chance)
        lane.centre = centre
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(gate.run())
            try:
                yield lane
            finally:
                running.cancel()


def _fill(database: sqlite3.Connection) -> None:
    """Give the journal the steps of weeks, all that it keeps."""
    steps = ((NOW.timestamp() + at, "TravellerEntered", "ReadingMrz") for at in range(STEPS_KEPT))
    with database:
        database.executemany("INSERT INTO step (at, event, state) VALUES (?, ?, ?)", steps)


def journal_bytes(folder: Path) -> int:
    """Return what the journal takes on the disk, with what belongs to it."""
    return sum(os.stat(each).st_size for each in folder.glob("journal.sqlite*"))  # noqa: PTH116


def _now() -> float:
    return asyncio.get_running_loop().time()
