"""Where a barrier opens for a traveller: on a complete, recorded decision, and nowhere else."""

from dataclasses import replace

from egate.domain.policy.decide import Admit, decide, decide_eligibility
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.domain.session.case import case_of
from egate.domain.session.crossing import gathered
from egate.domain.session.endings import NOBODY_INSIDE, and_report, inside_for_now
from egate.domain.session.fallback import decided_in
from egate.domain.session.opening import opening
from egate.domain.session.reports import physical, refer, undecided
from egate.domain.session.service import service_check
from egate.domain.session.waived import with_fallbacks_named
from egate.domain.time import Instant


def conclude_document(session: m.Session, lane: m.Lane, now: Instant, policy: Policy) -> m.Step:
    """Decide by what is known of the document, and of the face where it was seen already."""
    session = with_fallbacks_named(_with_service(session, lane, policy), policy)
    if session.flow.compares_face_at_once:
        return admit_or_refer(session, lane, now, policy)
    verdict = decide_eligibility(gathered(session), policy, case_of(session))
    if not isinstance(verdict, Admit):
        return refer(session, verdict, lane)
    if session.flow is m.Flow.KIOSK:
        return _prepared(session, lane, now, policy)
    return _let_in(session, lane, now, policy)


def conclude_face(session: m.Session, lane: m.Lane, now: Instant, policy: Policy) -> m.Step:
    """Decide about a traveller who stands between the barriers."""
    inside = inside_for_now(now, policy)
    return admit_or_refer(_with_service(session, lane, policy), lane, now, policy, inside)


def admit_or_refer(
    session: m.Session,
    lane: m.Lane,
    now: Instant,
    policy: Policy,
    occupancy: m.Occupancy = NOBODY_INSIDE,
) -> m.Step:
    """Weigh everything; only here is an exit barrier ever opened for a traveller."""
    similarity = session.face.similarity if session.face else None
    checks = (*gathered(session), *physical(session))
    verdict = decide(checks, similarity, policy, case_of(session))
    if not isinstance(verdict, Admit):
        return refer(session, verdict, lane, occupancy)
    return m.Step(
        m.Passing(session, verdict, now, Instant(now + policy.passage_seconds), lane),
        (
            opening(m.BarrierPosition.EXIT_OPEN, session, now, policy),
            m.StopWork(),
            m.SetSignal(m.LaneSignal.PASS),
            m.Show(m.TravellerMessage.PLEASE_PASS),
        ),
    )


def _let_in(session: m.Session, lane: m.Lane, now: Instant, policy: Policy) -> m.Step:
    deadline = Instant(now + policy.entering_seconds)
    return m.Step(
        m.Entering(session, now, deadline, lane),
        (
            opening(m.BarrierPosition.ENTRY_OPEN, session, now, policy),
            m.SetSignal(m.LaneSignal.PASS),
            m.Show(m.TravellerMessage.TAKE_DOCUMENT_AND_ENTER),
        ),
    )


def _prepared(session: m.Session, lane: m.Lane, now: Instant, policy: Policy) -> m.Step:
    report = undecided(session, CrossingStatus.PREPARED, policy)
    step = m.Step(
        m.Directing(session.id, Instant(now + policy.directing_seconds), lane),
        (
            m.IssueToken(session),
            m.SetSignal(m.LaneSignal.PASS),
            m.Show(m.TravellerMessage.GO_TO_GATE),
        ),
    )
    return and_report(step, report)


def _with_service(session: m.Session, lane: m.Lane, policy: Policy) -> m.Session:
    checked = replace(session, service=service_check(session, lane, policy))
    return decided_in(checked, lane)
