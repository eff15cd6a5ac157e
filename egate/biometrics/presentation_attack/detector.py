"""All cues together: one score for one traveller."""

from collections.abc import Sequence
from typing import Final

from egate.biometrics.presentation_attack.black_level import black_level_cue
from egate.biometrics.presentation_attack.borders import borders_cue
from egate.biometrics.presentation_attack.fusion import fuse
from egate.biometrics.presentation_attack.hollows import hollows_cue
from egate.biometrics.presentation_attack.light_reach import light_reach_cue
from egate.biometrics.presentation_attack.light_reaction import light_reaction_cue
from egate.biometrics.presentation_attack.light_relief import light_relief_cue
from egate.biometrics.presentation_attack.light_response import LEAST_CHANGE, light_response
from egate.biometrics.presentation_attack.parallax import parallax_cue
from egate.biometrics.presentation_attack.refresh import refresh_cue
from egate.biometrics.presentation_attack.spectrum import spectrum_cue
from egate.biometrics.presentation_attack.stillness import stillness_cue
from egate.biometrics.presentation_attack.surroundings import surroundings_cue
from egate.biometrics.presentation_attack.tracking import follow
from egate.biometrics.presentation_attack.view import View, views_of
from egate.ports.presentation_attack import (
    MAX_SIGHTINGS,
    FaceSighting,
    PadAssessment,
    nothing_known,
)

DETECTOR: Final = "egate cues 4"

_ENOUGH_FRAMES: Final = 5
_ENOUGH_SECONDS: Final = 0.5
_DEPTH: Final = frozenset({"parallax", "light_reaction"})
"""Without one of them nobody has looked for a third dimension."""


class CueDetector:
    """Our own detector. It keeps nothing between two travellers."""

    def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
        """Judge one traveller; see ``PresentationAttackDetection``."""
        views = views_of(sightings[-MAX_SIGHTINGS:])
        cues = cues_of(views)
        if not cues:
            return nothing_known(DETECTOR, "no cue had anything to look at")
        reason = _lack(views, cues)
        return PadAssessment(fuse(cues), cues, not reason, DETECTOR, reason)


def cues_of(views: Sequence[View]) -> dict[str, float]:
    """Ask every cue; those that had nothing to look at are left out."""
    tracks = follow(views)
    response = light_response(views, tracks)
    asked = {
        "light_reaction": light_reaction_cue(response),
        "light_relief": light_relief_cue(response),
        "light_reach": light_reach_cue(response),
        "parallax": parallax_cue(tracks),
        "surroundings": surroundings_cue(tracks),
        "black_level": black_level_cue(views),
        "hollows": hollows_cue(views),
        "borders": borders_cue(views, tracks),
        "spectrum": spectrum_cue(views),
        "refresh": refresh_cue(views, tracks),
        "stillness": stillness_cue(views, tracks),
    }
    return {name: value for name, value in asked.items() if value is not None}


def _lack(views: Sequence[View], cues: dict[str, float]) -> str:
    if len(views) < _ENOUGH_FRAMES:
        return "too few frames"
    if views[-1].at - views[0].at < _ENOUGH_SECONDS:
        return "too short a time"
    if _DEPTH.isdisjoint(cues):
        return "no movement and no change of the light"
    levels = [view.light for view in views]
    if max(levels) - min(levels) >= LEAST_CHANGE and "light_reaction" not in cues:
        return "no view to see the light's change in"  # who turned just then is looked at again
    return ""
