"""Prints a document: its background first, which all of a kind share, then what is its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from hardware_mocks.page_scanner.bearer import Content
from hardware_mocks.page_scanner.ink import INKS, Ink, PackedSheet, Plane, Sheet, cover
from hardware_mocks.page_scanner.layout import Layout, PicturePrint, TextPrint, layout
from hardware_mocks.page_scanner.lettering import letters, width_mm
from hardware_mocks.page_scanner.portraits import portrait
from hardware_mocks.page_scanner.security_print import PATTERNS

OCR_B_EM_MM: Final = 2.54 / 0.723  # the font's letters are 0.723 em wide, 9303-3 §4.2.1: 2.54 mm
HALF_CAPITAL_EM: Final = 0.355
_BEARING_EM: Final = 0.113  # from the side of a letter's cell to its ink
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
    """How a document is made, where that is not as its layout has it.

    Args:
        paper: a name of ``PAPERS``; the layout's when empty.
        zone_ink: of the machine readable zone.
        personal_ink: of all that is the bearer's own and no photograph.
        picture_ink: of the photographs.
        shining: whether the fluorescent inks and fibres are there.

    """

    paper: str = ""
    zone_ink: Ink | None = None
    personal_ink: Ink | None = None
    picture_ink: Ink | None = None
    shining: bool = True


def printed(
    model: Layout, said: Content, dots_per_mm: float, rng: np.random.Generator, craft: Craft
) -> Sheet:
    """Return the page of ``model`` that says ``said``, fresh from the printer."""
    paper = craft.paper or model.paper
    shared = layout(model.name)
    if model.patterns is shared.patterns and model.texts is shared.texts:
        sheet = Sheet.loosened(_kept_background(model.name, dots_per_mm, paper, craft.shining))
    else:
        sheet = _background(model, dots_per_mm, paper, craft.shining)
    for _ in range(round(model.fibres * rng.uniform(0.7, 1.3)) if craft.shining else 0):
        _fibre(sheet, rng)
    for picture in (model.photograph, model.ghost):
        if picture is not None:
            lay_photograph(sheet, picture, said.person, craft.picture_ink)
    for text in model.texts:
        if text.field and (written := said.texts.get(text.field)):
            write(sheet, text, written, craft.personal_ink)
    print_zone(sheet, model, said.lines, craft.zone_ink or INKS[model.zone.ink], rng)
    return sheet


@lru_cache(maxsize=12)
def _kept_background(name: str, dots_per_mm: float, paper: str, shining: bool) -> PackedSheet:  # noqa: FBT001
    return _background(layout(name), dots_per_mm, paper, shining).packed()


def _background(model: Layout, dots_per_mm: float, paper: str, shining: bool) -> Sheet:  # noqa: FBT001
    """Return what all documents of a kind share."""
    sheet = Sheet.blank(model.size, dots_per_mm, PAPERS[paper])
    height, width = sheet.infrared.shape
    calm = _calm(model, sheet)
    for pattern in model.patterns:
        shines = pattern.ink.startswith("shining")
        if shining or not shines:
            drawn = PATTERNS[pattern.kind]((height, width), dots_per_mm, pattern.wish)
            share = np.float32(1) if shines else calm
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


def write(sheet: Sheet, style: TextPrint, text: str, ink: Ink | None = None) -> None:
    """Write ``text`` as ``style`` has it, or in another ink."""
    left, base = style.at
    if style.centred:
        left -= width_mm(text, style.font, style.size) / 2
    drawn = letters(text, style.font, style.size, (left, base), sheet.dots_per_mm)
    if drawn is not None:
        sheet.print(drawn.mask, ink or INKS[style.ink], drawn.left, drawn.top)


def text_place(style: TextPrint, text: str) -> tuple[float, float, float, float]:
    """Return left, top, width and height of ``text`` in millimetres."""
    width = width_mm(text, style.font, style.size)
    left = style.at[0] - (width / 2 if style.centred else 0)
    return left, style.at[1] - 0.78 * style.size, width, style.size


def print_zone(
    sheet: Sheet, model: Layout, lines: tuple[str, ...], ink: Ink, rng: np.random.Generator
) -> None:
    """Print the machine readable zone, letter by letter at its pitch (9303-3 §4.2.1)."""
    weight = float(rng.normal(0.0, 0.02))
    for row, line in enumerate(lines):
        for place, letter in enumerate(line):
            left, middle = letter_at(model, row, place)
            jitter = rng.normal(0, _SETTING_MM, 2)
            at = (
                left + jitter[0],
                middle + HALF_CAPITAL_EM * OCR_B_EM_MM + jitter[1],
            )
            drawn = letters(letter, "ocr_b", OCR_B_EM_MM, at, sheet.dots_per_mm, weight)
            if drawn is not None:
                sheet.print(drawn.mask, ink, drawn.left, drawn.top)


def letter_at(model: Layout, row: int, place: int) -> tuple[float, float]:
    """Return the left side of a letter's cell in the zone, and the middle of its line."""
    return model.zone.left + place * 2.54 - _BEARING_EM * OCR_B_EM_MM, model.zone.lines[row]


def lay_photograph(
    sheet: Sheet, picture: PicturePrint, person: str, ink: Ink | None = None
) -> None:
    """Print the photograph of ``person`` where ``picture`` wants it, or in another ink."""
    left, top = (round(side * sheet.dots_per_mm) for side in picture.place[:2])
    shown = portrait(person, picture.place[2:], sheet.dots_per_mm)
    if not picture.coloured:
        shown = np.repeat(shown.mean(axis=2, keepdims=True), 3, axis=2)
    shown = 1 - (1 - shown) * np.float32(1 - picture.fades)
    sheet.print_picture(shown, ink or INKS[picture.ink], left, top)


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
