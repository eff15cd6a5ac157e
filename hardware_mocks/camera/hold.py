"""Something flat held up by a hand: where it is, and who holds it."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from hardware_mocks.camera.bona_fide import NECK, Face
from hardware_mocks.camera.movement import Gait, Movement
from hardware_mocks.camera.optics import Lens, Map, Picture, Placement
from hardware_mocks.camera.person import EYES_APART, PHOTOGRAPHS, load_person

_EYES_SHOWN: Final = (0.105, 0.165)  # apart, of the width of the picture


@dataclass(frozen=True, slots=True, eq=False)
class Cutting:
    """A part of a photograph as it is printed or shown.

    Args:
        pixels: BGR.
        eyes: middle of both eyes, in its pixels.
        eyes_apart: in its pixels.

    """

    pixels: Picture
    eyes: Map
    eyes_apart: float


def cut_photograph(name: str, aspect: float, rng: np.random.Generator) -> Cutting:
    """Cut ``aspect`` (width over height) out of a person's photograph, the face inside."""
    person = load_person(name)
    middle = person.to_pixels[:, 2]
    apart = float(np.hypot(*person.to_pixels[:, 0])) * EYES_APART
    top = int(person.pixels.shape[0] * 0.1)
    bottom = int(top + (person.pixels.shape[0] - top) * 0.8)
    height = min(bottom - top, int(apart * rng.uniform(3.9, 5.2)))
    width = int(height * aspect)
    if width > person.pixels.shape[1]:
        width, height = person.pixels.shape[1], int(person.pixels.shape[1] / aspect)
    left = int(np.clip(middle[0] - width / 2, 0, person.pixels.shape[1] - width))
    upper = int(np.clip(middle[1] - height * 0.44, top, bottom - height))
    pixels = person.pixels[upper : upper + height, left : left + width]
    return Cutting(pixels, middle - np.array((left, upper), np.float32), apart)


def held_placement(
    lens: Lens, rng: np.random.Generator, eyes_apart: float, eyes: tuple[float, float]
) -> Placement:
    """Hold the thing so that the face on it is as large as a person's.

    Args:
        lens: of the camera.
        rng: of the passage.
        eyes_apart: on the thing, millimetres.
        eyes: their middle, from the middle of the thing, millimetres.

    """
    away = lens.focal * eyes_apart / (lens.width * float(rng.uniform(*_EYES_SHOWN)))
    tilt = np.radians(rng.normal(0, 1, 3) * (4, 4, 2))
    x = float(rng.uniform(-0.03, 0.03)) * away - eyes[0]
    y = float(rng.uniform(-0.05, 0.03)) * away - eyes[1]
    return Placement.of((x, y, away), tilt)


def hand_movement(rng: np.random.Generator, rest: Placement) -> Movement:
    """Return how a hand holds something up that is to be still."""
    gait = Gait(
        float(rng.uniform(0.8, 4)), float(rng.uniform(0.5, 3)), float(rng.uniform(0.25, 0.6)),
        tremor=float(rng.uniform(0.1, 0.5)),
    )  # fmt: skip
    return Movement(rng, gait, rest)


def impostor(victim: str, lens: Lens, rng: np.random.Generator, rest: Placement) -> Face:
    """Return another person, standing behind what they hold up."""
    others = sorted(each.name for each in PHOTOGRAPHS.iterdir() if each.is_dir())
    others.remove(victim)
    name = others[int(rng.integers(len(others)))]
    return Face(name, lens, rng, rest)


def behind(rest: Placement, rng: np.random.Generator) -> Placement:
    """Return where the head of whoever holds it is, hidden as the camera looks."""
    away = max(rest.z + float(rng.uniform(60, 160)), 380.0)
    scale = away / rest.z
    return Placement(rest.x * scale, rest.y * scale + 10, away, pivot=NECK)


def add_thumb(texture: Picture, rng: np.random.Generator, per_mm: float, margin: int) -> None:
    """Draw a thumb over the lower part of one side; ``margin`` is what lies beyond the edge."""
    height, width = texture.shape[:2]
    right = bool(rng.random() < 0.5)
    x = width - margin if right else margin
    y = int(height * rng.uniform(0.6, 0.85))
    skin = rng.uniform(0.35, 0.85) * np.array((150, 175, 225))
    length, thick = 31 * per_mm, 9.5 * per_mm
    tilt = -35 if right else 35
    layer = np.zeros(texture.shape[:2], np.float32)
    axes = (round(length), round(thick))
    cv2.ellipse(layer, (x, y), axes, tilt, 0, 360, 1.0, -1, cv2.LINE_AA)
    depth = cv2.GaussianBlur(layer, (0, 0), thick / 2.2)
    shade = np.clip(0.35 + 0.75 * depth, 0, 1)[..., None] * skin
    there = layer[..., None]
    texture[..., :3] = (texture[..., :3] * (1 - there) + shade * there).astype(np.uint8)
    texture[..., 3] = np.maximum(texture[..., 3], (layer * 255).astype(np.uint8))
