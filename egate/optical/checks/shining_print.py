"""Fluorescent print that goes on through a photograph: its shape, and how strongly it shines.

A photograph that was printed over scraped paper leaves a trace of the lines, and one that was
glued on has none. Either way they shine less than those around it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.checks.page_views import Box, Image
from egate.optical.checks.tiles import NEAR_MM, cut

_FINE_PRINT_MM: Final = 1.5
_LEAST_AROUND: Final = 0.1
"""Below that nothing shines around the photograph either, which is no photograph's fault."""

_Floats = npt.NDArray[np.float32]


def fine_shine(ultraviolet: Image, pixels_per_mm: float) -> _Floats:
    """Return what fine print adds to the shine of the paper: height x width x 3."""
    shine = ultraviolet.astype(np.float32)
    shine -= cv2.GaussianBlur(shine, (0, 0), _FINE_PRINT_MM * pixels_per_mm)
    return shine


def continuities(
    page: Image, specimen: Image, boxes: Sequence[Box], around: Sequence[Box], pixels_per_mm: float
) -> list[float]:
    """Return how far fluorescent print goes on in each place, 0 to 1.

    Args:
        page: under ultraviolet light, straight.
        specimen: the same of the model.
        boxes: of what lies over the print, in millimetres.
        around: of the same print beside it, whose strength is the measure.
        pixels_per_mm: of both pictures.

    """
    shine, wanted = (fine_shine(each, pixels_per_mm) for each in (page, specimen))
    beside = [_regression(shine, wanted, box, pixels_per_mm)[0] for box in around]
    usual = max(float(np.median(beside)), _LEAST_AROUND)
    found = [_regression(shine, wanted, box, pixels_per_mm) for box in boxes]
    return [max(min(strength / usual, 1.0) * likeness, 0.0) for strength, likeness in found]


def _regression(
    shine: _Floats, wanted: _Floats, box: Box, pixels_per_mm: float
) -> tuple[float, float]:
    """Return how strong the specimen's print is in a place, and how like it what is there."""
    print_ = cut(wanted, box, pixels_per_mm)
    there = cut(shine, box, pixels_per_mm, NEAR_MM)
    products = cv2.matchTemplate(there, print_, cv2.TM_CCORR)
    _, most, _, (left, top) = cv2.minMaxLoc(products)
    height, width = print_.shape[:2]
    found = there[top : top + height, left : left + width]
    own, other = float((print_**2).sum()), float((found**2).sum())
    return most / max(own, 1.0), most / max((own * other) ** 0.5, 1.0)
