"""Which printed letters the visual zone's reader knows, and what it thinks of a line of them."""

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.visual_zone.line_image import LINE_HEIGHT, LineImage

LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Lower case and letters with marks count as these; all else is blank, the last class."""

_Array = npt.NDArray[np.float32]
_WEIGHTS: Final = "letters.npz"
# Which layer halves what (rows, columns) after it.
_REDUCTIONS: Final = ((2, 2), (2, 1), (2, 1), (2, 1))


def read_letters(line: LineImage) -> _Array:
    """Return the probability of each class in each column of two pixels: columns x 37.

    Args:
        line: 32 x width, as ``line_image`` gives it.

    """
    width = line.shape[1] + line.shape[1] % 2
    layer = np.ones((1, LINE_HEIGHT, width), np.float32)
    layer[0, :, : line.shape[1]] = line
    weights = _weights()
    for number, reduction in enumerate(_REDUCTIONS):
        layer = _convolved(layer, *weights[number], margin=(1, 1))
        layer = _halved(np.maximum(layer, 0), *reduction)
    layer = np.maximum(_convolved(layer, *weights[4], margin=(0, 1)), 0)
    layer = np.maximum(_convolved(layer, *weights[5], margin=(0, 2)), 0)
    scores = _convolved(layer, *weights[6], margin=(0, 0))[:, 0].T
    scores -= scores.max(axis=1, keepdims=True)
    shares = np.exp(scores)
    probabilities: _Array = shares / shares.sum(axis=1, keepdims=True)
    return probabilities


@cache
def _weights() -> tuple[tuple[_Array, _Array], ...]:
    """Return kernel (out x in x rows x columns) and bias of each layer."""
    with np.load(str(files(__package__) / _WEIGHTS), allow_pickle=False) as stored:
        kernels = len(stored.files) // 2
        return tuple(
            (stored[f"kernel_{at}"].astype(np.float32), stored[f"bias_{at}"].astype(np.float32))
            for at in range(kernels)
        )


def _convolved(layer: _Array, kernel: _Array, bias: _Array, margin: tuple[int, int]) -> _Array:
    padded = np.pad(layer, ((0, 0), (margin[0],) * 2, (margin[1],) * 2))
    rows, columns = kernel.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(padded, (rows, columns), axis=(1, 2))
    channels, high, wide = windows.shape[:3]
    flat = windows.transpose(0, 3, 4, 1, 2).reshape(channels * rows * columns, high * wide)
    # numpy's product would wake a thread on every core, for less than a millisecond of work.
    biases = np.repeat(bias[:, None], flat.shape[1], axis=1)
    product = cv2.gemm(kernel.reshape(len(kernel), -1), flat, 1.0, biases, 1.0)
    return np.asarray(product, np.float32).reshape(len(kernel), high, wide)


def _halved(layer: _Array, rows: int, columns: int) -> _Array:
    channels, high, wide = layer.shape
    parts = layer.reshape(channels, high // rows, rows, wide // columns, columns)
    most: _Array = parts.max(axis=(2, 4))
    return most
