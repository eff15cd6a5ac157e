"""Drawn stimuli for presentation attack detection: no face of anybody, only the physics.

A pattern stands for a face before a patterned lane. A head has a relief that turns and shades;
a sheet has none; a screen glows. Each motion is small, as of somebody who stands still.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from egate.domain.time import Instant
from egate.ports.presentation_attack import FaceSighting

Plane = npt.NDArray[np.float32]

HEIGHT: Final = 420
WIDTH: Final = 460
_FACE: Final = (166.0, 120.0, 128.0, 160.0)  # x, y, width, height
_LANDMARKS: Final = np.array([[205, 180], [255, 180], [230, 212], [210, 240], [250, 240]], float)
_HOLLOWS: Final = np.concatenate((_LANDMARKS[:2], _LANDMARKS[2] + ((-7, 4), (7, 4))))
_GAMMA: Final = 2.2


@dataclass(frozen=True)
class Stimulus:
    """What stands before the camera, and how it moves.

    Args:
        relief: pixels that the middle of the face moves against its rim in a turn; 0 is flat.
        sheet: half sides of the sheet on which the face is, in face widths; 0 for none.
        glows: whether the sheet makes its own light.
        sway: pixels of movement from side to side.
        lattice: contrast of a fine periodic pattern on the face, in grey levels.
        bands: contrast of bands that run over the sheet, relative.
        flicker: of bands that run over everything, relative.
        lamp: gain of the lane's light on a face.
        noise: of the camera, in grey levels.
        eye_holes: whether the sheet has holes, and eyes behind them.

    """

    relief: float = 3.0
    sheet: float = 0.0
    glows: bool = False
    sway: float = 6.0
    lattice: float = 0.0
    bands: float = 0.0
    flicker: float = 0.0
    lamp: float = 0.35
    noise: float = 1.5
    eye_holes: bool = False


HEAD: Final = Stimulus()
SHEET: Final = Stimulus(relief=0, sheet=1.15)
SCREEN: Final = Stimulus(relief=0, sheet=1.15, glows=True, bands=0.07)
MASK: Final = Stimulus(relief=0, sheet=0.6, eye_holes=True)
VIDEO: Final = Stimulus(relief=3, sheet=1.15, glows=True, bands=0.07)


def sightings_of(
    stimulus: Stimulus, lights: Sequence[float] = (0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1)
) -> list[FaceSighting]:
    """Draw ``stimulus``, one sighting for each of ``lights``, 0.1 s apart."""
    return [_sighting(stimulus, number, light) for number, light in enumerate(lights)]


def _sighting(stimulus: Stimulus, number: int, light: float) -> FaceSighting:
    rng = np.random.default_rng(number)
    rows, columns = (grid.astype(np.float32) for grid in np.mgrid[:HEIGHT, :WIDTH])
    shift = stimulus.sway * np.sin(0.7 * number)
    turn = stimulus.relief * np.sin(0.9 * number)
    across, down = (columns - shift - 230) / 64, (rows - 200) / 80
    bulge = np.clip(1.3 - across**2 - down**2, 0, None)
    source = (columns - shift - turn * bulge).astype(np.float32)
    face = _pattern(1, stimulus.lattice) * _hollows()
    picture = cv2.remap(face, source, rows, cv2.INTER_LINEAR)
    lane = _pattern(2, 0)
    lamp = stimulus.lamp * light
    if stimulus.sheet:
        reach = stimulus.sheet * 128
        on = ((np.abs(columns - shift - 230) < reach) & (np.abs(rows - 200) < reach)).astype(float)
        eyes = _hollows(_LANDMARKS[:2] if stimulus.eye_holes else _LANDMARKS[:0])
        paper = cv2.remap(eyes, source, rows, cv2.INTER_LINEAR)
        # ink and glass throw back what falls on black, too
        picture = (picture + paper * (0.04 - 0.1 * picture)).astype(np.float32)
        own = _banded(picture, stimulus.bands, number) if stimulus.glows else picture * (1 + lamp)
    else:
        on = np.clip(8 * (1.55 - across**2 - down**2), 0, 1)
        own = picture * (1 + lamp * (0.45 + 0.42 * bulge + 0.3 * _features(across, down)))
    lit = own * on + lane * (1 + 0.02 * lamp) * (1 - on)
    lit = _banded(lit, stimulus.flicker, number)
    grey = 255 * np.clip(lit, 0, 1) ** (1 / _GAMMA) + rng.normal(0, stimulus.noise, lit.shape)
    pixels = np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    box = (_FACE[0] + shift, *_FACE[1:])
    return FaceSighting(pixels, Instant(number / 10), box, _LANDMARKS + np.array([shift, 0]), light)


@cache
def _pattern(seed: int, lattice: float) -> Plane:
    """Return linear brightness of blots of several sizes, between a tenth and a half."""
    rng = np.random.default_rng(seed)
    blots = sum(
        size * cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)), (0, 0), size)
        for size in (2.0, 4.0, 10.0)
    )
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    fine = np.sin(2 * np.pi * (0.31 * columns + 0.17 * rows))
    grey = 130 + 40 * np.tanh(blots) + lattice * fine
    return ((grey / 255) ** _GAMMA).astype(np.float32)


def _features(across: Plane, down: Plane) -> Plane:
    """Return what faces the lamp more than a smooth head: the nose, and less: sockets, chin."""

    def spot(x: float, y: float, wide: float, high: float) -> Plane:
        return np.exp(-(((across - x) / wide) ** 2) - ((down - y) / high) ** 2).astype(np.float32)

    sockets = spot(-0.4, -0.25, 0.25, 0.15) + spot(0.4, -0.25, 0.25, 0.15)
    return spot(0, 0.0, 0.15, 0.3) - sockets - spot(0, 0.35, 0.4, 0.1)


def _hollows(at: npt.NDArray[np.float64] = _HOLLOWS) -> Plane:
    """Return what pupils and nostrils let through: nothing where they are."""
    hollows = np.ones((HEIGHT, WIDTH), np.float32)
    for x, y in at:
        cv2.circle(hollows, (round(x), round(y)), 5, 0.0, -1)
    return hollows


def _banded(linear: Plane, contrast: float, number: int) -> Plane:
    bands = 1 + contrast * np.sin(2 * np.pi * np.arange(HEIGHT) / 180 + 1.9 * number)
    return (linear * bands[:, None]).astype(np.float32)
