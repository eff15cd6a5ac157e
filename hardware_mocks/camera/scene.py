"""What stands before the camera: an empty lane, or a traveller, who may be an impostor."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.attack import Attack
from hardware_mocks.camera.bona_fide import Presentation
from hardware_mocks.camera.light import draw_illumination
from hardware_mocks.camera.optics import Lens, Map, Picture
from hardware_mocks.camera.painting import Moment
from hardware_mocks.camera.person import PHOTOGRAPHS
from hardware_mocks.camera.presentation import present
from hardware_mocks.camera.sensor import Sensor, draw_traits
from hardware_mocks.camera.surroundings import make_surroundings

__all__ = ["PHOTOGRAPHS", "Attack", "Picture", "Pose", "Scene", "Subject"]

_HEAD_DOWN: Final = 0.72  # of the picture's height: only hair is left to see
_JPEG_QUALITY: Final = 90


_KEPT: Final = 3  # presentations: who is there, and who comes next
_Who = tuple[str, Attack | None, int]


class Pose(Enum):
    FACING = "facing"
    AWAY = "away"  # head bent over the reader: the face is outside the picture


@dataclass(frozen=True, slots=True)
class Subject:
    """Who stands there.

    Args:
        person: whose face is seen: a folder of ``hardware_mocks/photographs``, as ``P001``.
        pose: whether the face can be seen.
        attack: how an impostor presents that face; None for the person themselves.
        seed: of everything that differs between two visits: distance, movement, blinking,
            and what the impostor has made.

    """

    person: str
    pose: Pose = Pose.FACING
    attack: Attack | None = None
    seed: int = 0


class Scene:
    """Renders picture after picture; no two of them are equal.

    ``subject`` is who stands before the camera now, None for nobody; ``light`` the level
    of the lane's own face light, 0 to 1; ``taken`` counts the pictures.

    Args:
        width: of a picture, in pixels; 4:3 or 16:9.
        height: likewise.
        seed: of the lane: its hall, its light and its camera.
        pictures_per_second: how much time passes from picture to picture.

    """

    def __init__(
        self,
        width: int = 640,
        height: int = 480,
        *,
        seed: int = 0,
        pictures_per_second: float = 12.0,
    ) -> None:
        self.subject: Subject | None = None
        self.light = 0.0
        self.taken = 0
        self._lens = Lens(width, height)
        rng = np.random.default_rng((seed, 9303))
        self._illumination = draw_illumination(rng)
        self._surroundings = make_surroundings(rng, self._illumination, self._lens)
        self._sensor = Sensor(draw_traits(rng), rng)
        self._interval = 1 / pictures_per_second
        self._presentations: dict[_Who, Presentation] = {}

    def prepare(self, subject: Subject) -> None:
        """Make everything for ``subject`` that takes long, before they come."""
        moment = Moment(0.0, self._illumination, self._lens)
        self._presentation(subject).paint(self._surroundings.canvas(moment.light), moment)

    def picture(self) -> Picture:
        """Return the next picture, BGR."""
        self.taken += 1
        light = replace(self._illumination, level=min(max(self.light, 0.0), 1.0))
        canvas = self._surroundings.canvas(light)
        if self.subject is not None:
            moment = Moment(self.taken * self._interval, light, self._lens)
            canvas = self._with(self.subject, canvas, moment)
        return self._sensor.develop(canvas)

    def jpeg(self) -> bytes:
        """Return the next picture as a JPEG file."""
        done, encoded = cv2.imencode(
            ".jpg", self.picture(), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
        )
        if not done:
            raise RuntimeError("the picture cannot be encoded")
        return encoded.tobytes()

    def _with(self, subject: Subject, canvas: Map, moment: Moment) -> Map:
        presentation = self._presentation(subject)
        if subject.pose is Pose.FACING:
            return presentation.paint(canvas, moment)
        empty = canvas.copy()
        down = round(_HEAD_DOWN * self._lens.height)
        empty[down:] = presentation.paint(canvas, moment)[:-down]
        return empty

    def _presentation(self, subject: Subject) -> Presentation:
        who = (subject.person, subject.attack, subject.seed)
        if who not in self._presentations:
            while len(self._presentations) >= _KEPT:
                del self._presentations[next(iter(self._presentations))]
            self._presentations[who] = present(*who[:2], self._lens, subject.seed)
        return self._presentations[who]
