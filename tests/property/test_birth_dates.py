"""How dates of birth agree."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.lists.names.birth_date import (
    Agreement,
    UnusableDate,
    agreement,
    packed,
    swapped,
)


def agreed(one: str | None, other: str | None) -> Agreement:
    return Agreement(int(agreement(np.asarray([packed(one)], np.int32), packed(other))[0]))


CASES = [
    ("1974-08-12", "1974-08-12", Agreement.EXACT),
    ("1974-08-12", "1974-12-08", Agreement.SWAPPED),
    ("1974-08-25", "1974-25-08", None),
    ("1974-08-12", "1974-08-13", Agreement.TWO_PARTS),
    ("1974-08-12", "1975-08-12", Agreement.TWO_PARTS),
    ("1974-08-12", "1974-09-12", Agreement.TWO_PARTS),
    ("1974-08-12", "1975-08-13", Agreement.DIFFERENT),
    ("1974-08-12", "1975-12-08", Agreement.DIFFERENT),
    ("1974-08-12", "1974", Agreement.PARTIAL),
    ("1974-08-12", "1974-XX-XX", Agreement.PARTIAL),
    ("1974-08-12", "1974-08-XX", Agreement.PARTIAL),
    ("1974-08-12", "1974-09-XX", Agreement.DIFFERENT),
    ("1974-08-12", "1974-XX-13", Agreement.DIFFERENT),
    ("1974-08-12", "1974-XX-12", Agreement.PARTIAL),
    ("1974-08-12", "1974-01-01", Agreement.PARTIAL),
    ("1974-01-01", "1974-01-01", Agreement.PARTIAL),
    ("1975-01-01", "1974-01-01", Agreement.NEAR),
    ("1974-08-12", "1975", Agreement.NEAR),
    ("1974-08-12", "1979-01-01", Agreement.NEAR),
    ("1974-08-12", "1980", Agreement.DIFFERENT),
    ("1974-08-12", None, Agreement.UNKNOWN),
    ("1974-08-12", "XXXX-08-12", Agreement.UNKNOWN),
    (None, None, Agreement.UNKNOWN),
]


@pytest.mark.parametrize(("one", "other", "expected"), CASES)
def test_agreement(one: str | None, other: str | None, expected: Agreement | None) -> None:
    if expected is None:
        with pytest.raises(UnusableDate):
            agreed(one, other)
    else:
        assert agreed(one, other) is expected
        assert agreed(other, one) is expected


@given(st.dates(min_value=dt.date(1900, 1, 1)))
def test_swapping_day_and_month(date: dt.date) -> None:
    turned = swapped(packed(date.isoformat()))
    if date.day > 12:
        assert turned == 0
    else:
        assert turned == packed(date.replace(month=date.day, day=date.month).isoformat())


@given(st.text(max_size=12))
def test_any_other_text_is_no_date(text: str) -> None:
    try:
        assert packed(text) >= 0
    except UnusableDate as refused:
        assert len(text) < 4 or text not in str(refused)  # noqa: PT017 - most are refused


@pytest.mark.parametrize("text", ["", "1974-13-01", "1974-01-32", "74-01-01", "১৯৭৪", "1974-1-1"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(UnusableDate):
        packed(text)
