"""The counts of errors against looking at every score, whatever the scores."""

import itertools
from fractions import Fraction

import hypothesis.extra.numpy as st_numpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.biometrics.evaluation.error_rates import FMRS, ComparisonScores, OperatingPoint, Scores

# Few different values, so that most scores are tied; and any values of either width.
_tied = st_numpy.arrays(np.float64, st.integers(1, 60), elements=st.sampled_from([0.1, 0.2, 0.3]))
_wide = st_numpy.arrays(np.float64, st.integers(1, 60), elements=st.floats(-1, 1))
_narrow = st_numpy.arrays(np.float32, st.integers(1, 60), elements=st.floats(-1, 1, width=32))
_both = st.one_of(st.tuples(_tied, _tied), st.tuples(_wide, _wide), st.tuples(_narrow, _narrow))
_fmrs = st.one_of(st.sampled_from(FMRS), st.fractions(Fraction(1, 100), Fraction(99, 100)))


def errors(genuine: Scores, impostor: Scores, threshold: float) -> tuple[int, int]:
    false_matches = sum(float(score) >= threshold for score in impostor)
    return false_matches, sum(float(score) < threshold for score in genuine)


def counts(point: OperatingPoint) -> tuple[int, int]:
    return point.fmr.errors, point.fnmr.errors


@given(_both, st.floats(-1.5, 1.5))
def test_any_threshold(scores: tuple[Scores, Scores], threshold: float) -> None:
    point = ComparisonScores.of(*scores).at(threshold)
    assert counts(point) == errors(*scores, threshold)
    assert (point.fmr.trials, point.fnmr.trials) == (scores[1].size, scores[0].size)


@given(_both, _fmrs)
def test_the_threshold_of_an_fmr_is_the_lowest(
    scores: tuple[Scores, Scores], fmr: Fraction
) -> None:
    point = ComparisonScores.of(*scores).at_fmr(fmr)
    impostor = scores[1]
    if len(impostor) * fmr < 1:
        assert point is None
        return
    assert point is not None
    assert counts(point) == errors(*scores, point.threshold)
    assert Fraction(point.fmr.errors, len(impostor)) <= fmr
    lower = float(np.nextafter(impostor.dtype.type(point.threshold), impostor.dtype.type(-2)))
    assert Fraction(errors(*scores, lower)[0], len(impostor)) > fmr


@given(_both)
def test_the_equal_error_rate_is_where_the_rates_meet(scores: tuple[Scores, Scores]) -> None:
    """Of every threshold that there is, the last before the rates cross and the first after."""
    genuine, impostor = scores
    highest = np.nextafter(max(genuine.max(), impostor.max()), genuine.dtype.type(2))
    thresholds = sorted({float(score) for score in [*genuine, *impostor, highest]})
    rates = []
    for threshold in thresholds:
        false_matches, missed = errors(genuine, impostor, threshold)
        rates.append((Fraction(false_matches, len(impostor)), Fraction(missed, len(genuine))))
    before = next(pair for pair in reversed(rates) if pair[1] <= pair[0])
    after = next(pair for pair in rates if pair[1] >= pair[0])
    nearest = min(before, after, key=sum)
    found = ComparisonScores.of(genuine, impostor).eer()
    assert found is not None
    assert (found.low, found.high) == pytest.approx((min(nearest), max(nearest)))
    assert found.value == pytest.approx(sum(nearest) / 2)
    false_matches, missed = errors(genuine, impostor, found.threshold)
    assert sorted((false_matches / len(impostor), missed / len(genuine))) == pytest.approx(
        [found.low, found.high]
    )


@given(_both, st.integers(2, 30))
def test_det_points_are_true_and_in_order(scores: tuple[Scores, Scores], points: int) -> None:
    curve = ComparisonScores.of(*scores).det(points)
    assert [counts(point) for point in curve] == [
        errors(*scores, point.threshold) for point in curve
    ]
    for before, after in itertools.pairwise(curve):
        assert before.threshold < after.threshold
        assert before.fmr.errors >= after.fmr.errors
        assert before.fnmr.errors <= after.fnmr.errors
    # Both ends: where nobody is refused, and where no impostor matches.
    assert min(point.fnmr.errors for point in curve) == 0
    assert min(point.fmr.errors for point in curve) == 0
    assert max(point.fmr.errors for point in curve) == len(scores[1])


@given(_both)
def test_swapping_all_signs_swaps_the_errors(scores: tuple[Scores, Scores]) -> None:
    genuine, impostor = scores
    there = ComparisonScores.of(genuine, impostor).eer()
    back = ComparisonScores.of(-impostor, -genuine).eer()
    assert there is not None
    assert back is not None
    assert there.value == pytest.approx(back.value)
