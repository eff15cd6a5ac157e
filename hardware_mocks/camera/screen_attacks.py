"""What impostors do with screens: hold one up, hide its edges, show a film on it."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.bona_fide import Face
from hardware_mocks.camera.hold import Cutting, behind, cut_photograph, impostor
from hardware_mocks.camera.light import draw_illumination
from hardware_mocks.camera.optics import Lens, Map, Picture, Surface, flat_to_pixels
from hardware_mocks.camera.painting import Matter, Moment, paint
from hardware_mocks.camera.screen import LARGE, TABLETS, TELEPHONES, Device, HeldScreen
from hardware_mocks.camera.sensor import Sensor, draw_traits
from hardware_mocks.camera.surroundings import make_surroundings

_BOARD: Final = (900, 760)  # millimetres
_BOARD_PER_MM: Final = 1.0
_FILM_PER_SECOND: Final = 30.0


class ShownPhotograph:
    """A telephone or tablet in a hand. Args: as of ``Face``."""

    def __init__(self, victim: str, lens: Lens, rng: np.random.Generator) -> None:
        device = _one_of(TELEPHONES + TABLETS, rng)
        cutting = cut_photograph(victim, device.width / device.height, rng)
        self._screen = HeldScreen(device, cutting, lens, rng)
        self._holder = _holder(victim, lens, rng, self._screen)

    def paint(self, canvas: Map, moment: Moment) -> Map:
        if self._holder is not None:
            canvas = self._holder.paint(canvas, moment)
        return self._screen.paint(canvas, moment)


class FramedScreen:
    """A screen behind a window in a board that fills the picture. Args: as of ``Face``."""

    def __init__(self, victim: str, lens: Lens, rng: np.random.Generator) -> None:
        device = _one_of(TABLETS + LARGE, rng)
        cutting = cut_photograph(victim, device.width / device.height, rng)
        self._screen = HeldScreen(device, cutting, lens, rng)
        self._before = float(rng.uniform(2, 12))
        self._board = _board(device, rng)
        self._matter = Matter(float(rng.uniform(0, 0.04)), float(rng.uniform(5, 30)))

    def paint(self, canvas: Map, moment: Moment) -> Map:
        canvas = self._screen.paint(canvas, moment)
        place = self._screen.place(moment.time)
        place = place._replace(z=place.z - self._before)
        return paint(canvas, self._board, place, self._matter, moment)


class Replay:
    """A film of the victim, moving and blinking, on a screen. Args: as of ``Face``."""

    def __init__(self, victim: str, lens: Lens, rng: np.random.Generator) -> None:
        device = _one_of(TELEPHONES + TABLETS + LARGE, rng)
        self._film = _Film(victim, lens, rng, device.width / device.height)
        self._screen = HeldScreen(device, self._film.cutting(), lens, rng)
        self._shown = 0
        self._holder = None if device in LARGE else _holder(victim, lens, rng, self._screen)

    def paint(self, canvas: Map, moment: Moment) -> Map:
        number = int(moment.time * _FILM_PER_SECOND)
        if number != self._shown:
            self._screen.show(self._film.picture(number))
            self._shown = number
        if self._holder is not None:
            canvas = self._holder.paint(canvas, moment)
        return self._screen.paint(canvas, moment)


class _Film:
    """Taken by another camera in another light; the lane's lamp was not there."""

    def __init__(self, victim: str, lens: Lens, rng: np.random.Generator, aspect: float) -> None:
        self._lens = Lens(*((960, 720) if lens.width > 640 else (560, 420)))
        self._light = replace(draw_illumination(rng), level=float(rng.random() < 0.3))
        self._surroundings = make_surroundings(rng, self._light, self._lens)
        self._face = Face(victim, self._lens, rng)
        self._sensor = Sensor(draw_traits(rng), rng)
        place = self._face.rest
        scale = self._lens.focal / place.z
        x = place.x * scale + self._lens.width / 2
        y = place.y * scale + self._lens.height / 2
        height = min(self._lens.height, int(self._lens.width / aspect))
        width = int(height * aspect)
        left = int(np.clip(x - width / 2, 0, self._lens.width - width))
        top = int(np.clip(y - height * 0.45, 0, self._lens.height - height))
        self._part = (slice(top, top + height), slice(left, left + width))
        self._eyes = np.array((x - left, y - top), np.float32)

    def cutting(self) -> Cutting:
        return Cutting(self.picture(0), self._eyes, self._face.eyes_apart(self._lens))

    def picture(self, number: int) -> Picture:
        moment = Moment(number / _FILM_PER_SECOND, self._light, self._lens)
        light = self._face.paint(self._surroundings.canvas(self._light), moment)
        return self._sensor.develop(light)[self._part]


def _holder(victim: str, lens: Lens, rng: np.random.Generator, screen: HeldScreen) -> Face | None:
    return impostor(victim, lens, rng, behind(screen.rest, rng)) if rng.random() < 0.7 else None


def _one_of(devices: tuple[Device, ...], rng: np.random.Generator) -> Device:
    return devices[int(rng.integers(len(devices)))]


def _board(device: Device, rng: np.random.Generator) -> Surface:
    """Return a board with a window a little smaller than what shines."""
    width, height = _BOARD
    colour = np.array(
        ((30, 30, 32), (110, 150, 185), (128, 128, 126), (205, 207, 208), (55, 85, 120))
    )[int(rng.integers(5))]
    grain = cv2.GaussianBlur(
        rng.standard_normal((height, width)).astype(np.float32), (0, 0), 2.0, sigmaY=0.6
    )
    pixels = np.clip(colour + rng.uniform(3, 14) * grain[..., None], 0, 255).astype(np.uint8)
    there = np.full((height, width), 255, np.uint8)
    inside = rng.uniform(0.9, 0.98)
    half = (round(device.width * inside / 2), round(device.height * inside / 2))
    middle = (width // 2, height // 2)
    near = (middle[0] - half[0], middle[1] - half[1])
    far = (middle[0] + half[0], middle[1] + half[1])
    cv2.rectangle(pixels, near, far, (colour * 0.5).tolist(), 2)
    cv2.rectangle(there, near, far, 0, -1)
    flat = np.dstack((np.zeros((2, 2)), np.ones((2, 2)))).astype(np.float32)
    texture = np.dstack((pixels, there)).astype(np.uint8)
    return Surface(texture, flat_to_pixels((width, height), _BOARD_PER_MM), flat)
