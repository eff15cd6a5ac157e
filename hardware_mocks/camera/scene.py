"""What stands before the camera: an empty lane, or a traveller who moves a little."""

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

PHOTOGRAPHS: Final = Path(__file__).resolve().parent.parent / "photographs"
_ZOOM: Final = 1.05  # room to sway without showing the photograph's edge
_HEAD_DOWN: Final = 0.72  # of the picture's height: only hair is left to see
_JPEG_QUALITY: Final = 88


class Pose(Enum):
    FACING = "facing"
    AWAY = "away"  # head bent over the reader: the face is outside the picture


@dataclass(frozen=True, slots=True)
class Subject:
    """Who stands there.

    Args:
        person: a folder of ``hardware_mocks/photographs``, such as ``P001``.
        pose: whether the face can be seen.

    """

    person: str
    pose: Pose = Pose.FACING


class Scene:
    """Renders picture after picture; no two of them are equal.

    ``subject`` is who stands before the camera now, None for nobody; ``taken`` counts
    the pictures.

    Args:
        width: of a picture, in pixels.
        height: likewise.

    """

    def __init__(self, width: int = 640, height: int = 480) -> None:
        self.subject: Subject | None = None
        self._width = width
        self._height = height
        self.taken = 0
        self._lane = _empty_lane(width, height)
        self._grain = np.random.default_rng(9303).integers(-3, 4, (height, width), np.int16)

    def picture(self) -> Picture:
        """Return the next picture, BGR."""
        self.taken += 1
        still = self._lane if self.subject is None else self._swaying(self.subject)
        grain = np.roll(self._grain, (self.taken * 7, self.taken * 13), axis=(0, 1))
        noisy = np.clip(still.astype(np.int16) + grain[:, :, None], 0, 255)
        picture: Picture = noisy.astype(np.uint8)
        return picture

    def jpeg(self) -> bytes:
        """Return the next picture as a JPEG file."""
        done, encoded = cv2.imencode(
            ".jpg", self.picture(), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
        )
        if not done:
            raise RuntimeError("the picture cannot be encoded")
        return encoded.tobytes()

    def _swaying(self, subject: Subject) -> Picture:
        photograph = _photograph(subject.person, self._width, self._height)
        phase = self.taken / 12
        zoom = _ZOOM + 0.015 * math.sin(0.7 * phase)
        right = 4 * math.sin(1.1 * phase) - (zoom - 1) * self._width / 2
        down = 3 * math.sin(1.7 * phase) - (zoom - 1) * self._height / 2
        if subject.pose is Pose.AWAY:
            down += _HEAD_DOWN * self._height
        move = np.array([[zoom, 0, right], [0, zoom, down]], np.float32)
        size = (self._width, self._height)
        picture: Picture = cv2.warpAffine(
            photograph, move, size, dst=self._lane.copy(), borderMode=cv2.BORDER_TRANSPARENT
        ).astype(np.uint8)
        return picture


@lru_cache(maxsize=8)
def _photograph(person: str, width: int, height: int) -> Picture:
    """Return a person's selfie, scaled and cut so that it fills ``width`` x ``height``."""
    file = PHOTOGRAPHS / person / "selfie.jpg"
    pixels = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError(f"{file.name} of {person} is not a picture")
    scale = max(width / pixels.shape[1], height / pixels.shape[0])
    size = (math.ceil(pixels.shape[1] * scale), math.ceil(pixels.shape[0] * scale))
    filling = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    left, top = (size[0] - width) // 2, (size[1] - height) // 4
    return filling[top : top + height, left : left + width].astype(np.uint8)


def _empty_lane(width: int, height: int) -> Picture:
    """Return grey walls that meet a darker floor."""
    rows = np.linspace(205, 150, height)[:, None]
    columns = np.abs(np.linspace(-1, 1, width))[None, :]
    grey = rows - 45 * columns
    grey[int(height * 0.75) :] *= 0.7
    tint = np.array([1.0, 0.98, 0.94])
    lane: Picture = np.clip(grey[:, :, None] * tint, 0, 255).astype(np.uint8)
    return lane
