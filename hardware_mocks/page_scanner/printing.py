"""Prints a document: its background first, which all of a kind share, then what is its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from hardware_mocks.page_scanner.bearer import Content
from hardware_mocks.page_scanner.ink import INKS, Ink, Plane, Sheet, cover
from hardware_mocks.page_scanner.layout import Layout, PicturePrint, TextPrint, layout
from hardware_mocks.page_scanner.lettering import letters, width_mm
from hardware_mocks.page_scanner.security_print import PATTERNS

_PHOTOGRAPHS: Final = Path(__file__).parents[1] / "photographs"
_OCR_B_EM_MM: Final = 2.54 / 0.723  # the font's letters are 0.723 em wide, 9303-3 §4.2.1: 2.54 mm
_HALF_CAPITAL_EM: Final = 0.355
_FIBRE_INKS: Final = ("shining_red", "shining_blue", "shining_yellow")
_SETTING_MM: Final = 0.02  # how exactly a printer sets one letter

# What a sheet is before it is printed. A document's paper is dull under ultraviolet light
# (9303-2 §5.2.1: no optical brightener); polycarbonate is, too.
PAPERS: Final[Mapping[str, Ink]] = {
    "polycarbonate": Ink((0.88, 0.90, 0.89), 0.84, (0.040, 0.030, 0.026)),
    "security_paper": Ink((0.86, 0.90, 0.91), 0.87, (0.050, 0.036, 0.030)),
    "bright_paper": Ink((0.96, 0.95, 0.94), 0.90, (0.86, 0.62, 0.46)),
}


@dataclass(frozen=True, slots=True)
class Craft:
    """How the parts of a document are made: by the layout, unless a name of an ink is given.

    Args:
        paper: a name of ``PAPERS``.
        zone_ink: of the machine readable zone.
        shining: whether the fluorescent inks are printed, too.

    """

    paper: str = ""
    zone_ink: str = ""
    shining: bool = True


def printed(
    model: Layout, said: Content, dots_per_mm: float, rng: np.random.Generator, craft: Craft
) -> Sheet:
    """Return the page of ``model`` that says ``said``, fresh from the printer."""
    paper = craft.paper or model.paper
    sheet = _background(model.name, dots_per_mm, paper, craft.shining).copy()
    for _ in range(round(model.fibres * rng.uniform(0.7, 1.3)) if craft.shining else 0):
        _fibre(sheet, rng)
    for picture in (model.photograph, model.ghost):
        if picture is not None:
            lay_photograph(sheet, picture, said.person)
    for text in model.texts:
        if text.field and (written := said.texts.get(text.field)):
            write(sheet, text, written)
    print_zone(sheet, model, said.lines, INKS[craft.zone_ink or model.zone.ink], rng)
    return sheet


@lru_cache(maxsize=12)
def _background(name: str, dots_per_mm: float, paper: str, shining: bool) -> Sheet:  # noqa: FBT001
    model = layout(name)
    sheet = Sheet.blank(model.size, dots_per_mm, PAPERS[paper])
    shape = sheet.infrared.shape
    calm = _calm(model, sheet)
    for pattern in model.patterns:
        if shining or not pattern.ink.startswith("shining"):
            drawn = PATTERNS[pattern.kind]((shape[0], shape[1]), dots_per_mm, pattern.wish)
            share = np.float32(1) if pattern.ink.startswith("shining") else calm
            sheet.print(drawn * share * np.float32(pattern.strength), INKS[pattern.ink])
    for text in model.texts:
        if text.text:
            write(sheet, text, text.text)
    return sheet


def _calm(model: Layout, sheet: Sheet) -> Plane:
    """Return the share of the background's lines at each place, with soft borders."""
    dots = sheet.dots_per_mm
    share = np.ones(sheet.infrared.shape, np.float32)
    for each in model.calm:
        left, top, width, height = (round(side * dots) for side in each.place)
        share[top : top + height, left : left + width] = each.share
    return np.asarray(cv2.GaussianBlur(share, (0, 0), 0.6 * dots), np.float32)


