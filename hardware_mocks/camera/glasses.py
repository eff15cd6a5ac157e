"""Glasses: a frame before the eyes, and lenses that mirror the lane's lamp."""

from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.optics import Map, Picture, Placement, Surface, flat_to_pixels, trace
from hardware_mocks.camera.painting import Moment, full_size, lay_over, sampled

_PER_MM: Final = 4.0
_SIZE_MM: Final = (150, 60)
_ARMS_SEEN: Final = 69.0  # millimetres from the middle: then hair and ears hide them
_RIM_OUT: Final = 32.0  # millimetres from the middle to the middle of each lens


class Glasses:
    """Args: rng, of whoever wears them."""

    def __init__(self, rng: np.random.Generator) -> None:
        frame, glass = _drawn(rng)
        colour = rng.uniform(8, 60) * rng.uniform(0.6, 1.4, 3)
        pixels = np.broadcast_to(colour, (*frame.shape, 3))
        to_pixels = flat_to_pixels((frame.shape[1], frame.shape[0]), _PER_MM)
        self._frame = Surface(np.dstack((pixels, frame)).astype(np.uint8), to_pixels, _bent(8, 0))
        self._glass = Surface(np.dstack((pixels, glass)).astype(np.uint8), to_pixels, _bent(14, 5))
        self._off = float(rng.uniform(14, 20))
        self._mirror = float(rng.uniform(0.02, 0.25))

    def paint(self, canvas: Map, face: Placement, moment: Moment) -> Map:
        """Paint them before a face."""
        x, y, depth = face.pivot
        place = face._replace(z=face.z - self._off, pivot=(x, y, depth + self._off))
        seen = trace(self._glass, place, moment.lens)
        _, presence = sampled(self._glass, seen)
        lamp = moment.light.gloss(seen.points, seen.normals, 350)
        colour = np.array(moment.light.lamp, np.float32) * np.float32(12 * self._mirror)
        shine = full_size(lamp, moment.lens)[..., None] * colour
        canvas += presence[..., None] * (shine - np.float32(0.06) * canvas)
        seen = trace(self._frame, place, moment.lens)
        colours, presence = sampled(self._frame, seen)
        colours *= full_size(moment.light.on(seen.points, seen.normals), moment.lens)
        return lay_over(canvas, colours, presence)


def _drawn(rng: np.random.Generator) -> tuple[Picture, Picture]:
    """Return where the frame is, and where the lenses are."""
    width, height = (round(side * _PER_MM) for side in _SIZE_MM)
    frame, glass = np.zeros((2, height, width), np.uint8)
    half = np.array((rng.uniform(22, 27), rng.uniform(15, 21))) * _PER_MM
    thick = round(rng.uniform(1, 3.5) * _PER_MM)
    angles = np.linspace(0, 2 * np.pi, 80)
    waves = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    rim = np.sign(waves) * np.abs(waves) ** (2 / rng.uniform(2, 4)) * half
    bridge = round(height / 2 - 3 * _PER_MM)
    for side in (-1, 1):
        middle = np.array((width / 2 + side * _RIM_OUT * _PER_MM, height / 2 + 1.5 * _PER_MM))
        outline = [(middle + rim).astype(np.int32)]
        cv2.fillPoly(glass, outline, 255, cv2.LINE_AA)
        cv2.polylines(frame, outline, True, 255, thick, cv2.LINE_AA)
        hinge = (round(middle[0] + side * half[0]), bridge)
        cv2.line(
            frame,
            hinge,
            (round(width / 2 + side * _ARMS_SEEN * _PER_MM), bridge),
            255,
            thick,
            cv2.LINE_AA,
        )
    reach = round((_RIM_OUT * _PER_MM) - half[0])
    ends = (width // 2 - reach, bridge), (width // 2 + reach, bridge)
    cv2.line(frame, *ends, 255, thick, cv2.LINE_AA)
    return frame, glass


def _bent(across: float, down: float) -> Map:
    """Return the shape of something bent backwards by so many millimetres at its ends."""
    rows, columns = np.mgrid[-1:1:12j, -1:1:30j]
    depth = -across * columns**2 - down * rows**2
    return np.dstack((depth, np.ones_like(depth))).astype(np.float32)
