"""Records say which results did not count, and by whose waiver."""

from dataclasses import replace

from egate.domain.evidence import CheckResult, ChipEvidence
from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.case import case_of


def with_waivers_named(session: m.Session, evidence: ChipEvidence, policy: Policy) -> m.Session:
    """Return ``session`` with ``evidence``, the waivers that let some of it pass in its words."""
    case = case_of(replace(session, chip=evidence))
    demanded = policy.obligations_of(case)

    def named(check: CheckResult) -> CheckResult:
        waiver = policy.waiver_for(check.check_id, check.outcome, case)
        if waiver is None or demanded[check.check_id].is_met_by(check.outcome):
            return check
        return replace(check, detail=f"{waiver}; {check.detail}")

    checks = tuple(named(check) for check in evidence.checks)
    return replace(session, chip=replace(evidence, checks=checks))
