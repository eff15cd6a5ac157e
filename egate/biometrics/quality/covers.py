"""Whether something hides a part of a face: ISO/IEC 29794-5, occlusion and head covering.

A proxy without a network: skin that goes on in another colour or without the contrast of
eyes, mouth and forehead. Its weights were fitted to covers drawn over one half of 700
photographs; docs/face-quality.md tells what it finds of the other half.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2

_Plane = npt.NDArray[np.float32]

# Rows and columns of the aligned face, 112 x 112.
_FACE: Final = (slice(30, 100), slice(28, 84))
_BRIDGE: Final = (slice(48, 64), slice(51, 61))
_MOUTH: Final = (slice(82, 104), slice(44, 68))
_BESIDE_MOUTH: Final = ((slice(84, 98), slice(32, 38)), (slice(84, 98), slice(74, 80)))
_EYES: Final = ((slice(46, 58), slice(30, 47)), (slice(46, 58), slice(65, 82)))
_UNDER_EYES: Final = ((slice(58, 63), slice(32, 46)), (slice(58, 63), slice(66, 80)))
_FOREHEAD: Final = (slice(24, 34), slice(42, 70))
_ABOVE_EYES: Final = (slice(14, 42), slice(36, 76))

_LEAST_LIGHT: Final = 12.0  # grey levels
_SMOOTHING: Final = 0.8  # pixels: noise of the sensor is no texture

# Each: constant, then one weight a feature in the order of the functions below.
_MOUTH_WEIGHTS: Final = (2.28, -20.3, -63.7, 0.124)
_EYES_WEIGHTS: Final = (5.43, -13.4, -6.91, -0.128)
_FOREHEAD_WEIGHTS: Final = (-2.85, 0.194, -25.1, -53.9)


class Covers(NamedTuple):
    """How likely each part is hidden, 0 to 1; .5 is where 1 in 100 uncovered faces is."""

    eyes: float
    mouth: float
    forehead: float


class _Planes(NamedTuple):
    """Light and colour of the face, over the brightness of its skin."""

    light: _Plane
    red: _Plane
    blue: _Plane


def measure_covers(aligned: FaceImage) -> Covers:
    """Measure an aligned face, 112 x 112 x 3, BGR."""
    planes = _planes(aligned)
    return Covers(
        eyes=_likelihood(_EYES_WEIGHTS, eye_features(planes)),
        mouth=_likelihood(_MOUTH_WEIGHTS, mouth_features(planes)),
        forehead=_likelihood(_FOREHEAD_WEIGHTS, forehead_features(planes)),
    )


def mouth_features(planes: _Planes) -> tuple[float, ...]:
    """Contrast of the mouth, its horizontal edges, colour beside it against the nose's."""
    red, blue = (
        sum(_median(plane[side]) for side in _BESIDE_MOUTH) / 2 - _median(plane[_BRIDGE])
        for plane in (planes.red, planes.blue)
    )
    mouth = planes.light[_MOUTH]
    edges = float(np.abs(np.diff(mouth, axis=0)).mean())
    return float(mouth.std()), edges, float(np.hypot(red, blue))


def eye_features(planes: _Planes) -> tuple[float, ...]:
    """Contrast of the eyes, brightness under them, their colour against the nose's."""
    contrast = sum(
        _quantile(planes.light[eye], 90) - _quantile(planes.light[eye], 10) for eye in _EYES
    )
    under = sum(_median(planes.light[side]) for side in _UNDER_EYES)
    colour = sum(_median(planes.red[eye]) for eye in _EYES) / 2 - _median(planes.red[_BRIDGE])
    return contrast / 2, under / 2, colour


def forehead_features(planes: _Planes) -> tuple[float, ...]:
    """Colour of the forehead against the nose's, and its edges in both directions."""
    red, blue = (
        _median(plane[_FOREHEAD]) - _median(plane[_BRIDGE]) for plane in (planes.red, planes.blue)
    )
    above = planes.light[_ABOVE_EYES]
    across, down = (float(np.abs(np.diff(above, axis=axis)).mean()) for axis in (1, 0))
    return float(np.hypot(red, blue)), across, down


def _planes(aligned: FaceImage) -> _Planes:
    smooth = cv2.GaussianBlur(aligned, (0, 0), _SMOOTHING)
    light, red, blue = cv2.split(cv2.cvtColor(smooth, cv2.COLOR_BGR2YCrCb))
    skin = max(_LEAST_LIGHT, _quantile(np.asarray(light)[_FACE], 75))
    return _Planes(
        np.asarray(light, np.float32) / skin,
        (np.asarray(red, np.float32) - 128) * (100 / skin),
        (np.asarray(blue, np.float32) - 128) * (100 / skin),
    )


def _likelihood(weights: tuple[float, ...], features: tuple[float, ...]) -> float:
    odds = weights[0] + float(np.dot(weights[1:], features))
    return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def _quantile(plane: npt.NDArray[Any], percent: int) -> float:
    """Return a value that so many percent of the pixels do not exceed; quicker than NumPy's."""
    place = (plane.size - 1) * percent // 100
    return float(np.partition(plane, place, axis=None)[place])


def _median(plane: _Plane) -> float:
    return _quantile(plane, 50)
