"""Pictures as an officer sees them: the face with what is around it, as a small JPEG."""

from typing import Final

import numpy as np

from egate.biometrics.detection import FaceBox
from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.ports.case_images import MAX_IMAGE_BYTES

_LONGEST_SIDE: Final = 800
# Face boxes to each side: about as much as a portrait of ICAO 9303 shows, so that the faces
# beside one another are of one size.
_BESIDE: Final = 0.55
_ABOVE: Final = 0.5
_BELOW: Final = 0.45
_QUALITIES: Final = (90, 75, 50, 20)


def officer_picture(image: FaceImage, around: FaceBox | None = None) -> bytes:
    """Return ``image`` as a JPEG of at most 200 kB and 800 pixels a side.

    Only pixels pass: nothing of the file they came from reaches who looks at them.

    Args:
        image: height x width x 3, BGR, 8 bits a channel, at least one pixel.
        around: show this face and its surroundings alone, in pixels of ``image``.

    """
    shown = image if around is None else _surroundings(image, around)
    scale = _LONGEST_SIDE / max(shown.shape[:2])
    if scale < 1.0:
        height, width = (max(1, round(side * scale)) for side in shown.shape[:2])
        shown = np.asarray(cv2.resize(shown, (width, height), interpolation=cv2.INTER_AREA))
    return _jpeg(shown)


def _surroundings(image: FaceImage, face: FaceBox) -> FaceImage:
    height, width = image.shape[:2]
    left = max(0, int(face.x - _BESIDE * face.width))
    right = min(width, int(face.x + (1 + _BESIDE) * face.width))
    top = max(0, int(face.y - _ABOVE * face.height))
    bottom = min(height, int(face.y + (1 + _BELOW) * face.height))
    inside = image[top:bottom, left:right]
    return inside if inside.size else image


def _jpeg(image: FaceImage) -> bytes:
    for quality in _QUALITIES:
        encoded = bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
        if len(encoded) <= MAX_IMAGE_BYTES:
            return encoded
    # Noise of 800 x 800 pixels takes 130 kB at the last quality.
    raise AssertionError("a picture of 800 pixels a side does not fit")
