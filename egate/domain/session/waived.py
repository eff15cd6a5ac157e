"""Records say which results did not count, and by which waiver or fallback."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from egate.domain.evidence import CheckResult, ChipEvidence
from egate.domain.policy.fallbacks import Fallback
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.domain.policy.waivers import Waiver
from egate.domain.session import model as m
from egate.domain.session.case import case_of
from egate.emrtd.checks import CheckId


def with_waivers_named(session: m.Session, evidence: ChipEvidence, policy: Policy) -> m.Session:
    """Return ``session`` with ``evidence``, the waivers that let some of it pass in its words."""
    case = case_of(replace(session, chip=evidence))

    def waiver(check: CheckResult) -> Waiver | None:
        return policy.waiver_for(check.check_id, check.outcome, case)

    checks = _named(evidence.checks, waiver, policy.obligations_of(case))
    return replace(session, chip=replace(evidence, checks=checks))


def with_fallbacks_named(session: m.Session, policy: Policy) -> m.Session:
    """Return ``session`` with the fallbacks that let some of the background pass in its words."""
    background, case = session.background, case_of(session)
    if background is None:
        return session

    def fallback(check: CheckResult) -> Fallback | None:
        return policy.fallback_for(check.check_id, check.outcome, case)

    checks = _named(background.checks, fallback, policy.obligations_of(case))
    return replace(session, background=replace(background, checks=checks))


def _named(
    checks: tuple[CheckResult, ...],
    passed_by: Callable[[CheckResult], object | None],
    demanded: Mapping[CheckId, Obligation],
) -> tuple[CheckResult, ...]:
    def named(check: CheckResult) -> CheckResult:
        reason = passed_by(check)
        met = demanded[check.check_id].is_met_by(check.outcome)
        if reason is None or met or check.detail.startswith(str(reason)):
            return check  # a kiosk may have named it
        return replace(check, detail=f"{reason}; {check.detail}")

    return tuple(named(check) for check in checks)
