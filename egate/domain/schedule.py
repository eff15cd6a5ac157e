"""Which way a lane serves at which hour: arrival in the morning rush, departure at night."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from egate.domain.record import Direction
from egate.domain.time import UtcSeconds

_MINUTE: Final = 60
_MINUTES_OF_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``minute`` of the local day on the lane serves ``direction``, until the next shift."""

    minute: int
    direction: Direction


def direction_at(
    usual: Direction, shifts: Sequence[Shift], now: UtcSeconds, utc_offset_minutes: int
) -> Direction:
    """Return which way the lane serves now.

    Args:
        usual: without any shift.
        shifts: in any order; the last one of a day holds until the first of the next.
        now: UTC.
        utc_offset_minutes: of the local time; Bangladesh has 360 and no summer time.

    """
    if not shifts:
        return usual
    minute = (int(now // _MINUTE) + utc_offset_minutes) % _MINUTES_OF_DAY
    in_order = sorted(shifts, key=lambda shift: shift.minute)
    begun = [shift for shift in in_order if shift.minute <= minute]
    return (begun or in_order)[-1].direction
