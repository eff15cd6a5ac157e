"""Bands that run over the face: a screen that is refreshed while the camera reads its rows.

Rolling bands are a brightness that changes along the rows of the picture from frame to frame
and is the same in every part of a row. Mains lamps make them, too, but over the whole frame.
Frames that follow one another are compared: a head has hardly turned between them, while
bands that roll have gone on.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.tracking import Motion, Tracks
from egate.biometrics.presentation_attack.view import Grey, View

Profile = npt.NDArray[np.float64]

_LEAST_PAIRS: Final = 3
_SAME_LIGHT: Final = 0.1
_NONE: Final = 0.020  # standard deviation of the logarithm of brightness along the rows
_BANDS: Final = 0.030
_SMOOTHED: Final = 5  # rows
_STRIPS: Final = 3
_BLACK: Final = 8.0  # grey levels: keeps noise in the dark small


def refresh_cue(views: Sequence[View], tracks: Tracks | None) -> float | None:
    """Return 0 for no bands to 1 for clear ones on the face that its surroundings lack.

    Returns:
        None with too few frames under equal light.

    """
    if tracks is None:
        return None
    strengths, before = [], None
    for number, view in enumerate(views):
        motion = tracks.affine(number)
        laid = None if motion is None else _laid(view, motion)
        if laid is not None and before is not None:
            last, last_laid = before
            if abs(view.light - last.light) <= _SAME_LIGHT:
                strengths.append(_bands(views[0], (last_laid, laid), (last.grey, view.grey)))
        before = None if laid is None else (view, laid)
    if len(strengths) < _LEAST_PAIRS:
        return None
    strength = float(np.median(strengths))
    return float(np.clip((strength - _NONE) / (_BANDS - _NONE), 0.0, 1.0))


def _laid(view: View, motion: Motion) -> Grey:
    laid = cv2.warpAffine(
        view.grey, motion, view.grey.shape[::-1],
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(laid, np.uint8)


def _bands(view: View, laid: tuple[Grey, Grey], as_they_are: tuple[Grey, Grey]) -> float:
    """Return the change of brightness along the rows that all parts of the face share.

    Args:
        view: the first one.
        laid: two views one after the other, their faces laid over the first one's.
        as_they_are: the same, not moved: what is beside the face in both.

    """
    x, y, width, height = view.box
    left, right = int(max(0, x + 0.15 * width)), int(x + 0.85 * width)
    face = slice(int(max(0, y)), int(y + height))
    edge = max(1, int(min(0.5 * width, x - 0.4 * width)))
    beside = _profile(*(picture[face, :edge] for picture in as_they_are))
    change = _change(*(picture[face, left:right] for picture in laid))
    strips = [
        _without(beside, _smooth(np.median(strip, axis=1)))
        for strip in np.array_split(change, _STRIPS, axis=1)
    ]
    shared = np.mean([np.mean(strips[a] * strips[b]) for a, b in combinations(range(_STRIPS), 2)])
    return float(np.sqrt(max(shared, 0.0)))


def _without(lamps: Profile, rows: Profile) -> Profile:
    """Return ``rows`` without as much of ``lamps`` as is in them: no more than all of it."""
    share = float(np.clip(rows @ lamps / max(float(lamps @ lamps), 1e-12), 0.0, 1.0))
    return rows - share * lamps


def _profile(one: Grey, other: Grey) -> Profile:
    return _smooth(np.median(_change(one, other), axis=1))


def _change(one: Grey, other: Grey) -> Profile:
    change: Profile = np.log((other + _BLACK) / (one + _BLACK))
    return change


def _smooth(profile: Profile) -> Profile:
    smooth = np.convolve(profile, np.ones(_SMOOTHED) / _SMOOTHED, "valid")
    return np.asarray(smooth - smooth.mean(), np.float64)
