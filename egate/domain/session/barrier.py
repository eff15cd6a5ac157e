"""What the gate wants of its doors and lights."""

from enum import Enum


class BarrierPosition(Enum):
    CLOSED = "closed"
    OPEN = "open"
    RELEASED = "released"  # free in both directions: evacuation


class LaneSignal(Enum):
    """The lane's lights: what a traveller may do."""

    READY = "ready"  # blue: the next traveller may come
    BUSY = "busy"  # no light: the gate is working
    PASS = "pass"  # noqa: S105 - green: walk through
    STOP = "stop"  # red: an officer will help
