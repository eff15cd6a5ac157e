"""Periodic patterns in the face: halftone of a print, pixels of a screen, moire of both.

Skin has no period. Printers and screens build a picture from a lattice; where the camera
does not resolve it, its own lattice beats with it. Both are narrow peaks in the spectrum, and
the same ones all over the face, while wrinkles and hairs are somewhere else in every part of
it: so the spectra of many small patches are averaged (Welch's method), over frames, too.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.view import Grey, View

Power = npt.NDArray[np.float64]

_SIDE: Final = 64
_STRIDE: Final = 24
_MOST: Final = 5  # patches along a side
_VIEWS: Final = 6
_MARGIN: Final = 0.08  # of the box on each side is not face
_LOWEST: Final = 0.16  # cycles a pixel: below it the face itself has structure
_AXIS: Final = 3  # bins: edges of a JPEG's blocks, and of a camera's rows
_JPEG_BLOCK: Final = 8
_NEIGHBOURS: Final = 5  # bins
_RING: Final = 4  # bins
_NORMAL: Final = 1.4826  # from the median deviation to the standard deviation
_NO_PEAK: Final = 7.5  # standard deviations
_PEAK: Final = 10.0


def spectrum_cue(views: Sequence[View]) -> float | None:
    """Return 0 for a spectrum without peaks to 1 for one with a clear peak.

    Returns:
        None if the faces are too small.

    """
    chosen = [views[n] for n in np.linspace(0, len(views) - 1, _VIEWS).astype(int)] if views else []
    patches = [patch for view in chosen for patch in _patches(view.native)]
    if not patches:
        return None
    prominence = prominence_of(np.mean([_power(patch) for patch in patches], axis=0))
    return float(np.clip((prominence - _NO_PEAK) / (_PEAK - _NO_PEAK), 0.0, 1.0))


def _patches(grey: Grey) -> Iterator[Grey]:
    height, width = grey.shape
    for top in _starts(height):
        for left in _starts(width):
            yield grey[top : top + _SIDE, left : left + _SIDE]


def _starts(length: int) -> list[int]:
    """Return where patches begin along a side of the face: overlapping, at most ``_MOST``."""
    first, last = int(_MARGIN * length), int((1 - _MARGIN) * length) - _SIDE
    count = min(_MOST, 1 + (last - first) // _STRIDE)
    return [int(start) for start in np.linspace(first, last, count)] if last >= first else []


def _power(patch: Grey) -> Power:
    values = patch.astype(np.float32)
    values -= np.asarray(cv2.blur(values, (9, 9)))
    window = np.hanning(_SIDE).astype(np.float32)
    spectrum = np.fft.rfft2(values * window[:, None] * window[None, :])
    power: Power = spectrum.real**2 + spectrum.imag**2
    return power + 1.0


def prominence_of(power: Power) -> float:
    """Return how far the highest peak stands out of the others' noise, in standard deviations."""
    logarithm = np.log(np.fft.fftshift(power, axes=0))
    down = (np.arange(_SIDE) - _SIDE // 2)[:, None]
    across = np.arange(_SIDE // 2 + 1)[None, :]
    radius = np.hypot(down, across).round().astype(int)
    falling = np.array([np.median(logarithm[radius == r]) for r in range(radius.max() + 1)])
    level = (logarithm - falling[radius]).astype(np.float32)
    local = np.asarray(cv2.blur(cv2.medianBlur(level, _NEIGHBOURS), (_NEIGHBOURS, _NEIGHBOURS)))
    usable = (
        (radius > _LOWEST * _SIDE)
        & (radius <= _SIDE // 2)
        & (np.abs(down) > _AXIS)
        & (across > _AXIS)
        & ~_jpeg_lattice(down, across)
    )
    peaks, rings = (level - local)[usable], radius[usable] // _RING
    return max(_highest(peaks[rings == ring]) for ring in np.unique(rings))


def _highest(peaks: npt.NDArray[np.float32]) -> float:
    """Return the highest of ``peaks`` over their own noise, which falls with the frequency."""
    noise = _NORMAL * float(np.median(np.abs(peaks - np.median(peaks))))
    return float(peaks.max()) / max(noise, 1e-6)


def _jpeg_lattice(
    down: npt.NDArray[np.int64], across: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Return where the blocks of a camera's JPEG have peaks of their own."""
    step = _SIDE / _JPEG_BLOCK
    off = np.hypot(down - step * np.round(down / step), across - step * np.round(across / step))
    lattice: npt.NDArray[np.bool_] = off <= 2  # noqa: PLR2004 - bins, as wide as the window's peak
    return lattice
