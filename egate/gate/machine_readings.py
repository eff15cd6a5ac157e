"""What the machine under the gate says of itself: its disk and its clock."""

import ctypes
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

_MICROSECONDS: Final = 1e6
_TIME_ERROR: Final = 5  # adjtimex(2): the clock is not synchronised
_REST_BYTES: Final = 512  # struct timex is 208 bytes on 64-bit Linux


class _Timex(ctypes.Structure):
    """The beginning of ``struct timex``; the kernel writes on behind it, into ``rest``."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_byte * _REST_BYTES),
    )


def disk_used(file: Path) -> Callable[[], float]:
    """Return what gives the share of ``file``'s disk that is taken, 0 to 1.

    Of what the gate may use, as df(1) counts: not of what is kept for the administrator.
    """

    def used() -> float:
        room = shutil.disk_usage(file.parent)
        return room.used / (room.used + room.free or 1)

    return used


def max_clock_error() -> float | None:
    """Return how wrong the time of day can be in seconds, by adjtimex(2).

    None when nothing keeps the clock in step, or when the machine cannot tell.
    """
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None  # not Linux
    timex = _Timex(modes=0)  # asks, and changes nothing
    if adjtimex(ctypes.byref(timex)) in {-1, _TIME_ERROR}:
        return None
    return float(timex.maxerror / _MICROSECONDS)
