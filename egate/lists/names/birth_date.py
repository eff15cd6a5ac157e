"""Dates of birth as lists and documents have them: whole, in part, swapped, or made up.

1 January is what is written where only the year is known, on documents and on lists alike,
so it counts as the year alone.
"""

import re
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Dates = NDArray[np.int32]
"""Dates packed by `packed`."""

UNKNOWN_DATE: Final = 0
YEARS_NEAR: Final = 5
"""Within which the year of an estimated date of birth is."""
_DATE: Final = re.compile(r"(\d{4}|X{4})-(\d\d|XX)-(\d\d|XX)", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)
_MONTHS, _DAYS = 12, 31


class UnusableDate(ValueError):
    """The text is no date of birth; never says what it was."""


class Agreement(IntEnum):
    """How far two dates of birth agree, the best first."""

    EXACT = 0
    SWAPPED = 1  # day and month the other way round
    PARTIAL = 2  # all that both know, which is the year at least
    TWO_PARTS = 3  # any two of day, month and year
    NEAR = 4  # years a little apart where one of them is partial, which often is an estimate
    UNKNOWN = 5  # one of them has no year
    DIFFERENT = 6


def packed(date: str | None) -> int:
    """Return a date as one number, with 0 for each part that is unknown.

    Args:
        date: as ``1974-08-12``, ``1974-XX-XX``, ``1974``, or None where nothing is known.

    Raises:
        UnusableDate: it has another form, or no such month or day exists.

    """
    if date is None:
        return UNKNOWN_DATE
    if _YEAR.fullmatch(date):
        return _pack(int(date), 0, 0)
    if not (parts := _DATE.fullmatch(date)):
        raise UnusableDate("a date of birth is written as YYYY-MM-DD, XX for what is unknown")
    year, month, day = (0 if part.startswith("X") else int(part) for part in parts.groups())
    if month > _MONTHS or day > _DAYS:
        raise UnusableDate("a date of birth with no such month or day")
    return _pack(year, month, day)


def swapped(date: int) -> int:
    """Return ``date`` with day and month the other way round, unknown where none is so."""
    year, month, day = date >> 9, (date >> 5) & 15, date & 31
    return _pack(year, day, month) if month and 0 < day <= _MONTHS else UNKNOWN_DATE


def is_partial(dates: Dates) -> NDArray[np.bool_]:
    """Tell which dates have no more than a year and a month, or are a 1 January."""
    day_and_month = dates & np.int32(511)
    vague: NDArray[np.bool_] = np.asarray(day_and_month == _pack(0, 1, 1))
    vague |= (dates & np.int32(31)) == 0
    vague |= (dates & np.int32(480)) == 0
    return vague


def agreement(dates: Dates, date: int) -> NDArray[np.uint8]:
    """Return the `Agreement` of each of ``dates`` with ``date``, all packed."""
    asked = np.asarray([date], np.int32)
    year, year_asked = dates >> 9, asked >> 9
    partly, partly_asked = is_partial(dates), is_partial(asked)
    month, day = _known(dates, 480), _known(dates, 31)
    month_asked, day_asked = _known(asked, 480), _known(asked, 31)
    same_month, same_day = month == month_asked, day == day_asked
    same_year = year == year_asked
    parts = same_year.astype(np.uint8) + same_month + same_day
    whole = np.where(parts == 3, Agreement.EXACT, np.where(parts == 2, 3, Agreement.DIFFERENT))  # noqa: PLR2004
    turned = same_year & (month >> 5 == day_asked) & (day == month_asked >> 5)
    whole = np.where(turned & (whole != Agreement.EXACT), Agreement.SWAPPED, whole)
    open_month = same_month | (month == 0) | (month_asked == 0)
    open_day = same_day | (day == 0) | (day_asked == 0)
    agrees = same_year & open_month & open_day
    near = ~same_year & (np.abs(year - year_asked) <= YEARS_NEAR)
    estimated = np.where(near, Agreement.NEAR, Agreement.DIFFERENT)
    partial = np.where(agrees, Agreement.PARTIAL, estimated)
    judged = np.where(partly | partly_asked, partial, whole)
    return np.where((year == 0) | (year_asked == 0), Agreement.UNKNOWN, judged).astype(np.uint8)


def _known(dates: Dates, bits: int) -> Dates:
    """Return one part of dates, 0 where 1 January stands for the year alone."""
    return np.where((dates & 511) == _pack(0, 1, 1), np.int32(0), dates & np.int32(bits))


def _pack(year: int, month: int, day: int) -> int:
    return year << 9 | month << 5 | day
