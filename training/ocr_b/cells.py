"""Cells with their characters, cut from rendered lines as the reader's segmentation cuts them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.ocr_b.alphabet import CELL_HEIGHT, CELL_WIDTH, Cells
from training.ocr_b.damage import Rng, photographed
from training.ocr_b.lettering import BLANK, Lettering, Line, random_classes

Classes = npt.NDArray[np.int64]

SHORT_LINE: Final = 14  # places; many short lines vary more than few long ones
MRZ_LINE: Final = 44  # of a passport (9303-4 §4.2)


@dataclass(frozen=True, slots=True)
class Sample:
    """Which lines are rendered.

    Args:
        lines: how many.
        severity: the least and the worst damage, 0 to 1; each line's is between them.
        places: characters a line.
        nowhere: share of cells cut where no character is; some places are blank too. 0: none.

    """

    lines: int
    severity: tuple[float, float]
    places: int = SHORT_LINE
    nowhere: float = 0.06


def rendered(lettering: Lettering, seed: int, sample: Sample) -> tuple[Cells, Classes]:
    """Return cells and classes, line by line; the same for the same seed."""
    found = [
        _line(lettering, np.random.default_rng([seed, n]), sample) for n in range(sample.lines)
    ]
    return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])


def _line(lettering: Lettering, rng: Rng, sample: Sample) -> tuple[Cells, Classes]:
    severity = float(rng.uniform(*sample.severity))
    classes = random_classes(rng, sample.places, sample.nowhere)
    return cut(rng, lettering.line(rng, classes, severity), severity, sample.nowhere)


def cut(rng: Rng, line: Line, severity: float, nowhere: float) -> tuple[Cells, Classes]:
    """Return the cells of one line, photographed, a little beside their places.

    Args:
        rng: chooses the damage.
        line: as it was printed.
        severity: of the damage, 0 to 1.
        nowhere: share of cells cut where no character is.

    """
    image, pitch = photographed(rng, line.ink, severity)
    scale = CELL_WIDTH / pitch * (1 + rng.normal(0, 0.01 + 0.02 * severity))
    how = rng.choice([cv2.INTER_CUBIC, cv2.INTER_LINEAR, cv2.INTER_AREA])
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    image = np.asarray(cv2.resize(image, size, interpolation=int(how)), np.uint8)
    places = line.centres * (np.array(size) / (line.ink.shape[1], line.ink.shape[0]))
    places = places + rng.normal(0, (0.6 + severity, 0.8 + 1.2 * severity))
    places += rng.normal(0, 0.3 + 0.5 * severity, places.shape)
    classes = line.classes.copy()
    if rng.random() < 0.25 * severity:
        # Dirt beside the print misleads whoever follows the line.
        along = np.linspace(-1, 1, len(places))
        places[:, 1] += rng.uniform(-5, 5) + along * rng.uniform(-3, 3)
    _beside(rng, places, classes, nowhere)
    if rng.random() < 0.6:
        return _even(rng, np.stack([_at(image, place) for place in places])), classes
    stretched = _stretch(rng, image, severity)
    return np.stack([_cell(rng, stretched, place) for place in places]), classes


def _even(rng: Rng, cells: Cells) -> Cells:
    """Each cell's ink to black, but not where its contrast is far below the line's usual one."""
    dark, light = np.percentile(cells, (rng.uniform(1, 4), rng.uniform(80, 92)), axis=(1, 2))
    usual = float(np.median(light - dark))
    spread = np.maximum(light - dark, usual * rng.uniform(0.2, 0.7))
    pairs = zip(cells, light, spread, strict=True)
    return np.stack(
        [_stretched(cell, float(high - wide), float(high)) for cell, high, wide in pairs]
    )


def _beside(rng: Rng, places: npt.NDArray[np.float64], classes: Classes, share: float) -> None:
    """Move a few cells to where no character is: half a pitch on, or off the line."""
    for index in np.flatnonzero(rng.random(len(classes)) < share):
        if rng.random() < 0.6:
            places[index, 0] += rng.uniform(0.42, 0.58) * CELL_WIDTH
        else:
            places[index, 1] += rng.choice([-1, 1]) * rng.uniform(0.65, 1.0) * CELL_HEIGHT
        classes[index] = BLANK


def _stretch(rng: Rng, image: Cells, severity: float) -> Cells:
    """Darkest to 0 and paper to 255, by the line; with the errors that such a measure has."""
    low, high = np.percentile(image, (rng.uniform(0.2, 4), rng.uniform(50, 97)))
    low += rng.normal(0, 5 + 15 * severity)
    high += rng.normal(0, 5 + 15 * severity)
    return _stretched(image, float(low), float(high))


def _stretched(image: Cells, low: float, high: float) -> Cells:
    spread = max(high - low, 12.0)
    return np.asarray(np.clip((image.astype(np.float32) - low) * (255 / spread), 0, 255), np.uint8)


def _cell(rng: Rng, image: Cells, place: npt.NDArray[np.float64]) -> Cells:
    cell = _at(image, place)
    if rng.random() < 0.3:  # by the cell, not the line: noise of a blank one grows too
        cell = _stretched(cell, float(np.percentile(cell, 2)), float(np.percentile(cell, 92)))
    return cell


def _at(image: Cells, place: npt.NDArray[np.float64]) -> Cells:
    x, y = (float(part) - 0.5 for part in place)
    return np.asarray(cv2.getRectSubPix(image, (CELL_WIDTH, CELL_HEIGHT), (x, y)), np.uint8)
