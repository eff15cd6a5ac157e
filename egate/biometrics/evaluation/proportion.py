"""An observed error rate and how far it can be trusted."""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

CONFIDENCE: Final = 0.95
_HALVINGS: Final = 60  # of an interval within 0..1: beyond the precision of a double
_DEVIATIONS: Final = 12  # further terms of a binomial distribution are below 1e-30


class Interval(NamedTuple):
    """Of a rate, each end from 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Proportion:
    """``errors`` of ``trials``; without trials it has no value, which is not zero."""

    errors: int
    trials: int

    @property
    def value(self) -> float | None:
        return self.errors / self.trials if self.trials else None

    def interval(self) -> Interval | None:
        """Return the interval of Clopper and Pearson at 95 % confidence, None without trials.

        It is exact for independent trials. Comparisons that share an image or a person are
        not independent (ISO/IEC 19795-1 Annex B), so the true interval is wider. With no
        error the upper end is the rule of three: one-sided, so about 3 / trials.
        """
        if not self.trials:
            return None
        tail = 1 - CONFIDENCE if self.errors in (0, self.trials) else (1 - CONFIDENCE) / 2
        return Interval(
            1 - _upper_end(self.trials - self.errors, self.trials, tail),
            _upper_end(self.errors, self.trials, tail),
        )


def _upper_end(errors: int, trials: int, tail: float) -> float:
    """Return the rate at which so few errors have only the probability ``tail``."""
    if errors == trials:
        return 1.0
    low, high = errors / trials, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(errors, trials, middle) > tail:
            low = middle
        else:
            high = middle
    return high


def _at_most(errors: int, trials: int, rate: float) -> float:
    """Return P(X <= errors) of the binomial distribution, for a rate above errors / trials.

    There the terms fall from X = errors downwards, and fast: only those that count are
    summed, so 30 million trials cost no more than 30.
    """
    first = math.exp(
        math.lgamma(trials + 1) - math.lgamma(errors + 1) - math.lgamma(trials - errors + 1)
        + errors * math.log(rate) + (trials - errors) * math.log1p(-rate)
    )  # fmt: skip
    spread = math.sqrt(min(errors, trials - errors) + 1)
    count = min(errors, int(_DEVIATIONS * (spread + _DEVIATIONS)))
    below = errors - np.arange(count, dtype=np.float64)
    ratios = below * (1 - rate) / ((trials - below + 1) * rate)
    return first * (1 + float(np.cumprod(ratios).sum()))
