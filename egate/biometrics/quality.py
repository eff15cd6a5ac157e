"""How good a face picture is: what the policy asks for a second picture by.

Angles are estimates from five landmarks, good to some degrees: enough to say "look
straight ahead", not to certify a portrait (ISO/IEC 39794-5).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2

# A mean adult face: millimetres from the middle of the eyes, seen from the front.
_EYES_APART: Final = 63.0
_NOSE_DOWN: Final = 41.0
_NOSE_OUT: Final = 28.0
_MOUTH_DOWN: Final = 70.0
_MOUTH_OUT: Final = 6.0


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """Measures of one face picture.

    Args:
        eye_distance_px: between the eyes, in pixels of the picture.
        yaw: degrees, positive when the nose points to the right of the picture.
        pitch: degrees, positive when the nose points down.
        roll: degrees, positive when the head leans clockwise in the picture.
        sharpness: variance of the Laplacian of the aligned face; a blurred one is below 50.
        brightness: mean grey level of the aligned face, 0 to 255.
        embedding_norm: length of the raw embedding; the worst 5 % of good
            photographs are below 10.7.

    """

    eye_distance_px: float
    yaw: float
    pitch: float
    roll: float
    sharpness: float
    brightness: float
    embedding_norm: float


def judge(
    landmarks: npt.NDArray[np.float64], aligned: FaceImage, embedding_norm: float
) -> FaceQuality:
    """Measure a face.

    Args:
        landmarks: 5 x 2, in pixels of the picture.
        aligned: the face upright, 112 x 112, BGR.
        embedding_norm: length of its raw embedding.

    """
    grey = np.asarray(cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY))
    yaw, pitch, roll = head_angles(landmarks)
    return FaceQuality(
        eye_distance_px=float(np.hypot(*(landmarks[1] - landmarks[0]))),
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        sharpness=float(np.asarray(cv2.Laplacian(grey, cv2.CV_64F)).var()),
        brightness=float(grey.mean()),
        embedding_norm=embedding_norm,
    )


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
