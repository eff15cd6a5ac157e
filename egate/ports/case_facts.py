"""What a gate found of a referred traveller, for the officer who takes care of them."""

from dataclasses import dataclass, field
from typing import Final

from egate.domain.optical_finding import OpticalFinding
from egate.domain.record import CrossingRecord
from egate.domain.time import UtcSeconds

MAX_OPTICAL_FINDINGS: Final = 32


@dataclass(frozen=True, slots=True)
class CaseThresholds:
    """What the policy demands of faces.

    Args:
        policy_version: whose numbers they are; those that decided if the record names it too.
        profile: of the face, as the lane's settings choose it.
        min_similarity: cosine similarity from which faces match.
        max_pad_score: score of presentation attack detection up to which a face counts as live.
        min_portrait_similarity: of the portrait on the page and the one in the chip.

    """

    policy_version: str
    profile: str
    min_similarity: float
    max_pad_score: float
    min_portrait_similarity: float


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case. Personal.

    Args:
        record: the very one that the centre gets; None while the gate cannot write it down.
        thresholds: of the policy in force.
        officer_id: who has the case, "" while nobody has.
        optical_findings: what was found on the scanned page, at most ``MAX_OPTICAL_FINDINGS``;
            none without a page, and after a restart.

    """

    record: CrossingRecord | None = field(repr=False)
    thresholds: CaseThresholds
    officer_id: str = ""
    optical_findings: tuple[OpticalFinding, ...] = ()

    @property
    def decided_at(self) -> UtcSeconds | None:
        """When the gate referred the traveller, as its record says."""
        return self.record.recorded_at if self.record else None
