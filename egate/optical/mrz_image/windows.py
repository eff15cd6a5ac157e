"""Which of the cells that were cut are the characters of a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.layout import LAYOUTS

Floats = npt.NDArray[np.float64]
Probabilities = npt.NDArray[np.float32]
"""n x 37: of each character of the alphabet."""

LEAST_INK: Final = 0.45
_NO_CHARACTER: Final = -0.6
_OUTSIDE: Final = 0.5
_WORSE_BY_AT_MOST: Final = 1.5
_PER_PITCH_OF_INDENTATION: Final = 4.0
_NO_INDENTATION: Final = 0.4
_STARTS_TRIED: Final = 4
_MOST_COMBINATIONS: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class ReadCells:
    """What two readers saw in the cells of one line.

    Args:
        first: of each cell, by the first reader.
        second: by the second.
        ink: of each cell; 1 is usual.
        lights_differ: whether white and infrared light clearly show two characters there.

    """

    first: Probabilities
    second: Probabilities
    ink: npt.NDArray[np.float64]
    lights_differ: npt.NDArray[np.bool_]

    def from_to(self, start: int, end: int) -> "ReadCells":
        part = slice(start, end)
        return ReadCells(
            self.first[part], self.second[part], self.ink[part], self.lights_differ[part]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Cells that may be the lines of an MRZ.

    Args:
        starts: the first cell of each line.
        lengths: how many cells each line has.

    """

    starts: tuple[int, ...]
    lengths: tuple[int, ...]
    score: float


def windows_of(lines: Sequence[ReadCells], along: Sequence[Floats]) -> list[Window]:
    """Return where lines of known formats may stand in ``lines``, the best first.

    Args:
        lines: the cells of each line.
        along: where each cell is along its line, in pitches, upright: all lines of an MRZ begin
            one below the other (9303-4 §4.2.1).

    """
    seen = [_characters(line) for line in lines]
    found: list[Window] = []
    for lengths in {layout.lengths for layout in LAYOUTS.values()}:
        if len(lengths) != len(lines):
            continue
        starts = [_starts(line, length) for line, length in zip(seen, lengths, strict=True)]
        found += [
            Window(
                tuple(start for start, _ in some),
                lengths,
                sum(score for _, score in some) - _indentation([start for start, _ in some], along),
            )
            for some in product(*starts)
        ]
    found.sort(key=lambda window: -window.score)
    good = [each for each in found if each.score > found[0].score - _WORSE_BY_AT_MOST]
    return good[:_MOST_COMBINATIONS]


def _indentation(starts: Sequence[int], along: Sequence[Floats]) -> float:
    places = [float(places[start]) for places, start in zip(along, starts, strict=True)]
    return _PER_PITCH_OF_INDENTATION * max(0.0, max(places) - min(places) - _NO_INDENTATION)


def _characters(line: ReadCells) -> npt.NDArray[np.float64]:
    """Return how much each cell looks like a character: at most 1, below 0 for none."""
    sure = np.sqrt(line.first.max(axis=1) * line.second.max(axis=1)).astype(np.float64)
    return np.where(line.ink > LEAST_INK, sure, _NO_CHARACTER)


def _starts(seen: npt.NDArray[np.float64], length: int) -> list[tuple[int, float]]:
    if len(seen) < length:
        return []
    sums = np.concatenate([[0.0], np.cumsum(seen)])
    positive = np.concatenate([[0.0], np.cumsum(np.maximum(seen, 0))])
    inside = sums[length:] - sums[:-length]
    outside = positive[-1] - (positive[length:] - positive[:-length])
    scores = inside - _OUTSIDE * outside
    best = np.argsort(-scores)[:_STARTS_TRIED]
    return [
        (int(start), float(scores[start]))
        for start in best
        if scores[start] > scores.max() - _PER_PITCH_OF_INDENTATION and scores[start] > length * 0.3
    ]
