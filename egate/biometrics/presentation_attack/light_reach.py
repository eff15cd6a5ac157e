"""Whether the lane's light reaches beyond the face as strongly as it reaches the face.

Light falls off with the square of the distance: the lane behind a head stays as it is. What is
on one sheet with the face stands as near to the light as the face does.
"""

from typing import Final

import numpy as np

from egate.biometrics.presentation_attack.light_response import LightResponse

_LEAST_PIXELS: Final = 60
_LEAST_GAIN: Final = 0.06
_FACE: Final = 0.7
_NEAR: Final = 1.35  # beyond the ears
_OUT: Final = 1.8
_SHOULDERS: Final = 0.7  # below them is a body, which is near to the light, too
_BEHIND: Final = 0.5  # of the face's gain
_BESIDE: Final = 0.85


def light_reach_cue(response: LightResponse | None) -> float | None:
    """Return 0 for surroundings far behind the face to 1 for surroundings in its plane.

    Returns:
        None without a change of the light, or if the face does not answer it.

    """
    if response is None:
        return None
    face = response.usable & (response.radius < _FACE)
    ring = (response.radius > _NEAR) & (response.radius < _OUT) & (response.below < _SHOULDERS)
    around = response.usable & ring
    if min(face.sum(), around.sum()) < _LEAST_PIXELS:
        return None
    gain = float(np.median(response.gain[face])) - 1.0
    if gain < _LEAST_GAIN:
        return None
    reach = (float(np.median(response.gain[around])) - 1.0) / gain
    return float(np.clip((reach - _BEHIND) / (_BESIDE - _BEHIND), 0.0, 1.0))
