"""The agreement's indicators graded: pure, from what was counted and what was entered.

What is not known stays unknown: a figure without its evidence has no grade.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from egate.central.statistics.operations import GateMonth
from egate.settings.agreement import GRADES, Agreement, Indicator, Measure

_DECEMBER: Final = 12


class Remark(StrEnum):
    """Why an indicator has the grade that it has, or none."""

    BELOW_ALL = "below_all"
    """The least column was missed."""
    NOT_YET = "not_yet"
    """It can still be reached."""
    NOT_ENTERED = "not_entered"
    """No document was entered, and the last known day has passed."""
    COLUMN_UNKNOWN = "column_unknown"
    """Later than the last column that is known."""
    NO_GATES = "no_gates"
    """No gate is entered as installed."""
    NO_WHOLE_MONTH = "no_whole_month"
    """The period has no calendar month that is over."""


class Shortfall(StrEnum):
    """Why a gate was not fully operational in a month."""

    NEVER_REPORTED = "never_reported"
    HOURS = "hours"
    NOBODY_ADMITTED = "nobody_admitted"
    """So nothing shows that its checks were live."""
    NOT_LIVE = "not_live"


@dataclass(frozen=True, slots=True)
class Graded:
    """One indicator's result.

    Args:
        indicator: which.
        achieved: a number, or the day; None when it was not reached or is not known.
        grade: 100, 90... or 0; None when there is nothing to grade.
        remark: why, None when the grade says it all.
        reference: of the document that shows it; "" when counted.

    """

    indicator: Indicator
    achieved: int | date | None
    grade: int | None
    remark: Remark | None = None
    reference: str = ""


def grade_number(targets: Sequence[int], achieved: int) -> int:
    """Return the best column whose target was reached, 0 if none was."""
    reached = (grade for grade, target in zip(GRADES, targets, strict=False) if achieved >= target)
    return max(reached, default=0)


def grade_day(targets: Sequence[date], achieved: date) -> int | None:
    """Return the best column whose day was kept; 0 if none was, None if that is not known.

    Args:
        targets: days of the columns from 100 on; later ones may not be known.
        achieved: the day.

    """
    kept = [grade for grade, day in zip(GRADES, targets, strict=False) if achieved <= day]
    if kept:
        return max(kept)
    return 0 if len(targets) == len(GRADES) else None


def shortfall(month: GateMonth, operational_percent: float) -> Shortfall | None:
    """Return why the gate was not fully operational in ``month``, None if it was."""
    if month.told_seconds <= 0.0:
        return Shortfall.NEVER_REPORTED
    if 100.0 * month.served_seconds < operational_percent * month.scheduled_seconds:
        return Shortfall.HOURS
    if not month.admitted:
        return Shortfall.NOBODY_ADMITTED
    return Shortfall.NOT_LIVE if month.live < month.admitted else None


def operational_day(
    months: Sequence[GateMonth], whole: Sequence[date], operational_percent: float
) -> date | None:
    """Return the last day of the first whole month in which every gate was fully operational.

    Args:
        months: of all installed gates, in any order.
        whole: first days of the months that may count: in the period to their last day, and over.
        operational_percent: of the scheduled hours that a gate has to be in service.

    """
    in_order = sorted(months, key=lambda each: each.month)
    for month, gates in groupby(in_order, key=lambda each: each.month):
        if month in whole and all(shortfall(each, operational_percent) is None for each in gates):
            return last_day(month)
    return None


def whole_months(first: date, last: date, today: date) -> tuple[date, ...]:
    """Return the first days of the calendar months within the days, over before ``today``."""
    found = []
    month = first if first.day == 1 else _next_month(first)
    while last_day(month) <= last and last_day(month) < today:
        found.append(month)
        month = _next_month(month)
    return tuple(found)


def last_day(month: date) -> date:
    """Return the last day of the month that ``month`` lies in."""
    return _next_month(month) - timedelta(days=1)


def grade(
    agreement: Agreement, months: Sequence[GateMonth], whole: Sequence[date], as_of: date
) -> tuple[Graded, ...]:
    """Grade every indicator as it stood at the end of ``as_of``.

    Args:
        agreement: what was promised and entered.
        months: of all installed gates.
        whole: months that 4.5 may be shown with; see `whole_months`.
        as_of: what was entered with a later day is not counted.

    """
    return tuple(_graded(each, agreement, months, whole, as_of) for each in agreement.indicators)


def _graded(
    indicator: Indicator,
    agreement: Agreement,
    months: Sequence[GateMonth],
    whole: Sequence[date],
    as_of: date,
) -> Graded:
    match indicator.measure:
        case Measure.GATES_INSTALLED:
            count = sum(len(each.ids) for each in agreement.gates if each.installed_on <= as_of)
            return _by_number(indicator, count)
        case Measure.READERS_INSTALLED:
            delivered = [
                each.count
                for each in agreement.readers
                if agreement.begins <= each.installed_on <= min(as_of, agreement.ends)
            ]
            return _by_number(indicator, sum(delivered))
        case Measure.GATES_OPERATIONAL:
            if not months:
                return Graded(indicator, None, None, Remark.NO_GATES)
            if not whole:
                return Graded(indicator, None, None, Remark.NO_WHOLE_MONTH)
            day = operational_day(months, whole, agreement.operational_percent)
            return _by_day(indicator, day, as_of)
        case Measure.MILESTONE | Measure.CONNECTION_MILESTONE:
            for each in agreement.milestones:
                if each.indicator == indicator.number and each.reached_on <= as_of:
                    return _by_day(indicator, each.reached_on, as_of, each.reference)
            return _by_day(indicator, None, as_of)


def _by_number(indicator: Indicator, count: int) -> Graded:
    reached = grade_number([each for each in indicator.targets if isinstance(each, int)], count)
    return Graded(indicator, count, reached, None if reached else Remark.BELOW_ALL)


def _by_day(indicator: Indicator, day: date | None, as_of: date, reference: str = "") -> Graded:
    targets = [each for each in indicator.targets if isinstance(each, date)]
    if day is None:
        if as_of <= targets[-1]:
            return Graded(indicator, None, None, Remark.NOT_YET)
        lost = 0 if len(targets) == len(GRADES) else None
        return Graded(indicator, None, lost, Remark.NOT_ENTERED)
    reached = grade_day(targets, day)
    remark = {None: Remark.COLUMN_UNKNOWN, 0: Remark.BELOW_ALL}.get(reached)
    return Graded(indicator, day, reached, remark, reference)


def _next_month(day: date) -> date:
    if day.month == _DECEMBER:
        return date(day.year + 1, 1, 1)
    return date(day.year, day.month + 1, 1)
