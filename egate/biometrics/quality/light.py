"""How a face is lit: ISO/IEC 29794-5, luminance, exposure, dynamic range, uniformity."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

_UNDER_EXPOSED: Final = 26  # of 256 grey levels: the lowest tenth
_OVER_EXPOSED: Final = 246
_BINS: Final = 32

# Of the aligned face: the skin between forehead and chin, without hair and background.
_FACE_ROWS: Final = slice(30, 104)
_FACE_COLUMNS: Final = slice(24, 88)


@dataclass(frozen=True, slots=True)
class Light:
    """As the fields of ``FaceQuality``."""

    brightness: float
    under_exposed: float
    over_exposed: float
    dynamic_range: float
    evenness: float


def measure_light(grey: npt.NDArray[np.uint8]) -> Light:
    """Measure the light on an aligned face, 112 x 112."""
    face = grey[_FACE_ROWS, _FACE_COLUMNS]
    levels = np.bincount(face.ravel(), minlength=256) / face.size
    present = levels[levels > 0]
    return Light(
        brightness=float(grey.mean()),
        under_exposed=float(levels[:_UNDER_EXPOSED].sum()),
        over_exposed=float(levels[_OVER_EXPOSED:].sum()),
        dynamic_range=float(-(present * np.log2(present)).sum()),
        evenness=_evenness(face),
    )


def _evenness(face: npt.NDArray[np.uint8]) -> float:
    """Return what the histograms of the two halves have in common."""
    middle = face.shape[1] // 2
    left, right = (
        np.bincount(half.ravel() * _BINS // 256, minlength=_BINS) / half.size
        for half in (face[:, :middle].astype(np.int64), face[:, middle:].astype(np.int64))
    )
    return float(np.minimum(left, right).sum())
