"""How people and the things in their hands move: never quite still, and they blink."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hardware_mocks.camera.optics import Placement

_BLINKS: Final = 400
_CLOSING, _CLOSED, _OPENING = 0.09, 0.05, 0.16  # seconds


@dataclass(frozen=True, slots=True)
class Gait:
    """How far something moves, one standard deviation each.

    Args:
        sway: millimetres sideways and up and down; twice that towards the camera.
        turn: degrees of yaw; pitch is two thirds of it, roll one third.
        pace: of the slow movement, Hz.
        tremor: of a hand, millimetres at 4 to 8 Hz.

    """

    sway: float
    turn: float
    pace: float
    tremor: float = 0.0


class Movement:
    """Sums of slow waves, each axis its own; ``at`` any time, in seconds."""

    def __init__(self, rng: np.random.Generator, gait: Gait, rest: Placement) -> None:
        turn = np.radians(gait.turn)
        spread = np.array([1, 0.7, 2, 0, 0, 0]) * gait.sway
        spread += np.array([0, 0, 0, 1, 2 / 3, 1 / 3]) * turn
        self._heights = spread[:, None] * rng.normal(0, 0.8, (6, 3)) * np.array([1, 0.6, 0.25])
        self._rates = 2 * np.pi * gait.pace * rng.uniform([0.5, 1, 2.2], [1, 2, 4], (6, 3))
        self._starts = rng.uniform(0, 2 * np.pi, (6, 3))
        self._tremor = gait.tremor * rng.uniform(0.5, 1, 3)
        self._tremor_rates = 2 * np.pi * rng.uniform(4, 8, 3)
        self._rest = rest

    def at(self, time: float) -> Placement:
        waves = np.sin(self._rates * time + self._starts) * self._heights
        moved: npt.NDArray[np.float64] = waves.sum(axis=1)
        moved[:3] += self._tremor * np.sin(self._tremor_rates * time)
        moved += self._rest[:6]
        return Placement.of(moved[:3], moved[3:], self._rest.pivot)


class Blinks:
    """When the lids are closed; about sixteen times a minute."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._times = np.cumsum(1.2 + rng.exponential(2.6, _BLINKS)) - rng.uniform(0.2, 3.5)

    def closed(self, time: float) -> float:
        """Return how far the lids are closed, 0 to 1."""
        time %= float(self._times[-1])
        begun = int(np.searchsorted(self._times, time)) - 1
        if begun < 0:
            return 0.0
        passed = time - float(self._times[begun])
        opening = (_CLOSING + _CLOSED + _OPENING - passed) / _OPENING
        return float(np.clip(min(passed / _CLOSING, opening), 0, 1))
