"""A photograph of a person on a head with depth: shape by hand-measured points, lids that close."""

import tomllib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from hardware_mocks.camera.optics import Map, Picture, Surface

PHOTOGRAPHS: Final = Path(__file__).resolve().parent.parent / "photographs"
EYES_APART: Final = 63.0  # millimetres, a mean adult
_SIDES, _BELOW, _ABOVE = 0.25, 0.45, 0.12  # room around the photograph
_SHAPE_SCALE: Final = 0.25
_LID_STEPS: Final = 5
_LID_REACH: Final = 2.6  # half-heights of the eye above its middle: skin that becomes the lid


@dataclass(frozen=True, slots=True)
class _Points:
    eyes: Map
    eye: tuple[float, float]
    nose: Map
    mouth: Map
    clothes: tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Person:
    """A person of ``hardware_mocks/photographs``; the origin is midway between the eyes.

    Args:
        pixels: the photograph with room around it, BGR.
        cutout: where the person is in it.
        to_pixels: from millimetres at the plane of the eyes.
        eye: half the width and half the height of an eye's opening, millimetres.
        eyes: of both middles, millimetres.
        shape: see ``Surface``.
        ends: top and bottom of the photograph itself, millimetres.

    """

    pixels: Picture = field(repr=False)
    cutout: Picture = field(repr=False)
    to_pixels: Map
    eye: tuple[float, float]
    eyes: Map
    shape: Map = field(repr=False)
    ends: tuple[float, float]

    def surface(self, closed: float = 0.0) -> Surface:
        """Return the person, with lids closed so far from 0 to 1."""
        step = round(closed * (_LID_STEPS - 1))
        return Surface(self._lids[step], self.to_pixels, self.shape)

    @cached_property
    def _lids(self) -> list[Picture]:
        steps = [self._with_lids(step / (_LID_STEPS - 1)) for step in range(_LID_STEPS)]
        return [np.dstack((pixels, self.cutout)) for pixels in steps]

    def _with_lids(self, closed: float) -> Picture:
        """Draw the skin above each eye down over it, lashes and all."""
        pixels = self.pixels.copy()
        width, height = self.eye
        scale = float(np.hypot(*self.to_pixels[:, 1]))
        reach = round(1.6 * width * scale)
        for middle in self.eyes if closed else ():
            column, row = self.to_pixels[:, :2] @ middle + self.to_pixels[:, 2]
            left, top = round(float(column)) - reach, round(float(row)) - reach
            part = (slice(top, top + 2 * reach), slice(left, left + 2 * reach))
            rows, columns = (
                np.asarray(each, np.float32) for each in np.indices((2 * reach, 2 * reach))
            )
            corner = np.array((left, top), np.float32)
            spots = np.stack((columns, rows), axis=-1) + corner
            x, y = np.moveaxis(_millimetres(self.to_pixels, spots) - middle, -1, 0)
            lowered = _lowered(x / (width * 1.08), y / height, closed) * (height * scale)
            lowered = np.asarray(cv2.GaussianBlur(lowered, (0, 0), 0.7), np.float32)
            pixels[part] = cv2.remap(self.pixels[part], columns, rows + lowered, cv2.INTER_LINEAR)
        return pixels


def _lowered(across: Map, down: Map, closed: float) -> Map:
    """Return how far below its source a spot of the lid is; all in halves of the eye."""
    opening = np.sqrt(np.clip(1 - across**2, 0, 1))
    edge = closed * 1.8 * opening - opening
    share = np.clip((down + _LID_REACH) / np.maximum(edge + _LID_REACH, 0.1), 0, 1)
    source = share * (_LID_REACH - opening) - _LID_REACH
    inside = (np.abs(across) < 1) & (down > -_LID_REACH) & (down < edge)
    return np.asarray(np.where(inside, source - down, 0), np.float32)


