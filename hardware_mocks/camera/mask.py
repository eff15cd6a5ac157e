"""A print of a face bent round the impostor's head: it has depth, but is paper all over."""

from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.bona_fide import NECK, Face, person_for
from hardware_mocks.camera.hold import impostor
from hardware_mocks.camera.optics import Lens, Map, Placement, Surface
from hardware_mocks.camera.painting import Matter, Moment, paint
from hardware_mocks.camera.person import Person, surface_millimetres
from hardware_mocks.camera.sheet import with_ink

_STANDS_OFF: Final = (2.0, 10.0)  # millimetres before the face


class Mask:
    """An impostor with a mask of ``victim``. Args: as of ``Face``."""

    def __init__(self, victim: str, lens: Lens, rng: np.random.Generator) -> None:
        away = float(rng.uniform(400, 540))
        at = (rng.uniform(-25, 25), rng.uniform(-30, 0), away)
        place = Placement.of(at, np.radians(rng.normal(0, 2.5, 3)), NECK)
        self._wearer: Face = impostor(victim, lens, rng, place)
        self._wearer.blinks = False
        person = person_for(victim, lens, away)
        self._surface = _mask(person, rng)
        self._off = float(rng.uniform(*_STANDS_OFF))
        self._paper = Matter(float(rng.uniform(0.0, 0.05)), float(rng.uniform(5, 25)))

    def paint(self, canvas: Map, moment: Moment) -> Map:
        place = self._wearer.place(moment.time)
        canvas = self._wearer.paint(canvas, moment)
        before = place._replace(
            z=place.z - self._off, pivot=(NECK[0], NECK[1], NECK[2] + self._off)
        )
        return paint(canvas, self._surface, before, self._paper, moment)


def _mask(person: Person, rng: np.random.Generator) -> Surface:
    """Cut the face out of a print, eyes out of the face, and bend it."""
    x, y = surface_millimetres(person.to_pixels, person.pixels.shape)
    wide, high = rng.uniform(66, 74), rng.uniform(88, 100)
    edge = 1 - np.hypot(x / wide, (y - 32) / high)
    there = np.minimum(np.clip(edge * 60, 0, 1), person.cutout / 255)
    for eye in person.eyes:
        hole_wide = person.eye[0] * rng.uniform(0.95, 1.15)
        hole_high = max(person.eye[1], 5.0) * rng.uniform(1.05, 1.4)
        hole = np.hypot((x - eye[0]) / hole_wide, (y - eye[1]) / hole_high) - 1
        there *= np.clip(hole * 8, 0, 1)
    pixels = with_ink(person.pixels, rng)
    small = person.shape.shape[1::-1]
    across = np.asarray(cv2.resize(x, small), np.float32)
    down = np.asarray(cv2.resize(y, small), np.float32)
    bent = -across * across / (2 * rng.uniform(75, 110)) - (down - 25) ** 2 / rng.uniform(500, 1200)
    relief = bent + rng.uniform(0.1, 0.4) * (person.shape[..., 0] - bent)
    shape = np.dstack((relief, np.ones_like(relief))).astype(np.float32)
    texture = np.dstack((pixels, (255 * there).astype(np.uint8))).astype(np.uint8)
    return Surface(texture, person.to_pixels, shape)
