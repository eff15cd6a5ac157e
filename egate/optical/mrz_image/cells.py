"""The cells of a line, cut from the image in one size and with one contrast."""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.mrz_image.grey_image import GreyImage
from egate.optical.mrz_image.pitch import PitchedLine
from egate.optical.mrz_image.strip import Strip

Cells = npt.NDArray[np.uint8]
"""n x 32 x 24, ink dark on light; the pitch of 2.54 mm is 24 pixels."""

CutLine = tuple[Cells, npt.NDArray[np.float64]]
"""Cells and how much ink each has, against all: 0 is none."""

HEIGHT: Final = 32
WIDTH: Final = 24

_CAPITALS_TO_PITCH: Final = 1.0  # ink with its blur: 2.4 mm and a little against 2.54 mm
_STRETCHED_WITHIN: Final = (0.8, 1.3)
_NEIGHBOURS: Final = 5


def cut_cells(
    image: GreyImage, strip: Strip, line: PitchedLine, columns: tuple[int, int], lean: float = 0.0
) -> CutLine:
    """Return the cells of ``columns`` and how much ink each has, against all: 0 is none.

    Args:
        lean: how far characters lean to the right, in pixels a pixel downwards.

    """
    first, end = columns
    count = end - first
    along = first - 0.5 + (np.arange(count * WIDTH) + 0.5) / WIDTH
    x, y, slope = line.x(along), line.y(along), line.y.deriv()(along) / line.x.deriv()(along)
    pitch = line.x.deriv()(along)
    stretch = np.clip(line.height / (_CAPITALS_TO_PITCH * line.pitch), *_STRETCHED_WITHIN)
    down = ((np.arange(HEIGHT) + 0.5 - HEIGHT / 2) / WIDTH)[:, None] * pitch * stretch
    points = np.stack([x + (lean - slope) * down, y + down], axis=-1)
    source, reduction = image.reduced(WIDTH / line.pitch / strip.image_pixels)
    there = strip.in_image(points) * reduction + (reduction - 1) / 2
    row = cv2.remap(
        source,
        there[..., 0].astype(np.float32),
        there[..., 1].astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    cells = np.asarray(row, np.float32).reshape(HEIGHT, count, WIDTH).transpose(1, 0, 2)
    return _stretched(cells)


def _stretched(cells: npt.NDArray[np.float32]) -> CutLine:
    """Bring ink to black and paper to white, by what is near each cell."""
    flat = cells.reshape(len(cells), -1)
    dark, light = np.percentile(flat, (2, 85), axis=1)
    paper = _smoothed(light)
    contrast = paper - dark
    usual = float(np.percentile(contrast, 60))
    # A cell of paper only takes the contrast of its neighbours, and stays light.
    near = np.maximum(_usual_near(contrast), 0.35 * max(usual, 1.0))
    span = np.maximum(contrast, 0.6 * near)
    levels = (flat - (paper - span)[:, None]) / span[:, None]
    stretched = np.clip(levels * 255, 0, 255).astype(np.uint8).reshape(cells.shape)
    return stretched, np.asarray(contrast / max(usual, 1.0), np.float64)


def _smoothed(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    padded = np.pad(values.astype(np.float64), _NEIGHBOURS // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _NEIGHBOURS)
    return np.asarray(np.median(windows, axis=1), np.float64)


def _usual_near(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    padded = np.pad(values, _NEIGHBOURS // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _NEIGHBOURS)
    return np.asarray(np.median(windows, axis=1), np.float64)
