"""Where the faces are: YuNet on a reduced picture, landmarks again on the face itself."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2

# Finds every face of a lane, from some 20 px high to one that fills the picture.
_SIDE: Final = 640
_LANDMARK_FACE_HEIGHT: Final = 200.0
_GOOD_ENOUGH: Final = 0.8  # of that height: no second look
_MAX_ENLARGEMENT: Final = 4.0
_MARGIN: Final = 0.5  # of the face, on each side
_SCORE: Final = 0.7
_OVERLAP: Final = 0.3
_CANDIDATES: Final = 50


class FaceBox(NamedTuple):
    """In pixels of the picture; may reach beyond its edges."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """One face.

    Args:
        box: its surroundings.
        landmarks: 5 x 2, in pixels of the picture: the eye, the other eye, the tip of
            the nose, the corners of the mouth; first what is left in the picture.
        score: how sure the network is, 0 to 1.

    """

    box: FaceBox
    landmarks: npt.NDArray[np.float64] = field(repr=False)
    score: float


class FaceDetector:
    """YuNet. Not thread-safe: the network keeps the size of its input."""

    def __init__(self, model: npt.NDArray[np.uint8]) -> None:
        self._network = cv2.FaceDetectorYN.create(
            "onnx", model, np.zeros(0, np.uint8), (_SIDE, _SIDE), _SCORE, _OVERLAP,
            _CANDIDATES,
        )  # fmt: skip

    def find(self, image: FaceImage, near: FaceBox | None = None) -> list[DetectedFace]:
        """Return every face, the largest first; its landmarks are the precise ones.

        Args:
            image: height x width x 3, BGR.
            near: the face to put first is the one that shares most with this box.

        """
        scale = min(1.0, _SIDE / max(image.shape[:2]))
        faces = self._detect(image, scale, (0, 0))
        if not faces:
            return []
        faces.sort(key=lambda face: face.box.width * face.box.height, reverse=True)
        if near is not None:
            faces.sort(key=lambda face: _shared(face.box, near), reverse=True)
        return [self._look_again(image, faces[0], scale), *faces[1:]]

    def _detect(
        self, image: FaceImage, scale: float, origin: tuple[int, int]
    ) -> list[DetectedFace]:
        """Detect on ``image`` resized by ``scale``; answer in pixels of the full picture."""
        if scale != 1.0:
            method = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
            height, width = (max(1, round(side * scale)) for side in image.shape[:2])
            resized = np.asarray(cv2.resize(image, (width, height), interpolation=method))
        else:
            resized = image
        self._network.setInputSize((resized.shape[1], resized.shape[0]))
        rows = cast("npt.NDArray[np.float32] | None", self._network.detect(resized)[1])
        factors = np.array([image.shape[1] / resized.shape[1], image.shape[0] / resized.shape[0]])
        return [] if rows is None else [_face(row, factors, np.array(origin)) for row in rows]

    def _look_again(self, image: FaceImage, face: DetectedFace, scale: float) -> DetectedFace:
        """Find the landmarks with the face about 200 px high: it halves false non-matches."""
        height = max(1.0, face.box.height)
        if height * scale >= _GOOD_ENOUGH * _LANDMARK_FACE_HEIGHT:
            return face
        left = max(0, int(face.box.x - _MARGIN * face.box.width))
        top = max(0, int(face.box.y - _MARGIN * height))
        right = int(face.box.x + (1 + _MARGIN) * face.box.width) + 1
        bottom = int(face.box.y + (1 + _MARGIN) * height) + 1
        crop = image[top:bottom, left:right]
        closer = min(_LANDMARK_FACE_HEIGHT / height, _MAX_ENLARGEMENT)
        again = self._detect(np.ascontiguousarray(crop), closer, (left, top))
        nearest = max(again, key=lambda other: _shared(face.box, other.box), default=face)
        return nearest if _shared(face.box, nearest.box) > _OVERLAP else face


def _face(
    row: npt.NDArray[np.float32], factors: npt.NDArray[np.float64], origin: npt.NDArray[np.int64]
) -> DetectedFace:
    points = row[:14].astype(np.float64).reshape(7, 2) * factors
    x, y = points[0] + origin
    width, height = points[1]
    box = FaceBox(float(x), float(y), float(width), float(height))
    return DetectedFace(box, points[2:] + origin, float(row[14]))


def _shared(a: FaceBox, b: FaceBox) -> float:
    """Return the intersection over the union of two boxes."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    common = max(0.0, width) * max(0.0, height)
    together = a.width * a.height + b.width * b.height - common
    return common / together if together > 0 else 0.0
