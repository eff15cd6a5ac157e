"""What the centre signs each day: the tree of the day's links, and the tree of all days.

An entry of a day's tree is the hash of a link, in the order in which the centre took the
records. An entry of the tree of days is what a head says of its day, so that a head that was
kept elsewhere fixes all days before it, and one of later can be proven to continue it.
"""

import struct
from dataclasses import dataclass
from datetime import date
from typing import Final

_DAY: Final = b"egate day 1\0"
_HEAD: Final = b"egate tree head 1\0"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The end of one day.

    Args:
        number: 1, 2, 3...: how many days the tree of days has.
        day: in UTC.
        size: how many links the day's tree has.
        root: of the day's tree.
        days_root: of the tree of days.

    """

    number: int
    day: date
    size: int
    root: bytes
    days_root: bytes

    def signed_message(self) -> bytes:
        """Return what the centre signs."""
        entry = day_entry(self.day, self.size, self.root)
        return _HEAD + struct.pack(">Q", self.number) + self.days_root + entry


def day_entry(day: date, size: int, root: bytes) -> bytes:
    """Return the entry of one day in the tree of days.

    Args:
        day: in UTC.
        size: how many links the day's tree has.
        root: of the day's tree.

    """
    return _DAY + struct.pack(">IQ", day.toordinal(), size) + root
