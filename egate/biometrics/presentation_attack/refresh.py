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
from egate.biometrics.presentation_attack.view import Grey, View

_LEAST_PAIRS: Final = 3
_SAME_LIGHT: Final = 0.1
_NONE: Final = 0.010  # standard deviation of the logarithm of brightness along the rows
_BANDS: Final = 0.025
_SMOOTHED: Final = 5  # rows
_BLACK: Final = 8.0  # grey levels: keeps noise in the dark small


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
        strengths.append(_bands(views[0], np.asarray(laid, np.uint8), views[number].grey))
    if len(strengths) < _LEAST_PAIRS:
        return None
    strength = float(np.median(strengths))
    return float(np.clip((strength - _NONE) / (_BANDS - _NONE), 0.0, 1.0))


def _bands(view: View, laid: Grey, as_it_is: Grey) -> float:
    """Return how much more the brightness of the face changes along the rows than across.

    Args:
        view: the first one.
        laid: another one, its face laid over the first one's.
        as_it_is: the other one, not moved: what is beside the face in both.

    """
    x, y, width, height = view.box
    left, right = int(max(0, x + 0.15 * width)), int(x + 0.85 * width)
    face = slice(int(max(0, y)), int(y + height))
    change = _change(view.grey[face, left:right], laid[face, left:right])
    edge = max(1, int(min(0.5 * width, x - 0.4 * width)))
    beside = _change(view.grey[face, :edge], as_it_is[face, :edge])
    rows = np.median(change, axis=1) - np.median(beside, axis=1)
    return max(0.0, _variation(rows) - _variation(np.median(change, axis=0)))


def _change(one: Grey, other: Grey) -> npt.NDArray[np.float64]:
    change: npt.NDArray[np.float64] = np.log((other + _BLACK) / (one + _BLACK))
    return change


def _variation(profile: npt.NDArray[np.float64]) -> float:
    smooth = np.convolve(profile, np.ones(_SMOOTHED) / _SMOOTHED, "valid")
    return float(np.std(smooth))
