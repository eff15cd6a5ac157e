"""Where a head points: from five landmarks alone.

Angles are estimates, good to some degrees: enough to say "look straight ahead", not
to certify a portrait (ISO/IEC 39794-5).
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

# A mean adult face: millimetres from the middle of the eyes, seen from the front.
_EYES_APART: Final = 63.0
_NOSE_DOWN: Final = 41.0
_NOSE_OUT: Final = 28.0
_MOUTH_DOWN: Final = 70.0
_MOUTH_OUT: Final = 6.0


def head_angles(landmarks: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees.

    The nose stands out of the plane of the eyes, so a turn of the head moves it
    against them: sideways by ``_NOSE_OUT sin(yaw)``, down by ``_NOSE_OUT sin(pitch)``.
    """
    left_eye, right_eye, nose, mouth_left, mouth_right = landmarks
    across = right_eye - left_eye
    distance = max(float(np.hypot(*across)), 1e-9)
    across = across / distance
    down = np.array([-across[1], across[0]])
    middle = (left_eye + right_eye) / 2
    nose_aside, nose_down = float(across @ (nose - middle)), float(down @ (nose - middle))
    mouth = (mouth_left + mouth_right) / 2 - middle
    mouth_aside, mouth_down = float(across @ mouth), max(float(down @ mouth), 1e-9)

    # The line from eyes to mouth is the face's own middle, also when it leans.
    aside = nose_aside - mouth_aside * nose_down / mouth_down
    out = _NOSE_OUT - _MOUTH_OUT * _NOSE_DOWN / _MOUTH_DOWN
    yaw = math.atan2(aside * _EYES_APART, distance * out)

    ratio = min(max(nose_down / mouth_down, 0.0), 1.2)
    pitch = math.atan2(ratio * _MOUTH_DOWN - _NOSE_DOWN, _NOSE_OUT - ratio * _MOUTH_OUT)
    roll = math.atan2(across[1], across[0])
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)
