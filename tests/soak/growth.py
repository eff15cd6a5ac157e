"""Whether something grows: samples over many sessions, and the rule that judges them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

WARM_UP: Final = 0.3
"""The share of the sessions that is not judged: pools fill, caches are made."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much a measure may rise over all judged sessions and still be called level.

    Args:
        name: of the measure.
        unit: of its values.
        rise: from the first judged sample to the last, along the trend.

    """

    name: str
    unit: str
    rise: float


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over the judged sessions.

    Args:
        limit: what was allowed.
        begin: median of the first quarter of the judged samples.
        end: median of the last quarter.
        most: the highest judged sample.
        rise: along the trend, over all judged sessions.

    """

    limit: Limit
    begin: float
    end: float
    most: float
    rise: float

    @property
    def grows(self) -> bool:
        return self.rise > self.limit.rise and self.end - self.begin > self.limit.rise / 2


def trend_of(limit: Limit, samples: Sequence[tuple[int, float]]) -> Trend:
    """Judge ``samples``, each a number of sessions and a value.

    The trend is the median of the slopes between all pairs of samples after the warm-up
    (Theil and Sen): a third of them may be wild and it stays. A measure grows when it has
    risen along the trend by more than its limit, and its last quarter lies above its first.
    """
    last = samples[-1][0]
    judged = [each for each in samples if each[0] >= WARM_UP * last]
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(judged, 2) if b[0] > a[0]]
    quarter = max(1, len(judged) // 4)
    values = [value for _, value in judged]
    return Trend(
        limit,
        begin=statistics.median(values[:quarter]),
        end=statistics.median(values[-quarter:]),
        most=max(values),
        rise=statistics.median(slopes) * (last - judged[0][0]) if slopes else 0.0,
    )


def result_of(
    limits: Sequence[Limit], samples: Sequence[tuple[int, tuple[float, ...]]]
) -> dict[str, Any]:
    """Judge every measure; each sample has a value for each limit, in their order."""
    trends = [
        trend_of(limit, [(served, values[place]) for served, values in samples])
        for place, limit in enumerate(limits)
    ]
    return {
        "growing": [trend.limit.name for trend in trends if trend.grows],
        "trends": [_told(trend) for trend in trends],
    }


def _told(trend: Trend) -> dict[str, Any]:
    return {
        "name": trend.limit.name,
        "unit": trend.limit.unit,
        "begin": round(trend.begin, 1),
        "end": round(trend.end, 1),
        "most": round(trend.most, 1),
        "rise": round(trend.rise, 2),
        "limit": trend.limit.rise,
    }
