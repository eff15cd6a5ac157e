"""Lines of print as pages show them, with the place of every letter: what the reader learns.

Nothing here is of a document: texts are random, and fonts are whatever a folder has.
"""

import calendar
import itertools
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from egate.optical.visual_zone.letters import LETTERS
from egate.optical.visual_zone.line_image import CAPITAL_HEIGHT, LINE_HEIGHT, stretched

WIDTH: Final = 256
STEP: Final = 2
"""Pixels of a line for each column of letters that the reader gives."""
BLANK: Final = len(LETTERS)
OR_BLANK: Final = 64
"""Added to a letter's class where its edges are: there the reader may say nothing as well."""

_MARKED: Final = dict(zip("ÄÖÜÉÈÊÁÀÂÃÅÇÑÓÒÔÕÍÚÝŠŽČŁŻĆ", "AOUEEEAAAAACNOOOOIUYSZCLZC", strict=True))
_PUNCTUATION: Final = ".,-/'()&:"
_BANGLA: Final = "অআইউএকখগঘচজটডতদনপবমরলশসহািীুেো"
_MONTHS: Final = tuple(calendar.month_abbr)[1:]
_OVERSIZE: Final = 2  # letters are drawn this much larger, and then as small as a line has them
_CAPITAL: Final = 36  # pixels, drawn

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what stands in it.

    Args:
        image: 32 x 256, as ``line_image`` gives it, scaled to 8 bits: 0 is -0.2, 255 is 1.2.
        letters: the class of each column of two pixels, with ``OR_BLANK`` at a letter's edges.

    """

    image: Grey
    letters: npt.NDArray[np.int64]


def fonts_in(folder: Path) -> list[Path]:
    """Return the fonts of ``folder`` that have all Latin letters and digits."""
    found = sorted(file for file in folder.rglob("*.[ot]tf"))
    return [file for file in found if _has_all_letters(file)]


def _has_all_letters(file: Path) -> bool:
    try:
        font = ImageFont.truetype(str(file), 40)
    except OSError:
        return False
    missing = font.getmask("\uffff").getbbox()
    shown = {bytes(font.getmask(letter)) for letter in LETTERS}
    return len(shown) == len(LETTERS) and font.getmask("A").getbbox() not in (None, missing)


def draw_line(chance: random.Random, fonts: list[Path], bangla: list[Path]) -> Line:
    """Return a line of random text in a random font, printed and damaged at random."""
    is_bangla = bool(bangla) and chance.random() < 0.04
    font_file = chance.choice(bangla if is_bangla else fonts)
    text = "".join(chance.choices(_BANGLA, k=12)) if is_bangla else _text(chance)
    font = ImageFont.truetype(str(font_file), 100)
    height = font.getbbox("H")[3] - font.getbbox("H")[1]
    font = ImageFont.truetype(str(font_file), max(20, round(100 * _CAPITAL / max(height, 1))))
    return _printed(chance, font, text)


def _text(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.22:
        return "".join(chance.choices("0123456789", k=chance.randint(1, 12)))
    if kind < 0.42:
        return "".join(chance.choices(LETTERS, k=chance.randint(1, 12)))
    if kind < 0.54:
        between = chance.choice(" /-.")
        month = chance.choice((*_MONTHS, f"{chance.randint(1, 12):02d}"))
        month = month if chance.random() < 0.3 else month.upper()
        return f"{chance.randint(1, 31):02d}{between}{month}{between}{chance.randint(1900, 2060)}"
    words = [_word(chance) for _ in range(chance.randint(1, 3))]
    return chance.choice((" ", " ", " ", "-", ". ", ", ", "  ")).join(words)


def _word(chance: random.Random) -> str:
    letters = chance.choices(LETTERS[10:], k=chance.randint(1, 8))
    word = "".join(letters)
    style = chance.random()
    if style < 0.25:
        word = word.title()
    elif style < 0.4:
        word = word.lower()
    if chance.random() < 0.08:
        word += chance.choice(_PUNCTUATION)
    if chance.random() < 0.1:
        word = word.upper() + chance.choice(list(_MARKED))
    return word


def _printed(chance: random.Random, font: ImageFont.FreeTypeFont, text: str) -> Line:
    spacing = chance.choice((0, 0, 0, chance.uniform(-1, 7)))
    canvas = Image.new("L", (WIDTH * _OVERSIZE * 3 // 2, LINE_HEIGHT * _OVERSIZE * 3 // 2), 0)
    draw = ImageDraw.Draw(canvas)
    middle = LINE_HEIGHT * _OVERSIZE * 3 // 4
    base = round(middle + _CAPITAL / 2)
    x = start = chance.uniform(4, 45)
    boxes: list[tuple[float, float, int]] = []
    for letter in text:
        left, _, right, _ = font.getbbox(letter, anchor="ls")
        draw.text((x, base), letter, 255, font=font, anchor="ls")
        boxes.append((x + left, x + right, _class_of(letter)))
        x += font.getlength(letter) + spacing
    squeeze = chance.uniform(0.88, 1.12) * chance.choice((1, 1, 1, 0.8))
    size = chance.uniform(0.74, 1.2) * CAPITAL_HEIGHT / _CAPITAL
    shift = chance.uniform(-3, 3)
    turn = chance.gauss(0, 0.008)
    across = size * squeeze
    matrix = np.array(
        [
            [across, 0, 0],
            [turn, size, LINE_HEIGHT / 2 + shift - size * middle - turn * start],
        ],
        np.float64,
    )
    drawn = cv2.GaussianBlur(np.asarray(canvas), (0, 0), 0.45 / size)
    ink = cv2.warpAffine(drawn, matrix, (WIDTH, LINE_HEIGHT), flags=cv2.INTER_LINEAR)
    return Line(
        _damaged(chance, np.asarray(ink, np.uint8)),
        _columns([(a * across, b * across, c) for a, b, c in boxes]),
    )


def _class_of(letter: str) -> int:
    plain = _MARKED.get(letter, letter).upper()
    return LETTERS.index(plain) if len(plain) == 1 and plain in LETTERS else BLANK


def _columns(boxes: list[tuple[float, float, int]]) -> npt.NDArray[np.int64]:
    """Return the class of each column: a letter about its middle, blank between two."""
    centres = (np.arange(WIDTH // STEP) + 0.5) * STEP
    columns = np.full(WIDTH // STEP, BLANK, np.int64)
    for left, right, letter in boxes:
        if letter == BLANK:
            continue
        middle, half = (left + right) / 2, (right - left) / 2
        columns[(np.abs(centres - middle) < half + 1) & (columns == BLANK)] = letter + OR_BLANK
        columns[np.abs(centres - middle) <= max(1.0, 0.45 * half)] = letter
    for (_, end, one), (begin, _, two) in itertools.pairwise(boxes):
        if BLANK not in (one, two):
            columns[int(min((end + begin) / 2, WIDTH - 1) // STEP)] = BLANK
    return columns


def _damaged(chance: random.Random, ink: Grey) -> Grey:
    rng = np.random.default_rng(chance.getrandbits(32))
    paper = np.full(ink.shape, rng.uniform(120, 250), np.float32)
    paper += _pattern(rng) * rng.uniform(0, 45) * rng.random() + np.linspace(
        0, rng.uniform(-40, 40), WIDTH
    )
    darkness = rng.uniform(0, 90) if rng.random() < 0.8 else paper.mean() - rng.uniform(25, 60)
    covered = ink.astype(np.float32) / 255
    if rng.random() < 0.15:  # worn: ink is missing in spots
        spots = cv2.GaussianBlur(rng.standard_normal(ink.shape).astype(np.float32), (0, 0), 1.2)
        covered *= np.clip(1.4 - rng.uniform(0.5, 2.5) * np.abs(spots) * 2, 0.1, 1)
    image = paper * (1 - covered) + darkness * covered
    _scratch(rng, image)
    worst = rng.random() ** 2
    image = cv2.GaussianBlur(image, (0, 0), 0.3 + 1.5 * worst * rng.random())
    if rng.random() < 0.4:  # a scan of fewer dots
        small = cv2.resize(image, None, fx=(f := rng.uniform(0.42, 0.95)), fy=f,
                           interpolation=cv2.INTER_AREA)  # fmt: skip
        image = cv2.resize(small, (WIDTH, LINE_HEIGHT), interpolation=cv2.INTER_LINEAR)
    noise = rng.standard_normal(image.shape) * rng.uniform(0, 4 + 18 * worst)
    eight = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
        encoded = cv2.imencode(".jpg", eight, quality)[1]
        eight = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.round((stretched(eight.astype(np.float32)) + 0.2) / 1.4 * 255).astype(np.uint8)


def _pattern(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return a security background: fine waves, or clouds."""
    y, x = np.mgrid[:LINE_HEIGHT, :WIDTH].astype(np.float32)
    if rng.random() < 0.3:
        noise = rng.standard_normal((LINE_HEIGHT, WIDTH)).astype(np.float32)
        return np.asarray(cv2.GaussianBlur(noise, (0, 0), rng.uniform(1, 6)) * 3, np.float32)
    slope, swing = rng.uniform(-1, 1), rng.uniform(0, 8)
    wave = y + slope * x + swing * np.sin(x / rng.uniform(8, 50) + rng.uniform(0, 6))
    sharp = np.sin(wave * 2 * np.pi / rng.uniform(3, 14))
    return np.asarray(np.clip(sharp * rng.uniform(1, 6), -1, 1), np.float32)


