"""A photograph or a film on a screen: light of its own, a grid of pixels, glass."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.hold import (
    Cutting,
    add_thumb,
    hand_movement,
    held_placement,
)
from hardware_mocks.camera.optics import (
    Lens,
    Map,
    Picture,
    Placement,
    Surface,
    Trace,
    flat_to_pixels,
    trace,
)
from hardware_mocks.camera.painting import Moment, full_size, lay_over, smeared
from hardware_mocks.camera.sensor import linear_curve

_MARGIN_MM: Final = 38
_STEP: Final = 0.01
_FILL: Final = 0.75  # of a camera pixel that senses light


@dataclass(frozen=True, slots=True)
class Device:
    """Args: width and height of what shines, its frame and its pixels' pitch, millimetres."""

    width: float
    height: float
    frame: float
    pitch: float


TELEPHONES: Final = (Device(65, 141, 3, 0.060), Device(70, 152, 2.5, 0.066))
TABLETS: Final = (Device(160, 213, 9, 0.096), Device(135, 216, 8, 0.113))
LARGE: Final = (
    Device(310, 174, 12, 0.161),
    Device(345, 194, 10, 0.18),
    Device(527, 296, 14, 0.2745),
)


@dataclass(frozen=True, slots=True)
class Glow:
    """How a screen shines and mirrors; every arg is drawn for each visit."""

    white: tuple[float, float, float]
    black: float  # of the light that falls on it
    mirror: float  # of the lamp where it mirrors it
    sharpness: float
    blur: float  # of the lens, pixels: what it leaves of the grid
    band: float  # height of the bright and dark bands
    bands: float  # so many in a picture
    band_speed: float  # of a picture's height each second


def draw_glow(rng: np.random.Generator) -> Glow:
    bright = rng.uniform(0.45, 1.1)
    cold = rng.uniform(-0.08, 0.14)
    return Glow(
        white=(bright * (1 + cold), bright, bright * (1 - cold)),
        black=float(rng.uniform(0.006, 0.03)),
        mirror=float(rng.uniform(0.02, 0.5)),
        sharpness=float(rng.uniform(120, 900)),
        blur=float(rng.uniform(0.15, 0.35)),
        band=float(rng.uniform(0.006, 0.05)) if rng.random() < 0.6 else 0.0,
        bands=float(rng.uniform(0.7, 5)),
        band_speed=float(rng.uniform(-2, 2)),
    )


