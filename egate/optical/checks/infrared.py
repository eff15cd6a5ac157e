"""OPTICAL.IR: the MRZ in ink that infrared sees, (IR, AB, MR) of TR-03135-1 §5.5.4.2."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from egate.domain.optical_finding import Light
from egate.emrtd.checks import Outcome
from egate.optical.checks.mrz_characters import CELL_HEIGHT, CELL_WIDTH
from egate.optical.checks.printed_mrz import PrintedMrz
from egate.optical.checks.routine import Routine, judged
from egate.optical.checks.wear import is_hardly_legible

_LEAST_PRINT: Final = 0.2
"""Contrast in white light below which a character is too worn to be compared."""
_MOST_WORN: Final = 0.5
_B900: Final = 0.6
"""Least contrast in infrared, as part of that in white light.

9303-3 §4.8 wants a print contrast signal of 0.6 at B900 of new documents; wear and a worn laminate
take from both lights alike. On rendered genuine pages no character had less than 0.9; ink that
only eyes see has next to nothing.
"""
_SAME: Final = 0.85
"""Least correlation of a character under both lights: 0.90 and more on rendered genuine pages,
below 0.75 where an erased character is seen by what its ink left in the paper."""
_TOO_WORN: Final = "MRZ: too worn to be compared in infrared"
_LIGHTS: Final = (Light.WHITE, Light.INFRARED)


def mrz_in_infrared(mrz: PrintedMrz) -> Iterator[Routine]:
    """Give the routines of the MRZ in infrared."""
    absorbs = _absorbs(mrz)
    yield absorbs
    if absorbs.outcome is Outcome.SUCCESSFUL:
        yield _shows_the_same(mrz)


def _shows_the_same(mrz: PrintedMrz) -> Routine:
    """Check that infrared shows no other characters under those that white light shows."""
    if is_hardly_legible(mrz):
        return Routine(Outcome.UNDETERMINED, _TOO_WORN, Light.INFRARED, box=mrz.box)
    lights = [mrz.cells(light).reshape(-1, CELL_HEIGHT * CELL_WIDTH) for light in _LIGHTS]
    white, infrared = (each - each.mean(axis=1, keepdims=True) for each in lights)
    product = np.sqrt((white**2).sum(axis=1) * (infrared**2).sum(axis=1))
    alike = (white * infrared).sum(axis=1) / np.maximum(product, 1.0)
    legible = mrz.print(Light.WHITE).contrast >= _LEAST_PRINT
    alike = np.where(legible, alike, 1.0)
    details = (
        "MRZ: the same in infrared as in white light",
        "characters of the MRZ: others are seen under them in infrared",
    )
    box = mrz.box_around(alike <= max(_SAME, float(alike.min())))
    return judged(float(alike.min()), _SAME, Light.INFRARED, box, details)


def _absorbs(mrz: PrintedMrz) -> Routine:
    """Check that each character of the MRZ absorbs at B900 as it does in white light."""
    light = Light.INFRARED
    if not mrz.has(light):
        return Routine(Outcome.NOT_SUPPORTED, "the scanner has no infrared image", light)
    white, infrared = mrz.print(Light.WHITE).contrast, mrz.print(light).contrast
    legible = white >= _LEAST_PRINT
    if legible.mean() < _MOST_WORN:
        return Routine(Outcome.UNDETERMINED, _TOO_WORN, light, box=mrz.box)
    shares = np.where(legible, infrared / np.maximum(white, _LEAST_PRINT), 1.0)
    vanished = shares < _B900
    what = "MRZ" if vanished.mean() > _MOST_WORN else "characters of the MRZ"
    details = (
        "MRZ: every character absorbs infrared",
        f"{what}: in ink that infrared does not see",
    )
    box = mrz.box_around(vanished) if vanished.any() else mrz.box
    return judged(float(shares.min()), _B900, light, box, details)
