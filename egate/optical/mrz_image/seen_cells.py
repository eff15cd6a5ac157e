"""The cells of an MRZ as two readers see them, of what each position can hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.layout import MrzFormat
from egate.optical.mrz_image.confidence import confidence
from egate.optical.mrz_image.position import allowed, name_cells
from egate.optical.mrz_image.windows import ReadCells
from egate.optical.ocr_b import ALPHABET

Floats = npt.NDArray[np.float64]

_FILLER: Final = ALPHABET.index("<")
_CLEAR: Final = 0.8
_CLEARLY_ANOTHER: Final = 0.3
_MOSTLY: Final = 0.6
_BY_POSITION: Final = 0.95
_FULLY_TRUSTED: Final = 0.01
"""A reader that gives less than this to all that a position can hold saw something else."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenCells:
    """All cells of all lines, one after the other.

    Args:
        first: n x 37 probabilities of the first reader, without what cannot stand there.
        second: the same of the second reader.
        together: the chance of each character by both.
        seen: what both saw, wherever it stands.
        allowed: n x 37, what each position can hold.
        ink: of each cell; 1 is usual.
        lights_differ: whether white and infrared light clearly show two characters there.
        lengths: of the lines.

    """

    first: Floats
    second: Floats
    together: Floats
    seen: npt.NDArray[np.int64]
    allowed: npt.NDArray[np.bool_]
    ink: Floats
    lights_differ: npt.NDArray[np.bool_]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, kind: MrzFormat, lines: Sequence[ReadCells]) -> Self:
        mask = np.concatenate(allowed(kind))
        first = np.concatenate([line.first for line in lines]).astype(np.float64)
        second = np.concatenate([line.second for line in lines]).astype(np.float64)
        held_first, held_second = _held(first, mask), _held(second, mask)
        return cls(
            held_first,
            held_second,
            confidence(held_first, held_second),
            np.asarray((first * second).argmax(axis=1), np.int64),
            mask,
            np.concatenate([line.ink for line in lines]),
            np.concatenate([line.lights_differ for line in lines]),
            tuple(len(line.ink) for line in lines),
        )

    def with_fillers_to_the_end(self, kind: MrzFormat) -> Self:
        """Return the cells with fillers where the names have ended, also where they are worn.

        After the names fillers go on to the last position (9303-3 §4.6): two clear ones after
        the secondary identifier are its end, if what follows is fillers for the most part, and
        nowhere clearly anything else.
        """
        together, first, second = self.together.copy(), self.first.copy(), self.second.copy()
        for cells in name_cells(kind):
            end = _end_of_names(together[cells])
            if end is None:
                continue
            rest = cells[end:]
            others = np.delete(together[rest], _FILLER, axis=1).max(axis=1)
            fillers = together[rest, _FILLER]
            if (fillers > _CLEAR).mean() >= _MOSTLY and not (others > _CLEARLY_ANOTHER).any():
                for seen in (together, first, second):
                    seen[rest] = 0.0
                    seen[rest, _FILLER] = np.maximum(fillers, _BY_POSITION)
        return replace(self, together=together, first=first, second=second)

    @property
    def score(self) -> float:
        """How well what was seen fits the format: the mean logarithm of the best chance."""
        best = (self.first * self.second).max(axis=1)
        return float(np.log(np.maximum(best, 1e-6)).mean())

    def place(self, cell: int) -> tuple[int, int]:
        """Return line and column of a cell, from 1."""
        line = 0
        while cell >= self.lengths[line]:
            cell -= self.lengths[line]
            line += 1
        return line + 1, cell + 1

    def at(self, cell: int) -> str:
        line, column = self.place(cell)
        return f"at line {line}, column {column}"

    def lines(self, characters: Sequence[int]) -> tuple[str, ...]:
        text = "".join(ALPHABET[character] for character in characters)
        return tuple(text[part] for part in self.parts())

    def parts(self) -> list[slice]:
        """Return which cells are of which line."""
        ends = np.cumsum(self.lengths).tolist()
        return [slice(end - long, end) for end, long in zip(ends, self.lengths, strict=True)]


def _end_of_names(together: Floats) -> int | None:
    """Return where in a name field the second pair of fillers begins; None without one."""
    fillers = together[:, _FILLER] > _CLEAR
    pairs = np.nonzero(fillers[1:] & fillers[:-1])[0]
    for before, after in pairwise(pairs.tolist()):
        if after > before + 1:
            return int(after)
    return None


def _held(probabilities: Floats, mask: npt.NDArray[np.bool_]) -> Floats:
    """Rule out what cannot stand there; that nothing stands there (the rest to 1) can be."""
    held = probabilities * mask
    nothing = np.maximum(1 - probabilities.sum(axis=1, keepdims=True), 0.0)
    mass = held.sum(axis=1, keepdims=True) + nothing
    shared: Floats = held / np.maximum(mass, _FULLY_TRUSTED)
    return shared
