"""Each character of a printed MRZ as a sheet of paper shows it: its cell, ink, size and edges."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.domain.optical_finding import Light
from egate.optical.checks.page_views import Box, Image, PageViews, grey
from egate.optical.mrz_image.page_place import MrzPlace

Numbers = npt.NDArray[np.float64]

PITCH_MM: Final = 2.54
"""From one character to the next (9303-3 §4.4)."""
CELL_WIDTH: Final = 30
"""Pixels from one character to the next: 300 dpi, whatever the scanner has."""
CELL_HEIGHT: Final = 40
PIXELS_PER_MM: Final = CELL_WIDTH / PITCH_MM
_ASIDE: Final = 12  # pixels that the print may be beside its nominal place: 1 mm


@dataclass(frozen=True, slots=True, eq=False)
class PrintedLine:
    """One line of an MRZ cut into its characters. Personal throughout.

    Args:
        characters: as read, n of them.
        left_mm: where the first cell begins on the page.
        top_mm: where the cells begin.

    """

    characters: str = field(repr=False)
    left_mm: float
    top_mm: float

    def box(self, first: int, last: int) -> Box:
        """Return the rectangle of the page around characters ``first`` to ``last``."""
        height = CELL_HEIGHT / PIXELS_PER_MM
        return (
            self.left_mm + first * PITCH_MM,
            self.top_mm,
            (last - first + 1) * PITCH_MM,
            height,
        )

    def cells(self, views: PageViews, light: Light) -> Image:
        """Return the cells under a light: n x 40 x 30, grey."""
        count = len(self.characters)
        wide = count * PITCH_MM
        strip = views.view(
            light, (self.left_mm, self.top_mm, wide, CELL_HEIGHT / PIXELS_PER_MM), PIXELS_PER_MM
        )
        cells = grey(strip).reshape(CELL_HEIGHT, count, CELL_WIDTH)
        return np.ascontiguousarray(cells.swapaxes(0, 1))


def printed_lines(
    views: PageViews, place: MrzPlace, lines: tuple[str, ...]
) -> tuple[PrintedLine, ...]:
    """Return where the lines of an MRZ are printed, sought around where they belong."""
    return tuple(
        _found(views, text, place.left, place.height - centre)
        for text, centre in zip(lines, place.centre_lines, strict=True)
    )


def _found(views: PageViews, text: str, left_mm: float, centre_mm: float) -> PrintedLine:
    aside = _ASIDE / PIXELS_PER_MM
    # a character stands about in the middle of its cell, and is 1.7 mm wide
    left = left_mm - (PITCH_MM - 1.7) / 2 - aside
    top = centre_mm - CELL_HEIGHT / PIXELS_PER_MM / 2 - aside
    wide = len(text) * PITCH_MM + 2 * aside
    high = CELL_HEIGHT / PIXELS_PER_MM + 2 * aside
    strip = views.view(Light.WHITE, (left, top, wide, high), PIXELS_PER_MM)
    ink = darkness(grey(strip))
    down = _offset(ink.sum(axis=1), CELL_HEIGHT, 6)
    band = ink[down : down + CELL_HEIGHT]
    across = _comb(band.sum(axis=0), len(text))
    return PrintedLine(text, left + across / PIXELS_PER_MM, top + down / PIXELS_PER_MM)


def darkness(piece: Image) -> Numbers:
    """Return how much darker each pixel is than the paper around it, 0 to 1."""
    paper = max(float(np.percentile(piece, 80)), 1.0)
    return np.clip(1 - piece.astype(np.float64) / paper, 0, 1)


def _offset(profile: Numbers, length: int, margin: int) -> int:
    """Return where ``length`` rows begin of which the middle ones hold most of the ink."""
    middle = np.convolve(profile, np.ones(length - 2 * margin), "valid")[margin:]
    places = len(profile) - length + 1
    return int(np.argmax(middle[:places]))


def _comb(profile: Numbers, count: int) -> int:
    """Return where cells begin so that the least ink lies on their borders."""
    smooth = np.convolve(profile, np.ones(5) / 5, "same")
    borders = CELL_WIDTH * np.arange(1, count)
    on_borders = [smooth[start + borders].sum() for start in range(2 * _ASIDE + 1)]
    least = np.flatnonzero(on_borders <= np.min(on_borders) * 1.05 + 1e-6)
    return int(np.median(least))
