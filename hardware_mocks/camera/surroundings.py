"""What is behind a traveller: a hall out of focus, farther away than the lamp reaches well."""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.light import Illumination
from hardware_mocks.camera.optics import Lens, Map

_LAMP_REACH: Final = 550.0
_WIDTH: Final = 640


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Args: colours, linear BGR as lit by the hall; away, millimetres from the camera."""

    colours: Map = field(repr=False)
    away: float

    def canvas(self, light: Illumination) -> Map:
        """Return a fresh picture of the surroundings in ``light``."""
        lamp = np.array(light.lamp, np.float32) / np.array(light.ambient, np.float32)
        share = light.level * (_LAMP_REACH / self.away) ** 2
        return np.asarray(self.colours * (1 + np.float32(share) * lamp), np.float32)


def make_surroundings(rng: np.random.Generator, light: Illumination, lens: Lens) -> Surroundings:
    """Build a hall: walls that meet a floor, lamps above, counters, signs and people far away."""
    width, height = _WIDTH, round(_WIDTH * lens.height / lens.width)
    wall = rng.uniform(0.12, 0.6) * rng.uniform(0.92, 1.08, 3)
    hall = np.empty((height, width, 3), np.float32)
    rows = np.linspace(0, 1, height)[:, None, None]
    columns = np.linspace(-1, 1, width)[None, :, None]
    hall[:] = wall * (1.1 - 0.35 * rows + rng.uniform(-0.25, 0.25) * columns)
    floor = round(height * rng.uniform(0.6, 0.9))
    hall[floor:] = wall * rng.uniform(0.3, 0.8)
    for _ in range(int(rng.integers(8, 26))):
        _add_block(hall, rng, floor)
    for _ in range(int(rng.integers(0, 4))):
        _add_person(hall, rng, floor)
    for _ in range(int(rng.integers(0, 5))):
        _add_lamp(hall, rng)
    hall *= _plaster(rng, height, width)
    soft = cv2.GaussianBlur(hall, (0, 0), float(rng.uniform(0.5, 3.5)))
    large = cv2.resize(soft, (lens.width, lens.height), interpolation=cv2.INTER_CUBIC)
    colours = np.clip(large, 0.004, 3) * np.array(light.ambient, np.float32)
    return Surroundings(np.asarray(colours, np.float32), float(rng.uniform(1600, 4500)))


def _add_block(hall: Map, rng: np.random.Generator, floor: int) -> None:
    width = hall.shape[1]
    left, top = int(rng.integers(-60, width)), int(rng.integers(-20, floor))
    wide, high = int(rng.integers(6, 180)), int(rng.integers(8, 200))
    colour = rng.uniform(0.02, 0.75) * rng.uniform(0.8, 1.15, 3)
    corner = (left + wide, min(top + high, floor))
    cv2.rectangle(hall, (left, top), corner, colour.tolist(), -1)
    if rng.random() < 0.5:  # a sign, a shelf or a window: lines on it
        ink = (colour * rng.uniform(0.2, 2.2)).tolist()
        for line in range(top + 6, corner[1] - 4, int(rng.integers(7, 18))):
            end = left + 4 + int((wide - 8) * rng.uniform(0.3, 1))
            cv2.line(hall, (left + 4, line), (max(end, left + 5), line), ink, 2)


def _add_person(hall: Map, rng: np.random.Generator, floor: int) -> None:
    x, high = int(rng.integers(0, hall.shape[1])), int(rng.integers(60, 160))
    clothes = rng.uniform(0.02, 0.3) * rng.uniform(0.6, 1.2, 3)
    skin = rng.uniform(0.15, 0.5) * np.array((0.55, 0.7, 1))
    foot = (x, floor - high // 3)
    cv2.ellipse(hall, foot, (high // 6, high // 2), 0, 0, 360, clothes.tolist(), -1)
    head = (x, floor - high)
    cv2.ellipse(hall, head, (high // 12, high // 9), 0, 0, 360, skin.tolist(), -1)


def _add_lamp(hall: Map, rng: np.random.Generator) -> None:
    x, y = int(rng.integers(0, hall.shape[1])), int(rng.integers(0, hall.shape[0] // 3))
    size = (int(rng.integers(8, 80)), int(rng.integers(3, 12)))
    bright = rng.uniform(0.9, 2.5) * np.array((0.95, 1.0, 1.0))
    cv2.ellipse(hall, (x, y), size, 0, 0, 360, bright.tolist(), -1)


def _plaster(rng: np.random.Generator, height: int, width: int) -> Map:
    """Return what keeps real walls and floors from being even: stains, grain."""
    stains = cv2.resize(rng.standard_normal((9, 16)).astype(np.float32), (width, height))
    grain = rng.standard_normal((height, width)).astype(np.float32)
    uneven = 1 + rng.uniform(0.01, 0.06) * stains + rng.uniform(0, 0.06) * grain
    return np.asarray(np.clip(uneven, 0.5, 1.5), np.float32)[..., None]
