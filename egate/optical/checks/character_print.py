"""How each character of an MRZ is printed: its ink, size, place, edges and shape."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.checks.mrz_characters import PIXELS_PER_MM, Numbers
from egate.optical.checks.page_views import Image

_LEAST_CONTRAST: Final = 0.15
"""Below it nothing is printed in a cell: what is measured there is noise."""
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class CharacterPrint:
    """The print of n characters, one number each; *nan* where a cell shows no print.

    Args:
        contrast: print contrast signal, (paper - ink) / paper (ISO 1831, 9303-3 §4.8).
        ink: area of the character in square millimetres.
        height: in millimetres.
        sharpness: steepest change of darkness, in parts of the contrast a pixel.

    """

    contrast: Numbers
    ink: Numbers
    height: Numbers
    sharpness: Numbers


def character_print(cells: Image) -> CharacterPrint:
    """Measure cells of n x height x width, grey."""
    flat = cells.reshape(len(cells), -1)
    paper = np.percentile(flat, 85, axis=1)
    ink = np.percentile(flat, 4, axis=1)
    contrast = (paper - ink) / np.maximum(paper, 1.0)
    there = contrast >= _LEAST_CONTRAST
    span = np.maximum(paper - ink, 1.0)[:, None, None]
    dark = np.clip((paper[:, None, None] - cells) / span, 0, 1)
    mask = np.asarray(dark > _HALF)
    top, bottom = _ends(np.asarray(mask.any(axis=2)))
    return CharacterPrint(
        contrast,
        *(
            np.where(there, measure, np.nan)
            for measure in (
                dark.sum(axis=(1, 2)) / PIXELS_PER_MM**2,
                (bottom - top) / PIXELS_PER_MM,
                _steepness(dark),
            )
        ),
    )


def joined(lines: Sequence[CharacterPrint]) -> CharacterPrint:
    """Return the print of several lines as that of one."""
    return CharacterPrint(
        *(
            np.concatenate([getattr(line, each.name) for line in lines])
            for each in fields(CharacterPrint)
        )
    )


def _ends(any_ink: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Return where ink begins and ends along the last axis; all of it without any."""
    first = any_ink.argmax(axis=1)
    last = any_ink.shape[1] - any_ink[:, ::-1].argmax(axis=1)
    return first.astype(np.float64), last.astype(np.float64)


def _steepness(dark: Numbers) -> Numbers:
    """Return the change of darkness at the steepest tenth of each character's edges."""
    stack = dark.astype(np.float32)
    across = cv2.Sobel(stack.reshape(-1, dark.shape[2]), cv2.CV_32F, 1, 0, scale=0.125)
    slopes = np.abs(across).reshape(dark.shape)[:, 2:-2, 2:-2].reshape(len(dark), -1)
    return np.asarray(np.percentile(slopes, 97, axis=1), np.float64)
