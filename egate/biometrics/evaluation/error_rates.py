"""False matches and false non-matches of a set of scores: exact counts at any threshold.

A comparison is a match when its similarity is at or above the threshold. Nothing is
binned or interpolated, so 30 million scores give the counts that looking at each would.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from egate.biometrics.evaluation.proportion import Proportion

Scores = npt.NDArray[np.floating[Any]]
"""Similarities, one a comparison; 32 or 64 bits, higher is more alike."""

FMRS: Final = (Fraction(1, 100), Fraction(1, 1000), Fraction(1, 10_000), Fraction(1, 100_000))
"""The false match rates at which FNMR is told: 1, 0.1, 0.01 and 0.001 %."""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What happens at one threshold (ISO/IEC 19795-1).

    Args:
        threshold: similarity from which it is a match.
        fmr: impostor comparisons at or above it.
        fnmr: genuine comparisons below it.

    """

    threshold: float
    fmr: Proportion
    fnmr: Proportion


@dataclass(frozen=True, slots=True)
class EqualErrorRate:
    """Where FMR and FNMR meet; with few scores they only pass each other.

    Args:
        value: the middle of the interval.
        low: the smaller of the two rates at the nearest threshold.
        high: the larger.
        threshold: that threshold.

    """

    value: float
    low: float
    high: float
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonScores:
    """Genuine and impostor scores, both in ascending order; make one with ``of``."""

    genuine: Scores = field(repr=False)
    impostor: Scores = field(repr=False)

    @classmethod
    def of(cls, genuine: Scores, impostor: Scores) -> Self:
        """Take scores in any order.

        Args:
            genuine: of comparisons of a person with himself; one dimension.
            impostor: of different people; neither array is changed.

        Raises:
            ValueError: a score is not finite.

        """
        return cls.taking(genuine.copy(), impostor.copy())

    @classmethod
    def taking(cls, genuine: Scores, impostor: Scores) -> Self:
        """Like ``of``, but sort the arrays themselves: for many scores that nobody else has."""
        both = genuine, impostor
        for scores in both:
            scores.sort()
        # Sorted, an infinity or "not a number" stands at an end.
        if not all(np.isfinite(scores[[0, -1]]).all() for scores in both if scores.size):
            raise ValueError("a score is not a finite number")
        return cls(*both)

    def at(self, threshold: float) -> OperatingPoint:
        """Return what happens at ``threshold``."""
        return self._at(np.array([threshold]))[0]

    def at_fmr(self, fmr: Fraction) -> OperatingPoint | None:
        """Return the point of the lowest threshold whose FMR is at most ``fmr``.

        Equal scores stand or fall together, so the FMR there may be lower than asked for.

        Args:
            fmr: above 0, below 1; a fraction, so that no rounding moves the count.

        Returns:
            None when there are too few impostor comparisons for one false match to be
            allowed: the rate is then below what they can show.

        """
        if not 0 < fmr < 1:
            raise ValueError("a false match rate is between 0 and 1")
        allowed = int(fmr * self.impostor.size)
        if not allowed:
            return None
        return self._at(_above(self.impostor[[self.impostor.size - 1 - allowed]]))[0]

    def eer(self) -> EqualErrorRate | None:
        """Return the equal error rate, None when either kind of comparison is missing.

        Where no threshold makes both rates equal, the two nearest are compared and the one
        with the smaller sum is taken, as in the Fingerprint Verification Competitions
        (Maio et al., FVC2000).
        """
        if not self.genuine.size or not self.impostor.size:
            return None
        after = self._first(lambda point: _difference(point) >= 0)
        # FNMR is above FMR when everything is refused, and below when everything matches.
        before = self._before(self._first(lambda point: _difference(point) > 0).threshold)
        best = min(before, after, key=lambda point: (_sum(point), point.threshold))
        low, high = sorted((best.fmr.value or 0.0, best.fnmr.value or 0.0))
        return EqualErrorRate((low + high) / 2, low, high, best.threshold)

    def det(self, points: int = 200) -> tuple[OperatingPoint, ...]:
        """Return points of the detection error trade-off curve, by ascending threshold.

        They are exact, and dense where a rate is small: at the counts of false matches, and
        of false non-matches, that are spaced evenly on a logarithmic axis.

        Args:
            points: how many counts of each kind are asked for; equal ones fall together.

        """
        thresholds = [np.empty(0)]
        if self.impostor.size:
            ranks = _counts(self.impostor.size, points)
            above = np.append(_above(self.impostor[::-1][ranks]), self.impostor[0])
            thresholds.append(above.astype(np.float64))
        if self.genuine.size:
            ranks = _counts(self.genuine.size, points)
            thresholds.append(self.genuine[ranks].astype(np.float64))
        return self._at(np.unique(np.concatenate(thresholds)))

    def _at(self, thresholds: npt.NDArray[np.floating[Any]]) -> tuple[OperatingPoint, ...]:
        genuine, impostor = self.genuine.size, self.impostor.size
        return tuple(
            OperatingPoint(
                float(threshold),
                Proportion(impostor - int(rejected), impostor),
                Proportion(int(missed), genuine),
            )
            for threshold, rejected, missed in zip(
                thresholds,
                _below(self.impostor, thresholds),
                _below(self.genuine, thresholds),
                strict=True,
            )
        )

    def _first(self, wanted: Callable[[OperatingPoint], bool]) -> OperatingPoint:
        """Return the point of the lowest score, or above them all, from which it is ``wanted``."""
        highest = max(float(self.genuine[-1]), float(self.impostor[-1]))
        candidates = [float(_above(np.array([highest]))[0])]
        for scores in (self.genuine, self.impostor):

            def wanted_at(place: int, scores: Scores = scores) -> bool:
                return wanted(self.at(float(scores[place])))

            place = bisect_left(range(scores.size), True, key=wanted_at)
            candidates += [float(score) for score in scores[place : place + 1]]
        return self.at(min(candidates))

    def _before(self, threshold: float) -> OperatingPoint:
        """Return the point of the highest score below ``threshold``."""
        below: Iterable[float] = (
            float(scores[place - 1])
            for scores in (self.genuine, self.impostor)
            if (place := int(_below(scores, np.array([threshold]))[0]))
        )
        return self.at(max(below))


def _below(scores: Scores, thresholds: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.intp]:
    """Count the scores below each threshold.

    A threshold of 64 bits is raised to the next number that the scores' type has, which
    changes no comparison; searching with it as it is would copy all the scores.
    """
    raised = thresholds.astype(scores.dtype)
    raised = np.where(raised < thresholds, _above(raised), raised)
    return np.searchsorted(scores, raised, side="left")


def _above(scores: Scores) -> Scores:
    """Return the lowest thresholds that refuse ``scores``."""
    return np.nextafter(scores, scores.dtype.type(np.inf))


def _counts(total: int, points: int) -> npt.NDArray[np.int64]:
    """Return 0 and counts below ``total`` that are evenly spaced by their logarithms."""
    spaced = np.geomspace(1, total, points).astype(np.int64)
    return np.unique(np.concatenate([[0], np.minimum(spaced, total - 1)]))


def _difference(point: OperatingPoint) -> int:
    """Return FNMR less FMR times both numbers of trials: exact, where quotients are not."""
    return point.fnmr.errors * point.fmr.trials - point.fmr.errors * point.fnmr.trials


def _sum(point: OperatingPoint) -> int:
    return point.fnmr.errors * point.fmr.trials + point.fmr.errors * point.fnmr.trials
