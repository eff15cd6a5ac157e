"""How a case stands for one officer: theirs, nobody's, another's, lost, or over."""

from dataclasses import dataclass
from enum import StrEnum

from egate.console.access.officer import Officer
from egate.console.cases.pictures import is_with_officer
from egate.console.hall.live import Lane


class StandingKind(StrEnum):
    YOURS = "yours"
    NOBODYS = "nobodys"
    ANOTHERS = "anothers"
    LOST = "lost"
    """The gate is not reached; the case was this officer's."""
    LOST_NOT_YOURS = "lost_not_yours"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose a case is.

    Args:
        kind: for the officer who looks.
        holder: who has it, "" for nobody.

    """

    kind: StandingKind
    holder: str = ""

    @property
    def may_decide(self) -> bool:
        return self.kind in {StandingKind.YOURS, StandingKind.NOBODYS, StandingKind.LOST}


def standing_of(lane: Lane, crossing_id: str, officer: Officer) -> Standing:
    """Return how ``crossing_id`` stands in ``lane`` for ``officer``."""
    status = lane.status
    if status is None:
        return Standing(StandingKind.LOST_NOT_YOURS)
    if not is_with_officer(status, crossing_id):
        return Standing(StandingKind.OVER)
    holder = status.case_officer_id
    if lane.fault:
        is_theirs = holder == officer.officer_id
        kind = StandingKind.LOST if is_theirs else StandingKind.LOST_NOT_YOURS
    elif not holder:
        kind = StandingKind.NOBODYS
    else:
        kind = StandingKind.YOURS if holder == officer.officer_id else StandingKind.ANOTHERS
    return Standing(kind, holder)
