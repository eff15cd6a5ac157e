"""Bands that run over the face: a screen that is refreshed while the camera reads its rows.

Rolling bands are a brightness that changes along the rows of the picture from frame to frame
and hardly along the columns. Mains lamps make them, too, but over the whole frame.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.tracking import Tracks
from egate.biometrics.presentation_attack.view import View

_LEAST_PAIRS: Final = 3
_SAME_LIGHT: Final = 0.1
_NONE: Final = 0.006  # standard deviation of the logarithm of brightness along the rows
_BANDS: Final = 0.02
_SMOOTHED: Final = 5  # rows


def refresh_cue(views: Sequence[View], tracks: Tracks | None) -> float | None:
    """Return 0 for no bands to 1 for clear ones on the face that its surroundings lack.

    Returns:
        None with too few frames under equal light.

    """
    if tracks is None:
        return None
    strengths = []
    for number in range(1, len(views)):
        motion = tracks.affine(number)
        if motion is None or abs(views[number].light - views[0].light) > _SAME_LIGHT:
            continue
        laid = cv2.warpAffine(
            views[number].grey, motion, views[0].grey.shape[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        strengths.append(_bands(views[0], np.asarray(laid)))
    if len(strengths) < _LEAST_PAIRS:
        return None
    strength = float(np.median(strengths))
    return float(np.clip((strength - _NONE) / (_BANDS - _NONE), 0.0, 1.0))


def _bands(view: View, laid: npt.NDArray[np.uint8]) -> float:
    """Return how much more the brightness of the face changes along the rows than across."""
    x, y, width, height = view.box
    left, right = int(max(0, x + 0.15 * width)), int(x + 0.85 * width)
    top, bottom = int(max(0, y)), int(y + height)
    one = view.grey[top:bottom, left:right].astype(np.float64) + 8.0
    other = laid[top:bottom, left:right].astype(np.float64) + 8.0
    change = np.log(other / one)
    rows, columns = np.median(change, axis=1), np.median(change, axis=0)
    return max(0.0, _variation(rows) - _variation(columns))


def _variation(profile: npt.NDArray[np.float64]) -> float:
    smooth = np.convolve(profile, np.ones(_SMOOTHED) / _SMOOTHED, "valid")
    return float(np.std(smooth)) if len(smooth) else 0.0
