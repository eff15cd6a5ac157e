"""Lines of print in an image, at any angle, before anything of them is read.

Ink that stands out from its surroundings is closed over the gaps between characters: along
the rows of the image first, along its columns next, in all directions last, which is all that
text at 45 degrees leaves, but there lines close to one another run together. How many pixels a
gap has nobody knows beforehand, so a few sizes of the image are tried. A line of an MRZ is far
longer than it is high.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.mrz_image.grey_image import GreyImage

_SIDES: Final = (1200, 850, 600, 420)
# In the order of trial; characters are 8 to 14 pixels apart in one of the sizes.
_KERNELS: Final = (
    np.ones((1, 11), np.uint8),
    np.ones((11, 1), np.uint8),
    np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)), np.uint8),
)
_SURROUNDINGS_PIXELS: Final = 31
_LEAST_CONTRAST: Final = 7
_LEAST_RATIO: Final = 8.0
_AS_HIGH: Final = 2.0
_MOST_RATIO: Final = 62.0
_LEAST_LENGTH_PIXELS: Final = 60
_LEAST_HEIGHT_PIXELS: Final = 3.5
_MOST_LINES: Final = 12
_MOST_BLOBS: Final = 80
_MOST_COVER: Final = 4


@dataclass(frozen=True, slots=True)
class TextLine:
    """A long narrow piece of print, in pixels of the full image.

    Args:
        centre: its middle, x and y.
        angle: of its direction in radians, from x to y, between -pi/2 and pi/2.

    """

    centre: tuple[float, float]
    angle: float
    length: float
    height: float


def find_text_lines(image: GreyImage) -> Iterator[list[TextLine]]:
    """Yield lines of print by way of search; those most like lines of an MRZ first in each."""
    inks = []
    for side in _SIDES:
        grey, scale = image.no_longer_than(side)
        inks.append((_ink(grey), scale))
    for kernel in _KERNELS:
        found = [line for ink, scale in inks for line in _closed(ink, scale, kernel)]
        found.sort(key=_unlike_a_line_of_an_mrz)
        yield _distinct(found)[:_MOST_LINES]


def _unlike_a_line_of_an_mrz(line: TextLine) -> float:
    """Lines of an MRZ are the longest of a page, but edges of things are thinner."""
    ratio = line.length / line.height
    return -line.length * (min(ratio, 40.0) if ratio < _MOST_RATIO else 5.0)


def _ink(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    around = cv2.blur(smooth, (_SURROUNDINGS_PIXELS, _SURROUNDINGS_PIXELS))
    threshold = cv2.addWeighted(around, 0.88, around, 0, -_LEAST_CONTRAST / 2)
    return np.asarray(cv2.compare(smooth, threshold, cv2.CMP_LT), np.uint8)


def _closed(
    ink: npt.NDArray[np.uint8], scale: float, kernel: npt.NDArray[np.uint8]
) -> Iterator[TextLine]:
    blobs = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, kernel)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(blobs, connectivity=8)
    for label in _long_and_narrow(np.asarray(boxes, np.int64), ink.size):
        left, top, width, height = (int(value) for value in boxes[label][:4])
        inside = labels[top : top + height, left : left + width] == label
        line = _line_of(inside, left, top)
        if line is not None:
            x, y = line.centre
            centre = (x / scale, y / scale)
            yield TextLine(centre, line.angle, line.length / scale, line.height / scale)


def _long_and_narrow(boxes: npt.NDArray[np.int64], pixels: int) -> list[int]:
    """Return which blobs may be lines, the longest first; of more than is sensible, the longest.

    Args:
        boxes: of each blob its left, top, width, height and area; the first is the background.
        pixels: of the image. Blobs that lie across one another cost more than it has.

    """
    reach = np.hypot(boxes[:, 2], boxes[:, 3])
    fits = (reach >= _LEAST_LENGTH_PIXELS) & (boxes[:, 4] * _LEAST_RATIO <= reach * reach * 1.5)
    fits[0] = False
    longest = np.argsort(-reach * fits, kind="stable")[: min(int(fits.sum()), _MOST_BLOBS)]
    cost = np.cumsum(boxes[longest, 2] * boxes[longest, 3])
    return [int(label) for label in longest[cost <= _MOST_COVER * pixels]]


def _line_of(inside: npt.NDArray[np.bool_], left: int, top: int) -> TextLine | None:
    """Fit the direction of a blob by its moments, robust against a foreign piece at its edge."""
    ys, xs = np.nonzero(inside)
    centre = np.array([xs.mean(), ys.mean()])
    points = np.column_stack([xs, ys]) - centre
    _, vectors = np.linalg.eigh(points.T @ points)
    direction = vectors[:, 1]
    along, across = points @ direction, points @ np.array([-direction[1], direction[0]])
    low, high = np.percentile(along, (0.5, 99.5))
    length = float(high - low) + 1
    height = float(np.subtract(*np.percentile(across, (95, 5)))) / 0.9 + 1
    if (
        length < _LEAST_LENGTH_PIXELS
        or length < _LEAST_RATIO * height
        or height < _LEAST_HEIGHT_PIXELS
    ):
        return None
    angle = float(np.arctan(direction[1] / direction[0])) if direction[0] else np.pi / 2
    middle = centre + direction * (low + high) / 2 + (left, top)
    return TextLine((float(middle[0]), float(middle[1])), angle, length, height)


def _distinct(lines: list[TextLine]) -> list[TextLine]:
    """Leave out lines that lie in a better one."""
    kept: list[TextLine] = []
    for line in lines:
        if not any(_covers(other, line) for other in kept):
            kept.append(line)
    return kept


def _covers(one: TextLine, other: TextLine) -> bool:
    x, y = other.centre[0] - one.centre[0], other.centre[1] - one.centre[1]
    along = abs(x * np.cos(one.angle) + y * np.sin(one.angle))
    across = abs(y * np.cos(one.angle) - x * np.sin(one.angle))
    return bool(
        along < one.length / 2
        and across < one.height / 2
        and 1 / _AS_HIGH < other.height / one.height < _AS_HIGH
    )
