"""What a check's outcome means for the decision (BSI TR-03135-1: m, o, e)."""

from enum import StrEnum
from typing import assert_never

from egate.emrtd.checks import Outcome


class Obligation(StrEnum):
    """From the strictest on."""

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

    def or_stricter(self, other: "Obligation") -> "Obligation":
        """Return the stricter of the two."""
        return min(self, other, key=list(Obligation).index)
