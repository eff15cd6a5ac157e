"""What lies on a used page over or under its print: folds, rims of drops, fingers, dirt.

The shapes are those seen on images of worn pages; all lengths are in pitches of a character.
"""

import math

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2

Grey = npt.NDArray[np.float32]
Rng = np.random.Generator


def smooth(rng: Rng, shape: tuple[int, ...], scale: float) -> Grey:
    """Return smooth noise between 0 and 1, its spots about ``scale`` pixels wide."""
    height, width = shape[:2]
    small = (max(2, int(width / scale) + 2), max(2, int(height / scale) + 2))
    noise = rng.random((small[1], small[0]), np.float32)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def soiled(rng: Rng, page: Grey, pitch: float, severity: float) -> Grey:
    """Return ``page``, 0 to 1, with what its use left on it.

    Args:
        rng: chooses what, where and how dark.
        page: height x width.
        pitch: of a character, in pixels.
        severity: of the damage, 0 to 1.

    """
    height, width = page.shape
    y = np.arange(height, dtype=np.float32)[:, None] / pitch
    x = np.arange(width, dtype=np.float32) / pitch
    for kind, often in ((_fold, 0.9), (_rim, 0.4), (_finger, 0.5), (_blotch, 0.6)):
        for _ in range(rng.poisson(often * severity)):
            middle = (rng.uniform(0, x[-1]), rng.uniform(0, float(y[-1, 0])))
            page = page * np.clip(1 - kind(rng, x - middle[0], y - middle[1], pitch), 0.05, 1.3)
    return np.asarray(page, np.float32)


def _fold(rng: Rng, x: Grey, y: Grey, _: float) -> Grey:
    """A crease: a soft dark band, often with a light edge beside it."""
    angle, width = rng.uniform(0, math.pi), rng.uniform(0.06, 0.5)
    across = x * math.sin(angle) - y * math.cos(angle)
    band = np.exp(-((across / width) ** 2) / 2) * rng.uniform(0.08, 0.55)
    if rng.random() < 0.4:
        beside = across - width * rng.uniform(1, 2.5)
        band -= np.exp(-((beside / width) ** 2) / 2) * rng.uniform(0.05, 0.25)
    return np.asarray(band, np.float32)


def _rim(rng: Rng, x: Grey, y: Grey, _: float) -> Grey:
    """The dried rim of a drop, a little darker inside."""
    radius, width = rng.uniform(1.5, 8), rng.uniform(0.04, 0.25)
    toward = rng.uniform(0, 2 * math.pi)
    x, y = x + radius * math.cos(toward), y + radius * math.sin(toward)
    far = np.hypot(x, y) - radius * (1 + 0.03 * np.sin(np.arctan2(y, x) * rng.integers(3, 12)))
    inside = rng.uniform(0, 0.15) / (1 + np.exp(np.clip(far / width, -30, 30)))
    return np.asarray(inside + rng.uniform(0.15, 0.65) * np.exp(-((far / width) ** 2)), np.float32)


def _finger(rng: Rng, x: Grey, y: Grey, _: float) -> Grey:
    """The rings of a finger, fading outwards."""
    far = np.hypot(x * rng.uniform(0.8, 1.2), y)
    rings = np.sin(far * 2 * math.pi / rng.uniform(0.13, 0.35) + rng.uniform(0, 6)) * 0.5 + 0.5
    reach = rng.uniform(0.8, 2.2)
    shade = rings * np.exp(-((far / reach) ** 2)) * rng.uniform(0.1, 0.5)
    return np.asarray(shade, np.float32)


def _blotch(rng: Rng, x: Grey, y: Grey, pitch: float) -> Grey:
    """A spot of dirt, rough at its edge and grainy."""
    shape = (y.shape[0], x.shape[0])
    reach = rng.uniform(0.5, 2.2, 2)
    far = np.hypot(x / reach[0], y / reach[1])
    far = far + smooth(rng, shape, pitch * rng.uniform(0.3, 1.2)) - 0.5
    covered = np.clip((1.1 - far) * rng.uniform(1.5, 6), 0, 1)
    grain = smooth(rng, shape, max(1.0, pitch * rng.uniform(0.03, 0.15)))
    shade = covered * rng.uniform(0.15, 0.6) * (1 + rng.uniform(0.2, 1.0) * (grain * 2 - 1))
    return np.asarray(shade, np.float32)
