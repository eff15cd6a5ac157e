"""Error rates and their intervals: known answers."""

from fractions import Fraction

import numpy as np
import pytest

from egate.biometrics.evaluation.error_rates import FMRS, ComparisonScores
from egate.biometrics.evaluation.proportion import Proportion

IMPOSTOR = np.arange(1000) / 1000


def test_the_false_matches_that_an_fmr_allows() -> None:
    scores = ComparisonScores.of(np.array([0.5, 0.9895, 0.995, 0.9995]), IMPOSTOR)
    points = [scores.at_fmr(fmr) for fmr in FMRS]
    assert [point and point.fmr.errors for point in points] == [10, 1, None, None]
    assert [point and point.fnmr.errors for point in points] == [1, 3, None, None]


def test_equal_scores_stand_or_fall_together() -> None:
    scores = ComparisonScores.of(np.array([0.4, 0.5]), np.array([0.1] * 96 + [0.4] * 4))
    point = scores.at_fmr(Fraction(3, 100))
    assert point is not None
    assert point.fmr.value == 0
    assert point.fnmr.value == 0.5
    assert 0.4 < point.threshold < 0.41
    whole = scores.at_fmr(Fraction(4, 100))
    assert whole is not None
    assert whole.fmr.value == 0.04
    assert whole.fnmr.value == 0


@pytest.mark.parametrize("fmr", [Fraction(0), Fraction(1), Fraction(-1, 2)])
def test_an_fmr_is_a_rate(fmr: Fraction) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        ComparisonScores.of(IMPOSTOR, IMPOSTOR).at_fmr(fmr)


def test_a_threshold_between_two_narrow_numbers_is_not_rounded_down() -> None:
    score = np.float32(0.1)  # a little above the 0.1 of 64 bits
    scores = ComparisonScores.of(np.array([score]), np.array([score]))
    assert scores.at(0.1).fmr.errors == 1
    assert scores.at(float(np.nextafter(float(score), 1))).fmr.errors == 0
    assert scores.at(float(score)).fmr.errors == 1


def test_rates_that_cross_without_meeting() -> None:
    scores = ComparisonScores.of(np.array([0.3, 0.6, 0.7]), np.array([0.1, 0.2, 0.5, 0.5]))
    eer = scores.eer()
    assert eer is not None
    # At 0.5 half of the impostors match and a third of the genuine do not; above, only the third.
    assert (eer.low, eer.high, eer.value) == (0, pytest.approx(1 / 3), pytest.approx(1 / 6))


def test_without_errors_the_eer_is_zero() -> None:
    eer = ComparisonScores.of(np.array([0.6, 0.7]), np.array([0.1, 0.2])).eer()
    assert eer is not None
    assert eer.value == eer.low == eer.high == 0


def test_one_kind_of_comparison_alone() -> None:
    some, none = np.array([0.5]), np.empty(0)
    assert ComparisonScores.of(some, none).eer() is None
    assert ComparisonScores.of(none, some).eer() is None
    assert ComparisonScores.of(some, none).at_fmr(FMRS[0]) is None
    assert ComparisonScores.of(none, none).det() == ()
    assert [point.fmr.value for point in ComparisonScores.of(some, none).det()] == [None]
    assert [point.fnmr.value for point in ComparisonScores.of(none, some).det()] == [None, None]


@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_no_number_is_refused(fault: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        ComparisonScores.of(np.array([0.5, fault, 0.2]), IMPOSTOR)
    with pytest.raises(ValueError, match="finite"):
        ComparisonScores.of(IMPOSTOR, np.array([fault, 0.5]))


def test_the_callers_arrays_stay_as_they_are() -> None:
    given = np.array([0.5, 0.2])
    ComparisonScores.of(given, given)
    assert given.tolist() == [0.5, 0.2]


@pytest.mark.parametrize(
    ("errors", "trials", "low", "high"),
    [
        # Clopper and Pearson (1934), two-sided 95 %: the usual tables
        (1, 10, 0.00253, 0.44502),
        (5, 10, 0.18709, 0.81291),
        (4, 20, 0.05733, 0.43661),
        (50, 100, 0.39832, 0.60168),
    ],
)
def test_intervals_of_the_tables(errors: int, trials: int, low: float, high: float) -> None:
    assert Proportion(errors, trials).interval() == pytest.approx((low, high), abs=1e-5)


def test_rule_of_three() -> None:
    """ISO/IEC 19795-1 Annex B: no error in N trials, so below 3 / N with 95 % confidence."""
    interval = Proportion(0, 30_000).interval()
    assert interval == pytest.approx((0, 3 / 30_000), rel=2e-3)
    assert Proportion(30_000, 30_000).interval() == pytest.approx((1 - 3 / 30_000, 1), rel=1e-6)
    assert Proportion(0, 0).interval() is None
    assert Proportion(0, 0).value is None


def test_rule_of_thirty() -> None:
    """ISO/IEC 19795-1 Annex B: 30 errors, so within 30 % of the rate with 90 % confidence."""
    interval = Proportion(30, 1_000_000).interval()
    assert interval is not None
    assert 0.6 * 30e-6 < interval.low < 0.75 * 30e-6
    assert 1.25 * 30e-6 < interval.high < 1.5 * 30e-6


def test_thirty_million_trials_are_as_exact_as_thirty() -> None:
    # The normal approximation is good to some millionths here.
    interval = Proportion(296_000, 29_600_000).interval()
    half = 1.959964 * (0.01 * 0.99 / 29.6e6) ** 0.5
    assert interval == pytest.approx((0.01 - half, 0.01 + half), rel=1e-5)
