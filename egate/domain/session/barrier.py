"""What the gate wants of its doors and lights."""

from dataclasses import dataclass
from enum import Enum

from egate.domain.time import Instant


class BarrierPosition(Enum):
    """The entry door is the one that travellers come in by, the exit door leads over the border."""

    CLOSED = "closed"
    ENTRY_OPEN = "entry_open"  # into the lane, and the way back out of it
    EXIT_OPEN = "exit_open"
    RELEASED = "released"  # free in both directions: evacuation


class LaneSignal(Enum):
    """The lane's lights: what a traveller may do."""

    READY = "ready"  # blue: the next traveller may come
    BUSY = "busy"  # no light: the gate is working
    PASS = "pass"  # noqa: S105 - green: walk through
    STOP = "stop"  # red: an officer will help


@dataclass(frozen=True, slots=True)
class Warrant:
    """The right to open one door once for one traveller.

    Args:
        crossing_id: of the session that was decided.
        position: the only one it is good for.
        expires: from then on the door stays closed; a decision that is carried out late may
            meet another traveller.

    """

    crossing_id: str
    position: BarrierPosition
    expires: Instant
