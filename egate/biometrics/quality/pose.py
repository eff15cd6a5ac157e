"""Where a head points, from five landmarks alone.

The landmarks of a mean face are turned until the camera would see them where they were
found. Faces differ, so the angles are good to some degrees: enough to say "look straight
ahead", not to certify a portrait (ISO/IEC 39794-5). docs/face-quality.md has the errors.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2

# Millimetres from the middle of the eyes, 63 mm apart; right, down and away from the camera.
# Found as the one solid shape that explains the landmarks of 7,701 photographs best.
_MEAN_FACE: Final = np.array(
    [[-31.5, 0.0, 0.0], [31.5, 0.0, 0.0], [0.0, 36.6, -25.5], [-27.0, 64.0, 7.0],
     [27.0, 64.0, 7.0]]
)  # fmt: skip
# How far the camera is, in eye distances: .75 m. Half or twice that changes the angles by
# less than a degree.
_FAR: Final = 12.0
_UNKNOWN: Final = 90.0


def head_angles(landmarks: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees; see ``FaceQuality``.

    Args:
        landmarks: 5 x 2, in pixels of the picture. Where no face can be, yaw and pitch
            are 90.

    """
    across = landmarks[1] - landmarks[0]
    turn = _turn(landmarks, float(np.hypot(*across)))
    if turn is None:
        return _UNKNOWN, _UNKNOWN, math.degrees(math.atan2(across[1], across[0]))
    # A head nods, turns and then leans: what it leans is taken off first.
    roll = math.atan2(turn[1, 0], turn[0, 0])
    down = math.cos(roll) * turn[1] - math.sin(roll) * turn[0]
    yaw = math.atan2(turn[2, 0], math.hypot(turn[0, 0], turn[1, 0]))
    pitch = math.atan2(-down[2], down[1])
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)


def _turn(
    landmarks: npt.NDArray[np.float64], eye_distance: float
) -> npt.NDArray[np.float64] | None:
    """Return the rotation from the mean face to the camera, 3 x 3; None when there is none."""
    focal = max(eye_distance, 1e-3) * _FAR
    middle = landmarks.mean(axis=0)
    camera = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]])
    try:
        found, rotation, _ = cv2.solvePnP(
            _MEAN_FACE, np.ascontiguousarray(landmarks), camera, None, flags=cv2.SOLVEPNP_SQPNP
        )
    except cv2.error:
        return None
    if not found or not np.isfinite(rotation).all():
        return None
    return np.asarray(cv2.Rodrigues(rotation)[0], np.float64)
