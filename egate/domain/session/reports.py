"""The one report of a session, for each way it can end."""

from dataclasses import replace
from typing import assert_never

from egate.domain.evidence import CheckResult
from egate.domain.policy.decide import Refer
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.crossing import every_check_once, gathered
from egate.domain.session.endings import NOBODY_INSIDE, and_report, to_officer
from egate.domain.session.fallback import decided_in
from egate.emrtd.checks import CheckId, Outcome


def refer(
    session: m.Session,
    verdict: Refer,
    lane: m.Lane,
    occupancy: m.Occupancy = NOBODY_INSIDE,
    further: tuple[CheckResult, ...] = (),
) -> m.Step:
    """Report ``session`` as referred and call an officer.

    Args:
        session: whose traveller.
        verdict: why.
        lane: what stands against the next session.
        occupancy: whether the traveller stands between two barriers.
        further: checks that no slot of the session holds.

    """
    session = decided_in(session, lane)
    findings = tuple(sorted(verdict.findings))
    report = m.Report(
        session=session,
        status=CrossingStatus.REFERRED,
        verdict=RecordVerdict.REFER,
        policy_version=verdict.policy_version,
        checks=every_check_once((*gathered(session), *physical(session), *further)),
        findings=findings,
    )
    return and_report(to_officer(session.id, findings, lane, occupancy), report)


def refer_second_person(
    session: m.Session,
    lane: m.Lane,
    policy: Policy,
    occupancy: m.Occupancy = NOBODY_INSIDE,
    further: tuple[CheckResult, ...] = (),
) -> m.Step:
    """Close and refer: whose document was read can no longer be told."""
    verdict = Refer(policy.version, frozenset({CheckId.SINGLE_PERSON}))
    return refer(replace(session, single_person=False), verdict, lane, occupancy, further)


def refer_unadmitted(session: m.Session, lane: m.Lane, policy: Policy) -> m.Step:
    """Refer: somebody is behind the doors whom nobody let pass."""
    verdict = Refer(policy.version, frozenset({CheckId.PASSAGE}))
    through = "somebody passed the doors before a decision"
    passage = CheckResult(CheckId.PASSAGE, Outcome.FAILED, through)
    return refer(session, verdict, lane, further=(passage,))


def undecided(session: m.Session, status: CrossingStatus, policy: Policy) -> m.Report:
    """Report a session that ended before the decision."""
    return m.Report(
        session=session,
        status=status,
        verdict=RecordVerdict.NONE,
        policy_version=policy.version,
        checks=every_check_once((*gathered(session), *physical(session))),
    )


def admitted(
    state: m.Passing,
    status: CrossingStatus,
    passage: Outcome,
    further: tuple[CheckResult, ...] = (),
) -> m.Report:
    """Report a session that was admitted; only a confirmed passage is a crossing."""
    session = state.session
    checks = (
        *gathered(session),
        *physical(session),
        *further,
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
        case m.ReadingMrz() | m.Inspecting() | m.Entering() | m.Verifying():
            return (undecided(state.session, status, policy),)
        case m.Passing():
            return (admitted(state, status, Outcome.ABORTED),)
        case m.Idle() | m.Directing() | m.AwaitingOfficer():
            return ()
        case m.Releasing() | m.Evacuating() | m.OutOfService():
            return ()
        case never:
            assert_never(never)


def physical(session: m.Session) -> tuple[CheckResult, ...]:
    """Return what the lane's sensors say about ``session`` before the passage."""
    if not session.single_person:
        return (CheckResult(CheckId.SINGLE_PERSON, Outcome.FAILED, "a second person in the lane"),)
    if not session.watched:
        why = f"nobody looked at the lane for {session.unwatched_seconds:.1f} s"
        return (CheckResult(CheckId.SINGLE_PERSON, Outcome.UNDETERMINED, why),)
    return (CheckResult(CheckId.SINGLE_PERSON, Outcome.SUCCESSFUL),)


def nothing_left(left_behind: bool | None) -> CheckResult:  # noqa: FBT001 - a sensor's answer
    """Return the check of the lane behind a traveller; None where no sensor looks."""
    if left_behind is None:
        why = "the lane has no sensor for it"
        return CheckResult(CheckId.NOTHING_LEFT, Outcome.NOT_SUPPORTED, why)
    if left_behind:
        return CheckResult(CheckId.NOTHING_LEFT, Outcome.FAILED, "something stayed in the lane")
    return CheckResult(CheckId.NOTHING_LEFT, Outcome.SUCCESSFUL)
