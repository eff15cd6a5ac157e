"""Time is an argument: nothing in the core looks at a clock."""

from typing import NewType

Instant = NewType("Instant", float)
"""Seconds on the gate's monotonic clock; its zero means nothing and dies with the process."""

UtcSeconds = NewType("UtcSeconds", float)
"""Seconds since the Unix epoch, for records that outlive the process."""
