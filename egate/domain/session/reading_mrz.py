"""Waiting for the document: read, unreadable, never presented."""

from dataclasses import replace

from egate.domain.policy.decide import Refer
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus, StepDuration
from egate.domain.session import model as m
from egate.domain.session.case import case_of
from egate.domain.session.endings import LET_OUT, and_report, at_rest
from egate.domain.session.reports import (
    refer,
    refer_second_person,
    refer_unadmitted,
    undecided,
)
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, CheckResult, Outcome


def in_reading_mrz(state: m.ReadingMrz, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    session = state.session
    match event:
        case m.MrzRead(session.id):
            return _inspect(state, event, now, policy)
        case m.MrzUnreadable(session.id):
            return _unreadable(state, now, policy)
        case m.SecondPersonDetected():
            return refer_second_person(session, state.lane, policy)
        case m.ReleaseRequested():  # by somebody between the barriers whom nobody saw
            return refer_second_person(session, state.lane, policy, LET_OUT)
        case m.PassageConfirmed():
            return refer_unadmitted(session, state.lane, policy)
        case m.TravellerLeft():
            abandoned = undecided(session, CrossingStatus.ABANDONED, policy)
            return and_report(at_rest(state.lane, policy), abandoned)
        case m.DeadlineReached():
            return _without_mrz(state, Outcome.ABORTED, "no document was presented", policy)
        case _:
            return m.Step(state)


def _inspect(state: m.ReadingMrz, read: m.MrzRead, now: Instant, policy: Policy) -> m.Step:
    done = StepDuration("mrz", now - state.session.began, read.gate_seconds)
    session = replace(
        state.session,
        document=read.document,
        optical=read.checks,
        attempts=state.session.attempts + 1,
        steps=(*state.session.steps, done),
    )
    if ineligible := _ineligible(session, policy):
        return refer(session, ineligible, state.lane)
    deadline = Instant(now + policy.inspection_seconds)
    return m.Step(
        m.Inspecting(session, now, deadline, state.lane),
        (m.Show(m.TravellerMessage.KEEP_DOCUMENT), *_inspection(session)),
    )


def _inspection(session: m.Session) -> tuple[m.Command, ...]:
    page = m.InspectPage(session.id)
    if session.flow is m.Flow.TOKEN_GATE:
        return (page, m.RedeemToken(session))
    return (page, m.InspectChip(session.id), m.CheckBackground(session))


def _ineligible(session: m.Session, policy: Policy) -> Refer | None:
    """Return why the lane is not for this document at all: nobody waits for a chip in vain."""
    obligation = policy.obligations_of(case_of(session))[CheckId.ELIGIBILITY]
    found = [c.outcome for c in session.optical if c.check_id is CheckId.ELIGIBILITY]
    met = all(obligation.is_met_by(outcome) for outcome in found)
    return None if met else Refer(policy.version, frozenset({CheckId.ELIGIBILITY}))


def _unreadable(state: m.ReadingMrz, now: Instant, policy: Policy) -> m.Step:
    session = replace(state.session, attempts=state.session.attempts + 1)
    state = replace(state, session=session, unreadable=state.unreadable + 1)
    if state.unreadable >= policy.placements:
        return _without_mrz(state, Outcome.FAILED, "the MRZ could not be read", policy)
    return m.Step(
        replace(state, deadline=Instant(now + policy.mrz_seconds)),
        (m.Show(m.TravellerMessage.PLACE_DOCUMENT_AGAIN), m.ReadMrz(session.id)),
    )


def _without_mrz(state: m.ReadingMrz, outcome: Outcome, detail: str, policy: Policy) -> m.Step:
    check = CheckResult(CheckId.OPTICAL_MRZ_CHECK_DIGITS, outcome, detail)
    session = replace(state.session, optical=(check,))
    verdict = Refer(policy.version, frozenset({CheckId.OPTICAL_MRZ_CHECK_DIGITS}))
    return refer(session, verdict, state.lane)
