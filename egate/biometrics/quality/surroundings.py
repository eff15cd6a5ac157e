"""What is around a face, and what compression left of it: ISO/IEC 29794-5 and TR-03121."""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.detection import FaceBox
from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2

# The box ends at the forehead and the ears; hair goes beyond, shoulders begin at the chin.
_HAIR_ASIDE: Final = 0.45  # of the box's width
_SHOULDERS: Final = 0.75  # of the box's height, from its top
_LEAST_WIDTH: Final = 4
_MOST_ROWS: Final = 64

_BLOCK: Final = 8  # pixels of a JPEG block
_MOST_PIXELS: Final = 192  # of the face's width and height: blocks enough
_LEAST_STEP: Final = 0.25  # grey levels: a blank surface has no blocks


def background_deviation(image: FaceImage, box: FaceBox) -> float:
    """Return the standard deviation of the grey levels beside the head, above the shoulders.

    0 when the picture shows no background there.
    """
    bottom = int(np.clip(box.y + _SHOULDERS * box.height, 0, image.shape[0]))
    left = int(np.clip(box.x - _HAIR_ASIDE * box.width, 0, image.shape[1]))
    right = int(np.clip(box.x + (1 + _HAIR_ASIDE) * box.width, 0, image.shape[1]))
    step = max(1, bottom // _MOST_ROWS)
    sides = [
        np.asarray(cv2.cvtColor(np.ascontiguousarray(side), cv2.COLOR_BGR2GRAY)).ravel()
        for side in (image[:bottom:step, :left:step], image[:bottom:step, right::step])
        if side.shape[0] and side.shape[1] >= _LEAST_WIDTH
    ]
    return float(np.concatenate(sides).std()) if sides else 0.0


def blockiness(image: FaceImage, box: FaceBox) -> float:
    """Return the steps between JPEG blocks over those within them; 1 means no blocks.

    Of use only for a picture as it was decoded: scaling it moves the blocks.
    """
    width, height = (min(int(side), _MOST_PIXELS) for side in (box.width, box.height))
    x, y = box.x + (box.width - width) / 2, box.y + (box.height - height) / 2
    left, top = (max(0, int(v)) // _BLOCK * _BLOCK for v in (x, y))
    face = image[top : max(0, int(y) + height), left : max(0, int(x) + width)]
    if min(face.shape[:2]) <= 2 * _BLOCK:
        return 1.0
    grey = np.asarray(cv2.cvtColor(face, cv2.COLOR_BGR2GRAY), np.int16)
    return (_steps(grey) + _steps(grey.T)) / 2


def _steps(grey: npt.NDArray[np.int16]) -> float:
    between = np.abs(np.diff(grey, axis=1)).mean(axis=0)
    steps = [float(between[place::_BLOCK].mean()) for place in range(_BLOCK)]
    return steps[-1] / max(_LEAST_STEP, float(np.median(steps[:-1])))
