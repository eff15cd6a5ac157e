"""Whether the lane's light models the face.

Light from one place falls on brow, nose, cheeks and chin at different angles and from different
distances, so that a head brightens unevenly in every direction. A sheet has one angle: it
brightens evenly, or along one slope if it is held askew; bent round a head it bends one way
only, like all paper. A camera's tone curve makes the gain depend on the brightness itself.
Slope, one bend and tone are taken out; a head leaves more than that.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.presentation_attack.light_response import LightResponse

_LEAST_PIXELS: Final = 120
_FACE: Final = 0.75  # brow, eyes, nose and mouth: at its rims every bent thing falls off steeply
_LEAST_GAIN: Final = 0.06  # less light models nothing that can be told from noise
_FLAT: Final = 0.055  # of the mean gain is left on paper, bent or not
_MODELLED: Final = 0.080
_KEPT: Final = 0.95  # of the pixels: without glints and what was laid over badly


def light_relief_cue(response: LightResponse | None) -> float | None:
    """Return 0 for light that models a head to 1 for light on a sheet.

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
    left = np.sort(np.abs(_beyond_paper_and_tone(response, face)))
    left = left[: int(_KEPT * len(left))]
    relief = float(np.sqrt(np.mean(left**2))) / strength
    return float(np.clip((_MODELLED - relief) / (_MODELLED - _FLAT), 0.0, 1.0))


def _beyond_paper_and_tone(
    response: LightResponse, face: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return what is left of the gain without slope, a bend about an upright axis, and tone."""
    gain = response.gain[face]
    rows, columns = (side / len(face) - 0.5 for side in np.nonzero(face))
    tone = np.log(response.dark[face])
    paper = (np.ones(len(rows)), rows, columns, columns**2, rows * columns)
    known = np.column_stack((*paper, tone, tone**2))
    fitted, *_ = np.linalg.lstsq(known, gain, rcond=None)
    left: npt.NDArray[np.float64] = gain - known @ fitted
    return left
