"""A printed photograph held up: paper, ink, curl; with the eyes cut out or not."""

from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.bona_fide import Face
from hardware_mocks.camera.hold import (
    Cutting,
    add_thumb,
    behind,
    cut_photograph,
    hand_movement,
    held_placement,
    impostor,
)
from hardware_mocks.camera.optics import Lens, Map, Picture, Surface, flat_to_pixels
from hardware_mocks.camera.painting import Matter, Moment, paint, smeared
from hardware_mocks.camera.person import EYES_APART, load_person

# Width and height of sheets, millimetres: A5, A4, 20 x 30, A3, and A4 on its side.
_SHEETS: Final = ((148, 210), (210, 297), (200, 300), (297, 420), (297, 210))
_MARGIN_MM: Final = 38
_STEP: Final = 0.01


class HeldPrint:
    """A print of ``victim`` in an impostor's hands.

    Args:
        victim: whose photograph.
        lens: of the camera.
        rng: everything that differs between two visits.
        cut: whether the eyes are cut out and the impostor's own are behind.

    """

    def __init__(self, victim: str, lens: Lens, rng: np.random.Generator, *, cut: bool) -> None:
        size = _SHEETS[1 + int(rng.integers(3))] if cut else _SHEETS[int(rng.integers(5))]
        cutting = cut_photograph(victim, size[0] / size[1], rng)
        per_mm = cutting.pixels.shape[1] / size[0]
        if cut:  # the holes must be as far apart as eyes are
            per_mm = cutting.eyes_apart / EYES_APART
        wanted = float(np.clip(per_mm, 1.2, 3.0))
        printed = printed_on_paper(cutting, wanted / per_mm, rng)
        eyes_apart = cutting.eyes_apart / per_mm
        middle = (cutting.eyes / per_mm) - np.array(cutting.pixels.shape[1::-1]) / per_mm / 2
        texture = _with_margin(printed, round(_MARGIN_MM * wanted))
        to_pixels = flat_to_pixels((texture.shape[1], texture.shape[0]), wanted)
        if cut:
            _cut_eyes(texture, victim, to_pixels, middle, rng)
        if rng.random() < 0.8:
            add_thumb(texture, rng, wanted, round(_MARGIN_MM * wanted))
        rest = held_placement(lens, rng, eyes_apart, (float(middle[0]), float(middle[1])))
        self._surface = Surface(texture, to_pixels, _curl(rng, 5.0 if cut else 16.0))
        self._movement = hand_movement(rng, rest)
        self._paper = Matter(float(rng.uniform(0, 0.05)), float(rng.uniform(6, 40)))
        back = behind(rest, rng)
        if cut:
            gap = float(rng.uniform(12, 35))
            back = rest._replace(
                x=rest.x + float(middle[0]), y=rest.y + float(middle[1]), z=rest.z + gap
            )
        self._holder: Face | None = None
        if cut or rng.random() < 0.7:
            self._holder = impostor(victim, lens, rng, back)

    def paint(self, canvas: Map, moment: Moment) -> Map:
        place = self._movement.at(moment.time)
        if self._holder is not None:
            canvas = self._holder.paint(canvas, moment)
        canvas = paint(canvas, self._surface, place, self._paper, moment)
        return smeared(canvas, self._movement.at(moment.time - _STEP), place, _STEP, moment.lens)


def printed_on_paper(cutting: Cutting, scale: float, rng: np.random.Generator) -> Picture:
    """Return the cutting as a printer lays it on paper: fewer colours, and grain."""
    size = tuple(round(side * scale) for side in cutting.pixels.shape[1::-1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return with_ink(cv2.resize(cutting.pixels, size, interpolation=how).astype(np.uint8), rng)


def with_ink(pixels: Picture, rng: np.random.Generator) -> Picture:
    """Return a picture in ink: paper white is not white, black not black, colours paler."""
    light = (pixels.astype(np.float32) / 255) ** (2.2 * rng.uniform(0.9, 1.1))
    grey = light.mean(axis=2, keepdims=True)
    light = grey + rng.uniform(0.75, 1.0) * (light - grey)
    ink, paper = rng.uniform(0.01, 0.045), rng.uniform(0.75, 0.92)
    light = ink + (paper - ink) * light
    light *= rng.uniform(0.96, 1.04, 3).astype(np.float32)
    grain = cv2.GaussianBlur(
        rng.standard_normal(light.shape[:2]).astype(np.float32), (0, 0), float(rng.uniform(0.3, 1))
    )
    light *= 1 + np.float32(rng.uniform(0.005, 0.04)) * grain[..., None]
    printed = 255 * np.clip(light, 0, 1) ** (1 / 2.2)
    return np.asarray(printed, np.uint8)


def _with_margin(printed: Picture, margin: int) -> Picture:
    there = np.full(printed.shape[:2], 255, np.uint8)
    around = (margin, margin, margin, margin)
    return np.dstack(
        (
            cv2.copyMakeBorder(printed, *around, cv2.BORDER_REPLICATE),
            cv2.copyMakeBorder(there, *around, cv2.BORDER_CONSTANT, value=0.0),
        )
    ).astype(np.uint8)


def _cut_eyes(
    texture: Picture, victim: str, to_pixels: Map, middle: Map, rng: np.random.Generator
) -> None:
    """Cut a hole for each eye, a little larger than its opening and not quite round."""
    person = load_person(victim)
    tilt = float(np.degrees(np.arctan2(person.to_pixels[1, 0], person.to_pixels[0, 0])))
    turn = np.array(
        [[np.cos(np.radians(tilt)), -np.sin(np.radians(tilt))],
         [np.sin(np.radians(tilt)), np.cos(np.radians(tilt))]]
    )  # fmt: skip
    holes = np.zeros(texture.shape[:2], np.uint8)
    for eye in person.eyes:
        at = turn @ eye + middle
        pixel = to_pixels[:, :2] @ at + to_pixels[:, 2]
        axes = (
            round(person.eye[0] * rng.uniform(1.0, 1.2) * to_pixels[0, 0]),
            round(max(person.eye[1], 5.0) * rng.uniform(1.15, 1.6) * to_pixels[0, 0]),
        )
        centre = (round(float(pixel[0])), round(float(pixel[1])))
        cv2.ellipse(holes, centre, axes, tilt, 0, 360, 255, -1, cv2.LINE_AA)
    texture[..., 3] = np.minimum(texture[..., 3], 255 - holes)


def _curl(rng: np.random.Generator, most: float) -> Map:
    """Return the shape of paper that is bent about one axis, and a little wavy."""
    rows, columns = np.mgrid[-1:1:40j, -1:1:40j]
    angle = rng.normal(0, 0.35) + (0 if rng.random() < 0.7 else np.pi / 2)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    bend = rng.uniform(-most, most) * along**2
    wave = rng.uniform(0, 2) * np.sin(2.5 * along + rng.uniform(0, 6)) * (rows + 1)
    return np.dstack((bend + wave, np.ones_like(bend))).astype(np.float32)
