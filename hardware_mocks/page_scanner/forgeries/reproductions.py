"""Pages that are pictures of pages: a copy on paper, and a screen laid on the glass."""

from typing import Final

import cv2
import numpy as np

from hardware_mocks.page_scanner.bearer import Content
from hardware_mocks.page_scanner.forgeries.plan import Hand, Plan, halftone
from hardware_mocks.page_scanner.ink import Ink, Plane, Sheet
from hardware_mocks.page_scanner.layout import Layout
from hardware_mocks.page_scanner.marks import cloud

_COPY_ANGLES: Final = (15.0, 75.0, 45.0)  # of the printer's screens, blue to red
_OFFICE_SHINE: Final = np.array([0.88, 0.62, 0.46], np.float32)
_OFFICE_PAPER: Final = (0.95, 0.94, 0.93)
_TONER: Final = (0.10, 0.07)  # what comes back from it, white and infrared


def copy_on_paper(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Copy the page with toner onto office paper, in black or in what is left of its colours."""
    skill = Hand.of(rng).skill
    coloured = bool(rng.random() < 0.3 + 0.4 * skill)

    def alter(sheet: Sheet) -> Sheet:
        return _copied(sheet, skill, rng, coloured=coloured)

    truth = {"care": round(skill, 2), "coloured": coloured, "forged": [(0.0, 0.0, *model.size)]}
    return Plan(model, said, said, alter=alter, truth=truth, laminate=0.05)


def _copied(sheet: Sheet, skill: float, rng: np.random.Generator, *, coloured: bool) -> Sheet:
    dots = sheet.dots_per_mm
    seen = cv2.GaussianBlur(sheet.white, (0, 0), (0.05 + 0.07 * (1 - skill)) * dots)
    contrast = np.float32(rng.uniform(1.15, 1.5))
    lightness = np.float32(rng.uniform(0.02, 0.12))
    seen = np.clip((seen - 0.5) * contrast + 0.5 + lightness, 0, 1).astype(np.float32)
    grey = seen.mean(axis=2, keepdims=True)
    kept = np.float32(rng.uniform(0.35, 0.8)) if coloured else np.float32(0)
    seen = grey + (seen - grey) * kept
    cell = float(25.4 / rng.uniform(106, 150 + 30 * skill)) * dots
    toner = _toner(seen, cell, coloured=coloured)
    brightness = np.float32(rng.uniform(0.45, 0.95))
    uneven = 1 + np.float32(0.015) * cloud(grey.shape[:2], (3 * dots, 3 * dots), rng)
    white = (
        np.asarray(_OFFICE_PAPER, np.float32)
        * (1 - toner * np.float32(1 - _TONER[0]))
        * uneven[..., None]
    )
    # Black toner is carbon; coloured toners take less, and a copier mixes black in.
    black = toner.min(axis=2) if coloured else toner[..., 0]
    absorbed = np.float32(0.8) * black + np.float32(0.2) * toner.mean(axis=2)
    infrared = np.float32(0.91) * (1 - absorbed * np.float32(1 - _TONER[1]))
    covered = 1 - np.float32(0.85) * toner.mean(axis=2, keepdims=True)
    blue, green, red = (float(part) for part in _OFFICE_SHINE * brightness)
    paper = Ink(_OFFICE_PAPER, 0.91, (blue, green, red))
    return Sheet(white, infrared, np.asarray(paper.shine, np.float32) * covered, dots, paper)


def _toner(seen: Plane, cell: float, *, coloured: bool) -> Plane:
    """Return how much toner lies where, in each colour."""
    if not coloured:
        one = halftone(1 - seen.mean(axis=2), cell, 45.0, 3.0)
        return np.repeat(one[..., None], 3, axis=2)
    screens = [
        halftone(1 - seen[..., channel], cell, angle, 3.0)
        for channel, angle in enumerate(_COPY_ANGLES)
    ]
    return np.stack(screens, axis=2)


def screen(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Show the page on the display of a telephone or tablet that lies on the glass."""
    skill = Hand.of(rng).skill
    scale = float(rng.uniform(0.8, 0.97) if rng.random() < 0.5 * (1 - skill) else 1.0)

    def alter(sheet: Sheet) -> Sheet:
        return _displayed(sheet, scale, rng)

    truth = {
        "care": round(skill, 2),
        "scale": round(scale, 3),
        "forged": [(0.0, 0.0, *model.size)],
    }
    return Plan(model, said, said, alter=alter, truth=truth, laminate=1.0, pictured=True)


def _displayed(sheet: Sheet, scale: float, rng: np.random.Generator) -> Sheet:
    dots = sheet.dots_per_mm
    height, width = sheet.infrared.shape
    shown = _scaled(sheet.white, scale)
    light = _pixels(shown, float(25.4 / rng.uniform(220, 460)) * dots, rng)
    own = light * np.float32(rng.uniform(0.75, 1.15)) * _tint(rng)
    glass = np.float32(rng.uniform(0.03, 0.08))  # of the scanner's own lamp, off the cover
    absorbing = np.full((height, width), rng.uniform(0.05, 0.22), np.float32)
    absorbing += np.float32(0.01) * cloud((height, width), (12 * dots, 12 * dots), rng)
    # The display shines under every lamp; scanners that subtract ambient light lose most of it.
    left_over = np.float32(rng.uniform(0.10, 1.0))
    infrared_leak = np.float32(rng.uniform(0.0, 0.03))
    return Sheet(
        own + glass,
        absorbing + infrared_leak * own.mean(axis=2),
        own * left_over,
        dots,
        sheet.paper,
    )


def _scaled(white: Plane, scale: float) -> Plane:
    """Return the page smaller, in the middle of a dark display."""
    height, width = white.shape[:2]
    if scale == 1.0:
        return white
    size = round(width * scale), round(height * scale)
    small = np.asarray(cv2.resize(white, size, interpolation=cv2.INTER_AREA), np.float32)
    dark = np.full_like(white, 0.01)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    dark[top : top + size[1], left : left + size[0]] = small
    return dark


def _pixels(shown: Plane, pitch: float, rng: np.random.Generator) -> Plane:
    """Return the light of a display of that pitch in dots: stripes of colours in a dark grid.

    Where the pitch is near the scanner's own, the two beat: moire.
    """
    height, width = shown.shape[:2]
    soft = np.asarray(cv2.GaussianBlur(shown, (0, 0), max(0.3, 0.35 * pitch)), np.float32)
    phase = rng.uniform(0, pitch, 2)
    turn = 2 * np.pi / pitch
    x = (np.arange(width) + phase[0])[None, :] * turn
    y = (np.arange(height) + phase[1])[:, None] * turn
    depth = 0.30 * np.exp(-0.5 * (0.55 * turn / np.pi) ** 2) + 0.06  # what a dot averages out
    rows = 1 + depth * np.cos(y)
    stripes = np.stack([1 + 1.3 * depth * np.cos(x + 2.094 * place) for place in range(3)], axis=2)
    return np.asarray(soft * stripes * rows[..., None], np.float32)


def _tint(rng: np.random.Generator) -> Plane:
    """Return a display's white: most are bluer than paper."""
    blue = rng.uniform(0.98, 1.12)
    return np.array([blue, 1.0, 2 - blue - rng.uniform(0, 0.04)], np.float32)
