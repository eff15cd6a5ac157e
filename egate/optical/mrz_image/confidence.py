"""How sure two readers together are of a character."""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LEAST: Final = 1e-9
_OF_THE_FIRST: Final = 0.75
"""The first reader errs less; the second is right and hesitates (measured on rendered pages)."""


def confidence(first: Floats, second: Floats) -> Floats:
    """Return the chance that each character is the right one; n x 37.

    Args:
        first: probabilities by the first reader, of what each position can hold.
        second: the same by the second.

    """
    by_first: Floats = np.maximum(first, _LEAST) ** _OF_THE_FIRST
    by_second: Floats = np.maximum(second, _LEAST) ** (1 - _OF_THE_FIRST)
    return by_first * by_second
