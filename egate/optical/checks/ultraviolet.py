"""OPTICAL.UV: the paper of the MRZ, (UV, BR, MR) of TR-03135-1 §5.5.4.2, and erasures in it."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from egate.domain.optical_finding import Light
from egate.emrtd.checks import Outcome
from egate.optical.checks.mrz_characters import Numbers
from egate.optical.checks.page_views import Image
from egate.optical.checks.printed_mrz import PrintedMrz
from egate.optical.checks.routine import Routine, judged

_PAPER: Final = 60
"""Percentile of the white image from which a pixel of a cell is paper, not ink."""
_AROUND: Final = 6
_DARKEST: Final = 0.1
"""Below this part of the brightness around it nothing is given back: black is no dirt on paper."""
_ERASED: Final = 0.78
"""Least brightness of the paper under a character, as part of that under those around it; what
dirt takes from white light too is given back. Rendered genuine pages have 0.84 and more, where
paper was scraped 0.75 and less."""


def mrz_in_ultraviolet(mrz: PrintedMrz) -> Iterator[Routine]:
    """Give the routines of the MRZ in ultraviolet light."""
    light = Light.ULTRAVIOLET
    if not mrz.has(light):
        yield Routine(Outcome.NOT_SUPPORTED, "the scanner has no ultraviolet image", light)
        return
    share = np.concatenate(
        [
            _beside_those_around(_paper(white, line.cells(mrz.views, light)))
            / np.clip(_beside_those_around(_paper(white, white)), _DARKEST, 1.0)
            for white, line in zip(mrz.white_cells, mrz.lines, strict=True)
        ]
    )
    details = (
        "MRZ: its paper is whole",
        "characters of the MRZ: the paper under them was erased",
    )
    box = mrz.box_around(share <= max(_ERASED, float(share.min())))
    yield judged(float(share.min()), _ERASED, light, box, details)


def _paper(white: Image, ultraviolet: Image) -> Numbers:
    """Return how bright the paper of each cell is, without what is printed there."""
    flat = white.reshape(len(white), -1)
    paper = flat >= np.percentile(flat, _PAPER, axis=1, keepdims=True)
    # fluorescent lines are bright, and no part of the paper
    shines = np.where(paper, ultraviolet.reshape(len(white), -1).astype(np.float64), np.nan)
    shines[shines > np.nanmedian(shines, axis=1, keepdims=True)] = np.nan
    return np.asarray(np.nanmean(shines, axis=1), np.float64)


def _beside_those_around(brightness: Numbers) -> Numbers:
    padded = np.pad(brightness, _AROUND, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1)
    return np.asarray(brightness / np.maximum(np.median(around, axis=1), 1.0), np.float64)