def write(sheet: Sheet, style: TextPrint, text: str) -> None:
    """Write ``text`` as ``style`` has it."""
    left, base = style.at
    if style.centred:
        left -= width_mm(text, style.font, style.size) / 2
    drawn = letters(text, style.font, style.size, (left, base), sheet.dots_per_mm)
    if drawn is not None:
        sheet.print(drawn.mask, INKS[style.ink], drawn.left, drawn.top)


def text_place(style: TextPrint, text: str) -> tuple[float, float, float, float]:
    """Return left, top, width and height of ``text`` in millimetres."""
    width = width_mm(text, style.font, style.size)
    left = style.at[0] - (width / 2 if style.centred else 0)
    return left, style.at[1] - 0.78 * style.size, width, style.size


def print_zone(
    sheet: Sheet, model: Layout, lines: tuple[str, ...], ink: Ink, rng: np.random.Generator
) -> None:
    """Print the machine readable zone, letter by letter at its pitch (9303-3 §4.2.1)."""
    off_x, off_y = rng.normal(0, 0.12, 2)  # of this document, within 9303-4's tolerance
    weight = float(rng.normal(0.0, 0.02))
    for line, middle in zip(lines, model.zone.lines, strict=True):
        for place, letter in enumerate(line):
            jitter = rng.normal(0, _SETTING_MM, 2)
            at = (
                model.zone.left + place * 2.54 - 0.113 * _OCR_B_EM_MM + off_x + jitter[0],
                middle + _HALF_CAPITAL_EM * _OCR_B_EM_MM + off_y + jitter[1],
            )
            drawn = letters(letter, "ocr_b", _OCR_B_EM_MM, at, sheet.dots_per_mm, weight)
            if drawn is not None:
                sheet.print(drawn.mask, ink, drawn.left, drawn.top)


def lay_photograph(sheet: Sheet, picture: PicturePrint, person: str) -> None:
    """Print the photograph of ``person`` where ``picture`` wants it."""
    left, top = (round(side * sheet.dots_per_mm) for side in picture.place[:2])
    shown = photograph(person, picture.place[2:], sheet.dots_per_mm)
    if not picture.coloured:
        shown = np.repeat(shown.mean(axis=2, keepdims=True), 3, axis=2)
    shown = 1 - (1 - shown) * np.float32(1 - picture.fades)
    sheet.print_picture(shown, INKS[picture.ink], left, top)


@lru_cache(maxsize=32)
def photograph(person: str, size_mm: tuple[float, float], dots_per_mm: float) -> Plane:
    """Return the middle of a person's photograph in that size, BGR, 0 to 1."""
    raw = np.frombuffer((_PHOTOGRAPHS / person / "portrait.jpg").read_bytes(), np.uint8)
    whole = np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR), np.uint8)
    width, height = (round(side * dots_per_mm) for side in size_mm)
    scale = max(width / whole.shape[1], height / whole.shape[0])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = max(width, round(whole.shape[1] * scale)), max(height, round(whole.shape[0] * scale))
    resized = cv2.resize(whole, size, interpolation=method)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    shown = resized[top : top + height, left : left + width].astype(np.float32) / 255
    return np.asarray(shown, np.float32)


def _fibre(sheet: Sheet, rng: np.random.Generator) -> None:
    """Lay one short bent fibre into the paper; it shows under ultraviolet light only."""
    dots = sheet.dots_per_mm
    side = round(6 * dots)
    canvas = np.zeros((side, side), np.uint8)
    way, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.5)
    t = np.linspace(-1, 1, 12)
    angle = way + bend * t
    points = side / 2 + np.cumsum(np.column_stack([np.cos(angle), np.sin(angle)]), 0) * 0.3 * dots
    points -= points.mean(axis=0) - side / 2
    cv2.polylines(canvas, [np.round(points * 16).astype(np.int32)], False, 255, 1, cv2.LINE_AA, 4)
    height, width = sheet.infrared.shape
    left, top = int(rng.integers(-side // 2, width)), int(rng.integers(-side // 2, height))
    ink = INKS[str(rng.choice(_FIBRE_INKS))]
    sheet.print(cover(canvas), ink, left, top)
