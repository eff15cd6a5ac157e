"""What the book of shifts holds."""

from dataclasses import dataclass

from egate.domain.time import UtcSeconds


@dataclass(frozen=True, slots=True)
class Shift:
    """An officer watches lanes.

    Args:
        shift_id: in the book.
        officer_id: whose.
        gates: the lanes.
        begun_at: when.
        watched_since: since when without a rest.
        seen_at: when the officer last had the lanes in view.
        reminded_at: when the officer last put off the reminder to rotate; 0 for never.

    """

    shift_id: int
    officer_id: str
    gates: tuple[str, ...]
    begun_at: UtcSeconds
    watched_since: UtcSeconds
    seen_at: UtcSeconds
    reminded_at: UtcSeconds


@dataclass(frozen=True, slots=True)
class HandOver:
    """A shift offered to another officer, until one accepts it or it is taken back.

    Args:
        hand_over_id: in the book.
        shift_id: which shift.
        officer_id: who hands over.
        to_officer_id: to whom.
        gates: the lanes.
        note: what the other one should know.
        open: what was open then, lane by lane: ``GATE KIND``.
        offered_at: when.

    """

    hand_over_id: int
    shift_id: int
    officer_id: str
    to_officer_id: str
    gates: tuple[str, ...]
    note: str
    open: tuple[str, ...]
    offered_at: UtcSeconds


@dataclass(frozen=True, slots=True)
class Note:
    """What officers tell one another of a lane; never about a person."""

    note_id: int
    gate_id: str
    officer_id: str
    written_at: UtcSeconds
    text: str


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """An officer looked, and there was nothing.

    Args:
        gate_id: of the lane.
        kind: of the alarm.
        crossing_id: the session that it was about, "" for none.
        since: when the alarm began, in whole seconds.
        officer_id: who says so.
        noted_at: when.

    """

    gate_id: str
    kind: str
    crossing_id: str
    since: int
    officer_id: str
    noted_at: UtcSeconds
