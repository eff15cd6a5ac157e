"""One basic routine of TR-03135-1 §5.5.1, and how a check is made of its routines (§5.5.4.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from egate.optical.checks.page_views import Box
from egate.optical.page_geometry import PageGeometry

_WORST_FIRST: Final = (
    Outcome.FAILED,
    Outcome.UNDETERMINED,
    Outcome.SUCCESSFUL,
    Outcome.NOT_SUPPORTED,
)


@dataclass(frozen=True, slots=True)
class Routine:
    """What one routine measured.

    Args:
        outcome: how it ended.
        detail: in plain words, without personal data.
        score: 0 (as a forgery) to 1 (as the model), None when nothing could be measured.
        threshold: from which score the routine is successful.
        box: where on the page, in millimetres; None for all of it.

    """

    outcome: Outcome
    detail: str
    light: Light
    score: float | None = None
    threshold: float | None = None
    box: Box | None = None

    @property
    def margin(self) -> float:
        """By how much the score is above what is required."""
        if self.score is None or self.threshold is None:
            return 0.0
        return self.score - self.threshold


def judged(  # what a routine's author writes: a measure, its limit, and words for both ends
    score: float, threshold: float, light: Light, box: Box | None, details: tuple[str, str]
) -> Routine:
    """Return a routine that could measure.

    Args:
        score: 0 to 1; values beyond are cut.
        threshold: from which it is successful.
        light: the image it was measured in.
        box: where, in millimetres.
        details: what is said when it is successful and when it failed.

    """
    score = min(max(score, 0.0), 1.0)
    passed = score >= threshold
    outcome = Outcome.SUCCESSFUL if passed else Outcome.FAILED
    return Routine(outcome, details[0] if passed else details[1], light, score, threshold, box)


def finding_of(
    check_id: CheckId, routines: Sequence[Routine], geometry: PageGeometry, duration_ms: int
) -> OpticalFinding:
    """Return the check that consists of ``routines``: the worst of them is what is shown.

    One that failed makes the check fail, one that could not be judged leaves it undetermined,
    and one that the model or the scanner does not support counts when there is no other.
    """
    worst = min(routines, key=lambda each: (_WORST_FIRST.index(each.outcome), each.margin))
    return OpticalFinding(
        check_id,
        worst.outcome,
        worst.detail,
        score=worst.score,
        threshold=worst.threshold,
        light=worst.light,
        region=None if worst.box is None else geometry.region(*worst.box),
        duration_ms=duration_ms,
    )
