"""What the pictures of the page tell: waited for where the policy lets it count."""

from dataclasses import replace

from egate.domain.evidence import CheckResult
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.case import case_of
from egate.emrtd.checks import PAGE_CHECKS


def with_page(session: m.Session, checks: tuple[CheckResult, ...]) -> m.Session:
    """Return ``session`` with what the pictures of its page told."""
    return replace(session, optical=session.optical + checks)


def is_page_awaited(session: m.Session, policy: Policy) -> bool:
    """Say whether a check counts for this traveller that has no result yet.

    A lane without a scanner has results from the start: they say that it has none.
    """
    known = {check.check_id for check in session.optical}
    obligations = policy.obligations_of(case_of(session))
    return any(
        obligations[check_id] is not Obligation.EVALUATORY
        for check_id in PAGE_CHECKS
        if check_id not in known
    )
