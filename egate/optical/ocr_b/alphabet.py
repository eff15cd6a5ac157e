"""The characters of a machine readable zone (9303-3 §4.4, Figure 4), and the cells of them."""

from typing import Final

import numpy as np
import numpy.typing as npt

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

CELL_HEIGHT: Final = 32
CELL_WIDTH: Final = 24  # pixels: one pitch, 2.54 mm (9303-3 §4.4)

Cells = npt.NDArray[np.uint8]
Probabilities = npt.NDArray[np.float32]

_AT_ONCE: Final = 256  # cells: bounds the memory of one pass


def portions(cells: Cells) -> list[Cells]:
    """Return ``cells``, checked, in portions that a reader takes at once.

    Raises:
        ValueError: not n x 32 x 24 of uint8.

    """
    if cells.dtype != np.uint8 or cells.shape[1:] != (CELL_HEIGHT, CELL_WIDTH):
        raise ValueError(
            f"cells are n x {CELL_HEIGHT} x {CELL_WIDTH} of uint8, not "
            f"{' x '.join(map(str, cells.shape))} of {cells.dtype}"
        )
    return [cells[start : start + _AT_ONCE] for start in range(0, len(cells), _AT_ONCE)]


def probabilities(scores: list[npt.NDArray[np.float32]]) -> Probabilities:
    """Return the softmax of portions of scores, without its last column: *no character*."""
    if not scores:
        return np.zeros((0, len(ALPHABET)), np.float32)
    joined = np.concatenate(scores).astype(np.float64)
    powers = np.exp(joined - joined.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    return np.asarray(shares[:, : len(ALPHABET)], np.float32)
