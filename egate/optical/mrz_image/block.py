"""Lines of a strip that may be one MRZ together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.layout import LAYOUTS
from egate.optical.mrz_image.pitch import PitchedLine
from egate.optical.mrz_image.strip import Strip

_PITCHES_BETWEEN_LINES: Final = (1.35, 3.3)
_SPACES_AGREE_WITHIN: Final = 0.5
_PITCHES_AGREE_WITHIN: Final = 0.15
_BEYOND_THE_ENDS: Final = 2
_MOST_COLUMNS: Final = 96
_LENGTHS: Final = frozenset(length for each in LAYOUTS.values() for length in each.lengths)
_LINE_COUNTS: Final = (3, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Two or three lines, one above the other.

    Args:
        strip: where they were found.
        lines: from the top one down.
        columns: which columns of each line may hold characters: the first, and one after
            the last.

    """

    strip: Strip
    lines: tuple[PitchedLine, ...]
    columns: tuple[tuple[int, int], ...]

    @property
    def middle(self) -> npt.NDArray[np.float64]:
        """Where its middle is in the image, x and y."""
        ends = [(line.x(column), line.y(column)) for line in self.lines for column in line.columns]
        return self.strip.in_image(np.mean(ends, axis=0))

    @property
    def pitch_in_image(self) -> float:
        return float(np.mean([line.pitch for line in self.lines])) * self.strip.image_pixels


def blocks_of(strip: Strip, lines: Sequence[PitchedLine]) -> Iterator[Block]:
    """Yield what may be an MRZ, the one with the most characters first."""
    together = [
        lines[first : first + count]
        for count in _LINE_COUNTS
        for first in range(len(lines) - count + 1)
        if _belong_together(lines[first : first + count])
    ]
    together.sort(key=lambda some: -sum(line.found for line in some) / len(some) ** 0.5)
    for some in together:
        yield Block(strip, tuple(some), _columns(some, strip.grey.shape[1]))


def _belong_together(lines: Sequence[PitchedLine]) -> bool:
    pitches = np.array([line.pitch for line in lines])
    if np.ptp(pitches) > _PITCHES_AGREE_WITHIN * pitches.mean():
        return False
    middles = np.array([_level(line) for line in lines])
    spaces = np.diff(middles) / pitches.mean()
    least, most = _PITCHES_BETWEEN_LINES
    return bool(
        np.all(spaces > least) and np.all(spaces < most) and np.ptp(spaces) < _SPACES_AGREE_WITHIN
    )


def _level(line: PitchedLine) -> float:
    return float(line.y(sum(line.columns) / 2))


def _columns(lines: Sequence[PitchedLine], width: int) -> tuple[tuple[int, int], ...]:
    """Extend each line to where the longest of them begins and ends, and a little more.

    Much more, within the strip of ``width`` pixels, where that is the length of no MRZ.
    """
    left = min(float(line.x(line.columns[0])) for line in lines)
    right = max(float(line.x(line.columns[1])) for line in lines)
    pitch = lines[0].pitch
    seen = round((right - left) / pitch) + 1
    whole = any(abs(seen - length) <= _BEYOND_THE_ENDS for length in _LENGTHS)
    missing = 0 if whole else max(0, max(_LENGTHS) - seen)
    left -= min(missing * pitch, left)
    right += min(missing * pitch, width - right)
    spans = []
    for line in lines:
        first, last = line.columns
        before = round((float(line.x(first)) - left) / line.pitch) + _BEYOND_THE_ENDS
        after = round((right - float(line.x(last))) / line.pitch) + _BEYOND_THE_ENDS
        start = first - before
        spans.append((start, min(last + after + 1, start + _MOST_COLUMNS)))
    return tuple(spans)
