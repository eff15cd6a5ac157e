"""What years in pockets, under readers and on counters do to a page.

Three levels beyond a new page (0), by what documents of travellers look like: 1 in use, 2
worn, 3 hardly readable by a person. docs/page-scanner-simulator.md says what each has.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from hardware_mocks.page_scanner.ink import Plane, Sheet, cover
from hardware_mocks.page_scanner.marks import (
    cloud,
    crease,
    dirt,
    fingerprint,
    ring,
    scratch,
)

_CLOUD_CELLS_MM: Final = (9.0, 2.6, 0.7)  # how coarse the parts of a rubbed place are


@dataclass(frozen=True, slots=True)
class Wear:
    """How much of each trouble, lowest and highest.

    Args:
        reach: how little of the page is touched: about 0.8 a few places, 0 half of it.
        rubbed: part of the print that is gone in the worst places.
        swiped: the same along the machine readable zone, where readers drag the page.
        faded: part of the contrast that light and haze took everywhere.
        pinholes: lost specks for each square centimetre.
        scratches: how many.
        creases: how many.
        stains: how many smears of dirt.
        dirty: how dark they are.
        fingers: how many prints of fingers.

    """

    reach: tuple[float, float]
    rubbed: tuple[float, float]
    swiped: tuple[float, float]
    faded: tuple[float, float]
    pinholes: tuple[float, float]
    scratches: tuple[int, int]
    creases: tuple[int, int]
    stains: tuple[int, int]
    dirty: tuple[float, float]
    fingers: tuple[int, int]


WEAR: Final = {
    1: Wear(
        reach=(0.6, 1.0), rubbed=(0.0, 0.25), swiped=(0.0, 0.30), faded=(0.02, 0.12),
        pinholes=(0.1, 1.0), scratches=(2, 8), creases=(0, 0), stains=(0, 2), dirty=(0.04, 0.12),
        fingers=(0, 1),
    ),
    2: Wear(
        reach=(0.35, 0.7), rubbed=(0.2, 0.6), swiped=(0.25, 0.65), faded=(0.10, 0.28),
        pinholes=(1.0, 6.0), scratches=(8, 24), creases=(0, 2), stains=(1, 4), dirty=(0.08, 0.28),
        fingers=(0, 2),
    ),
    3: Wear(
        reach=(0.15, 0.55), rubbed=(0.6, 0.95), swiped=(0.7, 0.92), faded=(0.30, 0.60),
        pinholes=(8.0, 30.0), scratches=(25, 60), creases=(2, 5), stains=(3, 8), dirty=(0.2, 0.7),
        fingers=(1, 3),
    ),
}  # fmt: skip


def worn(sheet: Sheet, zone_mm: tuple[float, float], level: int, rng: np.random.Generator) -> None:
    """Wear ``sheet`` down, in place; level 0 leaves it as it is.

    Args:
        sheet: as it was issued.
        zone_mm: top and bottom of the machine readable zone.
        level: 0 to 3.
        rng: decides where.

    """
    if level == 0:
        return
    wear = WEAR[level]
    shape = sheet.infrared.shape
    dots, reach = sheet.dots_per_mm, _drawn(wear.reach, rng)
    rubbed = np.clip((_patches(shape, dots, rng) - reach) * 1.1, 0, 1) * _drawn(wear.rubbed, rng)
    top, bottom = (round(side * dots) for side in zone_mm)
    zone = rubbed[top:bottom]
    streaks = np.clip((_streaks(zone.shape, dots, rng) - reach) * 1.1, 0, 1)
    np.maximum(zone, streaks * _drawn(wear.swiped, rng), out=zone)
    np.maximum(rubbed, _pinholes(shape, dots, _drawn(wear.pinholes, rng), rng), out=rubbed)
    _lose(sheet, rubbed)
    _fade(sheet, _drawn(wear.faded, rng))
    for _ in range(_count(wear.scratches, rng)):
        scratch(sheet, rng)
    for _ in range(_count(wear.creases, rng)):
        crease(sheet, rng)
    for _ in range(_count(wear.stains, rng)):
        (ring if rng.random() < 0.2 else dirt)(sheet, _drawn(wear.dirty, rng), rng)
    for _ in range(_count(wear.fingers, rng)):
        fingerprint(sheet, _drawn(wear.dirty, rng), rng)


def _drawn(span: tuple[float, float], rng: np.random.Generator) -> np.float32:
    return np.float32(rng.uniform(*span))


def _count(span: tuple[int, int], rng: np.random.Generator) -> int:
    return int(rng.integers(span[0], span[1] + 1))


def _patches(shape: tuple[int, ...], dots: float, rng: np.random.Generator) -> Plane:
    """Return where a page is rubbed: patches with grain in them, the higher the worse."""
    mixed = np.zeros(shape, np.float32)
    for cell, weight in zip(_CLOUD_CELLS_MM, (0.8, 0.45, 0.4), strict=True):
        mixed += cloud(shape, (cell * dots, cell * dots), rng) * np.float32(weight)
    return mixed


def _streaks(shape: tuple[int, ...], dots: float, rng: np.random.Generator) -> Plane:
    """Return where a zone is rubbed: streaks in the direction of the swipe."""
    mixed = cloud(shape, (0.35 * dots, 14 * dots), rng) * np.float32(0.55)
    mixed += cloud(shape, (5 * dots, 12 * dots), rng) * np.float32(0.8)
    mixed += cloud(shape, (0.3 * dots, 0.3 * dots), rng) * np.float32(0.35)
    return mixed


def _pinholes(
    shape: tuple[int, ...], dots: float, each_cm2: np.float32, rng: np.random.Generator
) -> Plane:
    """Return specks where the print has come off altogether."""
    holes = np.zeros(shape, np.uint8)
    area_cm2 = shape[0] * shape[1] / (10 * dots) ** 2
    for _ in range(round(float(each_cm2) * area_cm2)):
        at = int(rng.integers(shape[1])), int(rng.integers(shape[0]))
        axes = tuple(max(1, round(side * dots)) for side in rng.uniform(0.05, 0.28, 2))
        cv2.ellipse(holes, at, (axes[0], axes[1]), float(rng.uniform(0, 180)), 0, 360, 230, -1, 16)
    return cover(holes)


def _lose(sheet: Sheet, lost: Plane) -> None:
    """Bring the paper to light where print is lost; it is rougher and duller there."""
    paper = sheet.paper
    sheet.white += (np.asarray(paper.white, np.float32) * 0.97 - sheet.white) * lost[..., None]
    sheet.infrared += (np.float32(paper.infrared * 0.98) - sheet.infrared) * lost
    sheet.shine += (np.asarray(paper.shine, np.float32) - sheet.shine) * lost[..., None]


def _fade(sheet: Sheet, faded: np.float32) -> None:
    """Take contrast: light bleaches what is seen, and leaves carbon, which infrared shows."""
    paper = sheet.paper
    haze = np.asarray(paper.white, np.float32) * np.array([0.93, 0.97, 0.99], np.float32)
    sheet.white += (haze - sheet.white) * faded
    sheet.infrared += (np.float32(paper.infrared * 0.97) - sheet.infrared) * faded * np.float32(0.5)
    sheet.shine *= 1 - faded * np.float32(0.6)
