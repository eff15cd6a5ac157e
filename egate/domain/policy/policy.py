"""The gate's policy as data: what must hold, how alike, how long, how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from egate.domain.policy.eligibility import Eligibility
from egate.domain.policy.profile import FaceProfile
from egate.domain.session.flow import Condition, Service
from egate.emrtd.checks import CheckId, Outcome


class Obligation(StrEnum):
    """What a check's outcome means for the decision (BSI TR-03135-1: m, o, e)."""

    MANDATORY = "mandatory"
    """Must be successful; no result counts against."""
    OPTIONAL = "optional"
    """Successful, or not offered by the document or the lane."""
    EVALUATORY = "evaluatory"
    """Recorded; without influence."""

    def is_met_by(self, outcome: Outcome | None) -> bool:
        """Say whether ``outcome`` (None: the check left no result) permits admission."""
        match self:
            case Obligation.MANDATORY:
                return outcome is Outcome.SUCCESSFUL
            case Obligation.OPTIONAL:
                return outcome in {Outcome.SUCCESSFUL, Outcome.NOT_SUPPORTED}
            case Obligation.EVALUATORY:
                return True
            case never:
                assert_never(never)


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules, signed off outside of the gate.

    Args:
        version: named in every record.
        own_state: three letters; whose nationals are citizens here.
        eligibility: whom the lane serves at all.
        obligations: for every check there is.
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

    """

    version: str
    own_state: str
    eligibility: Eligibility
    obligations: Mapping[CheckId, Obligation]
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
