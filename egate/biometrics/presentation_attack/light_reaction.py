"""Whether the face answers the lane's light at all.

A face is seen by the light that falls on it; more light makes it brighter, each part by its
own reflectance. A screen is seen by its own light: it hardly changes, and what its
glass throws back lies over the picture evenly, over black hair as much as over skin.

Only what is fine tells the two apart: brows, lips and eyes are marks of the reflectance, while
the broad light and shade of a head are where the hall and the lamp stand.
"""

from typing import Final

import numpy as np

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.light_response import LightResponse, Map

_LEAST_PIXELS: Final = 60
_FACE: Final = 0.95
_FINE: Final = 4.0  # pixels of the map, a ninth of a face: what is broader is shade
_NO_REACTION: Final = 1.03
_REACTION: Final = 1.07
_VEIL: Final = 0.15  # of the added light goes with the reflectance
_REFLECTED: Final = 0.45
_AGREEMENT: Final = 0.8  # correlation; .97 and more of a head that faces the camera


def light_reaction_cue(response: LightResponse | None) -> float | None:
    """Return 0 for a face that reflects the light to 1 for one that glows by itself.

    Returns:
        None without a change of the light, or when the face was not the same before and after
        it.

    """
    if response is None:
        return None
    face = response.usable & (response.radius < _FACE)
    if face.sum() < _LEAST_PIXELS or not _agree(response):
        return None
    gain = float(np.median(response.gain[face]))
    mute = float(np.clip((_REACTION - gain) / (_REACTION - _NO_REACTION), 0.0, 1.0))
    reflected = _reflected(response) if gain > _NO_REACTION else 1.0
    veil = float(np.clip((_REFLECTED - reflected) / (_REFLECTED - _VEIL), 0.0, 1.0))
    return max(mute, veil)


def _agree(response: LightResponse) -> bool:
    """Say whether lit and unlit views could be laid over one another.

    Whatever is shown, its marks are at the same places in any light. Those of a head that turned
    while the light changed are not: then nothing that was measured is the light's.
    """
    face = response.measurable & (response.radius < _FACE)
    unlit, lit = _fine(response.dark)[face], _fine(response.dark * response.gain)[face]
    both = float(np.sum(unlit * lit))
    return both >= _AGREEMENT * float(np.sqrt(np.sum(unlit**2) * np.sum(lit**2)))


def _reflected(response: LightResponse) -> float:
    """Return how much of the added light is proportional to the brightness without it."""
    face = response.measurable & (response.radius < _FACE)
    dark = response.dark
    added = (response.gain - 1.0) * dark
    marks, added_marks = _fine(dark)[face], _fine(added)[face]
    slope = float(np.mean(marks * added_marks)) / max(float(np.mean(marks**2)), 1e-9)
    return slope * float(dark[face].mean()) / max(float(added[face].mean()), 1e-9)


def _fine(values: Map) -> Map:
    return values - np.asarray(cv2.GaussianBlur(values, (0, 0), _FINE), np.float64)
