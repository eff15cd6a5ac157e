"""The barrier is open for one admitted traveller."""

from dataclasses import replace
from typing import Final

from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus, StepDuration
from egate.domain.session import model as m
from egate.domain.session.endings import (
    admitted,
    and_report,
    at_rest,
    refer_second_person,
    to_officer,
)
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, CheckResult, Outcome

# The verdict changes when a second person comes; that the lane stood open must not be lost.
_WAS_OPEN: Final = CheckResult(
    CheckId.PASSAGE, Outcome.FAILED, "the lane was open for the traveller when it was closed again"
)


def in_passing(state: m.Passing, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    match event:
        case m.PassageConfirmed():
            done = StepDuration("passage", now - state.since)
            session = replace(state.session, steps=(*state.session.steps, done))
            report = admitted(
                replace(state, session=session), CrossingStatus.COMPLETED, Outcome.SUCCESSFUL
            )
            return and_report(at_rest(state.lane), report)
        case m.SecondPersonDetected():
            return refer_second_person(state.session, state.lane, policy, (_WAS_OPEN,))
        case m.TravellerLeft():
            report = admitted(state, CrossingStatus.ABANDONED, Outcome.FAILED)
            return and_report(at_rest(state.lane), report)
        case m.DeadlineReached():
            # Opened and not passed: no crossing; an officer settles it with the traveller.
            report = admitted(state, CrossingStatus.ABANDONED, Outcome.FAILED)
            waiting = to_officer(state.session.id, (CheckId.PASSAGE.value,), state.lane)
            return and_report(waiting, report)
        case _:
            return m.Step(state)
