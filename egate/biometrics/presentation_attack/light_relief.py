"""Whether the lane's light models the face.

Light from one place falls on nose, cheeks and temples at different angles and from different
distances, so that a head brightens unevenly. A sheet has one angle: it brightens evenly, or
along one slope if it is held askew. A camera's tone curve makes the gain depend on the
brightness itself; that part is taken out, too.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.presentation_attack.light_response import LightResponse

_LEAST_PIXELS: Final = 120
_FACE: Final = 0.95
_LEAST_GAIN: Final = 0.06  # less light models nothing that can be told from noise
_FLAT: Final = 0.022  # of the mean gain is left on something flat
_MODELLED: Final = 0.050
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
    strength = float(response.gain[face].mean()) - 1.0
    if strength < _LEAST_GAIN:
        return None
    left = np.sort(np.abs(_beyond_slope_and_tone(response, face)))
    left = left[: int(_KEPT * len(left))]
    relief = float(np.sqrt(np.mean(left**2))) / strength
    return float(np.clip((_MODELLED - relief) / (_MODELLED - _FLAT), 0.0, 1.0))


def _beyond_slope_and_tone(
    response: LightResponse, face: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return what is left of the gain without one slope and without a curve of brightness."""
    gain = response.gain[face]
    rows, columns = np.nonzero(face)
    tone = np.log(response.dark[face])
    known = np.column_stack((np.ones(len(rows)), rows, columns, tone, tone**2))
    fitted, *_ = np.linalg.lstsq(known, gain, rcond=None)
    left: npt.NDArray[np.float64] = gain - known @ fitted
    return left
