"""The two clocks of a gate, passed in by whoever starts it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from egate.domain.time import Instant, UtcSeconds


@dataclass(frozen=True, slots=True)
class Clocks:
    """The gate's monotonic clock in seconds, and the time of day in UTC."""

    monotonic: Callable[[], float]
    utc: Callable[[], float]

    def now(self) -> Instant:
        return Instant(self.monotonic())

    def utc_now(self) -> UtcSeconds:
        return UtcSeconds(self.utc())

    def today(self) -> dt.date:
        """Return the day in UTC."""
        return dt.datetime.fromtimestamp(self.utc(), dt.UTC).date()
