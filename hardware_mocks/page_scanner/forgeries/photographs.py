"""Another person's photograph in place of the bearer's."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from hardware_mocks.page_scanner.bearer import Content
from hardware_mocks.page_scanner.forgeries.plan import Hand, Plan, forgers_ink, halftone, scrape
from hardware_mocks.page_scanner.ink import INKS, Ink, Plane, Sheet
from hardware_mocks.page_scanner.layout import Layout, PicturePrint
from hardware_mocks.page_scanner.portraits import MEN, WOMEN, portrait
from hardware_mocks.page_scanner.printing import lay_photograph

_WAYS: Final = ("glued", "printed_over", "film")
_PHOTO_PAPER: Final = Ink((0.95, 0.94, 0.94), 0.92)


def photo_substituted(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Glue, print or lay a film with somebody else over the photograph."""
    picture = model.photograph
    if picture is None:
        raise ValueError("there is no photograph to put another in the place of")
    alike = WOMEN if said.fields.sex == "F" else MEN
    other = str(rng.choice([person for person in alike if person != said.person]))
    hand, way = Hand.of(rng), str(rng.choice(_WAYS, p=(0.4, 0.35, 0.25)))

    def alter(sheet: Sheet) -> Sheet:
        if way == "printed_over":
            _print_over(sheet, model, other, hand)
        else:
            _lay_over(sheet, picture, other, hand, film=way == "film")
        return sheet

    truth = {
        "way": way,
        "care": round(hand.skill, 2),
        "photograph_before": said.person,
        "forged": [picture.place],
    }
    return Plan(model, said, replace(said, person=other), alter=alter, truth=truth)


def _lay_over(sheet: Sheet, picture: PicturePrint, person: str, hand: Hand, *, film: bool) -> None:
    """Lay a photograph of paper or of film over the old one, nearly where that was."""
    dots, rng = sheet.dots_per_mm, hand.chance
    loose = 1 - hand.skill
    rim = float(rng.uniform(0.0, 0.1 + 0.7 * loose))
    size = picture.place[2] + rng.normal(0, 0.1 + 0.6 * loose), picture.place[3]
    shown = _toned(portrait(person, size, dots), picture, hand)
    made = _photo_print(shown, round(rim * dots), dots, rng, film=film)
    turn, off = rng.normal(0, 0.15 + 1.0 * loose), rng.normal(0, 0.1 + 0.5 * loose, 2)
    lies = _lying(made, picture, float(turn), (float(off[0]), float(off[1])), dots)
    patch, there, corner = lies
    edge = 0.04 + 0.05 * loose if film else 0.10 + 0.30 * loose
    _shadow(sheet, there, corner, edge, rng)
    left, top = corner
    rows, columns = slice(top, top + there.shape[0]), slice(left, left + there.shape[1])
    for plane, given in zip((sheet.white, sheet.infrared, sheet.shine), patch, strict=True):
        part = there[..., None] if given.ndim == 3 else there
        under = plane[rows, columns]
        under += (given - under) * part


def _toned(shown: Plane, picture: PicturePrint, hand: Hand) -> Plane:
    """Return the photograph in the colours the page has, if the forger minds."""
    rng, skill = hand.chance, hand.skill
    if not picture.coloured and rng.random() < 0.35 + 0.6 * skill:
        shown = np.repeat(shown.mean(axis=2, keepdims=True), 3, axis=2)
    return np.asarray(shown ** np.float32(rng.uniform(0.8, 1.25)), np.float32)


def _photo_print(
    shown: Plane, rim: int, dots: float, rng: np.random.Generator, *, film: bool
) -> Sheet:
    """Return the new photograph by itself: dye on photographic paper, or toner on a film."""
    height, width = shown.shape[:2]
    brightness = float(rng.uniform(0.05, 0.25) if film else rng.uniform(0.12, 0.8))
    paper = replace(_PHOTO_PAPER, shine=(0.8 * brightness, 0.55 * brightness, 0.42 * brightness))
    made = Sheet.blank(((width + 2 * rim) / dots, (height + 2 * rim) / dots), dots, paper)
    if film:
        cell, angle = rng.uniform(2.0, 2.7), float(rng.uniform(15, 75))
        dotted = halftone(1 - shown.mean(axis=2), float(cell), angle, 2.2)
        made.print_picture(np.repeat(1 - dotted[..., None], 3, axis=2), INKS["toner"], rim, rim)
    else:
        made.print_picture(shown, INKS["dye"], rim, rim)
    return made


def _lying(
    made: Sheet, picture: PicturePrint, degrees: float, off_mm: tuple[float, float], dots: float
) -> tuple[tuple[Plane, Plane, Plane], Plane, tuple[int, int]]:
    """Return the planes of a print that lies askew, where it is, and its upper left corner."""
    height, width = made.infrared.shape
    side = 6 + round(0.06 * max(height, width))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[:, 2] += side
    size = width + 2 * side, height + 2 * side
    moved = tuple(
        np.asarray(cv2.warpAffine(plane, turn, size, borderMode=cv2.BORDER_REPLICATE), np.float32)
        for plane in (made.white, made.infrared, made.shine)
    )
    there = cv2.warpAffine(np.ones((height, width), np.float32), turn, size)
    middle = (
        (picture.place[0] + picture.place[2] / 2 + off_mm[0]) * dots,
        (picture.place[1] + picture.place[3] / 2 + off_mm[1]) * dots,
    )
    corner = max(0, round(middle[0] - size[0] / 2)), max(0, round(middle[1] - size[1] / 2))
    return (moved[0], moved[1], moved[2]), np.asarray(there, np.float32), corner


def _shadow(
    sheet: Sheet, there: Plane, corner: tuple[int, int], strength: float, rng: np.random.Generator
) -> None:
    """Darken the page beside an edge that stands up, on the side away from the lamp."""
    dots = sheet.dots_per_mm
    off = rng.choice([-1, 1], 2) * round(max(1.0, 0.12 * dots))
    moved = np.roll(there, tuple(int(step) for step in off), axis=(0, 1))
    soft = np.asarray(cv2.GaussianBlur(moved, (0, 0), 0.14 * dots), np.float32)
    beside = np.clip(soft - there, 0, 1) * np.float32(min(1.0, 2.2 * strength))
    sheet.print(beside, Ink((0.3, 0.3, 0.3), 0.4, hides=0.6), *corner)


def _print_over(sheet: Sheet, model: Layout, person: str, hand: Hand) -> None:
    """Scrape the old photograph off and print another in its place."""
    rng, skill = hand.chance, hand.skill
    picture = model.photograph
    if picture is None:
        raise ValueError("there is no photograph to print over")
    left, top, width, height = picture.place
    scrape(sheet, picture.place, float(rng.uniform(0.65, 0.8 + 0.15 * skill)), rng)
    off = rng.normal(0, 0.1 + 0.4 * (1 - skill), 2)
    new = replace(
        picture,
        place=(left + float(off[0]), top + float(off[1]), width, height),
        coloured=picture.coloured or bool(rng.random() > 0.3 + 0.6 * skill),
    )
    ink = INKS["dye"] if rng.random() < 0.75 else forgers_ink(picture.ink, hand)[1]
    lay_photograph(sheet, new, person, ink)
