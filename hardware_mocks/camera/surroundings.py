"""What is behind a traveller: a hall out of focus, farther away than the lamp reaches well."""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.light import Illumination
from hardware_mocks.camera.optics import Lens, Map

_LAMP_REACH: Final = 550.0


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
    width, height = 320, round(320 * lens.height / lens.width)
    wall = rng.uniform(0.12, 0.6) * rng.uniform(0.92, 1.08, 3)
    hall = np.empty((height, width, 3), np.float32)
    rows = np.linspace(0, 1, height)[:, None, None]
    columns = np.linspace(-1, 1, width)[None, :, None]
    hall[:] = wall * (1.1 - 0.35 * rows + rng.uniform(-0.25, 0.25) * columns)
    floor = round(height * rng.uniform(0.6, 0.9))
    hall[floor:] = wall * rng.uniform(0.3, 0.8)
    for _ in range(int(rng.integers(6, 16))):
        _add_block(hall, rng, floor)
    for _ in range(int(rng.integers(0, 4))):
        _add_person(hall, rng, floor)
    for _ in range(int(rng.integers(0, 5))):
        _add_lamp(hall, rng)
    soft = cv2.GaussianBlur(hall, (0, 0), float(rng.uniform(1.2, 4.5)))
    large = cv2.resize(soft, (lens.width, lens.height), interpolation=cv2.INTER_CUBIC)
    colours = np.clip(large, 0.004, 3) * np.array(light.ambient, np.float32)
    return Surroundings(np.asarray(colours, np.float32), float(rng.uniform(1600, 4500)))


def _add_block(hall: Map, rng: np.random.Generator, floor: int) -> None:
    width = hall.shape[1]
    left, top = int(rng.integers(-30, width)), int(rng.integers(-10, floor))
    wide, high = int(rng.integers(4, 90)), int(rng.integers(6, 110))
    colour = rng.uniform(0.02, 0.75) * rng.uniform(0.8, 1.15, 3)
    corner = (left + wide, min(top + high, floor))
    cv2.rectangle(hall, (left, top), corner, colour.tolist(), -1)


def _add_person(hall: Map, rng: np.random.Generator, floor: int) -> None:
    x, high = int(rng.integers(0, hall.shape[1])), int(rng.integers(30, 80))
    clothes = rng.uniform(0.02, 0.3) * rng.uniform(0.6, 1.2, 3)
    skin = rng.uniform(0.15, 0.5) * np.array((0.55, 0.7, 1))
    foot = (x, floor - high // 3)
    cv2.ellipse(hall, foot, (high // 6, high // 2), 0, 0, 360, clothes.tolist(), -1)
    head = (x, floor - high)
    cv2.ellipse(hall, head, (high // 12, high // 9), 0, 0, 360, skin.tolist(), -1)


def _add_lamp(hall: Map, rng: np.random.Generator) -> None:
    x, y = int(rng.integers(0, hall.shape[1])), int(rng.integers(0, hall.shape[0] // 3))
    size = (int(rng.integers(4, 40)), int(rng.integers(2, 7)))
    bright = rng.uniform(0.9, 2.5) * np.array((0.95, 1.0, 1.0))
    cv2.ellipse(hall, (x, y), size, 0, 0, 360, bright.tolist(), -1)
