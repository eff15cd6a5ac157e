"""The entry barrier is open for one eligible traveller of a two-step lane."""

from dataclasses import replace
from typing import Final

from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus, StepDuration
from egate.domain.session import model as m
from egate.domain.session.deciding import conclude_face
from egate.domain.session.endings import CLOSE, LET_OUT, and_report, at_rest, releasing
from egate.domain.session.page import with_page
from egate.domain.session.reports import refer_second_person, undecided
from egate.domain.time import Instant

_VERIFY: Final = m.Show(m.TravellerMessage.LOOK_AT_CAMERA)


def in_entering(state: m.Entering, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    session = state.session
    match event:
        case m.TravellerInside() if not state.inside:
            busy = m.SetSignal(m.LaneSignal.BUSY)
            return m.Step(replace(state, inside=True), (CLOSE, busy, m.CompareFace(session.id)))
        case m.EntryClosed() if state.inside:
            return _enclosed(state, now, policy)
        case m.FaceCompared(session.id, evidence):
            return m.Step(replace(state, session=replace(session, face=evidence)))
        case m.PageInspected(session.id, checks):
            return m.Step(replace(state, session=with_page(session, checks)))
        case m.SecondPersonDetected() | m.WrongWayDetected():
            # Whoever is inside goes back the way they came; the exit has not been open.
            return refer_second_person(session, state.lane, policy, LET_OUT)
        case m.TravellerLeft():
            abandoned = undecided(session, CrossingStatus.ABANDONED, policy)
            return and_report(at_rest(state.lane, policy), abandoned)
        case m.OpeningExpired(session.id) | m.DeadlineReached() | m.ReleaseRequested():
            # Not inside in time, or the barrier does not close behind them.
            abandoned = undecided(session, CrossingStatus.ABANDONED, policy)
            return and_report(releasing(state.lane), abandoned)
        case _:
            return m.Step(state)


def _enclosed(state: m.Entering, now: Instant, policy: Policy) -> m.Step:
    done = StepDuration("entering", now - state.since)
    session = replace(state.session, steps=(*state.session.steps, done))
    if session.face is not None:  # compared while the barrier was closing
        return conclude_face(session, state.lane, now, policy)
    deadline = Instant(now + policy.inspection_seconds)
    return m.Step(m.Verifying(session, now, deadline, state.lane), (_VERIFY,))
