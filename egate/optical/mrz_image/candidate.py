"""What two readers see in a block of lines, whichever way up it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from egate.optical.mrz_image.block import Block
from egate.optical.mrz_image.cells import Cells, CutLine, cut_cells
from egate.optical.mrz_image.lights import Lights, seen_together
from egate.optical.mrz_image.windows import LEAST_INK, Probabilities, ReadCells, Window, windows_of

_SURE_ON_AVERAGE: Final = 0.8
_MOST_LEAN: Final = 0.6
_LEAN_THAT_MATTERS: Final = 0.06


class Readers(NamedTuple):
    """Two classifiers of cells, of different kinds."""

    first: Callable[[Cells], Probabilities]
    second: Callable[[Cells], Probabilities]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A block as it was read.

    Args:
        upside_down: whether it was read from its lower right corner.
        lines: the cells of each line in reading order.
        windows: which of them may be the MRZ, the best first.

    """

    block: Block
    upside_down: bool
    lines: tuple[ReadCells, ...]
    windows: tuple[Window, ...]

    def places(self, window: Window) -> list[npt.NDArray[np.float64]]:
        """Return where the middles of the characters of each line are in the image."""
        found = []
        lines = list(zip(self.block.lines, self.block.columns, strict=True))
        for (line, (first, end)), start, length in zip(
            lines[::-1] if self.upside_down else lines, window.starts, window.lengths, strict=True
        ):
            columns = np.arange(start, start + length)
            columns = end - 1 - columns if self.upside_down else first + columns
            points = np.column_stack([line.x(columns), line.y(columns)])
            found.append(self.block.strip.in_image(points))
        return found


def read_block(lights: Lights, block: Block, readers: Readers) -> Candidate:
    """Read ``block`` the way up that is read better."""
    lean = _lean(block)
    candidate = _read(lights, block, readers, lean)
    if candidate.windows:
        seen = _lean_of(candidate, candidate.windows[0])
        if abs(seen - lean) > _LEAN_THAT_MATTERS:
            again = _read(lights, block, readers, seen)
            return max(again, candidate, key=lambda each: _sureness(each.lines))
    return candidate


def _read(lights: Lights, block: Block, readers: Readers, lean: float) -> Candidate:
    cut = [
        [
            cut_cells(image, block.strip, line, columns, lean)
            for line, columns in zip(block.lines, block.columns, strict=True)
        ]
        for image in lights.all
    ]
    lines = _read_lights(cut, readers)
    upside_down = False
    if _sureness(lines) < _SURE_ON_AVERAGE:
        turned = [
            [
                (np.ascontiguousarray(cells[::-1, ::-1, ::-1]), ink[::-1])
                for cells, ink in light[::-1]
            ]
            for light in cut
        ]
        other = _read_lights(turned, readers)
        if _sureness(other) > _sureness(lines):
            lines, upside_down = other, True
    return Candidate(
        block, upside_down, tuple(lines), tuple(windows_of(lines, _along(block, lean, upside_down)))
    )


def _along(block: Block, lean: float, upside_down: bool) -> list[npt.NDArray[np.float64]]:  # noqa: FBT001
    """Return where the cells of each line are along it, in pitches, in reading order."""
    places = []
    for line, (first, end) in zip(block.lines, block.columns, strict=True):
        columns = np.arange(first, end)
        upright = (line.x(columns) - lean * line.y(columns)) / line.pitch
        places.append(np.asarray(-upright[::-1] if upside_down else upright, np.float64))
    return places[::-1] if upside_down else places


def _read_lights(cut: Sequence[Sequence[CutLine]], readers: Readers) -> list[ReadCells]:
    """Return what the lights show of each line together."""
    by_light = [_read_cells(lines, readers) for lines in cut]
    return [reduce(seen_together, lights) for lights in zip(*by_light, strict=True)]


def _read_cells(cut: Sequence[CutLine], readers: Readers) -> list[ReadCells]:
    together = np.concatenate([cells for cells, _ in cut])
    first, second = readers.first(together), readers.second(together)
    lines, start = [], 0
    for _, ink in cut:
        part = slice(start, start + len(ink))
        lines.append(ReadCells(first[part], second[part], ink, np.zeros(len(ink), bool)))
        start += len(ink)
    return lines


def _sureness(lines: Sequence[ReadCells]) -> float:
    """Return how sure both readers are of the same character, over the cells with ink."""
    first = np.concatenate([line.first for line in lines])
    second = np.concatenate([line.second for line in lines])
    ink = np.concatenate([line.ink for line in lines]) > LEAST_INK
    return float(np.sqrt(first * second).max(axis=1)[ink].mean()) if ink.any() else 0.0


def _lean(block: Block) -> float:
    """Return how far characters lean, from where the lines begin and end in the strip."""
    spans = [line.columns[1] - line.columns[0] for line in block.lines]
    if len(set(spans)) > 1:
        return 0.0
    ends = [
        [(float(line.x(line.columns[end])), float(line.y(line.columns[end]))) for end in (0, 1)]
        for line in block.lines
    ]
    return _slant(np.array(ends))


def _lean_of(candidate: Candidate, window: Window) -> float:
    if len(set(window.lengths)) > 1:
        return 0.0
    ends = []
    for line, (first, end), start, length in zip(
        candidate.block.lines,
        candidate.block.columns,
        window.starts[::-1] if candidate.upside_down else window.starts,
        window.lengths[::-1] if candidate.upside_down else window.lengths,
        strict=True,
    ):
        left = end - start - length if candidate.upside_down else first + start
        ends.append([(float(line.x(at)), float(line.y(at))) for at in (left, left + length - 1)])
    return _slant(np.array(ends))


def _slant(ends: npt.NDArray[np.float64]) -> float:
    """Return the mean lean of the edges through the lines' ends; lines x ends x (x, y)."""
    moved = ends[-1] - ends[0]
    return float(np.clip((moved[:, 0] / moved[:, 1]).mean(), -_MOST_LEAN, _MOST_LEAN))
