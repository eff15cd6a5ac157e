"""How long a stay may be and how long it was, in days of the port's clocks."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StayLimit:
    """How many days one stay may have; None is no limit."""

    days: int | None


@dataclass(frozen=True, slots=True)
class StayLength:
    """One stay as it stands on one day.

    Args:
        allowed_until: last day that is allowed; None without a limit.
        days_used: the day of entry and today both count.
        overstay_days: days after the last allowed one.

    """

    allowed_until: dt.date | None
    days_used: int
    overstay_days: int


def last_day(entered: dt.date, limit: StayLimit) -> dt.date | None:
    """Return the last day of a stay that began on ``entered``, which is its day 1.

    None is no limit, also one that is after all days that a calendar has.
    """
    if limit.days is None:
        return None
    ordinal = entered.toordinal() + limit.days - 1
    return dt.date.fromordinal(ordinal) if ordinal <= dt.date.max.toordinal() else None


def length_of_stay(entered: dt.date, on: dt.date, allowed_until: dt.date | None) -> StayLength:
    """Return how long a stay is on one day.

    Args:
        entered: the day of entry.
        on: the day of the question; a day before the entry is day 1, since two ports' clocks
            may disagree.
        allowed_until: last day that is allowed; None without a limit.

    """
    days_used = max((on - entered).days, 0) + 1
    over = 0 if allowed_until is None else max((on - allowed_until).days, 0)
    return StayLength(allowed_until, days_used, over)
