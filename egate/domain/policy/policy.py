"""The gate's policy as data: what must hold, how alike, how long, how often."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from egate.domain.policy.alarms import USUAL_ALARMS, AlarmRules
from egate.domain.policy.case import Case
from egate.domain.policy.eligibility import Eligibility
from egate.domain.policy.fallbacks import Fallback
from egate.domain.policy.list_limits import USUAL_LIST_LIMITS, ListLimits
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.period import Period
from egate.domain.policy.profile import FaceProfile
from egate.domain.policy.rules import Rule
from egate.domain.policy.waivers import Waiver
from egate.domain.session.flow import Condition, Service
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, Outcome

SHORTEST_LOOK_SECONDS: Final = 0.2
"""No policy may demand more looks: what is shorter need not be told at all."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules, signed off outside of the gate.

    Args:
        version: named in every record.
        own_state: three letters; whose nationals are citizens here.
        eligibility: whom the lane serves at all.
        obligations: for every check there is, where no rule says otherwise.
        rules: for some documents; a later one over an earlier one.
        waivers: for one State and a few days each.
        services: what each condition leaves of the lane's service.
        profile: how faces are taken and compared.
        placements: how often the document may be presented for one reading.
        mrz_seconds: time to present the document.
        inspection_seconds: time for chip, face and background after each presentation.
        entering_seconds: to step between the barriers of a two-step lane, entry closed again.
        passage_seconds: how long the exit barrier stays open.
        release_seconds: how long a referred traveller may stand between two closed barriers.
        opening_seconds: from the decision on, in which a barrier may begin to open.
        directing_seconds: how long a kiosk says where the gate is.
        token_seconds: how long what a kiosk found holds at the gate.
        look_seconds: from one look at the lane's sensors to the next; a body breaks a beam
            for about as long.
        unwatched_seconds: for how long, in one session, looks that came later may have left
            the lane unwatched in all.
        fallbacks: what is not held against whom while the centre cannot be asked.
        alarms: which are heard in the lane.
        lists: from which age on a list is no longer fresh.
        variants: what temporary changes make of it, and when; no two at one moment.

    """

    version: str
    own_state: str
    eligibility: Eligibility
    obligations: Mapping[CheckId, Obligation]
    rules: tuple[Rule, ...]
    waivers: tuple[Waiver, ...]
    services: Mapping[Condition, Service]
    profile: FaceProfile
    placements: int
    mrz_seconds: float
    inspection_seconds: float
    entering_seconds: float
    passage_seconds: float
    release_seconds: float
    opening_seconds: float
    directing_seconds: float
    token_seconds: float
    look_seconds: float
    unwatched_seconds: float
    fallbacks: tuple[Fallback, ...] = ()
    alarms: AlarmRules = USUAL_ALARMS
    lists: ListLimits = USUAL_LIST_LIMITS
    variants: tuple[tuple[Period, "Policy"], ...] = ()

    def in_force(self, at: UtcSeconds) -> "Policy":
        """Return this policy as it is at a moment, with the changes that hold then."""
        return next((variant for period, variant in self.variants if period.holds(at)), self)

    def without_changes(self) -> "Policy":
        """Return this policy as it is when no temporary change holds."""
        return replace(self, variants=())

    def obligations_of(self, case: Case) -> Mapping[CheckId, Obligation]:
        """Return what is demanded in ``case``, for every check there is."""
        obligations = self.obligations
        for rule in self.rules:
            if rule.when.holds(case, self.own_state):
                obligations = rule.applied(obligations, case)
        return obligations

    def waiver_for(self, check_id: CheckId, outcome: Outcome, case: Case) -> Waiver | None:
        """Return the waiver for which ``outcome`` of ``check_id`` does not count, if any."""
        return next((each for each in self.waivers if each.covers(check_id, outcome, case)), None)

    def fallback_for(self, check_id: CheckId, outcome: Outcome, case: Case) -> Fallback | None:
        """Return the fallback for which ``outcome`` of ``check_id`` does not count, if any."""
        return next(
            (f for f in self.fallbacks if f.covers(check_id, outcome, case, self.own_state)), None
        )

    def may_count(self, check_id: CheckId) -> bool:
        """Say whether ``check_id`` has an influence on the decision in any case."""
        policies = (self, *(variant for _, variant in self.variants))
        every = [
            obligations
            for policy in policies
            for obligations in (policy.obligations, *(rule.obligations for rule in policy.rules))
        ]
        return any(
            each.get(check_id, Obligation.EVALUATORY) is not Obligation.EVALUATORY for each in every
        )
