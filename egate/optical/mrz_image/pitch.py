"""The columns of a line of fixed pitch, from where its characters are.

OCR-B in an MRZ is monospaced (9303-3 §4.1: 2.54 mm). The distances between characters are
near multiples of the pitch, which changes slowly along a line that a lens sees at an angle.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.optical.mrz_image.printed_lines import Pieces
from egate.optical.mrz_image.strip import HEIGHT_OF_LINE

Floats = npt.NDArray[np.float64]

_PITCHES: Final = np.arange(0.7, 1.75, 0.01) * HEIGHT_OF_LINE
_LOOK_BACK: Final = 7
_MOST_STEPS: Final = 6.4
_LEAST_IN_COLUMNS: Final = 10
_OFF_COLUMN: Final = 0.22
_CUBIC_FROM: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class PitchedLine:
    """Where the columns of one line are in its strip.

    Args:
        x: the middle of column u, for u = 0 at the first character found.
        y: the middle of the line there.
        columns: of the first and the last character found.
        height: of its capitals and digits, in pixels.
        found: how many characters are in columns.

    """

    x: np.polynomial.Polynomial
    y: np.polynomial.Polynomial
    columns: tuple[int, int]
    height: float
    found: int

    @property
    def pitch(self) -> float:
        first, last = self.columns
        return float((self.x(last) - self.x(first)) / max(1, last - first))


def fit_pitch(line: Pieces) -> PitchedLine | None:
    """Return the columns of ``line``; None when its characters are in none."""
    single = line.where(line.width < 1.15 * HEIGHT_OF_LINE)
    if len(single.x) < _LEAST_IN_COLUMNS:
        return None
    places, columns = _chain(single.x, _pitch(single.x))
    if len(places) < _LEAST_IN_COLUMNS:
        return None
    chosen = single.where(places)
    degree = 3 if len(columns) >= _CUBIC_FROM else 1
    for _ in range(3):
        x = np.polynomial.Polynomial.fit(columns, chosen.x, degree)
        pitch = float((x(columns[-1]) - x(columns[0])) / max(1, columns[-1] - columns[0]))
        keep = np.abs(chosen.x - x(columns)) < _OFF_COLUMN * pitch
        if keep.sum() < _LEAST_IN_COLUMNS:
            return None
        chosen, columns = chosen.where(keep), columns[keep]
    y = np.polynomial.Polynomial.fit(columns, chosen.y, 2)
    steady = np.abs(chosen.y - y(columns)) < 0.12 * HEIGHT_OF_LINE
    if steady.sum() >= _LEAST_IN_COLUMNS:
        y = np.polynomial.Polynomial.fit(columns[steady], chosen.y[steady], 2)
    x = np.polynomial.Polynomial.fit(columns, chosen.x, degree)
    height = float(np.percentile(chosen.height, 80))
    return PitchedLine(x, y, (int(columns[0]), int(columns[-1])), height, len(columns))


def _pitch(x: Floats) -> float:
    """Return the pitch that most distances between neighbours are a multiple of."""
    distances = np.concatenate([x[step:] - x[:-step] for step in (1, 2)])
    distances = distances[distances > 0.6 * HEIGHT_OF_LINE]
    steps = distances[:, None] / _PITCHES
    nearest = np.clip(np.round(steps), 1, 3)
    closeness = np.exp(-(((steps - nearest) / 0.07) ** 2)) / nearest
    return float(_PITCHES[closeness.sum(axis=0).argmax()])


def _chain(x: Floats, pitch: float) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Choose the longest row of pieces whose distances are whole columns, and number these."""
    count = len(x)
    score, back, step = np.ones(count), np.full(count, -1), np.zeros(count, int)
    local = np.full(count, pitch)
    for here in range(1, count):
        for before in range(max(0, here - _LOOK_BACK), here):
            columns = (x[here] - x[before]) / local[before]
            nearest = round(columns)
            off = abs(columns - nearest)
            if nearest < 1 or columns > _MOST_STEPS or off > _OFF_COLUMN * min(nearest, 1.6):
                continue
            gained = score[before] + 1 - 2 * off - 0.15 * (nearest - 1)
            if gained > score[here]:
                score[here], back[here], step[here] = gained, before, nearest
                seen = (x[here] - x[before]) / nearest
                local[here] = np.clip(0.9 * local[before] + 0.1 * seen, 0.7 * pitch, 1.4 * pitch)
    chosen = np.zeros(count, bool)
    columns_back = []
    here = int(score.argmax())
    while here >= 0:
        chosen[here] = True
        columns_back.append(step[here] if back[here] >= 0 else 0)
        here = int(back[here])
    return chosen, np.cumsum(np.array(columns_back[::-1], np.int64))
