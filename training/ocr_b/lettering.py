"""Lines of OCR-B as printers set them, before anything happens to the paper.

A line is a mask of ink, 1 where there is ink, at 48 pixels a character's pitch: twice the
scale of a reader's cells, so that strokes can be made thinner and thicker by fractions of one.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from egate.biometrics.opencv import cv2
from egate.optical.ocr_b.alphabet import ALPHABET

Mask = npt.NDArray[np.float32]

PITCH: Final = 48  # pixels a character; 2.54 mm on a document (9303-3 §4.4)
HEIGHT: Final = 128
_LETTER_O: Final = ALPHABET.index("O")
BLANK: Final = len(ALPHABET)  # the class of a cell without a character

# Debian's fonts-ocr-b: Norbert Schwarz's and Matthew Skala's OCR-B, round and sharp corners.
_FACES: Final = ("OCRB.otf", "OCRBS.otf", "OCRBL.otf")
_CHANCES: Final = (0.5, 0.45, 0.05)
_EM_OF_PITCH: Final = 0.722969
_OBLIQUE: Final = -0.2  # the oblique face upright again: another hand's strokes
_GLYPH: Final = (64, 96)  # a glyph's box, wider than its pitch: strokes may reach over


@dataclass(frozen=True, slots=True)
class Line:
    """A line before it is damaged.

    Args:
        ink: HEIGHT x width.
        classes: index in ALPHABET, or BLANK, of each place.
        centres: n x 2, x and y in ``ink`` of the middle of each character's cell.

    """

    ink: Mask
    classes: npt.NDArray[np.int64]
    centres: npt.NDArray[np.float64]


class Lettering:
    """OCR-B in several hands.

    Args:
        fonts: the folder with Debian's OCRB*.otf.

    """

    def __init__(self, fonts: Path) -> None:
        self._faces = [_face(fonts / name) for name in _FACES]

    def line(
        self, rng: np.random.Generator, classes: npt.NDArray[np.int64], severity: float
    ) -> Line:
        """Return a line of ``classes``, each an index in ALPHABET or BLANK.

        Args:
            rng: chooses hand, weight and bend.
            classes: of each place.
            severity: of what is done to the letters' shapes, 0 to 1.

        """
        glyphs = self._hand(rng)
        ink: Mask = np.zeros((HEIGHT, (len(classes) + 2) * PITCH), np.float32)
        xs = (np.arange(len(classes)) + 1.5) * PITCH
        wobble = rng.normal(0, 0.5 + severity, (len(classes), 2)).round().astype(int)
        for index, x, (dx, dy) in zip(classes, xs, wobble, strict=True):
            if index != BLANK:
                _stamp(ink, glyphs[index], int(x) + dx, HEIGHT // 2 + dy)
        ink = _weight(rng, ink, severity)
        centres = np.column_stack([xs, np.full(len(classes), HEIGHT / 2)])
        bent, centres = _bend(rng, ink, centres, severity)
        return Line(bent, classes, centres)

    def _hand(self, rng: np.random.Generator) -> list[Mask]:
        glyphs = list(self._faces[rng.choice(len(_FACES), p=_CHANCES)])
        if rng.random() < 0.35:
            glyphs[1] = _footed(glyphs[1])
        if rng.random() < 0.5:
            glyphs[0] = _widened(glyphs[0], rng.uniform(0.84, 1.02))
            glyphs[_LETTER_O] = _widened(glyphs[_LETTER_O], rng.uniform(0.95, 1.15))
        mark = rng.random()
        if mark < 0.12:
            glyphs[0] = _marked(glyphs[0], dotted=mark < 0.05)
        return glyphs


def _face(font: Path) -> list[Mask]:
    drawn = ImageFont.truetype(str(font), PITCH / _EM_OF_PITCH)
    width, height = _GLYPH
    glyphs = []
    for character in ALPHABET:
        sheet = Image.new("L", _GLYPH, 0)
        # The middle of a capital's height is the middle of the cell.
        place = ((width - PITCH) / 2, height / 2 - 0.585 * PITCH / _EM_OF_PITCH)
        ImageDraw.Draw(sheet).text(place, character, font=drawn, fill=255)
        glyph = np.asarray(sheet, np.float32) / 255
        if font.name == "OCRBL.otf":
            upright = np.array([[1, -_OBLIQUE, _OBLIQUE * height / 2], [0, 1, 0]])
            glyph = np.asarray(cv2.warpAffine(glyph, upright, _GLYPH), np.float32)
        glyphs.append(np.asarray(glyph, np.float32))
    return glyphs


def _widened(glyph: Mask, factor: float) -> Mask:
    shape = np.array([[factor, 0, _GLYPH[0] / 2 * (1 - factor)], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(glyph, shape, _GLYPH), np.float32)


def _footed(one: Mask) -> Mask:
    """Return the digit 1 with the foot that some printers' OCR-B gives it."""
    rows, columns = np.nonzero(one > 0.5)
    foot, right = rows.max(), columns.max()
    drawn = one.copy()
    cv2.line(drawn, (right - 14, foot - 3), (right + 9, foot - 3), 1.0, 6, cv2.LINE_AA)
    return drawn


