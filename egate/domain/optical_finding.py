"""What one optical check found, and where on the page."""

from dataclasses import dataclass
from enum import StrEnum

from egate.emrtd.checks import CheckId, CheckResult, Outcome


class Light(StrEnum):
    """Under which light an image was taken (BSI TR-03135-1: visible, infrared, ultraviolet)."""

    WHITE = "white"
    INFRARED = "infrared"
    ULTRAVIOLET = "ultraviolet"


@dataclass(frozen=True, slots=True)
class PageRegion:
    """A rectangle of a page, in parts of its image: 0 to 1 from the left and from the top."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class OpticalFinding:
    """One optical check, its end, and what an officer is shown of it.

    Args:
        check_id: which check.
        outcome: how it ended.
        detail: the reason in plain words; holds no personal data.
        score: 0 (as a forgery) to 1 (as the model of the document), None when none was made.
        threshold: from which score the check is successful.
        light: the image that shows it best.
        region: where on the page; None for all of it.
        duration_ms: how long the check took, in milliseconds.

    """

    check_id: CheckId
    outcome: Outcome
    detail: str
    score: float | None = None
    threshold: float | None = None
    light: Light = Light.WHITE
    region: PageRegion | None = None
    duration_ms: int = 0

    def as_result(self) -> CheckResult:
        """Return what the record keeps of it."""
        measured = (
            f"; score {self.score:.2f}, required {self.threshold:.2f}"
            if self.score is not None and self.threshold is not None
            else ""
        )
        return CheckResult(
            self.check_id, self.outcome, f"{self.detail}{measured}", self.duration_ms
        )
