"""One traveller between two closed barriers, before the camera."""

from dataclasses import replace

from egate.domain.evidence import FaceEvidence
from egate.domain.policy.decide import Refer
from egate.domain.policy.policy import Policy
from egate.domain.record import StepDuration
from egate.domain.session import model as m
from egate.domain.session.deciding import conclude_face
from egate.domain.session.endings import LET_OUT
from egate.domain.session.page import with_page
from egate.domain.session.reports import refer, refer_second_person
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, CheckResult, Outcome


def in_verifying(state: m.Verifying, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    session = state.session
    match event:
        case m.FaceCompared(session.id, evidence):
            done = StepDuration("face", now - state.since, evidence.gate_seconds)
            compared = replace(session, face=evidence, steps=(*session.steps, done))
            return _conclude(compared, state, now, policy)
        case m.DeadlineReached():
            return _conclude(_never_compared(session, "the time ran out"), state, now, policy)
        case m.PageInspected(session.id, checks):
            return m.Step(replace(state, session=with_page(session, checks)))
        case m.SecondPersonDetected() | m.WrongWayDetected():
            return refer_second_person(session, state.lane, policy, LET_OUT)
        case m.PassageConfirmed():
            return _unadmitted(state, policy)
        case m.ReleaseRequested() | m.TravellerLeft():
            verdict = Refer(policy.version, frozenset({CheckId.FACE}))
            wanted_out = _never_compared(session, "the traveller wanted out")
            return refer(wanted_out, verdict, state.lane, LET_OUT)
        case _:
            return m.Step(state)


def _conclude(session: m.Session, state: m.Verifying, now: Instant, policy: Policy) -> m.Step:
    return conclude_face(session, state.lane, now, policy)


def _never_compared(session: m.Session, why: str) -> m.Session:
    check = CheckResult(CheckId.FACE, Outcome.ABORTED, why)
    return replace(session, face=FaceEvidence((check,)))


def _unadmitted(state: m.Verifying, policy: Policy) -> m.Step:
    verdict = Refer(policy.version, frozenset({CheckId.PASSAGE}))
    through = CheckResult(
        CheckId.PASSAGE, Outcome.FAILED, "somebody passed the doors before a decision"
    )
    return refer(state.session, verdict, state.lane, LET_OUT, (through,))
