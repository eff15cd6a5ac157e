"""Where in a cell its edges lie and which way they face: what the second reader sees."""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.optical.ocr_b.alphabet import CELL_HEIGHT, CELL_WIDTH, Cells

Features = npt.NDArray[np.float32]

_DIRECTIONS: Final = 8
_ROWS: Final = 9
_COLUMNS: Final = 7
FEATURES: Final = _DIRECTIONS * _ROWS * _COLUMNS


def gradient_features(cells: Cells) -> Features:
    """Return one vector a cell: edges facing eight ways, gathered at 9 x 7 places.

    The root of each makes strokes that are faint and strokes that are black more alike, and all
    vectors have one length, so that contrast does not count.

    Args:
        cells: n x 32 x 24.

    Returns:
        n x FEATURES.

    """
    grey = np.pad(cells.astype(np.float32) / 255, ((0, 0), (1, 1), (1, 1)), mode="edge")
    across = grey[:, 1:-1, 2:] - grey[:, 1:-1, :-2]
    down = grey[:, 2:, 1:-1] - grey[:, :-2, 1:-1]
    angles = np.arange(_DIRECTIONS, dtype=np.float32) * (2 * np.pi / _DIRECTIONS)
    facing = across[:, None] * np.cos(angles)[:, None, None]
    facing += down[:, None] * np.sin(angles)[:, None, None]
    np.maximum(facing, 0, out=facing)
    gathered = _ROW_WINDOWS @ facing @ _COLUMN_WINDOWS.T
    vectors = np.sqrt(gathered.reshape(len(cells), FEATURES))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-3), np.float32)


def _windows(places: int, size: int) -> Features:
    """Return Gaussian windows, evenly spaced over ``size`` pixels, as rows."""
    middles = (np.arange(places) + 0.5) * size / places
    width = size / places * 0.6
    distances = (np.arange(size) + 0.5 - middles[:, None]) / width
    return np.asarray(np.exp(-(distances**2) / 2), np.float32)


_ROW_WINDOWS: Final = _windows(_ROWS, CELL_HEIGHT)
_COLUMN_WINDOWS: Final = _windows(_COLUMNS, CELL_WIDTH)
