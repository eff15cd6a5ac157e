"""From light to a file: lens blur, exposure, colour filter, noise, curve, sharpening.

Everything before the camera goes through the same sensor, whatever it is.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from hardware_mocks.camera.optics import Map, Picture

_FULL: Final = 4095  # twelve bits
_GAMMA: Final = 2.2
_MEAN_WANTED: Final = 0.2  # of the full signal, by the automatic exposure


@dataclass(frozen=True, slots=True)
class SensorTraits:
    """Args are drawn for each lane.

    Args:
        exposure: times the automatic one.
        automatic: how much of a change of the light the exposure follows, 0 to 1.
        noise: read noise, of the full signal; shot noise goes with it.
        blur: of the lens, pixels, one standard deviation.
        sharpening: of the camera's own processing, 0 to 1.
        glare: share of all light that the lens spreads evenly over the picture.

    """

    exposure: float
    automatic: float
    noise: float
    blur: float
    sharpening: float
    glare: float


def draw_traits(rng: np.random.Generator) -> SensorTraits:
    """Return some camera."""
    return SensorTraits(
        exposure=float(2 ** rng.uniform(-0.3, 0.45)),
        automatic=float(rng.uniform(0, 0.6)),
        noise=float(rng.uniform(0.003, 0.009)),
        blur=float(rng.uniform(0.45, 0.8)),
        sharpening=float(rng.uniform(0.1, 0.6)),
        glare=float(rng.uniform(0.003, 0.02)),
    )


class Sensor:
    """Keeps the exposure from picture to picture."""

    def __init__(self, traits: SensorTraits, rng: np.random.Generator) -> None:
        self._traits = traits
        self._rng = rng
        self._first = 0.0
        self._seen = 0.0

    def develop(self, light: Map) -> Picture:
        """Return the picture of ``light``, linear BGR, 1 for full white."""
        traits = self._traits
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), traits.blur), np.float32)
        raw = _filtered(light)
        raw += np.float32(traits.glare) * raw[::8, ::8].mean()
        raw *= np.float32(self._gain(raw))
        raw += self._noise(raw)
        np.clip(raw, 0, 1, out=raw)
        bayer = np.take(_curve(), (raw * _FULL).astype(np.uint16))
        picture = np.asarray(cv2.demosaicing(bayer, cv2.COLOR_BayerBG2BGR), np.uint8)
        if traits.sharpening > 0:
            soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
            amount = traits.sharpening
            picture = cv2.addWeighted(picture, 1 + amount, soft, -amount, 0).astype(np.uint8)
        return picture

    def _gain(self, raw: Map) -> float:
        """Follow the mean of the picture slowly, as an automatic exposure does."""
        mean = float(raw[::8, ::8].mean() + raw[1::8, 1::8].mean()) / 2 + 1e-4
        if not self._first:
            self._first = self._seen = mean
        self._seen += 0.25 * (mean - self._seen)
        wanted = _MEAN_WANTED / self._first
        followed: float = (self._first / self._seen) ** self._traits.automatic
        return self._traits.exposure * wanted * followed

    def _noise(self, raw: Map) -> Map:
        height, width = raw.shape
        pool = _noise_pool(height, width)
        top = int(self._rng.integers(0, pool.shape[0] - height))
        left = int(self._rng.integers(0, pool.shape[1] - width))
        noise = pool[top : top + height, left : left + width]
        read = self._traits.noise
        return np.asarray(noise * np.sqrt(read * read + raw * np.float32(read * 0.12)), np.float32)


def _filtered(light: Map) -> Map:
    """Return what a colour filter array of B G / G R lets through."""
    raw = light[..., 1].copy()
    raw[0::2, 0::2] = light[0::2, 0::2, 2]
    raw[1::2, 1::2] = light[1::2, 1::2, 0]
    return raw


@lru_cache(maxsize=2)
def _noise_pool(height: int, width: int) -> Map:
    rng = np.random.default_rng(30107)
    return rng.standard_normal((height * 2, width * 2), np.float32)


@lru_cache(maxsize=1)
def _curve() -> npt.NDArray[np.uint8]:
    return np.round(255 * (np.arange(_FULL + 1) / _FULL) ** (1 / _GAMMA)).astype(np.uint8)


@lru_cache(maxsize=1)
def linear_curve() -> Map:
    """Return the light of each of the 256 values of a picture."""
    return ((np.arange(256) / 255) ** _GAMMA).astype(np.float32)
