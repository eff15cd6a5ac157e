"""The wall clock of the commands."""

import time
from datetime import UTC, datetime


def now_utc() -> datetime:
    """Return the time of the wall clock, in UTC."""
    return datetime.fromtimestamp(time.time_ns() / 1e9, UTC)
