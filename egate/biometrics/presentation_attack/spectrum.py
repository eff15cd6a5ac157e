"""Periodic patterns in the face: halftone of a print, pixels of a screen, moire of both.

Skin has no period. Printers and screens build a picture from a lattice; where the camera
does not resolve it, its own lattice beats with it. Both are narrow peaks in the spectrum. The
spectra of all frames are averaged: what moves with the face, such as a beard, smears.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.view import Grey, View

_SIDES: Final = (192, 128, 64)
_LOWEST: Final = 0.09  # cycles a pixel: below it the face itself has structure
_NEIGHBOURS: Final = 13
_JPEG_BLOCK: Final = 8
_NO_PEAK: Final = 1.6  # natural logarithm of power over its neighbourhood
_PEAK: Final = 3.2


def spectrum_cue(views: Sequence[View]) -> float | None:
    """Return 0 for a spectrum without peaks to 1 for one with a clear peak.

    Returns:
        None if the faces are too small.

    """
    if not views:
        return None
    smallest = min(min(view.native.shape) for view in views)
    side = next((side for side in _SIDES if side <= smallest), None)
    if side is None:
        return None
    power = np.mean([_power(_middle(view.native, side)) for view in views], axis=0)
    return float(np.clip((_prominence(power) - _NO_PEAK) / (_PEAK - _NO_PEAK), 0.0, 1.0))


def _middle(grey: Grey, side: int) -> Grey:
    top, left = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
    return grey[top : top + side, left : left + side]


def _power(patch: Grey) -> npt.NDArray[np.float32]:
    values = patch.astype(np.float32)
    values -= np.asarray(cv2.GaussianBlur(values, (0, 0), 3))
    window = np.hanning(len(values)).astype(np.float32)
    spectrum = np.fft.rfft2(values * window[:, None] * window[None, :])
    return (spectrum.real**2 + spectrum.imag**2).astype(np.float32) + 1.0


def _prominence(power: npt.NDArray[np.float32]) -> float:
    """Return how far the highest peak stands out, natural logarithm."""
    side = len(power)
    logarithm = np.log(np.fft.fftshift(power, axes=0)).astype(np.float32)
    level = np.asarray(cv2.blur(logarithm, (_NEIGHBOURS, _NEIGHBOURS)))
    peaks = np.asarray(cv2.blur(logarithm, (2, 2))) - level
    down = (np.arange(side) - side // 2)[:, None]
    across = np.arange(logarithm.shape[1])[None, :]
    high = np.hypot(down, across) > _LOWEST * side
    return float(peaks[high & ~_jpeg_lattice(down, across, side)].max())


def _jpeg_lattice(
    down: npt.NDArray[np.int64], across: npt.NDArray[np.int64], side: int
) -> npt.NDArray[np.bool_]:
    """Return where the blocks of a camera's JPEG have their own peaks: both axes."""
    near = max(2, side // 64)
    lattice: npt.NDArray[np.bool_] = (np.abs(down) <= near) | (across <= near)
    step = side / _JPEG_BLOCK
    off = np.hypot(down - step * np.round(down / step), across - step * np.round(across / step))
    return lattice | (off <= near)
