"""One check of an inspection, told without its traveller (TR-03135-1 §5.3)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from egate.domain.inspection_log.mismatches import mismatches_of
from egate.domain.inspection_log.places import PLACES, Place
from egate.domain.inspection_log.reasons import NEVER_BEGAN, code_of, reason_of
from egate.emrtd.checks import CheckId, CheckResult, Outcome


class ProcessState(StrEnum):
    """TR-03135-1 §3.5.1. A record is made at the end, so that none is ever ``running``."""

    INITIATED = "initiated"
    RUNNING = "running"
    TERMINATED = "terminated"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class LoggedCheck:
    """One check as it is told.

    Args:
        check_id: which.
        place: where the guideline has it.
        state: of its process.
        outcome: its result (TR-03135-1 §3.5.2).
        duration_ms: how long it took.
        is_finding: it stood in the way of an admission.
        error_code: None where nothing went wrong.
        reason: in words; "" without a code.
        mismatches: parts of the document with which it found fault.

    """

    check_id: CheckId
    place: Place
    state: ProcessState
    outcome: Outcome
    duration_ms: int
    is_finding: bool
    error_code: int | None = None
    reason: str = ""
    mismatches: tuple[str, ...] = ()


def logged_checks(
    checks: Iterable[CheckResult], findings: Collection[str]
) -> tuple[LoggedCheck, ...]:
    """Return ``checks`` as they are told, each id once.

    Args:
        checks: of one document.
        findings: ids of those that stood in the way of an admission.

    """
    first: dict[CheckId, CheckResult] = {}
    for each in checks:
        first.setdefault(each.check_id, each)
    return tuple(_check(each, is_finding=each.check_id in findings) for each in first.values())


def _check(check: CheckResult, *, is_finding: bool) -> LoggedCheck:
    reason = reason_of(check)
    return LoggedCheck(
        check_id=check.check_id,
        place=PLACES[check.check_id],
        state=_state(check, began=reason is not NEVER_BEGAN),
        outcome=check.outcome,
        duration_ms=check.duration_ms,
        is_finding=is_finding,
        error_code=code_of(check.check_id, reason) if reason else None,
        reason=reason.text if reason else "",
        mismatches=mismatches_of(check),
    )


def _state(check: CheckResult, *, began: bool) -> ProcessState:
    if check.outcome is not Outcome.ABORTED:
        return ProcessState.TERMINATED
    return ProcessState.ABORTED if began else ProcessState.INITIATED
