"""One day of a hall of gates, by seed: who comes, what fails, and what holds in the end."""

import asyncio
import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from tests.simulation.centre import Centre
from tests.simulation.gate import Gate
from tests.simulation.hostile import Attacker
from tests.simulation.identities import gate_id
from tests.simulation.laws import broken
from tests.simulation.lists import IN_MEMORY, STAGES, TAKEN_SECONDS, CentresLists, GateLists
from tests.simulation.network import FAIR, FOUL, Line
from tests.simulation.world import BEGUN, DAY_SECONDS, Trace, World
from tests.virtual_time import run_virtually

GATES: Final = 30
TRAVELLERS: Final = 3
"""At each gate. About each of them something fails, so more of them would only take longer."""
GATES_WITH_LISTS: Final = 3
"""They are on real files, and the others would take them in the same way."""
HEALED_SECONDS: Final = 300.0
"""After the last fault everything is at the centre within this time."""
_OPERATOR_SECONDS: Final = 3600.0
_LOOK_SECONDS: Final = 5.0
_NO_LOGS: Final = logging.CRITICAL


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a day.

    Args:
        seed: of the day.
        digest: of all that happened.
        wrong: what must not have happened.
        counts: of what happened.
        lines: of the trace, if it was asked for.

    """

    seed: int
    digest: str
    wrong: tuple[str, ...]
    counts: dict[str, int]
    lines: tuple[str, ...]


def simulate(seed: int, *, whole_trace: bool = False) -> Outcome:
    """Let the day of ``seed`` pass, always in the same way."""
    trace = Trace(whole=whole_trace)
    world = World(seed, trace)
    made = tempfile.TemporaryDirectory(prefix="simulated-gates-", dir=IN_MEMORY)
    with _quiet(), made as folder:
        counts = run_virtually(_Day(world, Path(folder)).run())
    lines, wrong = tuple(trace.lines), tuple(world.wrong)
    return Outcome(seed, trace.digest, wrong, counts | {"events": trace.count}, lines)


@contextmanager
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_NO_LOGS))
    try:
        yield
    finally:
        structlog.configure(**before)


class _Day:
    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.chance = world.chance("day")

    async def run(self) -> dict[str, int]:
        world = self.world
        self.centre = Centre(world, GATES)
        self.lists = CentresLists(world)
        self.gates = [self._gate(number) for number in range(1, GATES + 1)]
        self.attacker = Attacker(world, self.centre, self.gates)
        self._plan()
        await asyncio.sleep(DAY_SECONDS)
        await self._heal()
        for law in broken(self.centre, self.gates, self.attacker.made):
            world.broken("at the end", law)
        world.note("at the end", f"{len(self.centre.tables.crossings)} records")
        self.centre.process.end()
        for gate in self.gates:
            gate.end()
        await asyncio.sleep(1)
        return self._counts()

    def _gate(self, number: int) -> Gate:
        line = Line(self.world, gate_id(number), self.centre)
        lists = None
        if number <= GATES_WITH_LISTS:
            lists = GateLists(self.world, self.folder / line.name, line, self.lists)
        return Gate(self.world, number, line, lists)

    def _plan(self) -> None:
        for gate in self.gates:
            for _ in range(TRAVELLERS):
                at = self._some_time()
                self.world.later(at, gate.visited)
                self._trouble(gate, at)
        for _ in range(5):
            self._at(self._some_time(), lambda: self._fail_centre(None))
            self._at(self._some_time(), lambda: self._fail_centre(ConnectionError))
        for _ in range(6):
            self._at(self._some_time(), self.attacker.act)
        for _ in range(1, STAGES):
            self._at(self._some_time(), self.lists.publish)
        self._put_back(self.chance.choice(self.gates))
        self._operate()

    def _some_time(self) -> float:
        return self.chance.uniform(60, DAY_SECONDS - 3600)

    def _at(self, seconds: float, work: Callable[[], object]) -> None:
        self.world.later(seconds, work)

    def _trouble(self, gate: Gate, at: float) -> None:
        """Let something fail while somebody is in the lane, or is being reported."""
        chance = self.chance
        match chance.randrange(10):
            case 0 | 1:
                name = chance.choice(list(FOUL))
                begins = at + chance.uniform(-60, 60)
                self._at(begins, lambda: self._weather(gate, name))
                ends = begins + min(chance.expovariate(1 / 60), 600)
                self._at(ends, lambda: self._weather(gate, "fair"))
            case 2 | 3:
                acts = chance.randrange(150)
                self._at(at, lambda: gate.disk.acts.fail_after(acts))
            case 4:
                ahead = chance.choice((-86_400.0, 86_400.0, 1.0, -BEGUN))
                self._at(at + chance.uniform(-5, 60), lambda: self._jump(gate, ahead))
                self._at(at + chance.uniform(200, 900), lambda: self._jump(gate, 0.0))
            case 5:
                self._at(at + chance.uniform(-30, 30), lambda: self._sign(gate, away=True))
                self._at(at + chance.uniform(30, 60), lambda: self._sign(gate, away=False))
            case 6:
                how = chance.choice((self._renew, self._revoke))
                self._at(at + chance.uniform(-60, 60), lambda: how(gate))
            case _:
                pass

    def _weather(self, gate: Gate, name: str) -> None:
        gate.line.weather = FOUL.get(name, FAIR)
        self.world.note(gate.id, f"line: {name}")

    def _jump(self, gate: Gate, ahead: float) -> None:
        gate.clock_ahead = ahead
        self.world.note(gate.id, f"clock {ahead:+.0f} s")

    def _sign(self, gate: Gate, *, away: bool) -> None:
        gate.key.is_away = away
        self.world.note(gate.id, "key away" if away else "key back")

    def _renew(self, gate: Gate) -> None:
        gate.key.become(gate.key.generation + 1)
        self.centre.certify(gate.key)
        self.world.note(gate.id, f"certificate {gate.key.generation}")

    def _revoke(self, gate: Gate) -> None:
        self.centre.revoke(gate.key)
        self.world.note(gate.id, f"certificate {gate.key.generation} revoked")
        self._at(self.chance.uniform(60, 900), lambda: self._renew(gate))

    def _fail_centre(self, error: type[Exception] | None) -> None:
        acts = self.chance.randrange(30)
        if error:
            self.centre.acts.fail_after(acts, error)
        else:
            self.centre.acts.fail_after(acts)

    def _put_back(self, gate: Gate) -> None:
        """Let a disk be exchanged for what it was some hours before."""
        at = self.chance.uniform(3600, DAY_SECONDS / 2)

        def keep() -> None:
            image = gate.disk.serialize()
            self._at(self.chance.uniform(3600, 30_000), lambda: put(image))

        def put(image: bytes) -> None:
            self.attacker.forks(gate)
            gate.put_disk_back(image)
            self._at(self.chance.uniform(130, 400), self._enrol_who_is_behind)

        self._at(at, keep)

    def _operate(self) -> None:
        """Enrol anew who was found behind, again and again."""
        self._enrol_who_is_behind()
        self._at(_OPERATOR_SECONDS, self._operate)

    def _enrol_who_is_behind(self) -> None:
        for gate in self.gates:
            if gate.process.alive and gate.is_behind:
                self._renew(gate)

    async def _heal(self) -> None:
        self.world.note("at the end", "everything heals")
        for gate in self.gates:
            gate.line.weather, gate.clock_ahead, gate.key.is_away = FAIR, 0.0, False
            gate.disk.acts.fail_never()
        self.centre.acts.fail_never()
        self.lists.odd = 0.0
        healed = self.world.now
        while left := [gate.id for gate in self.gates if not gate.is_settled]:
            if self.world.now - healed > HEALED_SECONDS:
                self.world.broken("at the end", f"not at the centre: {', '.join(left)}")
                return
            await asyncio.sleep(_LOOK_SECONDS)
            self._enrol_who_is_behind()
        await self._take_lists()

    async def _take_lists(self) -> None:
        healed, newest = self.world.now, self.lists.version
        while old := [each.id for each in self.gates if each.lists and each.lists.newest < newest]:
            if self.world.now - healed > TAKEN_SECONDS:
                self.world.broken("at the end", f"without list {newest}: {', '.join(old)}")
                return
            await asyncio.sleep(10 * _LOOK_SECONDS)

    def _counts(self) -> dict[str, int]:
        kinds = sorted(kind for kind, _ in self.centre.tables.alarms)
        alarms = Counter(f"alarms: {kind}" for kind in kinds)
        return {
            "sessions": sum(len(gate.begun) for gate in self.gates),
            "records": len(self.centre.tables.crossings),
            "gate_crashes": sum(gate.crashes for gate in self.gates),
            "centre_crashes": self.centre.crashes,
            "calls": sum(gate.line.calls for gate in self.gates),
            "given_up": sum(gate.line.given_up for gate in self.gates),
            **alarms,
        }
