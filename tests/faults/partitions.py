"""A lane under each kind of weather: how it decides meanwhile, and how it comes back.

Beside them is a lane in fair weather, for the times: whatever else the machine does delays both.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity
from tests.centre_harness import Centre
from tests.faults.lane import Lane, citizen, lane
from tests.faults.wire import (
    ANSWERS_LOST,
    BLACK_HOLE,
    CUT,
    DRIPPING,
    FAIR,
    LATE,
    QUESTIONS_LOST,
    RESET,
    Weather,
)

WEATHERS: Mapping[str, Weather] = {
    "fair": FAIR,
    "cut": CUT,
    "reset": RESET,
    "black hole": BLACK_HOLE,
    "answers lost": ANSWERS_LOST,
    "questions lost": QUESTIONS_LOST,
    "late": LATE,
    "dripping": DRIPPING,
}
FLAPPING = "flapping"
_FLAP_SECONDS = 4.0
_GAP_SECONDS = 0.3
_ANSWER_SECONDS = 0.3
_FACE_SECONDS = 1.0
"""A face takes longer than the centre has to answer, as in a real lane (ADR 0031)."""
_DECIDED_BY = """SELECT event FROM step WHERE state = 'Passing'
    AND seq > (SELECT max(seq) FROM step WHERE event = 'TravellerEntered') ORDER BY seq LIMIT 1"""


@dataclass
class Weathered:
    """What a lane did under one weather.

    Args:
        weather: its name.
        travellers: who passed in it, and one before.
        decided_ms: how long each decision in it took, in milliseconds.
        waited: decisions that were not made by the face, but by what came after it.
        resumed_seconds: after it, until the centre had every record.
        lost: records that the centre has not.

    """

    weather: str
    travellers: int = 0
    decided_ms: list[float] = field(default_factory=list)
    waited: int = 0
    resumed_seconds: float = 0.0
    lost: int = 0

    @property
    def p99_ms(self) -> float:
        made = self.decided_ms
        return statistics.quantiles(made, n=100)[98] if len(made) > 1 else made[0]


@dataclass(frozen=True, slots=True)
class Figures:
    """The same of one weather, for a page; ``later_ms`` than in fair weather."""

    weather: str
    travellers: int
    p50_ms: float
    p99_ms: float
    later_ms: float
    waited: int
    resumed_seconds: float
    lost: int


def figures_of(found: Sequence[Weathered]) -> list[Figures]:
    """Return the figures of lanes that were there at once, the fair one first."""
    return [
        Figures(
            each.weather,
            each.travellers,
            round(statistics.median(each.decided_ms), 1),
            round(each.p99_ms, 1),
            round(each.p99_ms - found[0].p99_ms, 1),
            each.waited,
            round(each.resumed_seconds, 1),
            each.lost,
        )
        for each in found
    ]


async def all_weathers(
    centre: Centre, folder: Path, seconds: float, seed: int, patience_seconds: float
) -> list[Weathered]:
    """Have every weather at once for so long, each over a lane of its own, the fair one first.

    Args:
        centre: that runs and knows its systems.
        folder: of the journals.
        seconds: of weather.
        seed: of wires and waits.
        patience_seconds: after it, in which the records have to be at the centre.

    """
    async with asyncio.TaskGroup() as tasks:
        lanes = [
            tasks.create_task(_under(name, (centre, folder), seconds, seed, patience_seconds))
            for name in (*WEATHERS, FLAPPING)
        ]
    return [each.result() for each in lanes]


async def _under(
    name: str, at: tuple[Centre, Path], seconds: float, seed: int, patience_seconds: float
) -> Weathered:
    centre, folder = at
    found = Weathered(name)
    number = [*WEATHERS, FLAPPING].index(name)
    identity = LaneIdentity(f"BDDAC-W-{number:02}", "BDDAC", "0.1.0")
    own = folder / identity.gate_id
    own.mkdir()
    async with lane(centre, own, identity, seed + number, _ANSWER_SECONDS) as made:
        come = _Travellers(made, number)
        await come.one()
        async with asyncio.TaskGroup() as tasks:
            flapping = None
            if name == FLAPPING:
                flapping = tasks.create_task(made.wire.flap(_FLAP_SECONDS))
            else:
                await made.wire.become(WEATHERS[name])
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                found.decided_ms.append(await come.one())
                await asyncio.sleep(_GAP_SECONDS)
            if flapping:
                flapping.cancel()
        await made.wire.become(FAIR)
        healed = time.monotonic()
        with suppress(TimeoutError):
            await made.arrived(come.count, patience_seconds)
        found.resumed_seconds = time.monotonic() - healed
        found.lost = come.count - await made.stored()
        found.travellers, found.waited = come.count, come.waited
    return found


class _Travellers:
    def __init__(self, made: Lane, number: int) -> None:
        self._lane = made
        self._first = number * 10_000_000
        self.count = 0
        self.waited = 0

    async def one(self) -> float:
        """Let one more pass; return how long the gate took to decide, in milliseconds."""
        compares = self._lane.hall.comparison.compares
        compares.clear()
        begun = time.perf_counter()
        asyncio.get_running_loop().call_later(_FACE_SECONDS, compares.set)
        document = citizen(self._first + self.count)
        assert isinstance(await self._lane.comes(document), m.Passing)
        took = 1000 * (time.perf_counter() - begun)
        ((decided_by,),) = self._lane.hall.database.execute(_DECIDED_BY)
        self.waited += decided_by != "FaceCompared"
        await self._lane.leaves()
        self.count += 1
        return took
