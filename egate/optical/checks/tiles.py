"""Pieces of a page found again: where each lies, and how like the specimen it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.checks.page_views import Box, Image
from egate.optical.page_geometry import PageGeometry

FAR_MM: Final = 1.5
"""How far a piece may lie from where the MRZ says: what the geometry of an image errs by."""
NEAR_MM: Final = 0.5
"""How far from where it belongs on a page that is straightened."""
FOUND: Final = 0.5
"""Likeness from which a piece is taken for the specimen's."""
_FEWEST: Final = 4
_Kind = TypeVar("_Kind", bound=np.generic)
_FLAT: Final = 1.5
"""Standard deviation in grey values below which a piece has nothing to be found again by."""


@dataclass(frozen=True, slots=True)
class FoundTile:
    """One piece of the specimen in the page.

    Args:
        box: where the specimen has it, in millimetres.
        likeness: their normalised correlation where it is greatest, -1 to 1.
        shift_mm: from the specimen's place to there, right and down.

    """

    box: Box
    likeness: float
    shift_mm: tuple[float, float]


def cut(
    page: npt.NDArray[_Kind], box: Box, pixels_per_mm: float, margin_mm: float = 0.0
) -> npt.NDArray[_Kind]:
    """Return a rectangle of a straight page, as far as the page goes."""
    left, top, width, height = (round(side * pixels_per_mm) for side in box)
    margin = round(margin_mm * pixels_per_mm)
    return page[
        max(top - margin, 0) : top + height + margin, max(left - margin, 0) : left + width + margin
    ]


def found_tiles(
    page: Image, specimen: Image, boxes: Sequence[Box], scale: float, aside_mm: float = NEAR_MM
) -> list[FoundTile]:
    """Seek pieces of the specimen in a straight page of the same scale.

    Args:
        page: where.
        specimen: what the pieces are cut from.
        boxes: which pieces, in millimetres.
        scale: pixels a millimetre of both.
        aside_mm: how far from its place each is sought.

    """
    return [_found(page, specimen, box, scale, aside_mm) for box in boxes]


def _found(page: Image, specimen: Image, box: Box, scale: float, aside_mm: float) -> FoundTile:
    wanted = cut(specimen, box, scale)
    around = cut(page, box, scale, aside_mm)
    if around.std() < _FLAT:
        return FoundTile(box, 0.0, (0.0, 0.0))
    likeness = cv2.matchTemplate(around, wanted, cv2.TM_CCOEFF_NORMED)
    _, best, _, (across, down) = cv2.minMaxLoc(likeness)
    margin = round(aside_mm * scale)
    left, top = (min(round(side * scale), margin) for side in box[:2])
    shift = (
        (summit(likeness[down], across) - left) / scale,
        (summit(likeness[:, across], down) - top) / scale,
    )
    return FoundTile(box, float(np.nan_to_num(best)), shift)


def summit(likeness: npt.NDArray[Any], place: int) -> float:
    """Return where the parabola through the greatest value and its neighbours has its summit."""
    if not 0 < place < len(likeness) - 1:
        return float(place)
    before, there, after = (float(each) for each in likeness[place - 1 : place + 2])
    bend = before - 2 * there + after
    return place + (0.5 * (before - after) / bend if bend else 0.0)


def refined(geometry: PageGeometry, tiles: Sequence[FoundTile]) -> PageGeometry:
    """Return the geometry that puts found pieces where the specimen has them."""
    good = [tile for tile in tiles if tile.likeness >= FOUND]
    if len(good) < _FEWEST:
        return geometry
    there = np.array(
        [(box[0] + box[2] / 2, box[1] + box[3] / 2) for box in (tile.box for tile in good)]
    )
    here = there + np.array([tile.shift_mm for tile in good])
    moved, _ = cv2.estimateAffine2D(there, here, method=cv2.LMEDS)
    if not np.isfinite(moved).all():
        return geometry
    whole: npt.NDArray[np.float64] = np.vstack([moved, (0, 0, 1)])
    return PageGeometry(geometry.to_pixels @ whole, geometry.image_size)