class HeldScreen:
    """A screen before the camera.

    Args:
        device: which.
        cutting: what it shows.
        lens: of the camera.
        rng: everything that differs between two visits.

    """

    def __init__(
        self, device: Device, cutting: Cutting, lens: Lens, rng: np.random.Generator
    ) -> None:
        self.device = device
        wide, high = cutting.pixels.shape[1::-1]
        self._per_mm = float(np.clip(wide / device.width, 1.5, 5.0))
        shown = device.width / wide  # millimetres a pixel of the photograph
        eyes = (cutting.eyes - np.array((wide, high)) / 2) * shown
        self.rest = held_placement(
            lens, rng, cutting.eyes_apart * shown, (float(eyes[0]), float(eyes[1]))
        )
        self._movement = hand_movement(rng, self.rest)
        self._glow = draw_glow(rng)
        self._case = _case(device, self._per_mm, rng)
        self._mirrored = _mirrored_room(rng)
        self.show(cutting.pixels)

    def show(self, pixels: Picture) -> None:
        """Show a picture; it fills the screen."""
        device, per_mm = self.device, self._per_mm
        size = (round(device.width * per_mm), round(device.height * per_mm))
        how = cv2.INTER_AREA if pixels.shape[1] > size[0] else cv2.INTER_CUBIC
        texture = self._case.copy()
        top = (texture.shape[0] - size[1]) // 2
        left = (texture.shape[1] - size[0]) // 2
        part = texture[top : top + size[1], left : left + size[0]]
        lit = cv2.resize(pixels, size, interpolation=how)
        part[..., :3] = np.where(part[..., 4:] > 0, lit, part[..., :3])
        to_pixels = flat_to_pixels((texture.shape[1], texture.shape[0]), per_mm)
        flat = np.dstack((np.zeros((2, 2)), np.ones((2, 2)))).astype(np.float32)
        self._surface = Surface(np.ascontiguousarray(texture[..., :4]), to_pixels, flat)
        self._shining = np.ascontiguousarray(texture[..., 4])

    def place(self, time: float) -> Placement:
        return self._movement.at(time)

    def paint(self, canvas: Map, moment: Moment) -> Map:
        place = self.place(moment.time)
        seen = trace(self._surface, place, moment.lens)
        pixels = cv2.remap(self._surface.texture, seen.u, seen.v, cv2.INTER_LINEAR)
        shining = cv2.remap(self._shining, seen.u, seen.v, cv2.INTER_LINEAR)
        own = np.asarray(cv2.LUT(pixels[..., :3], linear_curve()), np.float32)
        share = shining.astype(np.float32)[..., None] / np.float32(255)
        lit = moment.light.on(seen.points, seen.normals)
        light = own * share * np.array(self._glow.white, np.float32)
        light *= self._grid(seen, moment.lens)
        light *= self._refresh(moment)
        glass = lit * np.float32(self._glow.black) + self._mirror(seen, moment)
        light += own * (1 - share) * full_size(lit, moment.lens)
        light += full_size(glass, moment.lens)
        presence = pixels[..., 3].astype(np.float32) / np.float32(255)
        canvas = lay_over(canvas, np.asarray(light, np.float32), presence)
        before = self.place(moment.time - _STEP)
        return smeared(canvas, before, place, _STEP, moment.lens)

    def _mirror(self, seen: Trace, moment: Moment) -> Map:
        """Return what the glass mirrors: the lamp where it stands right, and the room."""
        lamp = moment.light.gloss(seen.points, seen.normals, self._glow.sharpness)
        colour = np.array(moment.light.lamp, np.float32) * np.float32(self._glow.mirror * 6)
        facing = seen.normals[..., :2] * np.float32(60) + np.float32(48)
        facing += seen.points[..., :2] / seen.points[..., 2:] * np.float32(30)
        room = cv2.remap(
            self._mirrored, facing[..., 0], facing[..., 1], cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )  # fmt: skip
        hall = np.array(moment.light.ambient, np.float32)
        return np.asarray(lamp[..., None] * colour + room[..., None] * hall, np.float32)

    def _grid(self, seen: Trace, lens: Lens) -> Map:
        """Return what is left of the screen's grid of pixels, sampled by the camera's.

        A camera pixel takes the mean over its own area, which damps the grid's frequency
        but does not end it: what is left is sampled below its rate, and that is the moiré.
        """
        pitch = self.device.pitch
        cycles = float(seen.points[..., 2].mean()) / lens.focal / pitch  # in a camera pixel
        left = abs(float(np.sinc(_FILL * cycles)))
        left *= float(np.exp(-2 * (np.pi * self._glow.blur * cycles) ** 2))
        if left * 1.6 < 0.002:
            return np.ones((1, 1, 3), np.float32)
        per_cycle = np.float32(2 * np.pi / (self._per_mm * pitch))
        columns, rows = seen.u * per_cycle, seen.v * per_cycle
        across = np.cos(columns[..., None] + np.array((0, 2.094, 4.189), np.float32))
        down = np.cos(rows)[..., None]
        grid = (1 + np.float32(1.6 * left) * across) * (1 + np.float32(0.4 * left) * down)
        return np.asarray(np.maximum(grid, 0), np.float32)

    def _refresh(self, moment: Moment) -> Map:
        glow = self._glow
        rows = np.arange(moment.lens.height, dtype=np.float32) / moment.lens.height
        wave = np.sin(2 * np.pi * (glow.bands * rows + glow.band_speed * moment.time))
        return np.asarray(1 + glow.band * wave, np.float32)[:, None, None]


def _case(device: Device, per_mm: float, rng: np.random.Generator) -> Picture:
    """Return the device switched off: BGR, where it is, and where it shines."""
    margin = _MARGIN_MM + device.frame
    wide = round((device.width + 2 * margin) * per_mm)
    high = round((device.height + 2 * margin) * per_mm)
    texture = np.zeros((high, wide, 4), np.uint8)
    edge = round(_MARGIN_MM * per_mm)
    grey = float(rng.choice((18, 25, 40, 190), p=(0.4, 0.3, 0.2, 0.1)))
    body = np.zeros((high, wide), np.uint8)
    _rounded(body, edge, round(max(device.frame, 5) * per_mm))
    texture[body > 0] = (grey, grey, grey, 255)
    shines = np.zeros((high, wide), np.uint8)
    corner = 2.5 * per_mm if device.width < 250 else 0
    _rounded(shines, round(margin * per_mm), round(corner))
    if device.width < 250 and rng.random() < 0.8:
        before = texture[..., :3].copy()
        add_thumb(texture, rng, per_mm, edge)
        shines[(texture[..., :3] != before).any(axis=2)] = 0
    return np.dstack((texture, shines)).astype(np.uint8)


def _rounded(mask: Picture, edge: int, radius: int) -> None:
    """Fill a rectangle ``edge`` from the sides of ``mask`` with round corners."""
    height, width = mask.shape
    near, far = (edge + radius, edge + radius), (width - edge - radius, height - edge - radius)
    cv2.rectangle(mask, near, far, 255, 2 * radius + 1 if radius else 1)
    cv2.rectangle(mask, near, far, 255, -1)


def _mirrored_room(rng: np.random.Generator) -> Map:
    """Return windows and lamps behind the camera, as weakly as glass mirrors them."""
    room = np.full((96, 96), rng.uniform(0, 0.006), np.float32)
    for _ in range(int(rng.integers(1, 5))):
        left, top = (int(each) for each in rng.integers(0, 80, 2))
        wide, high = (int(each) for each in rng.integers(4, 30, 2))
        bright = float(rng.uniform(0.005, 0.07))
        cv2.rectangle(room, (left, top), (left + wide, top + high), bright, -1)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), float(rng.uniform(1, 4))), np.float32)
