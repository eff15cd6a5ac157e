"""What a forger means to do with a document, and the tools all of them use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np

from hardware_mocks.page_scanner.bearer import Content
from hardware_mocks.page_scanner.ink import INKS, Ink, Plane, Sheet
from hardware_mocks.page_scanner.layout import Layout, Place
from hardware_mocks.page_scanner.marks import cloud
from hardware_mocks.page_scanner.printing import Craft

Alter = Callable[[Sheet], Sheet]
_HOME_PRINTERS: Final = ("dye", "toner")


def _unaltered(sheet: Sheet) -> Sheet:
    return sheet


@dataclass(frozen=True, slots=True)
class Plan:
    """A forged document in the making.

    Args:
        model: what is printed.
        said: what it says when it is printed.
        shown: what it says in the end; the truth about the page.
        craft: how it is printed.
        alter: what is done to it afterwards.
        truth: more about the forgery, for the set's truth.
        laminate: how much it shines back at a lamp; the model's when None.
        pictured: whether a picture of the page lies there, so that all wear is in the picture.
        sealed: what the seal says, where that is not what the State sealed.
        signed: what the signature of the seal is of, likewise.

    """

    model: Layout
    said: Content = field(repr=False)
    shown: Content = field(repr=False)
    craft: Craft = field(default_factory=Craft)
    alter: Alter = _unaltered
    truth: Mapping[str, Any] = field(default_factory=dict, repr=False)
    laminate: float | None = None
    pictured: bool = False
    sealed: Content | None = field(default=None, repr=False)
    signed: Content | None = field(default=None, repr=False)


Species = Callable[[Layout, Content, np.random.Generator], Plan]


@dataclass(frozen=True, slots=True)
class Hand:
    """A forger: how careful, 0 to 1, and with what luck."""

    skill: float
    chance: np.random.Generator

    @classmethod
    def of(cls, chance: np.random.Generator) -> "Hand":
        """Draw how careful a forger is: careless to careful, all alike often."""
        return cls(float(chance.uniform(0, 1)), chance)


def scrape(sheet: Sheet, place: Place, share: float, rng: np.random.Generator) -> None:
    """Scrape the print off a place, in millimetres; ``share`` of it is gone."""
    dots = sheet.dots_per_mm
    left, top, width, height = (round(side * dots) for side in place)
    mask = np.zeros((height + 8, width + 8), np.float32)
    mask[4:-4, 4:-4] = 1
    uneven = cloud(mask.shape, (0.8 * dots, 0.8 * dots), rng)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.12 * dots), np.float32)
    mask *= np.clip(np.float32(share) * (1 + np.float32(0.12) * uneven), 0, 1)
    sheet.overlay(mask, sheet.paper.white, sheet.paper.infrared, left - 4, top - 4)
    rough = Ink((0.93, 0.94, 0.95), 0.97)
    grain = np.clip(cloud(mask.shape, (0.12 * dots, 0.12 * dots), rng), 0, 1)
    sheet.print(mask * grain * np.float32(0.7), rough, left - 4, top - 4)


def forgers_ink(right: str, hand: Hand) -> tuple[str, Ink]:
    """Return the ink a forger has: careful ones look for one like the ``right`` one."""
    rng = hand.chance
    if rng.random() < hand.skill * 0.6:
        like = INKS[right]
        infrared = float(np.clip(like.infrared + rng.uniform(0.0, 0.10), 0, 1))
        darker = float(rng.normal(0, 0.02))
        blue, green, red = (max(0.02, part + darker) for part in like.white)
        return "alike", Ink((blue, green, red), infrared, hides=like.hides)
    name = str(rng.choice(_HOME_PRINTERS))
    return name, INKS[name]


def halftone(dark: Plane, cell_dots: float, degrees: float, hardness: float) -> Plane:
    """Return a picture's darkness, 0 to 1, as dots of a printer: ``cell_dots`` apart."""
    height, width = dark.shape
    angle = np.float32(np.deg2rad(degrees))
    turn = np.float32(2 * np.pi / cell_dots)
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    screen = np.float32(0.5) + np.float32(0.25) * (np.cos(along * turn) + np.cos(across * turn))
    dots: Plane = np.clip((dark - screen) * np.float32(hardness) + np.float32(0.5), 0, 1)
    return dots
