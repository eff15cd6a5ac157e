"""Intervals of Clopper and Pearson against the definition, in exact fractions."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.biometrics.evaluation.proportion import Proportion


def at_most(errors: int, trials: int, rate: Fraction) -> Fraction:
    return sum(
        (comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(errors + 1)),
        Fraction(0),
    )


@given(st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_each_end_is_where_the_count_becomes_improbable(observed: tuple[int, int]) -> None:
    errors, trials = observed
    interval = Proportion(errors, trials).interval()
    assert interval is not None
    tail = 0.05 if errors in {0, trials} else 0.025
    assert 0 <= interval.low <= errors / trials <= interval.high <= 1
    if errors < trials:
        high = Fraction(interval.high)
        assert float(at_most(errors, trials, high)) == pytest.approx(tail, rel=1e-6)
    if errors > 0:
        low = Fraction(interval.low)
        assert float(1 - at_most(errors - 1, trials, low)) == pytest.approx(tail, rel=1e-6)
