"""What came of one cell of the matrix."""

from dataclasses import dataclass, field

from egate.domain.record import CrossingRecord, CrossingStatus, RecordVerdict


@dataclass
class Played:
    """What came of one cell.

    Args:
        faults: every law that did not hold; none is good.
        ended: how the session of the cell ended, in a word.
        noticed: seconds of lane time until the gate told the fault; None if it never did.
        restored: seconds from the mending until the gate told that it is over; None if it
            never told the fault.
        stalled: the longest time in which nothing ran at all, in seconds of lane time.
        truth: what happened when.

    """

    faults: list[str] = field(default_factory=list)
    ended: str = ""
    noticed: float | None = None
    restored: float | None = None
    stalled: float = 0.0
    truth: list[str] = field(default_factory=list)


def outcome_of(record: CrossingRecord) -> str:
    """Say in a word how the session of ``record`` ended."""
    match record.verdict, record.status:
        case RecordVerdict.ADMIT, CrossingStatus.COMPLETED:
            return "admitted"
        case RecordVerdict.ADMIT, status:
            return f"decided, {status.value}"
        case RecordVerdict.REFER, _:
            return "officer"
        case _, status:
            return str(status.value)
