"""Single marks on a page: scratches, creases, smears, rings of cups, prints of fingers."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from hardware_mocks.page_scanner.ink import Ink, Plane, Sheet, cover

_SCATTERS: Final = (0.84, 0.86, 0.86)  # what a roughened surface sends back, whatever is below
_HELD_DIRT: Final = Ink((0.45, 0.48, 0.52), 0.66, hides=0.5)
_DIRT: Final = Ink((0.34, 0.46, 0.52), 0.62, hides=0.8)  # brown, and half as dark in infrared
_GREASE: Final = Ink((0.80, 0.84, 0.86), 0.95, (0.05, 0.05, 0.03), 0.2)


def cloud(shape: tuple[int, ...], cell: tuple[float, float], rng: np.random.Generator) -> Plane:
    """Return smooth noise, mean 0 and deviation about 1, in cells of that height and width."""
    height, width = (max(2, round(side / step)) for side, step in zip(shape, cell, strict=True))
    coarse = rng.standard_normal((height, width), np.float32)
    return np.asarray(
        cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32
    )


def scratch(sheet: Sheet, rng: np.random.Generator) -> None:
    """Scratch the surface: a thin bent line that scatters light, or holds dirt."""
    height, width = sheet.infrared.shape
    dots = sheet.dots_per_mm
    start = rng.uniform((0, 0), (width, height))
    way = rng.uniform(0, 2 * np.pi) if rng.random() < 0.4 else rng.normal(0, 0.18)
    t = np.linspace(0, 1, 8)
    bend = way + rng.normal(0, 0.15) * t
    along = np.column_stack([np.cos(bend), np.sin(bend)]) * t[:, None]
    mask, left, top = _drawn_line(start + along * rng.uniform(4, 60) * dots, sheet, rng)
    mask *= np.float32(rng.uniform(0.25, 0.85))
    if rng.random() < 0.7:
        sheet.overlay(mask, _SCATTERS, 0.84, left, top)
    else:
        sheet.print(mask, _HELD_DIRT, left, top)


def _drawn_line(
    points: npt.NDArray[np.float64], sheet: Sheet, rng: np.random.Generator
) -> tuple[Plane, int, int]:
    low = np.floor(points.min(axis=0)).astype(int) - 3
    size = np.ceil(points.max(axis=0)).astype(int) + 4 - low
    mask = np.zeros((size[1], size[0]), np.uint8)
    thick = max(1, round(rng.uniform(0.03, 0.14) * sheet.dots_per_mm))
    fixed = [np.round((points - low) * 16).astype(np.int32)]
    cv2.polylines(mask, fixed, False, 255, thick, cv2.LINE_AA, 4)
    return cover(mask), int(low[0]), int(low[1])


def crease(sheet: Sheet, rng: np.random.Generator) -> None:
    """Fold the sheet once: along the fold the print is broken off, beside it lies a shadow."""
    height, width = sheet.infrared.shape
    dots = np.float32(sheet.dots_per_mm)
    angle = np.float32(rng.uniform(0, np.pi))
    through = rng.uniform((0.1, 0.1), (0.9, 0.9)) * (width, height)
    x = np.arange(width, dtype=np.float32)[None, :] - np.float32(through[0])
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32(through[1])
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    across += np.float32(rng.uniform(0.1, 0.8)) * dots * np.sin(along / (dots * np.float32(9)))
    grain = cloud((height, width), (0.4 * float(dots), 0.4 * float(dots)), rng)
    half = np.float32(rng.uniform(0.12, 0.40)) * dots * (1 + np.float32(0.4) * grain)
    broken = np.clip(1.2 - np.abs(across) / np.maximum(half, 0.5), 0, 1)
    broken *= np.float32(rng.uniform(0.4, 0.95))
    sheet.overlay(broken, sheet.paper.white, sheet.paper.infrared)
    shadow = np.exp(-np.square((across - 1.2 * dots) / (np.float32(0.9) * dots)))
    shadow *= np.float32(rng.uniform(0.1, 0.45))
    sheet.print(shadow, Ink((0.6, 0.6, 0.6), 0.66, hides=0.3))


def dirt(sheet: Sheet, dark: np.float32, rng: np.random.Generator) -> None:
    """Smear dirt over a part of the page."""
    dots = sheet.dots_per_mm
    size = (rng.uniform(5, 26, 2) * dots).astype(int)
    y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j].astype(np.float32)
    uneven = cloud((size[1], size[0]), (2.5 * dots, 5.0 * dots), rng)
    grain = cloud((size[1], size[0]), (0.25 * dots, 0.25 * dots), rng)
    edge = np.clip(4 * (1 - x * x) * (1 - y * y), 0, 1)
    smear = np.clip(1 - x * x - y * y + 0.35 * uneven, 0, 1) * edge * (1 + 0.25 * grain)
    sheet.print(
        np.clip(smear * dark, 0, 1).astype(np.float32), _DIRT, *_somewhere(sheet, size, rng)
    )


def ring(sheet: Sheet, dark: np.float32, rng: np.random.Generator) -> None:
    """Leave the ring of a cup."""
    dots = sheet.dots_per_mm
    side = round(rng.uniform(24, 60) * dots)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    radius = np.hypot(x, y) + np.float32(0.01) * cloud((side, side), (3 * dots, 3 * dots), rng)
    edge = np.exp(-np.square((radius - 0.93) / np.float32(rng.uniform(0.01, 0.035))))
    inside = (radius < 0.93) * np.float32(0.18)
    stain = np.clip((edge + inside) * dark * np.float32(1.3), 0, 1)
    size = np.array([side, side])
    sheet.print(stain.astype(np.float32), _DIRT, *_somewhere(sheet, size, rng))


def fingerprint(sheet: Sheet, dark: np.float32, rng: np.random.Generator) -> None:
    """Leave the print of a finger: ridges of grease with some dirt in them."""
    dots = sheet.dots_per_mm
    width, height = round(15 * dots), round(20 * dots)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    bent = np.hypot(x * np.float32(0.75), y + np.float32(0.25))
    bent += np.float32(0.03) * cloud((height, width), (4 * dots, 4 * dots), rng)
    ridges = np.clip(np.sin(bent * np.float32(np.pi * 2 * 20)) * 1.4, 0, 1)
    pressed = np.clip(1 - x * x - y * y, 0, 1)
    pressed *= np.clip(1 + 0.5 * cloud((height, width), (3 * dots, 3 * dots), rng), 0, 1)
    left, top = _somewhere(sheet, np.array([width, height]), rng)
    sheet.print((ridges * pressed).astype(np.float32), _GREASE, left, top)
    sheet.print((ridges * pressed * dark * 0.6).astype(np.float32), _DIRT, left, top)


def _somewhere(
    sheet: Sheet, size: npt.NDArray[np.int_], rng: np.random.Generator
) -> tuple[int, int]:
    """Return the upper left corner of something of that size, with its middle on the sheet."""
    height, width = sheet.infrared.shape
    return (
        int(rng.integers(width)) - int(size[0]) // 2,
        int(rng.integers(height)) - int(size[1]) // 2,
    )
