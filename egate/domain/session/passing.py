"""The exit barrier is open for one admitted traveller."""

from dataclasses import replace
from typing import Final

from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus, StepDuration
from egate.domain.session import model as m
from egate.domain.session.endings import (
    LET_OUT,
    NOBODY_INSIDE,
    and_report,
    at_rest,
    inside_for_now,
    releasing,
    to_officer,
)
from egate.domain.session.reports import admitted, nothing_left, refer_second_person
from egate.domain.session.watching import nobody_vouches
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, CheckResult, Outcome

# The verdict changes when a second person comes; that the lane stood open must not be lost.
_WAS_OPEN: Final = CheckResult(
    CheckId.PASSAGE, Outcome.FAILED, "the lane was open for the traveller when it was closed again"
)


def in_passing(state: m.Passing, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    match event:
        case m.PassageConfirmed(left_behind):
            return _passed(state, left_behind, now, policy)
        case m.SecondPersonDetected() | m.WrongWayDetected():
            inside = LET_OUT if state.session.flow.has_mantrap else NOBODY_INSIDE
            return refer_second_person(state.session, state.lane, policy, inside, (_WAS_OPEN,))
        case m.TravellerLeft():
            report = admitted(state, CrossingStatus.ABANDONED, Outcome.FAILED)
            return and_report(_rest(state, NOBODY_INSIDE, policy), report)
        case m.DeadlineReached() | m.OpeningExpired(state.session.id) | m.ReleaseRequested():
            return _not_passed(state, event, now, policy)
        case _:
            return m.Step(state)


def _passed(
    state: m.Passing,
    left_behind: bool | None,  # noqa: FBT001 - a sensor's answer
    now: Instant,
    policy: Policy,
) -> m.Step:
    done = StepDuration("passage", now - state.since)
    session = replace(state.session, steps=(*state.session.steps, done))
    report = admitted(
        replace(state, session=session),
        CrossingStatus.COMPLETED,
        Outcome.SUCCESSFUL,
        (nothing_left(left_behind),),
    )
    it_may_be_a_person = left_behind and state.session.flow.has_mantrap
    occupancy = inside_for_now(now, policy) if it_may_be_a_person else NOBODY_INSIDE
    return and_report(_rest(state, occupancy, policy), report)


def _rest(state: m.Passing, occupancy: m.Occupancy, policy: Policy) -> m.Step:
    """Serve the next traveller, unless somebody may be inside, or may have come with this one."""
    if nobody_vouches(state.session, policy):
        findings = (CheckId.SINGLE_PERSON.value,)
        return to_officer(state.session.id, findings, state.lane, occupancy)
    return releasing(state.lane) if occupancy.inside else at_rest(state.lane, policy)


def _not_passed(state: m.Passing, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    """Opened and not passed is no crossing; an officer settles it with the traveller."""
    occupancy = NOBODY_INSIDE
    if state.session.flow.has_mantrap:
        at_once = isinstance(event, m.ReleaseRequested)
        occupancy = LET_OUT if at_once else inside_for_now(now, policy)
    report = admitted(state, CrossingStatus.ABANDONED, Outcome.FAILED)
    findings = (CheckId.PASSAGE.value,)
    return and_report(to_officer(state.session.id, findings, state.lane, occupancy), report)
