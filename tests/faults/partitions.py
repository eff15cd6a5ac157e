"""A lane under each kind of weather: how it decides meanwhile, and how it comes back."""

import asyncio
import statistics
import time
from collections.abc import Mapping
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
    "cut": CUT,
    "reset": RESET,
    "black hole": BLACK_HOLE,
    "answers lost": ANSWERS_LOST,
    "questions lost": QUESTIONS_LOST,
    "late": LATE,
    "dripping": DRIPPING,
}
FLAPPING = "flapping"
_RESUME_SECONDS = 60.0
_FLAP_SECONDS = 15.0
_GAP_SECONDS = 0.5
_ANSWER_SECONDS = 0.3
_FACE_SECONDS = 0.7
"""A face takes longer than the centre has to answer, as in a real lane (ADR 0031)."""


@dataclass
class Weathered:
    """What a lane did under one weather; times in milliseconds.

    Args:
        weather: its name.
        travellers: who passed in it.
        fair_ms: of decisions before it.
        foul_ms: of decisions in it.
        resumed_seconds: after it, until the centre had every record.
        lost: records that the centre has not.

    """

    weather: str
    travellers: int = 0
    fair_ms: list[float] = field(default_factory=list)
    foul_ms: list[float] = field(default_factory=list)
    resumed_seconds: float = 0.0
    lost: int = 0

    def figures(self) -> dict[str, object]:
        return {
            "weather": self.weather,
            "travellers": self.travellers,
            "decision p50 fair, ms": round(statistics.median(self.fair_ms), 1),
            "decision p99 fair, ms": round(_p99(self.fair_ms), 1),
            "decision p50, ms": round(statistics.median(self.foul_ms), 1),
            "decision p99, ms": round(_p99(self.foul_ms), 1),
            "resumed after, s": round(self.resumed_seconds, 1),
            "lost": self.lost,
        }


async def weathered(
    centre: Centre, folder: Path, name: str, seconds: float, seed: int
) -> Weathered:
    """Let travellers come for so long under the weather ``name``, and see what came of it."""
    found = Weathered(name)
    number = 1 + [*WEATHERS, FLAPPING].index(name)
    identity = LaneIdentity(f"BDDAC-W-{number:02}", "BDDAC", "0.1.0")
    own = folder / identity.gate_id
    own.mkdir()
    async with lane(centre, own, identity, seed + number, _ANSWER_SECONDS) as made:
        come = _Travellers(made, number)
        for _ in range(20):
            found.fair_ms.append(await come.one())
        async with asyncio.TaskGroup() as tasks:
            flapping = None
            if name == FLAPPING:
                flapping = tasks.create_task(made.wire.flap(_FLAP_SECONDS))
            else:
                await made.wire.become(WEATHERS[name])
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                found.foul_ms.append(await come.one())
                await asyncio.sleep(_GAP_SECONDS)
            if flapping:
                flapping.cancel()
        await made.wire.become(FAIR)
        healed = time.monotonic()
        with suppress(TimeoutError):
            await made.records(come.count, _RESUME_SECONDS)
        found.resumed_seconds = time.monotonic() - healed
        found.lost = come.count - len(await made.records(0))
        found.travellers = come.count
    return found


class _Travellers:
    def __init__(self, made: Lane, number: int) -> None:
        self._lane = made
        self._first = number * 10_000_000
        self.count = 0

    async def one(self) -> float:
        """Let one more pass; return how long the gate took to decide, in milliseconds."""
        compares = self._lane.hall.comparison.compares
        compares.clear()
        begun = time.perf_counter()
        asyncio.get_running_loop().call_later(_FACE_SECONDS, compares.set)
        document = citizen(self._first + self.count)
        assert isinstance(await self._lane.comes(document), m.Passing)
        took = 1000 * (time.perf_counter() - begun)
        await self._lane.leaves()
        self.count += 1
        return took


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0]