@lru_cache(maxsize=24)
def load_person(name: str, tenths: int = 10) -> Person:
    """Load a person at ``tenths`` / 10 of the photograph's size.

    Raises:
        ValueError: there is no such photograph, or nothing is measured on it.

    """
    whole = _read(PHOTOGRAPHS / name / "selfie.jpg", cv2.IMREAD_COLOR)
    height, width = whole.shape[:2]
    scale = tenths / 10
    size = (round(width * scale), round(height * scale))
    pixels = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(_read(PHOTOGRAPHS / name / "cutout.png", cv2.IMREAD_GRAYSCALE), size)
    sides, above, below = (
        round(size[0] * _SIDES),
        round(size[1] * _ABOVE),
        round(size[1] * _BELOW),
    )
    columns = _to_and_fro(size[0], sides)
    mask = _shouldered(mask[:, columns].astype(np.uint8), sides)
    pixels = pixels[:, columns]
    pixels = np.concatenate(
        (np.repeat(pixels[:1], above, axis=0), pixels, _clothes(name, below, pixels.shape[1]))
    )
    mask = np.concatenate(
        (np.zeros((above, mask.shape[1]), np.uint8), mask, _torso(mask[-1], below))
    )
    points = _points(name)
    to_pixels = _to_pixels(points, scale, (sides, above))
    eyes, nose, mouth = (
        _millimetres(to_pixels, each * scale + np.array((sides, above)))
        for each in (points.eyes, points.nose[None], points.mouth)
    )
    corners = np.array([[sides, above], [sides, above + size[1]]], np.float32)
    top, bottom = _millimetres(to_pixels, corners)[:, 1]
    per_pixel = EYES_APART / float(np.hypot(*(points.eyes[1] - points.eyes[0])))
    small = (round(pixels.shape[0] * _SHAPE_SCALE), round(pixels.shape[1] * _SHAPE_SCALE))
    x, y = surface_millimetres(to_pixels * np.float32(_SHAPE_SCALE), small)
    return Person(
        pixels=pixels.astype(np.uint8),
        cutout=mask.astype(np.uint8),
        to_pixels=to_pixels,
        eye=(points.eye[0] * per_pixel, points.eye[1] * per_pixel),
        eyes=eyes,
        shape=np.dstack((_relief(x, y, nose[0], mouth.mean(axis=0)), _stiffness(y))),
        ends=(float(top), float(bottom)),
    )


