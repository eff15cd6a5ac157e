"""What lights a lane: its hall, and its own lamp beside the camera."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from hardware_mocks.camera.optics import Map

LAMP: Final = (0.0, -170.0, 0.0)  # a bar above the lens, millimetres
_FULL_POWER_AT: Final = 550.0  # millimetres from the lamp


@dataclass(frozen=True, slots=True)
class Illumination:
    """The light of one lane.

    Args:
        ambient: of the hall, BGR; 1 lights white paper to full white.
        sky: where most of it comes from, a unit vector.
        sky_share: how much of it has that direction, 0 to 1.
        lamp: of the lane's own lamp at full level, BGR, at 55 cm.
        level: of the lamp now, 0 to 1.

    """

    ambient: tuple[float, float, float]
    sky: tuple[float, float, float]
    sky_share: float
    lamp: tuple[float, float, float]
    level: float = 0.0

    def on(self, points: Map, normals: Map) -> Map:
        """Return what white paper at ``points`` would send back, BGR."""
        facing = normals @ np.array(self.sky, np.float32)
        hall = 1 - self.sky_share + 2 * self.sky_share * np.maximum(facing, 0)
        lit = hall[..., None] * np.array(self.ambient, np.float32)
        if self.level > 0:
            lit = lit + self._lamp_on(points, normals)[..., None] * np.array(self.lamp, np.float32)
        return np.asarray(lit, np.float32)

    def gloss(self, points: Map, normals: Map, sharpness: float) -> Map:
        """Return the lamp's reflection in a surface as bright as the lamp, 0 to ``level``."""
        if self.level <= 0:
            return np.zeros(points.shape[:2], np.float32)
        to_lamp = _unit(np.array(LAMP, np.float32) - points)
        halfway = _unit(to_lamp + _unit(-points))
        return np.asarray(
            self.level * np.maximum(np.sum(halfway * normals, axis=2), 0) ** sharpness, np.float32
        )

    def _lamp_on(self, points: Map, normals: Map) -> Map:
        way = np.array(LAMP, np.float32) - points
        distance = np.linalg.norm(way, axis=2)
        facing = np.maximum(np.sum(way * normals, axis=2), 0) / distance
        return np.asarray(self.level * facing * (_FULL_POWER_AT / distance) ** 2, np.float32)


def _unit(vectors: Map) -> Map:
    length = np.linalg.norm(vectors, axis=2, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), np.float32)


def draw_illumination(rng: np.random.Generator) -> Illumination:
    """Return the light of some hall, and a lamp for it."""
    warm = rng.uniform(-0.1, 0.12)
    bright = rng.uniform(0.55, 1.0)
    lamp = rng.uniform(0.3, 0.75)
    tint = rng.uniform(-0.05, 0.05)
    sky = np.array((rng.normal(0, 0.45), -rng.uniform(0.5, 1.0), -rng.uniform(0.2, 0.9)))
    sky /= np.linalg.norm(sky)
    return Illumination(
        ambient=(bright * (1 - warm), bright, bright * (1 + warm)),
        sky=(float(sky[0]), float(sky[1]), float(sky[2])),
        sky_share=float(rng.uniform(0.05, 0.4)),
        lamp=(lamp * (1 + tint), lamp, lamp * (1 - tint)),
    )
