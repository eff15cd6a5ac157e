"""Comparisons by the quality of the poorer of their two images.

An image is in the band of its rank among the images that were compared, so bands are
the same share of any population. A comparison is in the band of its poorer image,
because one poor image is enough to spoil it (ISO/IEC 29794-1, error versus discard).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np
import numpy.typing as npt

Bands = npt.NDArray[np.uint8]
"""The number of the band of each image, or of each comparison; 0 is the poorest."""

SHARES: Final = (5, 10, 20, 50)
"""Where bands begin, in per cent of the images, from the poorest."""

_EDGES: Final = (0, *SHARES, 100)
BAND_NAMES: Final = tuple(f"{low} to {high} %" for low, high in pairwise(_EDGES))


@dataclass(frozen=True, slots=True)
class QualityBands:
    """One measure of quality, cut into bands.

    Args:
        measure: its name; higher is better.
        limits: the quality at which the second and every further band begins.

    """

    measure: str
    limits: tuple[float, ...]

    @classmethod
    def of(cls, measure: str, qualities: Sequence[float]) -> Self:
        """Choose the limits: below each lie at most its share of the images.

        Args:
            measure: its name.
            qualities: of every image, at least one; images of equal quality stay together.

        """
        ranked = np.sort(np.asarray(qualities, np.float64))
        return cls(measure, tuple(float(ranked[len(ranked) * share // 100]) for share in SHARES))

    def of_images(self, qualities: Sequence[float]) -> Bands:
        """Return the band of each image."""
        bands = np.searchsorted(np.array(self.limits), np.asarray(qualities), side="right")
        return bands.astype(np.uint8)
