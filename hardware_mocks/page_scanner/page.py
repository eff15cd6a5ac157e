"""Data pages of passports as a scanner sees them under white light.

Rendered, so nothing here looks like any State's document: a portrait on the left as in ICAO
9303-4, a small ghost image on the right, lines of text, and an MRZ whose characters stand
where they should. What printing, wear and scanning do to a portrait is imitated in steps
that can be made stronger: the dots of the printer, the lines of the security background
through the face, less contrast and a colour cast, scratches of the laminate, blur, noise.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

PIXELS_PER_MM: Final = 300 / 25.4
_WIDTH_MM, _HEIGHT_MM = 125.0, 88.0
_PORTRAIT_MM: Final = (5.0, 18.0, 35.0, 45.0)  # left, top, width, height
_GHOST_MM: Final = (96.0, 30.0, 16.0, 20.5)
_MRZ_LINES_MM: Final = (72.0, 78.4)
_MRZ_LEFT_MM, _MRZ_PITCH_MM = 6.0, 2.54
_PAPER: Final = (232.0, 238.0, 236.0)
_INK: Final = (40, 30, 30)
_LINE_PITCH, _LINE_WIDTH = np.float32(11), np.float32(2.1)  # pixels


def data_page(photograph: Image, mrz: Sequence[str], seed: int = 0, wear: float = 0.5) -> Image:
    """Return a page that shows ``photograph``, scanned at 300 dots an inch.

    Args:
        photograph: height x width x 3, BGR; cut to 7 : 9.
        mrz: its lines.
        seed: of what differs from page to page.
        wear: 0 fresh from a good printer to 1 barely usable.

    """
    rng = np.random.default_rng(seed)
    page = _paper(rng)
    grey = _cut(photograph, _GHOST_MM).mean(axis=2, keepdims=True)
    _lay(page, np.repeat(grey, 3, axis=2), _GHOST_MM, opacity=0.35)
    _lay(page, _printed(_cut(photograph, _PORTRAIT_MM), rng, wear), _PORTRAIT_MM, opacity=1.0)
    written = np.clip(page, 0, 255).astype(np.uint8)
    for number in range(5):
        _write(written, "SPECIMEN " + "X" * int(rng.integers(4, 16)), 46.0, 24.0 + 8 * number)
    for line, top in zip(mrz, _MRZ_LINES_MM, strict=False):
        for place, letter in enumerate(line):
            _write(written, letter, _MRZ_LEFT_MM + place * _MRZ_PITCH_MM, top)
    return _scanned(written.astype(np.float32), rng, wear)


def _paper(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    width, height = (round(side * PIXELS_PER_MM) for side in (_WIDTH_MM, _HEIGHT_MM))
    page = np.full((height, width, 3), _PAPER, np.float32)
    return page - _security_lines(page.shape[:2], rng)[..., None] * np.float32(18)


def _security_lines(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return fine wavy lines, 0 to 1, as a security background has them."""
    x = np.arange(shape[1], dtype=np.float32)
    y = np.arange(shape[0], dtype=np.float32)
    phase = rng.uniform(0, 2 * np.pi, 2).astype(np.float32)
    wave = y[:, None] + 9 * np.sin(x / 40 + phase[0]) + 5 * np.sin(x / 17 + phase[1])
    lines: npt.NDArray[np.float32] = (np.mod(wave, _LINE_PITCH) < _LINE_WIDTH).astype(np.float32)
    return lines


def _cut(photograph: Image, place: tuple[float, ...]) -> npt.NDArray[np.float32]:
    """Return the middle of ``photograph`` in the shape and size of ``place``."""
    width, height = (round(side * PIXELS_PER_MM) for side in place[2:])
    scale = max(width / photograph.shape[1], height / photograph.shape[0])
    size = tuple(max(least, round(side * scale)) for least, side in zip(
        (width, height), (photograph.shape[1], photograph.shape[0]), strict=True
    ))  # fmt: skip
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(photograph, (size[0], size[1]), interpolation=method)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return resized[top : top + height, left : left + width].astype(np.float32)


def _printed(
    portrait: npt.NDArray[np.float32], rng: np.random.Generator, wear: float
) -> npt.NDArray[np.float32]:
    """Return what the printer and the years make of a portrait."""
    height, width = portrait.shape[:2]
    detail = 1 - 0.6 * wear  # the printer resolves less than the scanner
    small = cv2.resize(
        portrait,
        (max(8, round(width * detail)), max(8, round(height * detail))),
        interpolation=cv2.INTER_AREA,
    )
    print_ = np.asarray(cv2.resize(small, (width, height)), np.float32)
    y, x = np.mgrid[:height, :width]
    screen = np.sin(x * 1.9 + y * 0.6) * np.sin(y * 1.9 - x * 0.6)
    print_ += (wear * 45 * screen[..., None]).astype(np.float32)
    print_ -= _security_lines((height, width), rng)[..., None] * np.float32(60 * wear)
    cast = rng.uniform(-1, 1, 3).astype(np.float32) * np.float32(30 * wear)
    print_ = np.float32(128) + (print_ - np.float32(128)) * np.float32(1 - 0.45 * wear) + cast
    scratches = np.zeros((height, width), np.uint8)
    for _ in range(round(8 * wear)):
        ends = [(int(rng.integers(width)), int(rng.integers(height))) for _ in range(2)]
        cv2.line(scratches, ends[0], ends[1], int(rng.integers(60, 180)), 1, cv2.LINE_AA)
    return print_ + scratches.astype(np.float32)[..., None]


def _lay(
    page: npt.NDArray[np.float32],
    image: npt.NDArray[np.float32],
    place: tuple[float, ...],
    opacity: float,
) -> None:
    left, top = (round(side * PIXELS_PER_MM) for side in place[:2])
    under = page[top : top + image.shape[0], left : left + image.shape[1]]
    under += (image - under) * opacity


def _write(page: Image, text: str, left_mm: float, base_mm: float) -> None:
    place = round(left_mm * PIXELS_PER_MM), round(base_mm * PIXELS_PER_MM)
    cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, _INK, 2, cv2.LINE_AA)


def _scanned(page: npt.NDArray[np.float32], rng: np.random.Generator, wear: float) -> Image:
    height, width = page.shape[:2]
    light = 1 - 0.12 * wear * np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    blurred = cv2.GaussianBlur(page * light, (0, 0), 0.5 + 1.3 * wear)
    noise = rng.normal(0, 2 + 6 * wear, (height, width, 1)).astype(np.float32)
    return np.asarray(np.clip(blurred + noise, 0, 255), np.uint8)