def _marked(zero: Mask, *, dotted: bool) -> Mask:
    """Return the digit 0 with a dot or a slash in it."""
    rows, columns = np.nonzero(zero > 0.5)
    x, y = int(columns.mean()), int(rows.mean())
    drawn = zero.copy()
    if dotted:
        cv2.circle(drawn, (x, y), 4, 1.0, -1, cv2.LINE_AA)
    else:
        cv2.line(drawn, (x - 8, y + 13), (x + 8, y - 13), 1.0, 5, cv2.LINE_AA)
    return drawn


def random_classes(rng: np.random.Generator, length: int, blank: float) -> npt.NDArray[np.int64]:
    """Return ``length`` random places of a line; ``blank``: the share without a character."""
    classes = rng.integers(0, len(ALPHABET), length)
    if rng.random() < 0.4:  # the fillers at the end of a name
        classes[rng.integers(length // 2, length) :] = ALPHABET.index("<")
    classes[rng.random(length) < blank] = BLANK
    if rng.random() < blank / 2:
        classes[:] = BLANK
    return classes


def _stamp(ink: Mask, glyph: Mask, x: int, y: int) -> None:
    width, height = _GLYPH
    part = ink[y - height // 2 : y + height // 2, x - width // 2 : x + width // 2]
    np.maximum(part, glyph, out=part)


def _weight(rng: np.random.Generator, ink: Mask, severity: float) -> Mask:
    """Return the line with a thinner or a thicker stroke: a blur, cut at another level."""
    level = 0.5 + rng.uniform(-0.34, 0.3) * (0.4 + 0.6 * severity)
    soft = cv2.GaussianBlur(ink, (0, 0), rng.uniform(1.2, 2.4))
    return np.asarray(np.clip((soft - level) * rng.uniform(3, 8) + 0.5, 0, 1), np.float32)


def _bend(
    rng: np.random.Generator,
    ink: Mask,
    centres: npt.NDArray[np.float64],
    severity: float,
) -> tuple[Mask, npt.NDArray[np.float64]]:
    """Return the line turned, sheared, scaled and a little elastic, and where its cells are now."""
    height, width = ink.shape
    turn = np.deg2rad(rng.normal(0, 0.3 + 1.2 * severity))
    slant = rng.normal(0, 0.01 + 0.06 * severity)
    wide, tall = 1 + rng.normal(0, 0.01 + 0.03 * severity, 2)
    if rng.random() < 0.5:
        # Whoever cuts cells may take a line of digits, which are taller, for one of capitals:
        # then 0 and O differ by their corners alone.
        tall *= rng.uniform(0.8, 1.1)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.array([[wide, slant], [0, tall]])
    middle = np.array([width / 2, height / 2])
    inverse = np.linalg.inv(matrix)
    y, x = np.arange(height)[:, None] - middle[1], np.arange(width) - middle[0]
    grid = (max(2, width * 3 // (2 * PITCH)), 5)
    give = rng.normal(0, 0.2 + 1.1 * severity, (2, *grid[::-1]))
    sources = [
        (row[0] * x + row[1] * y + start).astype(np.float32)
        + cv2.resize(moved.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        for row, start, moved in zip(inverse, middle, give, strict=True)
    ]
    bent = cv2.remap(ink, sources[0], sources[1], cv2.INTER_LINEAR)
    return np.asarray(bent, np.float32), (centres - middle) @ matrix.T + middle
