"""From when until when something of the policy holds: with an end, always."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from egate.domain.policy.entries import PolicyInvalid
from egate.domain.time import UtcSeconds


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time.

    Args:
        begins: first moment.
        ends: first moment after it.

    """

    begins: UtcSeconds
    ends: UtcSeconds

    def holds(self, at: UtcSeconds) -> bool:
        return self.begins <= at < self.ends

    @property
    def last_day(self) -> str:
        """The day of its end in UTC, as ISO 8601."""
        return dt.datetime.fromtimestamp(self.ends, dt.UTC).date().isoformat()


def parse_period(key: str, found: Mapping[str, object], most_days: int) -> Period:
    """Return the period of ``found["from"]`` and ``found["until"]``.

    Raises:
        PolicyInvalid: one is no moment with its offset, or it is too long or ends before it begins.

    """
    begins = moment(f"{key}.from", found["from"])
    ends = moment(f"{key}.until", found["until"])
    if not begins < ends:
        raise PolicyInvalid(f"{key}.until: is not after from")
    if ends - begins > dt.timedelta(days=most_days):
        raise PolicyInvalid(f"{key}.until: is more than {most_days} days after from")
    return Period(UtcSeconds(begins.timestamp()), UtcSeconds(ends.timestamp()))


def moment(key: str, value: object) -> dt.datetime:
    """Return a moment with its offset from UTC."""
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise PolicyInvalid(f"{key}: is not a moment such as 2026-11-20T00:00:00Z")
    return value
