"""Where the faces are: YuNet on a reduced picture, landmarks again on the face itself."""

import math
from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.biometrics.reduction import halved

_MAX_ENLARGEMENT: Final = 4.0
_MARGIN: Final = 0.15  # of the face, on each side
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


class Search(NamedTuple):
    """How a picture is searched.

    Args:
        side: with its longer side reduced to so many pixels.
        face_height: the landmarks are found with the face about so many pixels high.
        still: whether it is a picture of somebody, who is then the face that is large and
            near its middle, and worth the time to find the landmarks in the mirrored face
            too. Before a live camera the largest face is first: it stands nearest.

    """

    side: int
    face_height: float
    still: bool


STILL: Final = Search(640, 240.0, still=True)
"""A still picture: of 1280 x 720 nearly all faces from 60 px high."""
LIVE: Final = Search(384, 190.0, still=False)
"""A live frame: of 1280 x 720 four in five faces 80 px high, and nearly all from 110 px."""


class FaceDetector:
    """YuNet. Not thread-safe: the network keeps the size of its input."""

    def __init__(self, model: npt.NDArray[np.uint8]) -> None:
        self._network = cv2.FaceDetectorYN.create(
            "onnx", model, np.zeros(0, np.uint8), (LIVE.side, LIVE.side), _SCORE, _OVERLAP,
            _CANDIDATES,
        )  # fmt: skip

    def find(
        self, image: FaceImage, search: Search = STILL, near: FaceBox | None = None
    ) -> list[DetectedFace]:
        """Return every face; only the first has precise landmarks.

        Args:
            image: height x width x 3, BGR.
            search: how thoroughly, and which face is the first.
            near: the face to put first is the one that shares most with this box.

        """
        faces = self._detect(image, min(1.0, search.side / max(image.shape[:2])))
        if not faces:
            return []
        if search.still:
            middle = image.shape[1] / 2, image.shape[0] / 2
            faces.sort(key=lambda face: _prominence(face.box, middle), reverse=True)
        else:
            faces.sort(key=lambda face: face.box.width * face.box.height, reverse=True)
        if near is not None:
            faces.sort(key=lambda face: _shared(face.box, near), reverse=True)
        return [self._look_again(image, faces[0], search), *faces[1:]]

    def _detect(self, image: FaceImage, scale: float) -> list[DetectedFace]:
        """Detect on ``image`` resized by ``scale``; answer in pixels of the full picture."""
        resized, factor = halved(image, scale)
        covered = np.array(resized.shape[1::-1]) * factor  # an odd last row is not
        width, height = (max(1, round(side * scale)) for side in image.shape[1::-1])
        resized = np.asarray(cv2.resize(resized, (width, height)))
        self._network.setInputSize((width, height))
        rows = cast("npt.NDArray[np.float32] | None", self._network.detect(resized)[1])
        factors = covered / (width, height)
        return [] if rows is None else [_face(row, factors) for row in rows]

    def _look_again(self, image: FaceImage, face: DetectedFace, search: Search) -> DetectedFace:
        """Find the landmarks on the face itself: a quarter fewer false non-matches."""
        box = face.box
        left = max(0, int(box.x - _MARGIN * box.width))
        top = max(0, int(box.y - _MARGIN * box.height))
        right = int(box.x + (1 + _MARGIN) * box.width) + 1
        bottom = int(box.y + (1 + _MARGIN) * box.height) + 1
        crop = image[top:bottom, left:right]
        if not crop.size:
            return face
        scale = min(search.face_height / max(1.0, box.height), _MAX_ENLARGEMENT)
        here = box._replace(x=box.x - left, y=box.y - top)
        looks = [_nearest(here, self._detect(crop, scale))]
        if search.still:
            reflected = self._detect(np.ascontiguousarray(crop[:, ::-1]), scale)
            looks.append(_nearest(here, [_mirrored(other, crop.shape[1]) for other in reflected]))
        again = [look for look in looks if look is not None]
        return _moved(_mean(again), left, top) if again else face


def _face(row: npt.NDArray[np.float32], factors: npt.NDArray[np.float64]) -> DetectedFace:
    points = row[:14].astype(np.float64).reshape(7, 2) * factors
    box = FaceBox(*(float(value) for value in points[:2].ravel()))
    return DetectedFace(box, points[2:], float(row[14]))


def _prominence(box: FaceBox, middle: tuple[float, float]) -> float:
    """Return a face's height less its distance from the middle of the picture, in pixels."""
    aside = box.x + box.width / 2 - middle[0], box.y + box.height / 2 - middle[1]
    return box.height - math.hypot(*aside)


def _nearest(box: FaceBox, faces: list[DetectedFace]) -> DetectedFace | None:
    """Return the face that lies most in ``box``, None when none does."""
    best = max(faces, key=lambda face: _shared(box, face.box), default=None)
    return best if best is not None and _shared(box, best.box) > _OVERLAP else None


def _moved(face: DetectedFace, x: int, y: int) -> DetectedFace:
    box = face.box._replace(x=face.box.x + x, y=face.box.y + y)
    return DetectedFace(box, face.landmarks + np.array([x, y]), face.score)


def _mirrored(face: DetectedFace, width: int) -> DetectedFace:
    """Return the face of a mirrored picture where it is in the picture itself."""
    box = face.box._replace(x=width - face.box.x - face.box.width)
    landmarks = face.landmarks[[1, 0, 2, 4, 3]] * np.array([-1, 1]) + np.array([width, 0])
    return DetectedFace(box, landmarks, face.score)


def _mean(faces: list[DetectedFace]) -> DetectedFace:
    """Return one face of several looks at it: their errors are half independent."""
    box = FaceBox(*(float(value) for value in np.mean([face.box for face in faces], axis=0)))
    landmarks = np.mean([face.landmarks for face in faces], axis=0)
    return DetectedFace(box, landmarks, max(face.score for face in faces))


def _shared(a: FaceBox, b: FaceBox) -> float:
    """Return the intersection over the union of two boxes."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    common = max(0.0, width) * max(0.0, height)
    together = a.width * a.height + b.width * b.height - common
    return common / together if together > 0 else 0.0
