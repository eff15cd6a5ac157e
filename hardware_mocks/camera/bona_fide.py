"""A person before the camera, and what every presentation has to offer."""

from typing import Final, Protocol

import numpy as np

from hardware_mocks.camera.glasses import Glasses
from hardware_mocks.camera.movement import Blinks, Gait, Movement
from hardware_mocks.camera.optics import Lens, Map, Placement
from hardware_mocks.camera.painting import Matter, Moment, paint, smeared
from hardware_mocks.camera.person import EYES_APART, Person, load_person

NECK: Final = (0.0, 105.0, 85.0)
_SHUTTER_STEP: Final = 0.01
_WEAR_GLASSES: Final = 0.2
_BELOW_THE_PHOTOGRAPH: Final = 95.0  # millimetres of clothes that can be made up


class Presentation(Protocol):
    """What stands before the camera."""

    def paint(self, canvas: Map, moment: Moment) -> Map:
        """Paint it over the surroundings; ``canvas`` may be changed and given back."""
        ...


class Face(Presentation):
    """A live person.

    Args:
        name: a folder of the photographs.
        lens: of the camera.
        rng: everything that differs between two visits.
        rest: where the middle of the eyes rests; chosen if None.

    """

    def __init__(
        self, name: str, lens: Lens, rng: np.random.Generator, rest: Placement | None = None
    ) -> None:
        away = float(rng.uniform(400, 540)) if rest is None else rest.z
        self.person = person_for(name, lens, away)
        place = rest or _standing(self.person, lens, away, rng)
        gait = Gait(float(rng.uniform(1.5, 5)), float(rng.uniform(0.8, 4)), 0.3)
        self.rest = place
        self.blinks = True
        self._movement = Movement(rng, gait, place)
        self._blinks = Blinks(rng)
        wears = rest is None and rng.random() < _WEAR_GLASSES
        self._glasses = Glasses(rng) if wears else None
        self._skin = Matter(float(rng.uniform(0.015, 0.1)), float(rng.uniform(9, 24)))

    def place(self, time: float) -> Placement:
        return self._movement.at(time)

    def eyes_apart(self, lens: Lens) -> float:
        """Return how far apart the eyes are in the picture, in pixels."""
        return lens.focal * EYES_APART / self.rest.z

    def paint(self, canvas: Map, moment: Moment) -> Map:
        place = self.place(moment.time)
        closed = self._blinks.closed(moment.time) if self.blinks else 0.0
        canvas = paint(canvas, self.person.surface(closed), place, self._skin, moment)
        if closed < 0.5:
            add_glints(canvas, self.person, place, moment)
        if self._glasses is not None:
            canvas = self._glasses.paint(canvas, place, moment)
        before = self.place(moment.time - _SHUTTER_STEP)
        return smeared(canvas, before, place, _SHUTTER_STEP, moment.lens)


def add_glints(canvas: Map, person: Person, place: Placement, moment: Moment) -> None:
    """Add the lamp as each cornea mirrors it."""
    lens, level = moment.lens, moment.light.level
    if level <= 0:
        return
    turn = place.rotation()
    pivot = np.array(place.pivot)
    for eye in person.eyes:
        at = turn @ (np.array([eye[0], eye[1] - 1.5, 2.0]) - pivot) + pivot + np.array(place[:3])
        x = at[0] / at[2] * lens.focal + lens.width / 2
        y = at[1] / at[2] * lens.focal + lens.height / 2
        if not (8 < x < lens.width - 8 and 8 < y < lens.height - 8):
            continue
        size = max(0.6, 0.8 * lens.focal / at[2])
        left, top = round(x) - 6, round(y) - 6
        rows, columns = np.indices((13, 13), np.float32)
        far = ((columns + left - x) / (2.2 * size)) ** 2 + ((rows + top - y) / (0.6 * size)) ** 2
        spot = np.exp(-far)[..., None] * (0.7 * level * np.array(moment.light.lamp))
        canvas[top : top + 13, left : left + 13] += spot.astype(np.float32)


def person_for(name: str, lens: Lens, away: float) -> Person:
    """Load a person at the size that the camera needs, so that nothing fine turns into moiré."""
    whole = load_person(name)
    wanted = lens.focal / away / (float(np.hypot(*whole.to_pixels[:, 0])))
    return load_person(name, int(np.clip(np.ceil(wanted * 11), 4, 10)))


def _standing(person: Person, lens: Lens, away: float, rng: np.random.Generator) -> Placement:
    """Place the person so that neither end of the photograph comes into the picture."""
    half = lens.height / 2 / lens.focal
    lowest = half * (away + 75) - person.ends[1] - _BELOW_THE_PHOTOGRAPH
    y = float(max(-18 + rng.uniform(-12, 12), lowest))
    turn = np.radians(rng.normal(0, 1.8, 3) * np.array((1.0, 0.8, 0.5)))
    x = float(rng.uniform(-25, 25))
    return Placement.of((x, y, away), turn, NECK)
