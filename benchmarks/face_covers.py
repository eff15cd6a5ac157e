"""Things that hide a part of a face, drawn over photographs: what the covering measure is tested by.

Shapes are given on the upright face of 112 x 112 pixels (egate.biometrics.embedding), and vary
in place, size, colour, weave and shade, so that no two are alike.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2

Points = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]

# The landmarks of a mean face on 112 x 112: eyes, nose, corners of the mouth.
_UPRIGHT: Final = np.array([[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]])
_MASK: Final = [
    (27, 66), (42, 62), (56, 60), (70, 62), (85, 66), (84, 92), (72, 110), (56, 116), (40, 110),
    (28, 92),
]  # fmt: skip
_SCARF: Final = [
    (18, 80), (38, 76), (56, 75), (74, 76), (94, 80), (104, 128), (56, 134), (8, 128),
]  # fmt: skip
_CAP: Final = [
    (14, 34), (30, 38), (56, 40), (82, 38), (98, 34), (100, 4), (84, -20), (56, -28), (28, -20),
    (12, 4),
]  # fmt: skip
_LENS: Final = [(-13, -7), (0, -9), (13, -7), (13, 4), (7, 9), (-6, 9), (-13, 3)]
_HAND: Final = [(30, 84), (44, 78), (60, 80), (74, 84), (78, 104), (60, 122), (36, 120)]


def covered(image: Pixels, landmarks: Points, kind: str, rng: np.random.Generator) -> Pixels:
    """Return ``image`` with the face covered.

    Args:
        image: height x width x 3, BGR.
        landmarks: of the face, 5 x 2, in pixels of ``image``.
        kind: one of ``KINDS``.
        rng: decides what the cover looks like.

    """
    result = image.copy()
    KINDS[kind](result, _to_image(landmarks), rng)
    return result


def _mask(image: Pixels, place: Callable[[Points], Points], rng: np.random.Generator) -> None:
    colours = ((225, 205, 170), (238, 238, 235), (30, 30, 32), (150, 120, 200), (120, 140, 120))
    shape = _varied(_MASK, rng)
    _fill(image, place, shape, colours[rng.integers(len(colours))], rng, weave=rng.uniform(1, 6))
    for pleat in range(rng.integers(0, 4)):
        y = 78 + 9 * pleat + rng.uniform(-2, 2)
        fold = tuple(float(v) for v in _cloth(image, place, (56, y)) * rng.uniform(0.65, 0.95))
        line = np.array([(33, y), (56, y + 1.5), (79, y)])
        _line(image, place, line, fold, rng.uniform(0.8, 2.2))
    for side in (0, 4):  # its bands
        ear = shape[side] + ((-16, -8) if side == 0 else (16, -8))
        _line(image, place, np.array([shape[side], ear]), (235, 235, 235), 1.2)


def _scarf(image: Pixels, place: Callable[[Points], Points], rng: np.random.Generator) -> None:
    shape = _varied(_SCARF, rng) + (0, rng.uniform(-12, 3))
    _fill(image, place, shape, tuple(rng.integers(20, 230, 3).tolist()), rng, weave=rng.uniform(3, 14))
    for _ in range(rng.integers(2, 7)):
        ends = np.array([(rng.uniform(10, 50), rng.uniform(76, 115)), (rng.uniform(62, 100), 96)])
        fold = tuple(float(v) for v in _cloth(image, place, (56, 98)) * rng.uniform(0.5, 1.2))
        _line(image, place, ends, fold, rng.uniform(1, 5))


def _cap(image: Pixels, place: Callable[[Points], Points], rng: np.random.Generator) -> None:
    shape = _varied(_CAP, rng) + (0, rng.uniform(-6, 3))
    colour = tuple(rng.integers(10, 220, 3).tolist())
    shade = np.array([(18, 30), (94, 30), (90, 52), (22, 52)], np.float64)
    _fill(image, place, shade, (10, 10, 10), rng, weave=0, opacity=rng.uniform(0.1, 0.5))
    _fill(image, place, shape, colour, rng, weave=rng.uniform(2, 14))
    for _ in range(rng.integers(0, 9)):  # seams, letters
        start = np.array([rng.uniform(30, 82), rng.uniform(6, 36)])
        seam = tuple(float(v) for v in _cloth(image, place, (56, 24)) * rng.uniform(0.5, 1.6))
        _line(image, place, np.array([start, start + rng.normal(0, 7, 2)]), seam, 1.5)


def _sunglasses(image: Pixels, place: Callable[[Points], Points], rng: np.random.Generator) -> None:
    colour = tuple(int(v) for v in rng.integers(5, 50) + rng.integers(0, 12, 3))
    size = rng.uniform(0.95, 1.4)
    opacity = rng.uniform(0.8, 1.0)
    for eye in _UPRIGHT[:2]:
        lens = _varied(_LENS, rng, 0.5) * size + eye + (0, 2)
        _fill(image, place, lens, colour, rng, weave=1, opacity=opacity)
        glint = eye + rng.uniform(-5, 5, 2)
        _line(image, place, np.array([glint, glint + (4, -3)]), (150, 150, 150), 0.8)
    _frame(image, place, size, colour, 1.6)


def _glasses(image: Pixels, place: Callable[[Points], Points], rng: np.random.Generator) -> None:
    """Draw clear ones, which are no cover (ISO/IEC 39794-5 permits them)."""
    colour = tuple(int(v) for v in rng.integers(10, 110, 3))
    size = rng.uniform(0.9, 1.15)
    for eye in _UPRIGHT[:2]:
        lens = np.array(_LENS, np.float64) * size + eye + (0, 2)
        _line(image, place, np.vstack([lens, lens[:1]]), colour, rng.uniform(0.8, 2.0))
    _frame(image, place, size, colour, 1.4)


def _hand(image: Pixels, place: Callable[[Points], Points], rng: np.random.Generator) -> None:
    skin = tuple(float(v) for v in _cloth(image, place, (56, 62)) * rng.uniform(0.8, 1.15))
    _fill(image, place, _varied(_HAND, rng), skin, rng, weave=3)
    for finger in range(4):
        x = 36 + 11 * finger
        _line(image, place, np.array([(x, 82), (x + 4, 104)]), tuple(0.7 * v for v in skin), 0.9)


KINDS: Final[dict[str, Callable[[Pixels, Callable[[Points], Points], np.random.Generator], None]]]
KINDS = {
    "mask": _mask,
    "scarf": _scarf,
    "sunglasses": _sunglasses,
    "cap": _cap,
    "hand": _hand,
    "glasses": _glasses,
}


def _to_image(landmarks: Points) -> Callable[[Points], Points]:
    source = _UPRIGHT[:, 0] + 1j * _UPRIGHT[:, 1]
    target = landmarks[:, 0] + 1j * landmarks[:, 1]
    centred = source - source.mean()
    a = np.vdot(centred, target) / np.vdot(centred, centred).real
    b = target.mean() - a * source.mean()

    def place(points: Points) -> Points:
        moved = a * (points[:, 0] + 1j * points[:, 1]) + b
        return np.stack([moved.real, moved.imag], axis=1)

    return place


def _varied(shape: list[tuple[int, int]], rng: np.random.Generator, amount: float = 1.5) -> Points:
    points = np.array(shape, np.float64)
    return points + rng.normal(0, amount, points.shape) + rng.normal(0, amount / 2, 2)


def _scale(place: Callable[[Points], Points]) -> float:
    a, b = place(np.array([[0.0, 0.0], [100.0, 0.0]]))
    return float(np.hypot(*(b - a))) / 100


def _cloth(
    image: Pixels, place: Callable[[Points], Points], at: tuple[float, float]
) -> npt.NDArray[np.float64]:
    """Return the mean colour around a point of the upright face."""
    x, y = place(np.array([at], np.float64))[0]
    radius = max(1, round(3 * _scale(place)))
    rows = slice(max(0, int(y) - radius), int(y) + radius + 1)
    around = image[rows, max(0, int(x) - radius) : int(x) + radius + 1].reshape(-1, 3)
    return np.asarray(around.mean(axis=0)) if around.size else np.full(3, 128.0)


def _fill(
    image: Pixels,
    place: Callable[[Points], Points],
    shape: Points,
    colour: tuple[float, ...],
    rng: np.random.Generator,
    *,
    weave: float,
    opacity: float = 1.0,
) -> None:
    height, width = image.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    cv2.fillPoly(cover, [np.round(place(shape) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), max(0.4, 0.5 * _scale(place))))
    alpha = soft.astype(np.float32)[:, :, None] / 255 * opacity
    slope = rng.uniform(-0.25, 0.25, 2)
    rows, columns = np.mgrid[-0.5 : 0.5 : complex(height), -0.5 : 0.5 : complex(width)].astype(
        np.float32
    )
    light = 1 + slope[0] * rows + slope[1] * columns
    noise = rng.normal(0, 1, (max(2, height // 3), max(2, width // 3))).astype(np.float32)
    grain = np.asarray(cv2.resize(noise, (width, height))) * weave
    cloth = np.clip(np.array(colour, np.float32) * light[:, :, None] + grain[:, :, None], 0, 255)
    image[:] = (image * (1 - alpha) + cloth * alpha).astype(np.uint8)


def _line(
    image: Pixels,
    place: Callable[[Points], Points],
    points: Points,
    colour: tuple[float, ...],
    thickness: float,
) -> None:
    width = max(1, round(thickness * _scale(place)))
    path = [np.round(place(points) * 16).astype(np.int32)]
    cv2.polylines(image, path, False, tuple(float(v) for v in colour), width, cv2.LINE_AA, 4)


def _frame(
    image: Pixels,
    place: Callable[[Points], Points],
    size: float,
    colour: tuple[float, ...],
    thickness: float,
) -> None:
    left, right = _UPRIGHT[0] + (0, -2), _UPRIGHT[1] + (0, -2)
    _line(
        image, place, np.array([left + (11 * size, 0), right - (11 * size, 0)]), colour, thickness
    )
    _line(image, place, np.array([left - (13 * size, 1), left - (24, 4)]), colour, thickness)
    _line(image, place, np.array([right + (13 * size, -1), right + (24, -4)]), colour, thickness)
