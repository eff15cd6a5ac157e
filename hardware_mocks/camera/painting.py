"""Light from surfaces onto the picture, the farthest first."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.light import Illumination
from hardware_mocks.camera.optics import Lens, Map, Picture, Placement, Surface, Trace, trace
from hardware_mocks.camera.sensor import linear_curve

_SHUTTER_SECONDS: Final = 0.012
_SHORTEST_SMEAR: Final = 0.8  # pixels


@dataclass(frozen=True, slots=True)
class Matter:
    """How a surface sends light back.

    Args:
        gloss: share of the lamp seen in it where it mirrors the lamp to the camera.
        sharpness: of that reflection: 12 is skin, 400 is glass.
        shade: share of the light that reaches it; less in a hole or behind a sheet.

    """

    gloss: float = 0.0
    sharpness: float = 12.0
    shade: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One exposure. Args: time in seconds; the light as it is then."""

    time: float
    light: Illumination
    lens: Lens


def sampled(surface: Surface, seen: Trace) -> tuple[Map, Map]:
    """Return linear colours and presence of ``surface`` at every pixel of the picture."""
    pixels = cv2.remap(
        surface.texture, seen.u, seen.v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    )
    colours = cv2.LUT(pixels[..., :3], linear_curve())
    presence = pixels[..., 3].astype(np.float32) * np.float32(1 / 255)
    return np.asarray(colours, np.float32), presence


def full_size(coarse: Map, lens: Lens) -> Map:
    """Return a map of the coarse grid as large as the picture."""
    size = (lens.width, lens.height)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), np.float32)


def lay_over(canvas: Map, colours: Map, presence: Map) -> Map:
    """Return ``canvas`` with ``colours`` over it where they are present."""
    columns = np.flatnonzero(presence.any(axis=0))
    rows = np.flatnonzero(presence.any(axis=1))
    if columns.size:
        part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        canvas[part] += (colours[part] - canvas[part]) * presence[part][..., None]
    return canvas


def paint(
    canvas: Map, surface: Surface, placement: Placement, matter: Matter, moment: Moment
) -> Map:
    """Paint a surface that sends light back."""
    seen = trace(surface, placement, moment.lens)
    colours, presence = sampled(surface, seen)
    lit = moment.light.on(seen.points, seen.normals) * np.float32(matter.shade)
    colours *= full_size(lit, moment.lens)
    if matter.gloss > 0 and moment.light.level > 0:
        shine = moment.light.gloss(seen.points, seen.normals, matter.sharpness)
        colour = np.array(moment.light.lamp, np.float32) * np.float32(matter.gloss)
        # dark hair and cloth mirror little
        smooth = np.minimum(colours[..., 1:2] * np.float32(6), 1)
        colours += full_size(shine, moment.lens)[..., None] * smooth * colour
    return lay_over(canvas, colours, presence)


def smeared(canvas: Map, before: Placement, after: Placement, elapsed: float, lens: Lens) -> Map:
    """Return the picture blurred by how far the thing in it moved while the shutter was open."""
    scale = lens.focal / after.z * _SHUTTER_SECONDS / elapsed
    right, down = (after.x - before.x) * scale, (after.y - before.y) * scale
    length = float(np.hypot(right, down))
    if length < _SHORTEST_SMEAR:
        return canvas
    side = 2 * round(length / 2 + 1) + 1
    kernel = np.zeros((side, side), np.float32)
    for share in np.linspace(-0.5, 0.5, 4 * side):
        kernel[round(side // 2 + share * down), round(side // 2 + share * right)] += 1
    return np.asarray(cv2.filter2D(canvas, -1, kernel / kernel.sum()), np.float32)


def as_texture(pixels: Picture, presence: Picture) -> Picture:
    return np.dstack((pixels, presence)).astype(np.uint8)
