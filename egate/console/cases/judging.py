"""What the gate's checks ask of whoever decides on a case."""

from typing import Final

from egate.console.cases.open_cases import OpenCase
from egate.domain.decision import Decision
from egate.domain.record import Direction
from egate.emrtd.checks import CheckId, CheckResult, Outcome

FINAL: Final = frozenset(
    {Decision.CLEAR, Decision.REFUSE_ENTRY, Decision.DENY_EXIT, Decision.OFFLOAD}
)
"""Decisions that end the journey's attempt, one way or the other: these make a desk's record."""

_DIRECTIONS: Final = {
    Decision.REFUSE_ENTRY: Direction.ENTRY,
    Decision.DENY_EXIT: Direction.EXIT,
    Decision.OFFLOAD: Direction.EXIT,
}

# They tell of the lane, of the camera or of who is served, and nothing against the traveller.
_ABOUT_THE_LANE: Final = frozenset(
    {
        CheckId.ELIGIBILITY,
        CheckId.SERVICE,
        CheckId.FACE_CAPTURE,
        CheckId.FACE_QUALITY,
        CheckId.SINGLE_PERSON,
        CheckId.NOTHING_LEFT,
        CheckId.PASSAGE,
    }
)


def decisions_of(case: OpenCase) -> tuple[Decision, ...]:
    """Return what can be decided about the traveller, in the order of the page.

    Without a record of the gate nothing can take its place.
    """
    record = case.record
    if record is None:
        return tuple(each for each in Decision if each not in FINAL)
    way = record.direction
    return tuple(each for each in Decision if _DIRECTIONS.get(each, way) is way)


def against_the_traveller(case: OpenCase) -> tuple[CheckResult, ...]:
    """Return the checks that failed, stood in the way, and say something of the traveller.

    Clearing against one of them is an override. Undetermined ones are not among them: to look
    instead of the machine is what the officer is for.
    """
    record = case.record
    return tuple(
        each
        for each in (record.checks if record else ())
        if each.outcome is Outcome.FAILED
        and each.check_id in (record.findings if record else ())
        and each.check_id not in _ABOUT_THE_LANE
    )


def faces_were_compared(case: OpenCase) -> bool:
    """Say whether the officer is to compare them too."""
    record = case.record
    return record is not None and record.similarity is not None
