"""Characters of an MRZ that were printed at another time, or by another machine, than the rest.

All characters of an MRZ are printed in one go: what paper, printer and scanner make of one they
make of all. So each is compared with the others of its line, after what its shape alone makes of
it is taken away. Wear takes from neighbours alike: darkness, ink and sharpness are compared with
those of the characters around.
"""

from typing import Final

import numpy as np

from egate.optical.checks.character_print import CharacterPrint
from egate.optical.checks.mrz_characters import Numbers
from egate.optical.checks.typeface import Fit, ocr_b, places_of

_ALLOWED: Final = {
    "side": 0.125,
    "down": 0.18,
    "shape": 0.45,
    "ink": 0.75,
    "height": 1.50,
    "sharpness": 0.70,
    "contrast": 0.60,
}
"""By how much a character may differ: millimetres, parts of the likeness to its shape, ink and
sharpness as logarithms, parts of the contrast.

The greatest of 88 rendered genuine pages, worn ones too: side 0.08, down 0.15; shape 0.35, ink
0.50, height 1.1, sharpness 0.31, contrast 0.37, all of them of characters that were rubbed or
stained; of 138 more pages, side 0.112 and down 0.16, most of them at the ends of lines.
Where a character stands is what wear changes least.
"""


def oddness(measured: CharacterPrint, fit: Fit, characters: str) -> Numbers:
    """Return how far each character of one line differs from the others, 1 at what is allowed."""
    differences = line_differences(measured, fit, characters)
    parts = [np.abs(differences[name]) / allowed for name, allowed in _ALLOWED.items()]
    return np.asarray(np.nan_to_num(np.max(parts, axis=0)), np.float64)


def line_differences(measured: CharacterPrint, fit: Fit, characters: str) -> dict[str, Numbers]:
    """Return how far each character of one line differs, in the unit of each measure."""
    wanted, places = ocr_b().print, places_of(characters)
    index = np.arange(len(characters), dtype=np.float64)
    return {
        "ink": _beside_median(_log(measured.ink / wanted.ink[places])),
        "height": _beside_median(measured.height - wanted.height[places]),
        "down": _beside_line(index, fit.down_mm),
        "side": _beside_line(index, fit.side_mm),
        "sharpness": _beside_median(_log(measured.sharpness / wanted.sharpness[places])),
        "contrast": _beside_median(measured.contrast),
        "shape": np.minimum(_beside_median(fit.likeness), 0.0),
    }


def _log(ratio: Numbers) -> Numbers:
    return np.asarray(np.log(np.maximum(ratio, 1e-3)), np.float64)


def _beside_median(measure: Numbers) -> Numbers:
    return np.asarray(measure - _median(measure), np.float64)


def _beside_line(index: Numbers, measure: Numbers) -> Numbers:
    return np.asarray(_beside_median(measure - slope_of(index, measure) * index), np.float64)


def slope_of(index: Numbers, measure: Numbers) -> float:
    """Return the slope of a straight line through most of the points (Theil and Sen)."""
    earlier, later = np.triu_indices(len(index), 8)
    return _median((measure[later] - measure[earlier]) / (index[later] - index[earlier]))


def _median(measure: Numbers) -> float:
    """Return the median of what could be measured; no number where nothing could."""
    known = measure[~np.isnan(measure)]
    return float(np.median(known)) if known.size else np.nan
