"""Times as officers enter them: of Asia/Dhaka, which has had no summer time since 2009."""

from datetime import datetime, timedelta, timezone
from typing import Final

from egate.domain.time import UtcSeconds

DHAKA: Final = timezone(timedelta(hours=6))
_LONGEST: Final = len("2026-11-22T14:05:00")


def entered_time(text: str) -> UtcSeconds | None:
    """Return the moment that a field for day, or day and time, has; None for an empty one.

    Raises:
        ValueError: it is neither.

    """
    if not text:
        return None
    if len(text) > _LONGEST:
        raise ValueError("longer than a day and a time")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError("with a time zone")
    return UtcSeconds(moment.replace(tzinfo=DHAKA).timestamp())
