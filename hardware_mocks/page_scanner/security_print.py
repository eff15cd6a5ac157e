"""Fine lines and ornaments of security backgrounds, drawn by formula: no State's art.

Every figure of a pattern is in millimetres of the page. What is drawn is how much ink lies
where, 0 to 1.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from hardware_mocks.page_scanner.ink import Plane, cover

Shape = tuple[int, int]
_FRACTION_BITS: Final = 4


def waves(shape: Shape, dots_per_mm: float, wish: Mapping[str, Any]) -> Plane:
    """Parallel lines that swing: ``pitch``, ``width``, ``angle`` (degrees), ``swing``, ``length``.

    ``swing`` and ``length`` are of two waves across each other.
    """
    y, x = _millimetres(shape, dots_per_mm)
    angle = np.float32(np.deg2rad(wish.get("angle", 0.0)))
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    (swing_1, swing_2), (length_1, length_2) = wish["swing"], wish["length"]
    turn = np.float32(2 * np.pi)
    bent = (
        across
        + np.float32(swing_1) * np.sin(turn * along / np.float32(length_1))
        + np.float32(swing_2) * np.sin(turn * (along + across) / np.float32(length_2))
    )
    off_line = np.abs(np.mod(bent / np.float32(wish["pitch"]), 1) - np.float32(0.5))
    return _line(off_line * np.float32(wish["pitch"]), wish["width"], dots_per_mm)


def rosette(shape: Shape, dots_per_mm: float, wish: Mapping[str, Any]) -> Plane:
    """Closed curves: ``centre``, ``radius``, ``depth``, ``lobes``, ``curves``, ``width``."""
    canvas = np.zeros(shape, np.uint8)
    angle = np.linspace(0, 2 * np.pi, 1440, endpoint=False)
    for number in range(wish["curves"]):
        turned = 2 * np.pi * number / wish["curves"] / wish["lobes"]
        shrunk = 1 - 0.5 * wish["depth"] * number / wish["curves"]
        radius = wish["radius"] * shrunk * (
            1 - wish["depth"] / 2 + wish["depth"] / 2 * np.cos(wish["lobes"] * (angle + turned))
        )  # fmt: skip
        squeeze = wish.get("squeeze", 1.0)
        points = np.column_stack([radius * np.cos(angle), squeeze * radius * np.sin(angle)])
        _curve(canvas, points + np.asarray(wish["centre"]), dots_per_mm, wish["width"])
    return cover(canvas)


def star(shape: Shape, dots_per_mm: float, wish: Mapping[str, Any]) -> Plane:
    """A filled star in a ring: ``centre``, ``radius``, ``points``."""
    canvas = np.zeros(shape, np.uint8)
    angle = np.pi * np.arange(2 * wish["points"]) / wish["points"] - np.pi / 2
    radius = np.where(np.arange(2 * wish["points"]) % 2, 0.42, 1.0) * wish["radius"] * 0.7
    outline = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    ones = dots_per_mm * (1 << _FRACTION_BITS)
    polygon = np.round((outline + np.asarray(wish["centre"])) * ones).astype(np.int32)
    cv2.fillPoly(canvas, [polygon], 255, cv2.LINE_AA, _FRACTION_BITS)
    round_ = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    ring = wish["radius"] * np.column_stack([np.cos(round_), np.sin(round_)])
    for share in (1.0, 0.88):
        _curve(canvas, ring * share + np.asarray(wish["centre"]), dots_per_mm, 0.18)
    return cover(canvas)


def wash(shape: Shape, dots_per_mm: float, wish: Mapping[str, Any]) -> Plane:
    """A tint that comes and goes across the page: ``centre`` and ``reach`` along ``angle``."""
    y, x = _millimetres(shape, dots_per_mm)
    angle = np.float32(np.deg2rad(wish.get("angle", 0.0)))
    along = x * np.cos(angle) + y * np.sin(angle)
    off = (along - np.float32(wish["centre"])) / np.float32(wish["reach"])
    tint: Plane = np.exp(-off * off)
    return tint


def bands(shape: Shape, dots_per_mm: float, wish: Mapping[str, Any]) -> Plane:
    """A frame of two lines along a rectangle: ``place`` (left, top, width, height), ``width``."""
    canvas = np.zeros(shape, np.uint8)
    left, top, width, height = wish["place"]
    for inset in (0.0, 0.9):
        corners = np.array(
            [
                (left + inset, top + inset),
                (left + width - inset, top + inset),
                (left + width - inset, top + height - inset),
                (left + inset, top + height - inset),
            ]
        )
        _curve(canvas, corners, dots_per_mm, wish["width"])
    return cover(canvas)


PATTERNS: Final[Mapping[str, Callable[[Shape, float, Mapping[str, Any]], Plane]]] = {
    "waves": waves,
    "rosette": rosette,
    "star": star,
    "wash": wash,
    "bands": bands,
}


def _millimetres(shape: Shape, dots_per_mm: float) -> tuple[Plane, Plane]:
    y = (np.arange(shape[0], dtype=np.float32) / np.float32(dots_per_mm))[:, None]
    x = (np.arange(shape[1], dtype=np.float32) / np.float32(dots_per_mm))[None, :]
    return y, x


def _line(off_mm: Plane, width_mm: float, dots_per_mm: float) -> Plane:
    """Return ink where ``off_mm`` from a line's middle is under half its width, with soft edges."""
    edge = (np.float32(width_mm / 2) - off_mm) * np.float32(dots_per_mm) + np.float32(0.5)
    line: Plane = np.clip(edge, 0, min(1.0, width_mm * dots_per_mm))
    return line


def _curve(
    canvas: npt.NDArray[np.uint8],
    points_mm: npt.NDArray[np.float64],
    dots_per_mm: float,
    width_mm: float,
) -> None:
    ones = dots_per_mm * (1 << _FRACTION_BITS)
    points = np.round(points_mm * ones).astype(np.int32)
    dots = width_mm * dots_per_mm
    shade = round(255 * min(1.0, max(0.25, dots)))
    cv2.polylines(canvas, [points], True, shade, max(1, round(dots)), cv2.LINE_AA, _FRACTION_BITS)
