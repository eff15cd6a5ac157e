"""Things that hide a part of a face, drawn over photographs to test what notices them.

Shapes are given on the upright face of 112 x 112 pixels (egate.biometrics.embedding), and vary
in place, size, colour, weave, folds and shade, so that no two are alike.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2

Points = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
Colour = npt.NDArray[np.float64]

# The landmarks of a mean face on 112 x 112: eyes, nose, corners of the mouth.
_UPRIGHT: Final = np.array([[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]])
_BRIDGE: Final = (56, 62)
_MASK: Final = [
    (27, 66), (42, 62), (56, 60), (70, 62), (85, 66), (84, 92), (72, 110), (56, 116), (40, 110),
    (28, 92),
]  # fmt: skip
_MASK_COLOURS: Final = np.array(
    [[225, 205, 170], [238, 238, 235], [30, 30, 32], [150, 120, 200], [120, 140, 120]], np.float64
)
_SCARF: Final = [
    (18, 80), (38, 76), (56, 75), (74, 76), (94, 80), (104, 128), (56, 134), (8, 128),
]  # fmt: skip
_CAP: Final = [
    (14, 34), (30, 38), (56, 40), (82, 38), (98, 34), (100, 4), (84, -20), (56, -28), (28, -20),
    (12, 4),
]  # fmt: skip
_CAP_SHADE: Final = [(18, 30), (94, 30), (90, 52), (22, 52)]
_LENS: Final = [(-13, -7), (0, -9), (13, -7), (13, 4), (7, 9), (-6, 9), (-13, 3)]
_HAND: Final = [(30, 84), (44, 78), (60, 80), (74, 84), (78, 104), (60, 122), (36, 120)]


class Brush:
    """Draws on one face of one picture, in the coordinates of the upright face.

    Args:
        image: height x width x 3, BGR; drawn on.
        landmarks: of the face, 5 x 2, in pixels of ``image``.
        rng: decides what everything looks like.

    """

    def __init__(self, image: Pixels, landmarks: Points, rng: np.random.Generator) -> None:
        self.rng = rng
        self._image = image
        source = _UPRIGHT[:, 0] + 1j * _UPRIGHT[:, 1]
        target = landmarks[:, 0] + 1j * landmarks[:, 1]
        centred = source - source.mean()
        self._turn = np.vdot(centred, target) / np.vdot(centred, centred).real
        self._shift = target.mean() - self._turn * source.mean()

    def varied(self, shape: list[tuple[int, int]], amount: float = 1.5) -> Points:
        """Return ``shape`` with its corners moved a little."""
        points = np.array(shape, np.float64)
        moved = points + self.rng.normal(0, amount, points.shape)
        return np.asarray(moved + self.rng.normal(0, amount / 2, 2))

    def colour_at(self, x: float, y: float) -> Colour:
        """Return the mean colour around a point."""
        column, row = self._place(np.array([[x, y]]))[0]
        radius = max(1, round(3 * abs(self._turn)))
        rows = slice(max(0, int(row) - radius), int(row) + radius + 1)
        columns = slice(max(0, int(column) - radius), int(column) + radius + 1)
        around = self._image[rows, columns].reshape(-1, 3)
        return np.asarray(around.mean(axis=0)) if around.size else np.full(3, 128.0)

    def fill(self, shape: Points, colour: Colour, weave: float, opacity: float = 1.0) -> None:
        """Cover ``shape`` with cloth; ``weave`` is the grain in grey levels."""
        height, width = self._image.shape[:2]
        cover = np.zeros((height, width), np.uint8)
        cv2.fillPoly(cover, [self._corners(shape)], 255, cv2.LINE_AA, 4)
        soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), max(0.4, 0.5 * abs(self._turn))))
        alpha = soft.astype(np.float32)[:, :, None] / 255 * opacity
        slope = self.rng.uniform(-0.25, 0.25, 2)
        light = (
            1
            + slope[0] * np.linspace(-0.5, 0.5, height)[:, None]
            + slope[1] * np.linspace(-0.5, 0.5, width)
        )
        noise = self.rng.normal(0, 1, (max(2, height // 3), max(2, width // 3)))
        grain = np.asarray(cv2.resize(noise, (width, height))) * weave
        cloth = np.clip(colour * light[:, :, None] + grain[:, :, None], 0, 255)
        self._image[:] = (self._image * (1 - alpha) + cloth * alpha).astype(np.uint8)

    def line(self, points: Points, colour: Colour, thickness: float) -> None:
        """Draw a path; ``thickness`` in pixels of the upright face."""
        width = max(1, round(thickness * abs(self._turn)))
        path, paint = [self._corners(points)], tuple(float(v) for v in colour)
        cv2.polylines(self._image, path, False, paint, width, cv2.LINE_AA, 4)

    def fold(self, start: Points, end: Points, thickness: float) -> None:
        """Draw a line a little darker or lighter than what is there."""
        x, y = (start + end) / 2
        shade = self.rng.uniform(0.55, 1.3)
        self.line(np.array([start, end]), self.colour_at(x, y) * shade, thickness)

    def frame_of_glasses(self, size: float, colour: Colour) -> None:
        """Draw the bridge and what holds the glasses at the ears."""
        (left, row), (right, _) = _UPRIGHT[:2] - (0, 2)
        bridge = [(left + 11 * size, row), (right - 11 * size, row)]
        ears = ([(left - 13 * size, row - 1), (left - 24, row - 4)],
                [(right + 13 * size, row - 1), (right + 24, row - 4)])  # fmt: skip
        for points in (bridge, *ears):
            self.line(np.array(points), colour, 1.5)

    def _place(self, points: Points) -> Points:
        moved = self._turn * (points[:, 0] + 1j * points[:, 1]) + self._shift
        return np.stack([moved.real, moved.imag], axis=1)

    def _corners(self, points: Points) -> npt.NDArray[np.int32]:
        return np.round(self._place(points) * 16).astype(np.int32)


def covered(image: Pixels, landmarks: Points, kind: str, rng: np.random.Generator) -> Pixels:
    """Return ``image`` with the face covered.

    Args:
        image: height x width x 3, BGR.
        landmarks: of the face, 5 x 2, in pixels of ``image``.
        kind: one of ``KINDS``.
        rng: decides what the cover looks like.

    """
    result = image.copy()
    KINDS[kind](Brush(result, landmarks, rng))
    return result


def _mask(brush: Brush) -> None:
    rng, shape = brush.rng, brush.varied(_MASK)
    colour = _MASK_COLOURS[rng.integers(len(_MASK_COLOURS))]
    brush.fill(shape, colour, weave=rng.uniform(1, 6))
    for pleat in range(rng.integers(0, 4)):
        y = 78 + 9 * pleat + rng.uniform(-2, 2)
        brush.fold(np.array([33, y]), np.array([79, y]), rng.uniform(0.8, 2.2))
    for corner, ear in ((0, -16), (4, 16)):
        band = np.array([shape[corner], shape[corner] + (ear, -8)])
        brush.line(band, np.full(3, 235.0), 1.2)


def _scarf(brush: Brush) -> None:
    rng = brush.rng
    shape = np.add(brush.varied(_SCARF), (0, rng.uniform(-12, 3)))
    brush.fill(shape, rng.uniform(20, 230, 3), weave=rng.uniform(3, 14))
    for _ in range(rng.integers(2, 7)):
        start = np.array([rng.uniform(10, 50), rng.uniform(76, 115)])
        brush.fold(start, np.array([rng.uniform(62, 100), 96]), rng.uniform(1, 5))


def _sunglasses(brush: Brush) -> None:
    rng = brush.rng
    colour = rng.uniform(5, 50) + rng.uniform(0, 12, 3)
    size, opacity = rng.uniform(0.95, 1.4), rng.uniform(0.8, 1.0)
    for eye in _UPRIGHT[:2]:
        lens = np.add(brush.varied(_LENS, 0.5) * size + eye, (0, 2))
        brush.fill(lens, colour, weave=1, opacity=opacity)
        glint = eye + rng.uniform(-5, 5, 2)
        brush.line(np.array([glint, np.add(glint, (4, -3))]), np.full(3, 150.0), 0.8)
    brush.frame_of_glasses(size, colour)


def _cap(brush: Brush) -> None:
    rng = brush.rng
    shape = np.add(brush.varied(_CAP), (0, rng.uniform(-6, 3)))
    brush.fill(brush.varied(_CAP_SHADE), np.full(3, 10.0), 0, opacity=rng.uniform(0.1, 0.5))
    brush.fill(shape, rng.uniform(10, 220, 3), weave=rng.uniform(2, 14))
    for _ in range(rng.integers(0, 9)):  # seams, letters
        start = np.array([rng.uniform(30, 82), rng.uniform(6, 36)])
        brush.fold(start, start + rng.normal(0, 7, 2), 1.5)


def _hand(brush: Brush) -> None:
    skin = brush.colour_at(*_BRIDGE) * brush.rng.uniform(0.8, 1.15)
    brush.fill(brush.varied(_HAND), skin, weave=3)
    for finger in range(4):
        x = 36 + 11 * finger
        brush.line(np.array([(x, 82), (x + 4, 104)]), 0.7 * skin, 0.9)


def _glasses(brush: Brush) -> None:
    """Draw clear ones, which are no cover."""
    rng = brush.rng
    colour, size = rng.uniform(10, 110, 3), rng.uniform(0.9, 1.15)
    for eye in _UPRIGHT[:2]:
        lens = np.add(np.array(_LENS) * size + eye, (0, 2))
        brush.line(np.vstack([lens, lens[:1]]), colour, rng.uniform(0.8, 2.0))
    brush.frame_of_glasses(size, colour)


KINDS: Final[dict[str, Callable[[Brush], None]]] = {
    "mask": _mask,
    "scarf": _scarf,
    "sunglasses": _sunglasses,
    "cap": _cap,
    "hand": _hand,
    "glasses": _glasses,
}
