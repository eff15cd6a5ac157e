"""What ``egate doctor`` says of the machine: its clock, its disk."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Final

from egate.cli.doctor_check import Amiss

_MIN_FREE_BYTES: Final = 500_000_000
_YEARS: Final = range(2026, 2080)


def look_at_clock(now: dt.datetime) -> str:
    """Say what time it is.

    Raises:
        Amiss: that cannot be.

    """
    if now.year not in _YEARS:
        raise Amiss(f"it says {now:%Y-%m-%d}: set it, and see that NTP runs")
    return f"{now:%Y-%m-%d %H:%M:%S} UTC"


def look_at_disk(folder: Path, needed_by: str) -> str:
    """Say how much room there is.

    Args:
        folder: what needs it is there.
        needed_by: what that is.

    Raises:
        Amiss: there is no such folder, or too little room.

    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Amiss(f"{folder}: {error.strerror}: {needed_by} needs this folder") from error
    if free < _MIN_FREE_BYTES:
        raise Amiss(f"{folder}: only {free // 10**6} MB free: {needed_by} needs 500 MB")
    return f"{folder}: {free // 10**6} MB free"
