"""The clocks of the border crossing points."""

from datetime import timedelta, timezone
from typing import Final

DHAKA: Final = timezone(timedelta(hours=6))
"""Asia/Dhaka: no summer time since 2009, and no time zone data needed."""
