"""From a face to a point on a sphere: SFace on the face turned upright.

``cv2.FaceRecognizerSF`` cannot run this file under OpenCV 5 (it lists its weights as
inputs), so the network is fed directly, as that class would.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.biometrics.reduction import halved

_SIDE: Final = 112
# Where SFace was trained to see the landmarks, in pixels of 112 x 112.
_UPRIGHT: Final = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655],
     [70.7299, 92.2041]]
)  # fmt: skip

_REACH: Final = 96.0  # of those pixels, from the middle of the landmarks: beyond every corner


def align(image: FaceImage, landmarks: npt.NDArray[np.float64]) -> FaceImage:
    """Return the face upright and 112 x 112, by the best rotation, scale and shift.

    A large face is reduced by halves first: sampled as it is, its noise would stay.

    Args:
        image: height x width x 3, BGR.
        landmarks: 5 x 2, in pixels of ``image``.

    """
    scale = abs(_movement(landmarks)[0])
    corner, part = _around(image, landmarks.mean(axis=0), _REACH / max(scale, 1e-9))
    near, factor = halved(part, scale)
    a, b = _movement((landmarks - corner + 0.5) / factor - 0.5)  # a pixel's centre is its place
    matrix = np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])
    return np.asarray(cv2.warpAffine(near, matrix, (_SIDE, _SIDE)), np.uint8)


def _around(
    image: FaceImage, middle: npt.NDArray[np.float64], reach: float
) -> tuple[tuple[int, int], FaceImage]:
    """Return the part of ``image`` within ``reach`` of ``middle``, and its corner's x and y."""
    height, width = image.shape[:2]
    left, top = (
        int(min(max(0.0, place - reach), side - 1))
        for place, side in zip(middle, (width, height), strict=True)
    )
    right, bottom = (max(0, int(min(place + reach, 1e6))) + 2 for place in middle)
    return (left, top), image[top : max(top + 1, bottom), left : max(left + 1, right)]


def _movement(landmarks: npt.NDArray[np.float64]) -> tuple[complex, complex]:
    """Return ``a`` and ``b`` of z -> a z + b, which turns, scales and shifts the face upright."""
    # As complex numbers: least squares then has one answer.
    source = landmarks[:, 0] + 1j * landmarks[:, 1]
    target = _UPRIGHT[:, 0] + 1j * _UPRIGHT[:, 1]
    centred = source - source.mean()
    a = complex(np.vdot(centred, target)) / max(float(np.vdot(centred, centred).real), 1e-9)
    return a, complex(target.mean() - a * source.mean())


class FaceEmbedder:
    """SFace. Not thread-safe: the network keeps its input."""

    def __init__(self, model: npt.NDArray[np.uint8]) -> None:
        self._network = cv2.dnn.readNetFromONNX(model)

    def embed(self, aligned: FaceImage) -> npt.NDArray[np.float64]:
        """Return the raw vector of an aligned face, 128 numbers.

        Its direction says who it is. Its length says how well the face can be told
        from others: a poor picture has a short one.
        """
        self._network.setInput(cv2.dnn.blobFromImage(aligned, swapRB=True), "data")
        return np.asarray(self._network.forward(), np.float64).reshape(-1)


def mirrored(aligned: FaceImage) -> FaceImage:
    """Return the face as a mirror shows it: the same person, seen by other weights."""
    return np.ascontiguousarray(aligned[:, ::-1])


def unit(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return ``vector`` at length 1."""
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
