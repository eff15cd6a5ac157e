"""All cues together: one score for one traveller."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from egate.biometrics.presentation_attack.light import light_cue
from egate.biometrics.presentation_attack.parallax import parallax_cue
from egate.biometrics.presentation_attack.view import View, views_of
from egate.ports.presentation_attack import (
    MAX_SIGHTINGS,
    FaceSighting,
    PadAssessment,
    nothing_known,
)

DETECTOR: Final = "egate cues 1"

Cue = Callable[[Sequence[View]], float | None]

CUES: Final[Mapping[str, Cue]] = MappingProxyType({"light": light_cue, "parallax": parallax_cue})

_ENOUGH_FRAMES: Final = 4
_ENOUGH_SECONDS: Final = 0.4


class CueDetector:
    """Our own detector. It keeps nothing between two travellers."""

    def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
        """Judge one traveller; see ``PresentationAttackDetection``."""
        views = views_of(sightings[-MAX_SIGHTINGS:])
        cues = {name: value for name, cue in CUES.items() if (value := cue(views)) is not None}
        if not cues:
            return nothing_known(DETECTOR, "no cue had anything to look at")
        reason = _lack(views)
        score = sum(cues.values()) / len(cues)
        return PadAssessment(score, cues, not reason, DETECTOR, reason)


def _lack(views: Sequence[View]) -> str:
    if len(views) < _ENOUGH_FRAMES:
        return "too few frames"
    if views[-1].at - views[0].at < _ENOUGH_SECONDS:
        return "too short a time"
    return ""
