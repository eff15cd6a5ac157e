"""Photographs of the ten people of ``hardware_mocks/photographs``, as pages show them."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from hardware_mocks.page_scanner.ink import Plane, cover

_PHOTOGRAPHS: Final = Path(__file__).parents[1] / "photographs"
_FACES: Final = tomllib.loads((_PHOTOGRAPHS / "faces.toml").read_text("utf-8"))
_WALL: Final = 0.88

WOMEN: Final = ("P001", "P002", "P003", "P004", "P006", "P009", "P010")
MEN: Final = ("P005", "P007", "P008")


@lru_cache(maxsize=32)
def portrait(person: str, size_mm: tuple[float, float], dots_per_mm: float) -> Plane:
    """Return a person's photograph in that width and height, BGR, 0 to 1.

    Raises:
        FileNotFoundError: for somebody who is not there.

    """
    width, height = (round(side * dots_per_mm) for side in size_mm)
    file = _PHOTOGRAPHS / person / "portrait.jpg"
    whole = _read(file) if file.exists() else _from_selfie(person)
    return fitted(whole, width, height)


def fitted(whole: Plane, width: int, height: int) -> Plane:
    """Return the middle of a photograph in that size."""
    scale = max(width / whole.shape[1], height / whole.shape[0])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = max(width, round(whole.shape[1] * scale)), max(height, round(whole.shape[0] * scale))
    resized = np.asarray(cv2.resize(whole, size, interpolation=method), np.float32)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.clip(resized[top : top + height, left : left + width], 0, 1)


def _read(file: Path) -> Plane:
    raw = np.frombuffer(file.read_bytes(), np.uint8)
    return cover(np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR), np.uint8))


def _from_selfie(person: str) -> Plane:
    """Cut head and shoulders out of a selfie and put them before a light wall."""
    selfie, face = _read(_PHOTOGRAPHS / person / "selfie.jpg"), _face(person)
    height, width = selfie.shape[:2]
    raw = np.frombuffer((_PHOTOGRAPHS / person / "cutout.png").read_bytes(), np.uint8)
    mask = cv2.resize(
        np.asarray(cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE), np.uint8), (width, height)
    )
    there = cover(np.asarray(mask, np.uint8))[..., None]
    before = selfie * there + np.float32(_WALL) * (1 - there)
    eyes = np.asarray(face["eyes"], np.float64)
    wide = 3.3 * float(np.hypot(*(eyes[1] - eyes[0])))
    high = min(wide * 4 / 3, height)
    middle = eyes.mean(axis=0)
    left, top = middle[0] - wide / 2, min(middle[1] - 0.45 * high, height - high)
    move = np.array([[1.0, 0.0, -left], [0.0, 1.0, -top]])
    cut = cv2.warpAffine(
        before, move, (round(wide), round(high)), borderMode=cv2.BORDER_CONSTANT,
        borderValue=(_WALL, _WALL, _WALL, 0),
    )  # fmt: skip
    return np.asarray(cut, np.float32)


def _face(person: str) -> dict[str, Any]:
    if person not in _FACES:
        raise FileNotFoundError(person)
    face: dict[str, Any] = _FACES[person]
    return face
