"""Whether the lane's light models the face.

Light from one place falls on nose, cheeks and temples at different angles and from different
distances, so that a head brightens unevenly. A sheet has one angle: it brightens evenly, or
along one slope if it is held askew.
"""

from typing import Final

import numpy as np

from egate.biometrics.presentation_attack.light_response import LightResponse

_LEAST_PIXELS: Final = 120
_FACE: Final = 0.95
_LEAST_GAIN: Final = 0.06  # less light models nothing that can be told from noise
_FLAT: Final = 0.018  # of the mean gain is left by a slope
_MODELLED: Final = 0.045
_KEPT: Final = 0.95  # of the pixels: without glints and what was laid over badly


def light_relief_cue(response: LightResponse | None) -> float | None:
    """Return 0 for light that models a head to 1 for light on something flat.

    Returns:
        None without a change of the light, or if the face does not answer it.

    """
    if response is None:
        return None
    face = response.usable & (response.radius < _FACE)
    if face.sum() < _LEAST_PIXELS:
        return None
    gain = response.gain[face] - 1.0
    strength = float(gain.mean())
    if strength < _LEAST_GAIN:
        return None
    rows, columns = np.nonzero(face)
    slope = np.column_stack((np.ones(len(rows)), rows, columns))
    fitted, *_ = np.linalg.lstsq(slope, gain, rcond=None)
    left = np.sort(np.abs(gain - slope @ fitted))[: int(_KEPT * len(gain))]
    relief = float(np.sqrt(np.mean(left**2))) / strength
    return float(np.clip((_MODELLED - relief) / (_MODELLED - _FLAT), 0.0, 1.0))