def _scratch(rng: np.random.Generator, image: npt.NDArray[np.float32]) -> None:
    for _ in range(rng.poisson(0.5)):
        ends = rng.uniform((0, 0), (WIDTH, LINE_HEIGHT), (2, 2)).round().astype(int)
        cv2.line(image, ends[0].tolist(), ends[1].tolist(), float(rng.uniform(30, 255)),
                 int(rng.integers(1, 3)), cv2.LINE_AA)  # fmt: skip
    if rng.random() < 0.08:  # glare or dirt
        at = (int(rng.uniform(0, WIDTH)), int(rng.uniform(0, LINE_HEIGHT)))
        spot = np.zeros_like(image)
        cv2.ellipse(
            spot, at, (int(rng.uniform(4, 40)), int(rng.uniform(4, 20))), 0, 0, 360, 1.0, -1
        )
        image += cv2.GaussianBlur(spot, (0, 0), 3) * rng.uniform(-120, 120)
    for row in range(2):  # what stands in the lines above and below
        if rng.random() < 0.15:
            edge = int(rng.integers(1, 5))
            part = np.s_[:edge] if row else np.s_[-edge:]
            shape = image[part].shape
            marks = cv2.GaussianBlur((rng.random(shape) < 0.3).astype(np.float32), (0, 0), 1)
            image[part] -= 250 * marks * rng.uniform(0.3, 1)
    np.clip(image, 0, 255, out=image)
