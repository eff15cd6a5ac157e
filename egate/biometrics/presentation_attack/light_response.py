"""How much brighter every part of face and surroundings becomes by the lane's own light.

Lit and unlit views are laid over one another by their landmarks and divided in linear light.
What the camera's exposure does to the whole frame is taken out by the lane far behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.tracking import Motion, Tracks
from egate.biometrics.presentation_attack.view import View

Map = npt.NDArray[np.float64]

LEAST_CHANGE: Final = 0.5
"""Of the light's range: less is too little to see."""
_SIDE: Final = 96
_FACE: Final = 36.0  # pixels of the map that the face is wide
_GAMMA: Final = 2.2
_DARKEST: Final = 0.002  # of full linear scale: below it there is only noise
_DARK: Final = 0.012
_BRIGHT: Final = 0.85
_STEEP: Final = 0.25  # a pixel of the map
_SMOOTHED: Final = 1.5  # pixels of the map
_FAR_QUANTILE: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class LightResponse:
    """What the light does, in the coordinates of the face.

    Args:
        dark: linear brightness without the light, 0 to 1.
        gain: brightness with the light over that without, 1 where the light does nothing.
        measurable: neither too dark to divide by nor as bright as the camera can tell.
        usable: measurable, and without steep edges, where a small shift looks like light.
        radius: distance from the face's middle, 1 on the ellipse in its box.
        below: how far below the middle, 1 at the lower edge of the box.

    """

    dark: Map
    gain: Map
    measurable: npt.NDArray[np.bool_]
    usable: npt.NDArray[np.bool_]
    radius: Map
    below: Map


def light_response(views: Sequence[View], tracks: Tracks | None) -> LightResponse | None:
    """Compare lit with unlit ``views``; None without a change of the light among them."""
    levels = [view.light for view in views]
    if tracks is None or max(levels) - min(levels) < LEAST_CHANGE:
        return None
    middle = (max(levels) + min(levels)) / 2
    place = views[0]
    laid = [
        (view, _laid(view, place, motion))
        for number, view in enumerate(views)
        if (motion := tracks.affine(number)) is not None
    ]
    lit = [pair for pair in laid if pair[0].light > middle]
    unlit = [pair for pair in laid if pair[0].light <= middle]
    if not lit or not unlit:
        return None
    dark, bright = (_typical([seen for _, seen in pairs]) for pairs in (unlit, lit))
    far = _far_gain([view for view, _ in lit], [view for view, _ in unlit])
    gain = bright / dark / far
    measurable = (dark > _DARK) & (bright < _BRIGHT)
    usable = measurable & (_steepness(dark) < _STEEP)
    rows, columns = np.mgrid[:_SIDE, :_SIDE] - _SIDE / 2
    below = rows / (_FACE / 2 * place.box[3] / place.box[2])
    radius = np.hypot(columns / (_FACE / 2), below)
    return LightResponse(dark, gain, measurable, usable, radius, below)


def _laid(view: View, place: View, motion: Motion) -> Map:
    """Lay ``view`` over ``place`` and return its linear green, in coordinates of the face."""
    scale = _FACE / place.face_width
    shift = _SIDE / 2 - place.centre * scale
    back = np.asarray(cv2.invertAffineTransform(motion))
    matrix = np.column_stack((back[:, :2] * scale, back[:, 2] * scale + shift))
    green = np.asarray(cv2.GaussianBlur(view.colour[:, :, 1], (0, 0), 0.5 / scale))
    laid = cv2.warpAffine(green, matrix, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE)
    return _linear(np.asarray(laid))


def _typical(maps: Sequence[Map]) -> Map:
    """Return the median of ``maps``: a frame that was taken while the light changed is none."""
    middle = np.median(np.array(maps), axis=0)
    smooth = np.asarray(cv2.GaussianBlur(middle, (0, 0), _SMOOTHED), np.float64)
    return np.maximum(smooth, _DARKEST)


def _steepness(values: Map) -> Map:
    """Return the gradient over the value: where it is steep, a small shift looks like light."""
    down, across = np.gradient(values)
    steepness: Map = np.hypot(down, across) / values
    return steepness


def _far_gain(lit: Sequence[View], unlit: Sequence[View]) -> float:
    """Return the gain of the least lit part of the whole frame: exposure, and no light."""
    with_light = np.median([_linear(view.whole) for view in lit], axis=0)
    without = np.median([_linear(view.whole) for view in unlit], axis=0)
    gains = (with_light + _DARKEST) / (without + _DARKEST)
    return float(np.quantile(gains, _FAR_QUANTILE))


def _linear(values: npt.NDArray[np.uint8]) -> Map:
    linear: Map = (values / 255.0) ** _GAMMA
    return linear
