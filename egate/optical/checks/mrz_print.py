"""OPTICAL.MRZ.PRINT: type face, pitch, place, and characters that were printed apart."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from egate.domain.optical_finding import Light
from egate.emrtd.checks import Outcome
from egate.optical.checks.mrz_characters import CELL_HEIGHT, PITCH_MM, PIXELS_PER_MM
from egate.optical.checks.odd_characters import oddness, slope_of
from egate.optical.checks.printed_mrz import PrintedMrz
from egate.optical.checks.routine import Routine, judged

_LEAST_PRINT: Final = 0.2
"""Contrast below which a character is too worn to be judged."""
_LEAST_LEGIBLE: Final = 0.5
_TYPEFACE: Final = 0.86
"""Half the characters are at least as like OCR-B. Rendered genuine pages have 0.95 and more,
another cut of OCR-B 0.93, monospaced and proportional faces of offices 0.80 and less."""
_PLACE_MM: Final = 1.3
"""9303-4 §4.2.1.3 and Figure 7 allow 1.0 mm; the rest is for measuring."""
_PITCH: Final = 0.02
"""Part of 2.54 mm that the pitch may differ by on the page: 2 mm from first to last character."""
_HALF: Final = 0.5


def mrz_print(mrz: PrintedMrz, *, is_placed: bool) -> Iterator[Routine]:
    """Give the routines of the MRZ's print; all of them look at white light.

    Args:
        mrz: the MRZ of the page.
        is_placed: the millimetres of the page are known by other print than the MRZ itself.

    """
    legible = mrz.print(Light.WHITE).contrast >= _LEAST_PRINT
    if legible.mean() < _LEAST_LEGIBLE:
        detail = "MRZ: too worn to judge its print"
        yield Routine(Outcome.UNDETERMINED, detail, Light.WHITE, box=mrz.box)
        return
    yield _typeface(mrz)
    yield _odd_characters(mrz)
    if is_placed:
        yield _place(mrz)
        yield _pitch(mrz)


def _typeface(mrz: PrintedMrz) -> Routine:
    likeness = np.concatenate([fit.likeness for fit in mrz.fits])
    details = ("MRZ: in OCR-B", "MRZ: not in OCR-B")
    return judged(float(np.median(likeness)), _TYPEFACE, Light.WHITE, mrz.box, details)


def _odd_characters(mrz: PrintedMrz) -> Routine:
    prints = mrz.line_prints(Light.WHITE)
    odd = np.concatenate([oddness(*line) for line in zip(prints, mrz.fits, mrz.text, strict=True)])
    worst = float(odd.max())
    details = (
        "MRZ: all characters printed alike",
        "characters of the MRZ: printed apart from the others",
    )
    chosen = odd >= min(worst, 1.0)
    return judged(1 / (1 + worst**2), _HALF, Light.WHITE, mrz.box_around(chosen), details)


def _place(mrz: PrintedMrz) -> Routine:
    place = mrz.place
    aside = [
        abs(line.top_mm + CELL_HEIGHT / PIXELS_PER_MM / 2 - (place.height - centre))
        for line, centre in zip(mrz.lines, place.centre_lines, strict=True)
    ] + [abs(line.left_mm - place.left + 0.42) for line in mrz.lines]
    details = ("MRZ: where 9303 wants it", "MRZ: not where 9303 wants it")
    score = 1 / (1 + (max(aside) / _PLACE_MM) ** 2)
    return judged(score, _HALF, Light.WHITE, mrz.box, details)


def _pitch(mrz: PrintedMrz) -> Routine:
    slopes = [
        slope_of(np.arange(len(fit.side_mm), dtype=np.float64), fit.side_mm) for fit in mrz.fits
    ]
    details = ("MRZ: ten characters an inch", "MRZ: not ten characters an inch")
    off = max(abs(slope) for slope in slopes) / PITCH_MM / _PITCH
    return judged(1 / (1 + off**2), _HALF, Light.WHITE, mrz.box, details)