def _to_and_fro(length: int, beyond: int) -> npt.NDArray[np.intp]:
    """Return indices that run to and fro over the last tenth beyond both ends."""
    strip = max(length // 10, 2)
    steps = np.arange(1, beyond + 1) % (2 * strip)
    steps = np.minimum(steps, 2 * strip - steps)
    return np.concatenate((steps[::-1], np.arange(length), length - 1 - steps))


def _shouldered(mask: Picture, sides: int) -> Picture:
    """Let shoulders fall off beside the photograph."""
    mask = mask.copy()
    height, width = mask.shape
    for edge, step in ((sides, -1), (width - sides - 1, 1)):
        present = np.flatnonzero(mask[:, edge] > 127)
        top = int(present[0]) if present.size else height
        for away in range(1, sides):
            mask[:, edge + step * away] = 0
            start = top + away * away // (2 * sides) + away // 3
            mask[start:, edge + step * away] = 255
    return cv2.GaussianBlur(mask, (0, 0), 1.0).astype(np.uint8)


def _torso(bottom: Picture, below: int) -> Picture:
    """Continue the cutout below the photograph: from the neck the shoulders widen."""
    present = np.flatnonzero(bottom > 127)
    left, right = int(present[0]), int(present[-1])
    torso = np.zeros((below, bottom.size), np.uint8)
    for row in range(below):
        wider = round(below * 1.1 * (1 - np.exp(-2.2 * row / below)))
        torso[row, max(left - wider, 0) : right + wider] = 255
    return cv2.GaussianBlur(torso, (0, 0), 1.0).astype(np.uint8)


def _clothes(name: str, below: int, width: int) -> Picture:
    """Make up clothes for what the photograph does not show: cloth with a weave and folds."""
    rng = np.random.default_rng(list(name.encode()))
    weave = cv2.GaussianBlur(rng.standard_normal((below, width)).astype(np.float32), (0, 0), 0.8)
    folds = cv2.GaussianBlur(
        rng.standard_normal((below, width)).astype(np.float32), (0, 0), 14, sigmaY=35
    )
    shade = 1 + 0.06 * weave / weave.std() + 0.08 * folds / folds.std()
    colour = np.array(_points(name).clothes, np.float32)
    return np.asarray(np.clip(colour * shade[..., None], 0, 255), np.uint8)


def surface_millimetres(to_pixels: Map, shape: tuple[int, ...]) -> tuple[Map, Map]:
    """Return x and y in millimetres of every pixel of a texture."""
    rows, columns = np.indices(shape[:2], np.float32)
    spots = _millimetres(to_pixels, np.stack((columns.ravel(), rows.ravel()), axis=1))
    return spots[:, 0].reshape(rows.shape), spots[:, 1].reshape(rows.shape)


def _relief(x: Map, y: Map, nose: Map, mouth: Map) -> Map:
    """Return how far the surface stands out, millimetres; 0 at the bridge of the nose."""

    def bump(at: tuple[float, float], wide: float, high: float, out: float) -> Map:
        far = ((x - at[0]) / wide) ** 2 + ((y - at[1]) / high) ** 2
        return np.asarray(out * np.exp(-far / 2), np.float32)

    middle = float(mouth[0] + nose[0]) / 3
    radius = np.minimum(np.sqrt(((x - middle) / 80) ** 2 + ((y - 28) / 122) ** 2), 1.0)
    relief = -88 * (1 - np.cos(radius * np.pi / 2))
    length = float(nose @ nose)
    along = np.clip((x * nose[0] + y * nose[1]) / length, 0, 1)
    aside = (x - along * nose[0]) ** 2 + (y - along * nose[1]) ** 2
    relief += (2 + 21 * along**1.4) * np.exp(-aside / (2 * (7 + 4 * along) ** 2))
    below = float(mouth[1])
    relief += bump((0, -20), 34, 8, 4) + bump((float(mouth[0]), below), 20, 9, 7)
    relief += bump((-31.5, 2), 12, 9, -7) + bump((31.5, 2), 12, 9, -7)
    relief += bump((-36, 38), 16, 14, 6) + bump((36, 38), 16, 14, 6)
    relief += bump((float(mouth[0]) * 1.2, below + 36), 17, 13, 10)
    body = 1 / (1 + np.exp(-(y - 150) / 14))
    relief = relief * (1 - body) - 75 * body
    return np.asarray(cv2.GaussianBlur(relief.astype(np.float32), (0, 0), 2.0), np.float32)


def _stiffness(y: Map) -> Map:
    """Return how much a spot follows the head: the shoulders stay."""
    return np.asarray(1 / (1 + np.exp((y - 145) / 12)), np.float32)


def _to_pixels(points: _Points, scale: float, corner: tuple[int, int]) -> Map:
    across = (points.eyes[1] - points.eyes[0]) * scale / EYES_APART
    middle = points.eyes.mean(axis=0) * scale + np.array(corner)
    return np.array(
        [[across[0], -across[1], middle[0]], [across[1], across[0], middle[1]]], np.float32
    )


def _millimetres(to_pixels: Map, pixels: Map) -> Map:
    return np.asarray((pixels - to_pixels[:, 2]) @ np.linalg.inv(to_pixels[:, :2]).T, np.float32)


@lru_cache(maxsize=16)
def _points(name: str) -> _Points:
    tables = tomllib.loads((PHOTOGRAPHS / "faces.toml").read_text("utf-8"))
    if name not in tables:
        raise ValueError(f"{name}: nothing is measured on its photograph")
    table = tables[name]
    return _Points(
        np.array(table["eyes"], np.float32),
        (float(table["eye"][0]), float(table["eye"][1])),
        np.array(table["nose"], np.float32),
        np.array(table["mouth"], np.float32),
        tuple(table["clothes"]),
    )


def _read(file: Path, how: int) -> Picture:
    try:
        pixels = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), how)
    except OSError:
        pixels = None
    if pixels is None:
        raise ValueError(f"{file.name} of {file.parent.name} is not a picture")
    return pixels.astype(np.uint8)
