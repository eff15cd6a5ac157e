"""How a session ends, and where the gate rests afterwards.

Each ending names its barrier position first, its report last, and reports exactly once.
"""

from dataclasses import replace
from typing import Final, assert_never

from egate.domain.evidence import CheckResult
from egate.domain.policy.decide import Refer
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.crossing import every_check_once, gathered
from egate.emrtd.checks import CheckId, Outcome

CLOSE: Final = m.SetBarrier(m.BarrierPosition.CLOSED)
RELEASE: Final = m.SetBarrier(m.BarrierPosition.RELEASED)


def at_rest(lane: m.Lane) -> m.Step:
    """Serve the next traveller, or none while something stands against it."""
    if lane.can_serve:
        ready = (m.SetSignal(m.LaneSignal.READY), m.Show(m.TravellerMessage.WELCOME))
        return m.Step(m.Idle(), (CLOSE, m.StopWork(), *ready))
    closed = (m.SetSignal(m.LaneSignal.STOP), m.Show(m.TravellerMessage.LANE_CLOSED))
    return m.Step(m.OutOfService(lane), (CLOSE, m.StopWork(), *closed))


def to_officer(session_id: m.SessionId, findings: tuple[str, ...], lane: m.Lane) -> m.Step:
    """Close the lane around a traveller whom an officer takes care of."""
    stop = m.SetSignal(m.LaneSignal.STOP)
    kind_words = m.Show(m.TravellerMessage.OFFICER_WILL_HELP)
    state = m.AwaitingOfficer(session_id, findings, lane)
    return m.Step(state, (CLOSE, m.StopWork(), stop, kind_words))


def evacuation(*, raised: bool, lane: m.Lane) -> m.Step:
    """Release the barrier before anything else."""
    commands = (
        RELEASE,
        m.StopWork(),
        m.SetSignal(m.LaneSignal.PASS),
        m.Show(m.TravellerMessage.EVACUATE),
    )
    return m.Step(m.Evacuating(raised, lane), commands)


def and_report(step: m.Step, report: m.Report) -> m.Step:
    return m.Step(step.state, (*step.commands, report))


def refer(
    session: m.Session, verdict: Refer, lane: m.Lane, passage: tuple[CheckResult, ...] = ()
) -> m.Step:
    """Report ``session`` as referred and call an officer.

    Args:
        session: whose traveller.
        verdict: why.
        lane: what stands against the next session.
        passage: what is known of the doors, if anything.

    """
    findings = tuple(sorted(verdict.findings))
    report = m.Report(
        session=session,
        status=CrossingStatus.REFERRED,
        verdict=RecordVerdict.REFER,
        policy_version=verdict.policy_version,
        checks=every_check_once((*gathered(session), *physical(session), *passage)),
        findings=findings,
    )
    return and_report(to_officer(session.id, findings, lane), report)


def refer_second_person(
    session: m.Session, lane: m.Lane, policy: Policy, passage: tuple[CheckResult, ...] = ()
) -> m.Step:
    """Close and refer: whose document was read can no longer be told."""
    verdict = Refer(policy.version, frozenset({CheckId.SINGLE_PERSON}))
    return refer(replace(session, single_person=False), verdict, lane, passage)


def refer_unadmitted(session: m.Session, lane: m.Lane, policy: Policy) -> m.Step:
    """Refer: somebody is behind the doors whom nobody let pass."""
    verdict = Refer(policy.version, frozenset({CheckId.PASSAGE}))
    through = "somebody passed the doors before a decision"
    return refer(session, verdict, lane, (CheckResult(CheckId.PASSAGE, Outcome.FAILED, through),))


def undecided(session: m.Session, status: CrossingStatus, policy: Policy) -> m.Report:
    """Report a session that ended before the decision."""
    return m.Report(
        session=session,
        status=status,
        verdict=RecordVerdict.NONE,
        policy_version=policy.version,
        checks=every_check_once((*gathered(session), *physical(session))),
    )


def admitted(state: m.Passing, status: CrossingStatus, passage: Outcome) -> m.Report:
    """Report a session that was admitted; only a confirmed passage is a crossing."""
    session = state.session
    checks = (
        *gathered(session),
        *physical(session),
        CheckResult(CheckId.PASSAGE, passage),
    )
    return m.Report(
        session=session,
        status=status,
        verdict=RecordVerdict.ADMIT,
        policy_version=state.decision.policy_version,
        checks=every_check_once(checks),
        passage_confirmed=passage is Outcome.SUCCESSFUL,
    )


def interrupted_report(
    state: m.State, status: CrossingStatus, policy: Policy
) -> tuple[m.Report, ...]:
    """Return the report that a session in ``state`` still owes when it is broken off."""
    match state:
        case m.ReadingMrz(session=session) | m.Inspecting(session=session):
            return (undecided(session, status, policy),)
        case m.Passing():
            return (admitted(state, status, Outcome.ABORTED),)
        case m.Idle() | m.AwaitingOfficer() | m.Evacuating() | m.OutOfService():
            return ()
        case never:
            assert_never(never)


def physical(session: m.Session) -> tuple[CheckResult, ...]:
    """Return what the lane's sensors say about ``session`` before the passage."""
    if session.single_person:
        alone = CheckResult(CheckId.SINGLE_PERSON, Outcome.SUCCESSFUL)
    else:
        alone = CheckResult(CheckId.SINGLE_PERSON, Outcome.FAILED, "a second person in the lane")
    left = CheckResult(CheckId.NOTHING_LEFT, Outcome.NOT_SUPPORTED, "the lane has no sensor for it")
    return (alone, left)
