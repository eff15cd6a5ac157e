"""What specimens of one kind of document have in common: their mean, and which places repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from egate.domain.optical_finding import Light
from egate.optical.checks.expectations import agreement
from egate.optical.checks.inspected_page import COARSE, InspectedPage, fine_colours
from egate.optical.checks.page_views import Box, Image, PageViews
from egate.optical.checks.shining_print import fine_shine
from egate.optical.checks.tiles import FAR_MM, cut, found_tiles, refined
from egate.optical.models.document_model import ModelFile
from egate.optical.page_geometry import PageGeometry

_TILE_MM: Final = 8.0, 6.0
_EDGE_MM: Final = 2.0
_REPEATS: Final = 0.75
"""Likeness to the mean that a place must have on nine of ten specimens."""
_REPEATS_THROUGH: Final = 0.4
"""The same of the background's colours where a photograph lies over it."""

_SHOWS: Final = 0.6
_SHINES: Final = 2.0
"""Standard deviation, in grey values, from which fluorescent print is more than noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """What specimens share.

    Args:
        mean: the light to the median of the pages, straight, at ``COARSE`` pixels a millimetre.
        pages: the specimens, straightened onto the first.

    """

    mean: Mapping[Light, Image]
    pages: Sequence[InspectedPage]

    def repeating(self, light: Light, boxes: Sequence[Box]) -> tuple[Box, ...]:
        """Return the places that look alike on nine of ten specimens."""
        pages = [page.coarse(light) for page in self.pages]
        return _alike(pages, self.mean[light], boxes, _REPEATS)

    def coloured_through(self, boxes: Sequence[Box]) -> tuple[Box, ...]:
        """Return the places where the background's colours show on nine of ten specimens."""
        pages = [page.colours for page in self.pages]
        return _alike(pages, fine_colours(self.mean[Light.WHITE]), boxes, _REPEATS_THROUGH)

    def shining(self, boxes: Sequence[Box]) -> tuple[Box, ...]:
        """Return the places where the mean specimen has fluorescent print, bright or faint."""
        shine = fine_shine(self.mean[Light.ULTRAVIOLET], COARSE)
        return tuple(box for box in boxes if float(cut(shine, box, COARSE).std()) > _SHINES)

    def shows_in_infrared(self, box: Box) -> bool:
        """Say whether most specimens show there in infrared what they show in white light."""
        shown = [
            agreement(
                *(cut(page.coarse(light), box, COARSE) for light in (Light.WHITE, Light.INFRARED))
            )
            for page in self.pages
        ]
        return float(np.median(shown)) > _SHOWS

    def piece(self, light: Light, box: Box) -> Image:
        """Return a place of the mean specimen."""
        return cut(self.mean[light], box, COARSE)


def _alike(
    pages: Sequence[Image], mean: Image, boxes: Sequence[Box], least: float
) -> tuple[Box, ...]:
    found = np.array(
        [[tile.likeness for tile in found_tiles(page, mean, boxes, COARSE)] for page in pages]
    )
    often = np.percentile(found, 10, axis=0) >= least
    return tuple(box for box, alike in zip(boxes, often, strict=True) if alike)


def common(pages: Sequence[PageViews], model: ModelFile) -> Common:
    """Compare new specimens, each of which has all three lights."""
    straight = [InspectedPage(views, model.size_mm) for views in _together(pages, model)]
    mean = {
        light: np.median([page.coarse(light) for page in straight], axis=0).astype(np.uint8)
        for light in Light
    }
    return Common(mean, straight)


def _together(pages: Sequence[PageViews], model: ModelFile) -> list[PageViews]:
    """Return specimens laid onto each other, at the place that the middle one of them has.

    Each lies where its own MRZ says, and an MRZ may stand 1 mm off (9303-4 §4.2.1.3).
    """
    boxes = static_boxes(model)
    first = InspectedPage(pages[0], model.size_mm).coarse(Light.WHITE)
    laid = [pages[0], *(onto(first, views, model, boxes).views for views in pages[1:])]
    own = [
        np.linalg.solve(views.geometry.to_pixels, on_first.geometry.to_pixels)
        for views, on_first in zip(pages, laid, strict=True)
    ]
    middle = np.median([each / each[2, 2] for each in own], axis=0)
    to_first = np.linalg.inv(middle)
    return [
        replace(
            views,
            geometry=PageGeometry(views.geometry.to_pixels @ to_first, views.geometry.image_size),
        )
        for views in laid
    ]


def onto(white: Image, views: PageViews, model: ModelFile, boxes: Sequence[Box]) -> InspectedPage:
    """Return a page straightened so that its places lie where ``white`` has them."""
    page = InspectedPage(views, model.size_mm)
    tiles = found_tiles(page.coarse(Light.WHITE), white, boxes, COARSE, FAR_MM)
    better = replace(views, geometry=refined(views.geometry, tiles))
    return InspectedPage(better, model.size_mm)


def static_boxes(model: ModelFile) -> list[Box]:
    """Return a grid over the page that leaves out what each document has of its own."""
    own = [*model.personal, *([model.photograph] if model.photograph else [])]
    whole = (0.0, 0.0, *model.size_mm)
    return [box for box in grid(whole) if not any(_overlap(box, other) for other in own)]


def grid(around: Box) -> list[Box]:
    """Return places of one size that fill a rectangle but for its edges."""
    (left, top, width, height), (wide, high) = around, _TILE_MM
    across = np.arange(left + _EDGE_MM, left + width - _EDGE_MM - wide, wide)
    down = np.arange(top + _EDGE_MM, top + height - _EDGE_MM - high, high)
    return [(float(x), float(y), wide, high) for y in down for x in across]


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )
