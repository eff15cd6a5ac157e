"""OCR-B as it is printed: a mean cell of each character, and how like it a printed one is."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.checks.character_print import CharacterPrint, character_print
from egate.optical.checks.mrz_characters import (
    CELL_HEIGHT,
    CELL_WIDTH,
    PIXELS_PER_MM,
    Numbers,
)
from egate.optical.checks.page_views import Image
from egate.optical.checks.tiles import summit

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
STRIP: Final = Path(__file__).resolve().parent.parent / "models" / "ocr_b.png"
_SLACK: Final = 4
"""Pixels that a character is sought beside the middle of its cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How n printed characters lie on those of the type face.

    Args:
        likeness: their normalised correlation, -1 to 1.
        side_mm: how far each is to the right of its place in its cell.
        down_mm: how far it is below it.

    """

    likeness: Numbers
    side_mm: Numbers
    down_mm: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Typeface:
    """A type face measured from print.

    Args:
        cells: 37 x 40 x 30, grey, in the order of ``ALPHABET``.
        print: what is measured of them.

    """

    cells: Image = field(repr=False)
    print: CharacterPrint

    def fit(self, cells: Image, characters: str) -> Fit:
        """Lay each character of the type face on a printed one, to parts of a pixel."""
        fits = []
        for cell, place in zip(cells, places_of(characters), strict=True):
            inner = self.cells[place][_SLACK:-_SLACK, _SLACK:-_SLACK]
            likeness = cv2.matchTemplate(cell, inner, cv2.TM_CCOEFF_NORMED)
            _, best, _, (across, down) = cv2.minMaxLoc(likeness)
            fits.append((best, summit(likeness[down], across), summit(likeness[:, across], down)))
        likest, side, below = np.nan_to_num(np.array(fits, np.float64)).T
        return Fit(likest, (side - _SLACK) / PIXELS_PER_MM, (below - _SLACK) / PIXELS_PER_MM)


def places_of(characters: str) -> npt.NDArray[np.intp]:
    """Return where each character stands in ``ALPHABET``."""
    return np.array([ALPHABET.index(each) for each in characters], np.intp)


@cache
def ocr_b() -> Typeface:
    """Return OCR-B size 1, as the mean of what was measured from genuine pages."""
    strip = cv2.imdecode(np.frombuffer(STRIP.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    if strip is None or strip.shape != (CELL_HEIGHT, CELL_WIDTH * len(ALPHABET)):
        raise RuntimeError(f"{STRIP}: not the mean cells of {len(ALPHABET)} characters")
    side_by_side = np.asarray(strip, np.uint8).reshape(CELL_HEIGHT, len(ALPHABET), CELL_WIDTH)
    cells = np.ascontiguousarray(side_by_side.swapaxes(0, 1))
    return Typeface(cells, character_print(cells))
