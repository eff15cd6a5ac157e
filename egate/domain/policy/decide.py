"""From evidence to a verdict. A gate admits or refers; only an officer refuses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from egate.domain.policy.case import Case
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.emrtd.checks import CheckId, CheckResult, Outcome

# The printed portrait is compared while the face is.
_KNOWN_LATER: Final = ("BIOMETRIC.", "PHYSICAL.", CheckId.PORTRAIT.value)


@dataclass(frozen=True, slots=True)
class Admit:
    policy_version: str


@dataclass(frozen=True, slots=True)
class Refer:
    """An officer takes over; ``findings`` are what stood in the way."""

    policy_version: str
    findings: frozenset[CheckId]


Verdict = Admit | Refer


def face_check(similarity: float, policy: Policy) -> CheckResult:
    """Return the result of comparing two faces of ``similarity`` in [-1, 1]."""
    required = policy.profile.min_similarity
    matched = similarity >= required
    return CheckResult(
        CheckId.FACE,
        Outcome.SUCCESSFUL if matched else Outcome.FAILED,
        f"similarity {similarity:.3f}, required {required:.3f}",
    )


def decide(
    checks: Iterable[CheckResult], similarity: float | None, policy: Policy, case: Case
) -> Verdict:
    """Weigh ``checks`` by what ``policy`` demands in ``case``: may the traveller pass the border?

    A check that left no result counts against where it is mandatory or optional. Such
    a gap is named as a finding only when no result explains it: a chip that was never
    opened is one finding, not ten. The face check counts as successful only with a
    similarity that meets this policy. Of two results for one check the worse counts.
    """
    outcomes = _outcomes(checks)
    if Outcome.SUCCESSFUL in outcomes.get(CheckId.FACE, set()) and (
        similarity is None
        or not similarity >= policy.profile.min_similarity  # no number is too little
    ):
        outcomes[CheckId.FACE] = {Outcome.FAILED}
    return _weigh(outcomes, policy.obligations_of(case), policy, case)


def decide_eligibility(checks: Iterable[CheckResult], policy: Policy, case: Case) -> Verdict:
    """Weigh ``checks`` without those of the face and of the lane's sensors.

    The entry barrier of a two-step lane opens by this, and a kiosk prepares by it; the
    border is passed by ``decide`` only.
    """
    known = {
        check_id: obligation
        for check_id, obligation in policy.obligations_of(case).items()
        if not check_id.startswith(_KNOWN_LATER)
    }
    outcomes = {c: found for c, found in _outcomes(checks).items() if c in known}
    return _weigh(outcomes, known, policy, case)


def _outcomes(checks: Iterable[CheckResult]) -> dict[CheckId, set[Outcome]]:
    outcomes: dict[CheckId, set[Outcome]] = {}
    for check in checks:
        outcomes.setdefault(check.check_id, set()).add(check.outcome)
    return outcomes


def _weigh(
    outcomes: Mapping[CheckId, set[Outcome]],
    obligations: Mapping[CheckId, Obligation],
    policy: Policy,
    case: Case,
) -> Verdict:
    def is_met(check_id: CheckId, outcome: Outcome) -> bool:
        return (
            obligations[check_id].is_met_by(outcome)
            or policy.waiver_for(check_id, outcome, case) is not None
            or policy.fallback_for(check_id, outcome, case) is not None
        )

    against = frozenset(
        check_id
        for check_id, found in outcomes.items()
        if not all(is_met(check_id, outcome) for outcome in found)
    )
    gaps = frozenset(
        check_id
        for check_id, obligation in obligations.items()
        if check_id not in outcomes and not obligation.is_met_by(None)
    )
    findings = against or gaps
    return Refer(policy.version, findings) if findings else Admit(policy.version)
