"""A pinhole camera and the surfaces before it: which spot of a surface each pixel sees.

Lengths are millimetres. The camera looks along z; x goes right in the picture and y down.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

cv2.setNumThreads(1)  # the lane's other devices, and the gate, share the machine

Map = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
Spot = tuple[float, float, float]

COARSE_COLUMNS: Final = 128
_ROUNDS: Final = 4
_FOCAL_OF_WIDTH: Final = 0.95  # 55 degrees across


@dataclass(frozen=True, slots=True)
class Lens:
    """Args: width and height of the picture in pixels."""

    width: int
    height: int

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return _FOCAL_OF_WIDTH * self.width

    @property
    def coarse(self) -> tuple[int, int]:
        """Width and height of the grid on which geometry and light are worked out."""
        return COARSE_COLUMNS, round(COARSE_COLUMNS * self.height / self.width)

    def rays(self) -> tuple[Map, Map]:
        """Return x / z and y / z of the ray through every point of the coarse grid."""
        columns, rows = self.coarse
        x = ((np.arange(columns) + 0.5) * self.width / columns - self.width / 2) / self.focal
        y = ((np.arange(rows) + 0.5) * self.height / rows - self.height / 2) / self.focal
        across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        return across, down


class Placement(NamedTuple):
    """Where the origin of a surface is, and how the surface is turned about ``pivot``.

    Angles in radians: ``yaw`` turns right in the picture, ``pitch`` down, ``roll`` clockwise.
    """

    x: float
    y: float
    z: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    pivot: Spot = (0.0, 0.0, 0.0)

    @classmethod
    def of(
        cls, place: Iterable[float], angles: Iterable[float], pivot: Spot = (0.0, 0.0, 0.0)
    ) -> "Placement":
        """Build one of x, y and z, and yaw, pitch and roll."""
        (x, y, z), (yaw, pitch, roll) = map(float, place), map(float, angles)
        return cls(x, y, z, yaw, pitch, roll, pivot)

    def rotation(self) -> Map:
        cy, sy = np.cos(self.yaw), np.sin(self.yaw)
        cp, sp = np.cos(self.pitch), np.sin(self.pitch)
        cr, sr = np.cos(self.roll), np.sin(self.roll)
        turn = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
        nod = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        lean = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        return np.asarray(lean @ nod @ turn, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Something with a picture on it and a shape.

    Args:
        texture: height x width x 4, BGR and how much of it is there.
        to_pixels: 2 x 3, from millimetres on the surface to pixels of the texture.
        shape: of any smaller size over the same area: towards the camera in millimetres,
            and how much of every turn the spot follows, 0 to 1.

    """

    texture: Picture = field(repr=False)
    to_pixels: Map
    shape: Map = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What the camera sees of a surface.

    Args:
        u: column of the texture for every pixel of the picture.
        v: row likewise.
        points: on the coarse grid, x y z.
        normals: likewise, towards the camera.

    """

    u: Map
    v: Map
    points: Map
    normals: Map


def flat_to_pixels(size: tuple[int, int], per_mm: float) -> Map:
    """Return the matrix from millimetres from the middle to pixels of a texture of ``size``."""
    return np.array([[per_mm, 0, size[0] / 2], [0, per_mm, size[1] / 2]], np.float32)


def trace(surface: Surface, placement: Placement, lens: Lens) -> Trace:
    """Find the spot of ``surface`` that each pixel sees.

    Each round projects the spots of the last one and moves them by what they missed; the
    shapes here are flat enough that four rounds come within a tenth of a pixel.
    """
    across, down = lens.rays()
    x = across * np.float32(placement.z) - np.float32(placement.x)
    y = down * np.float32(placement.z) - np.float32(placement.y)
    turned = placement.rotation() - np.eye(3, dtype=np.float32)
    points = np.zeros((*across.shape, 3), np.float32)
    for _ in range(_ROUNDS):
        points = _placed(surface, placement, turned, (x, y))
        x = x + across * points[..., 2] - points[..., 0]
        y = y + down * points[..., 2] - points[..., 1]
    size = (lens.width, lens.height)
    (a, b, c), (d, e, f) = surface.to_pixels
    u = cv2.resize(a * x + b * y + c, size, interpolation=cv2.INTER_LINEAR)
    v = cv2.resize(d * x + e * y + f, size, interpolation=cv2.INTER_LINEAR)
    return Trace(np.asarray(u, np.float32), np.asarray(v, np.float32), points, _normals(points))


def _placed(surface: Surface, placement: Placement, turned: Map, spot: tuple[Map, Map]) -> Map:
    x, y = spot
    (a, b, c), (d, e, f) = surface.to_pixels
    scale = np.float32(surface.shape.shape[1] / surface.texture.shape[1])
    shape = cv2.remap(
        surface.shape,
        (a * x + b * y + c) * scale,
        (d * x + e * y + f) * scale,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    pivot = np.array(placement.pivot, np.float32)
    local = np.stack((x, y, -shape[..., 0]), axis=-1) - pivot
    local = local + shape[..., 1:] * (local @ turned.T)
    return np.asarray(local + pivot + np.array(placement[:3], np.float32), np.float32)


def _normals(points: Map) -> Map:
    rightwards = np.gradient(points, axis=1)
    downwards = np.gradient(points, axis=0)
    normals = np.cross(downwards, rightwards)
    length = np.linalg.norm(normals, axis=2, keepdims=True)
    return np.asarray(normals / np.maximum(length, 1e-9), np.float32)
