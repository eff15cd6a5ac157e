"""When a gate was in service: a look a minute becomes spans, which the centre adds up."""

from dataclasses import dataclass, replace
from typing import Final

from egate.domain.time import UtcSeconds

LONGEST_GAP_SECONDS: Final = 90.0
"""Between two looks; what was longer ago says nothing about the time between."""
LONGEST_SPAN_SECONDS: Final = 3600.0
MOST_SPANS: Final = 500
"""That wait for the centre; then the oldest are given up."""


@dataclass(frozen=True, slots=True)
class ServiceSpan:
    """A time in which every look at the gate found the same.

    Args:
        since: the first look.
        until: the last look, or the one that found something else.
        in_service: travellers were served, if only some of them.
        mode: value of the gate's mode.
        conditions: what the gate noticed about itself, sorted.
        software_version: what ran.

    """

    since: UtcSeconds
    until: UtcSeconds
    in_service: bool
    mode: str
    conditions: tuple[str, ...] = ()
    software_version: str = ""


def looked_again(spans: tuple[ServiceSpan, ...], seen: ServiceSpan) -> tuple[ServiceSpan, ...]:
    """Return ``spans`` with one more look, oldest first.

    Args:
        spans: before it.
        seen: what it found; ``since`` and ``until`` are both now.

    """
    if not spans:
        return (seen,)
    *before, last = spans
    if not 0.0 <= seen.until - last.until <= LONGEST_GAP_SECONDS:
        # The process was held up, or the clock was set: nobody looked in between.
        return (*spans, seen)[-MOST_SPANS:]
    last = replace(last, until=seen.until)
    same = replace(seen, since=last.since) == last
    if same and last.until - last.since < LONGEST_SPAN_SECONDS:
        return (*before, last)
    return (*before, last, seen)[-MOST_SPANS:]
