"""Pictures as an officer sees them: a face with what is around it, or a page, as a JPEG."""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.detection import FaceBox
from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.ports.case_images import MAX_IMAGE_BYTES, MAX_PAGE_BYTES

_LONGEST_SIDE: Final = 800
# 10 pixels a millimetre of a page of TD3 (125 mm, 9303-4 section 2.1): a character of the MRZ is
# 24 pixels high, and the dots and lines of a printer can still be told when they are enlarged.
_LONGEST_SIDE_OF_A_PAGE: Final = 1250
# Face boxes to each side: about as much as a portrait of ICAO 9303 shows, so that the faces
# beside one another are of one size.
_BESIDE: Final = 0.55
_ABOVE: Final = 0.5
_BELOW: Final = 0.45
_QUALITIES: Final = (90, 85, 75, 50, 20, 10)


def officer_picture(image: FaceImage, around: FaceBox | None = None) -> bytes:
    """Return ``image`` as a JPEG of at most 200 kB and 800 pixels a side.

    Only pixels pass: nothing of the file they came from reaches who looks at them.

    Args:
        image: height x width x 3, BGR, 8 bits a channel, at least one pixel.
        around: show this face and its surroundings alone, in pixels of ``image``.

    """
    shown = image if around is None else _surroundings(image, around)
    return _jpeg(_reduced(shown, _LONGEST_SIDE), MAX_IMAGE_BYTES)


def page_picture(image: npt.NDArray[np.uint8]) -> bytes:
    """Return the whole page ``image`` as a JPEG of at most 300 kB and 1250 pixels a side.

    Args:
        image: height x width x 3, BGR, or height x width; 8 bits a channel, at least one pixel.

    """
    return _jpeg(_reduced(image, _LONGEST_SIDE_OF_A_PAGE), MAX_PAGE_BYTES)


def _reduced(image: npt.NDArray[np.uint8], longest_side: int) -> npt.NDArray[np.uint8]:
    scale = longest_side / max(image.shape[:2])
    if scale >= 1.0:
        return image
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.uint8)


def _surroundings(image: FaceImage, face: FaceBox) -> FaceImage:
    height, width = image.shape[:2]
    left = max(0, int(face.x - _BESIDE * face.width))
    right = min(width, int(face.x + (1 + _BESIDE) * face.width))
    top = max(0, int(face.y - _ABOVE * face.height))
    bottom = min(height, int(face.y + (1 + _BELOW) * face.height))
    inside = image[top:bottom, left:right]
    return inside if inside.size else image


def _jpeg(image: npt.NDArray[np.uint8], most_bytes: int) -> bytes:
    for quality in _QUALITIES:
        encoded = bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
        if len(encoded) <= most_bytes:
            return encoded
    # Noise takes 80 kB of 800 x 800 pixels at the last quality, and 180 kB of 1250 x 1250.
    raise AssertionError("a picture of this size does not fit")
