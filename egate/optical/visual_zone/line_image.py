"""The form in which the reader of printed letters gets a line: 32 pixels high, light is 1."""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2

LINE_HEIGHT: Final = 32
CAPITAL_HEIGHT: Final = 18
"""Of the letters in such a line, in pixels; a third less or more is read as well."""

_INK_PERCENTILE, _PAPER_PERCENTILE = 1.0, 85.0
# Fainter print than this is not made stronger: paper without any would become letters.
_LEAST_CONTRAST: Final = 24.0

LineImage = npt.NDArray[np.float32]


def line_image(grey: npt.NDArray[np.uint8], top: float, capital_height: float) -> LineImage:
    """Cut one line out of ``grey`` and give it the form that ``read_letters`` takes.

    Args:
        grey: height x width, dark print on light paper; as wide as the line.
        top: where the capitals of the line begin, in pixels of ``grey``.
        capital_height: of the line, in pixels of ``grey``; above 0.

    Returns:
        32 x width, about 0 for ink and 1 for paper.

    """
    scale = CAPITAL_HEIGHT / capital_height
    width = max(LINE_HEIGHT // 2, round(grey.shape[1] * scale))
    above = (LINE_HEIGHT - CAPITAL_HEIGHT) / 2
    to_line = np.array([[scale, 0, 0], [0, scale, above - top * scale]], np.float64)
    if scale < 1:  # what a smaller image cannot show must not become other lines in it
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.5 / scale), np.uint8)
    cut = cv2.warpAffine(
        grey, to_line, (width, LINE_HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return stretched(np.asarray(cut, np.float32))


def stretched(line: npt.NDArray[np.float32]) -> LineImage:
    """Return a line of any contrast with ink at about 0 and paper at about 1."""
    ink, paper = np.percentile(line, (_INK_PERCENTILE, _PAPER_PERCENTILE))
    contrast = max(float(paper - ink), _LEAST_CONTRAST)
    form: LineImage = np.clip(1 + (line - np.float32(paper)) / np.float32(contrast), -0.2, 1.2)
    return form
