"""Characters of a strip and the lines they stand in, by their ink alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.mrz_image.grey_image import Grey
from egate.optical.mrz_image.strip import HEIGHT_OF_LINE

Floats = npt.NDArray[np.float64]

_SURROUNDINGS_PIXELS: Final = 33
_LEAST_WIDTH: Final = 2
_LEAST_AREA: Final = 20
_SLOPES: Final = np.linspace(-0.08, 0.08, 33)
_BIN_PIXELS: Final = 4
_FEWEST_CHARACTERS: Final = 10
_MOST_CHARACTERS: Final = 1500
_MOST_LINES: Final = 7


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of ink as large as characters, from the left: middles and sizes, in pixels."""

    x: Floats
    y: Floats
    width: Floats
    height: Floats

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Pieces":
        return Pieces(self.x[chosen], self.y[chosen], self.width[chosen], self.height[chosen])


def find_pieces(grey: Grey) -> Pieces:
    """Return the pieces of ink of a strip that may be characters of its lines."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    around = cv2.blur(smooth, (_SURROUNDINGS_PIXELS, _SURROUNDINGS_PIXELS))
    least = max(6, round(_contrast(np.asarray(cv2.absdiff(smooth, around), np.uint8)) * 0.25))
    darker = cv2.addWeighted(around, 1.0, around, 0.0, -least)
    ink = cv2.compare(smooth, darker, cv2.CMP_LT)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(np.asarray(ink, np.uint8))
    left, top, width, height, area = (boxes[1:, column].astype(float) for column in range(5))
    fits = (
        (height > 0.35 * HEIGHT_OF_LINE)
        & (height < 1.35 * HEIGHT_OF_LINE)
        & (width > _LEAST_WIDTH)
        & (width < 1.5 * HEIGHT_OF_LINE)
        & (area > _LEAST_AREA)
    )
    chosen = np.nonzero(fits)[0][:_MOST_CHARACTERS]
    chosen = chosen[np.argsort(left[chosen] + width[chosen] / 2)]
    return Pieces(
        left[chosen] + (width[chosen] - 1) / 2,
        top[chosen] + (height[chosen] - 1) / 2,
        width[chosen],
        height[chosen],
    )


def _contrast(differences: Grey) -> int:
    """Return what all but a fiftieth of the pixels are below."""
    counts = np.cumsum(np.bincount(differences.ravel(), minlength=256))
    return int(np.searchsorted(counts, 0.98 * counts[-1]))


def lines_of(pieces: Pieces) -> list[Pieces]:
    """Return the pieces of each line of print, from the top line down."""
    if len(pieces.x) < _FEWEST_CHARACTERS:
        return []
    slope = _slope(pieces)
    level = pieces.y - slope * pieces.x
    found: list[tuple[float, Pieces]] = []
    rest = np.ones(len(level), bool)
    for _ in range(_MOST_LINES):
        line = _fullest_line(pieces, level, rest)
        if line.sum() < _FEWEST_CHARACTERS:
            break
        found.append((float(np.median(level[line])), pieces.where(line)))
        rest &= ~_near(pieces, level, line, 0.6 * HEIGHT_OF_LINE)
    return [line for _, line in sorted(found, key=lambda each: each[0])]


def _slope(pieces: Pieces) -> float:
    def sharpness(slope: float) -> float:
        level = pieces.y - slope * pieces.x
        counts = np.bincount(((level - level.min()) / _BIN_PIXELS).astype(int))
        return float((counts.astype(float) ** 2).sum())

    return float(max(_SLOPES, key=lambda slope: (sharpness(slope), -abs(slope))))


def _fullest_line(
    pieces: Pieces, level: Floats, rest: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    if not rest.any():
        return rest
    bins = ((level - level.min()) / _BIN_PIXELS).astype(int)
    counts = np.bincount(bins[rest], minlength=3)
    wide = np.convolve(counts, np.ones(3), "same")
    middle = level.min() + (int(wide.argmax()) + 0.5) * _BIN_PIXELS
    seeds = rest & (np.abs(level - middle) < 2 * _BIN_PIXELS)
    return rest & _near(pieces, level, seeds, 0.3 * HEIGHT_OF_LINE)


def _near(
    pieces: Pieces, level: Floats, seeds: npt.NDArray[np.bool_], distance: float
) -> npt.NDArray[np.bool_]:
    """Tell which pieces are near the curve through the seeds, found again as it bends."""
    near = seeds
    for degree in (1, 2):
        if near.sum() < _FEWEST_CHARACTERS:
            return near
        curve = np.polynomial.Polynomial.fit(pieces.x[near], level[near], degree)
        near = np.abs(level - curve(pieces.x)) < distance
    return near
