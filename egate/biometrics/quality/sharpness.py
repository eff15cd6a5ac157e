"""How sharp a face is, whatever its size and exposure: ISO/IEC 29794-5, sharpness."""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.embedding import align
from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2

UPRIGHT_EYES_APART: Final = 35.24
"""Of the aligned face, pixels."""

_AROUND: Final = 0.95  # eye distances around the landmarks: all of _FACE, however it leans
_FINE: Final = 1.0  # pixels of the aligned face
_COARSE: Final = 2.5
_LEAST_DETAIL: Final = 0.5  # grey levels: a blank surface has no sharpness

# Of the aligned face: between forehead and chin, without hair and background. The window
# is that with room for the filters.
_WINDOW: Final = (slice(20, 112), slice(16, 96))
_FACE: Final = (slice(8, 84), slice(8, 72))


def measure_sharpness(
    image: FaceImage, landmarks: npt.NDArray[np.float64], aligned: FaceImage
) -> float:
    """Return the contrast of the finest details over that of the coarser ones, percent.

    A brighter light changes both alike. The face is first reduced to 112 x 112 without
    aliasing, so that a near face does not seem sharper than a far one.

    Args:
        image: height x width x 3, BGR.
        landmarks: 5 x 2, in its pixels.
        aligned: the face upright, 112 x 112 x 3.

    """
    face = np.asarray(_reduced(image, landmarks, aligned)[_WINDOW], np.float32)
    fine = np.asarray(cv2.GaussianBlur(face, (0, 0), _FINE))
    coarse = np.asarray(cv2.GaussianBlur(face, (0, 0), _COARSE))
    coarser = float((fine - coarse)[_FACE].std())
    return 100 * float((face - fine)[_FACE].std()) / max(coarser, _LEAST_DETAIL)


def _reduced(
    image: FaceImage, landmarks: npt.NDArray[np.float64], aligned: FaceImage
) -> npt.NDArray[np.uint8]:
    """Return the aligned face, grey, every pixel the mean of those that it stands for."""
    distance = float(np.hypot(*(landmarks[1] - landmarks[0])))
    if distance <= UPRIGHT_EYES_APART:
        return np.asarray(cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY), np.uint8)
    low = np.maximum(landmarks.min(axis=0) - _AROUND * distance, 0).astype(int)
    high = np.ceil(landmarks.max(axis=0) + _AROUND * distance).astype(int)
    face = cv2.cvtColor(image[low[1] : high[1], low[0] : high[0]], cv2.COLOR_BGR2GRAY)
    size = np.array([face.shape[1], face.shape[0]])
    target = np.maximum(1, np.round(size * UPRIGHT_EYES_APART / distance)).astype(int)
    small = cv2.resize(face, (int(target[0]), int(target[1])), interpolation=cv2.INTER_AREA)
    return align(np.asarray(small, np.uint8), (landmarks - low) * target / size)
