"""What the cues look at: the sightings cut out and brought to one size.

All frames are cut at the same place of the picture, so that what stands still in the lane
stands still in the views, too, and a head moves before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.domain.time import Instant
from egate.ports.presentation_attack import FaceSighting

Grey = npt.NDArray[np.uint8]
Colour = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

_FACE_WIDTH: Final = 128.0  # pixels of a view, about: frames shrink by whole factors, fast
_AROUND: Final = 1.1  # face widths of surroundings on each side
_SMALLEST_FACE: Final = 24.0  # pixels of the frame: below it there is nothing to look at


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One sighting, reduced. Biometric data: never logged, never stored.

    Args:
        colour: the face and its surroundings, BGR, the face 107 to 192 pixels wide.
        grey: the same.
        box: x, y, width and height of the face, in pixels of the view.
        landmarks: 5 x 2, in pixels of the view.
        native: the face as the camera gave it, grey, not reduced.
        native_landmarks: 5 x 2, in pixels of ``native``.
        whole: the whole frame's green at 1/16 of its size.
        at: when the frame arrived.
        light: the lane's face light, 0 to 1.

    """

    colour: Colour = field(repr=False)
    grey: Grey = field(repr=False)
    box: tuple[float, float, float, float]
    landmarks: Points = field(repr=False)
    native: Grey = field(repr=False)
    native_landmarks: Points = field(repr=False)
    whole: Grey = field(repr=False)
    at: Instant
    light: float

    @property
    def face_width(self) -> float:
        """In pixels of the view."""
        return self.box[2]

    @property
    def centre(self) -> Points:
        """The middle of the face's box."""
        x, y, width, height = self.box
        return np.array([x + width / 2, y + height / 2])


def views_of(sightings: Sequence[FaceSighting]) -> list[View]:
    """Cut ``sightings``, oldest first, of which those of an unusable size are left out."""
    usable = [sighting for sighting in sightings if _is_usable(sighting)]
    if not usable:
        return []
    shape = usable[0].pixels.shape
    usable = [sighting for sighting in usable if sighting.pixels.shape == shape]
    boxes = np.array([sighting.box for sighting in usable])
    width = float(np.median(boxes[:, 2]))
    low = boxes[:, :2].min(axis=0) - _AROUND * width
    high = (boxes[:, :2] + boxes[:, 2:]).max(axis=0) + _AROUND * width
    left, top = (int(max(0.0, edge)) for edge in low)
    right, bottom = int(min(shape[1], high[0])), int(min(shape[0], high[1]))
    if right - left < _SMALLEST_FACE or bottom - top < _SMALLEST_FACE:
        return []
    window = (left, top, right, bottom)
    factor = max(1, round(width / _FACE_WIDTH))
    return [_view(sighting, window, factor) for sighting in usable]


def _is_usable(sighting: FaceSighting) -> bool:
    x, y, width, height = sighting.box
    rows, columns = sighting.pixels.shape[:2]
    return (
        bool(np.isfinite(sighting.landmarks).all() and np.isfinite(sighting.box).all())
        and min(width, height) >= _SMALLEST_FACE
        and 0 <= x + width / 2 < columns
        and 0 <= y + height / 2 < rows
    )


def _view(sighting: FaceSighting, window: tuple[int, int, int, int], factor: int) -> View:
    left, top, right, bottom = window
    size = ((right - left) // factor, (bottom - top) // factor)
    cut = sighting.pixels[top : top + size[1] * factor, left : left + size[0] * factor]
    colour = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
    x, y, width, height = sighting.box
    corner = (max(0, int(x)), max(0, int(y)))
    inner = sighting.pixels[corner[1] : int(y + height) + 1, corner[0] : int(x + width) + 1]
    return View(
        colour=colour,
        grey=np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8),
        box=((x - left) / factor, (y - top) / factor, width / factor, height / factor),
        landmarks=(sighting.landmarks - (left, top)) / factor,
        native=np.asarray(cv2.cvtColor(inner, cv2.COLOR_BGR2GRAY), np.uint8),
        native_landmarks=sighting.landmarks - corner,
        whole=_whole(sighting.pixels),
        at=sighting.captured_at,
        light=sighting.light,
    )


def _whole(pixels: Colour) -> Grey:
    """Return the frame at 1/16 of its size, from every fourth pixel: enough for its brightness."""
    thin = np.ascontiguousarray(pixels[::4, ::4, 1])
    size = (max(1, thin.shape[1] // 4), max(1, thin.shape[0] // 4))
    return np.asarray(cv2.resize(thin, size, interpolation=cv2.INTER_AREA), np.uint8)
