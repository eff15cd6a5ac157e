"""Charts as geometry, which a template draws as SVG: no script, and a table with the same numbers.

A series is told by its pattern and its place as well as by its colour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 960
HEIGHT: Final = 260
_LEFT: Final = 56
_BOTTOM: Final = 34
_TOP: Final = 12
_TICKS: Final = 4
_STEPS: Final = (1, 2, 5, 10)
_GAP: Final = 0.3  # of a label's width
_WIDEST: Final = 48.0
_MOST_LABELS: Final = 16


@dataclass(frozen=True, slots=True)
class Tick:
    """One line across, and its number."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """One column: where, of which series, and what it says."""

    x: float
    y: float
    width: float
    height: float
    series: int
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class ChartLabel:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Columns of one or more series side by side, over labels."""

    series: tuple[str, ...]
    ticks: tuple[Tick, ...]
    columns: tuple[ChartColumn, ...]
    labels: tuple[ChartLabel, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    floor: int = HEIGHT - _BOTTOM


def column_chart(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> ColumnChart:
    """Return a chart of ``series``, each a name and a number for each of ``labels``."""
    most = max((value for _, values in series for value in values), default=0)
    step = tick_step(most)
    top = step * max(math.ceil(most / step), 1)
    slot = (WIDTH - _LEFT) / max(len(labels), 1)
    width = min(slot * (1 - _GAP) / max(len(series), 1), _WIDEST)
    margin = (slot - width * len(series)) / 2
    every = math.ceil(len(labels) / _MOST_LABELS)
    return ColumnChart(
        tuple(name for name, _ in series),
        tuple(Tick(_height(value, top), value) for value in range(0, top + 1, step)),
        tuple(
            ChartColumn(
                round(_LEFT + place * slot + margin + number * width, 2),
                _height(value, top),
                round(width, 2),
                round(HEIGHT - _BOTTOM - _height(value, top), 2),
                number,
                label,
                value,
            )
            for number, (_, values) in enumerate(series)
            for place, (label, value) in enumerate(zip(labels, values, strict=True))
        ),
        tuple(
            ChartLabel(round(_LEFT + (place + 0.5) * slot, 2), label)
            for place, label in enumerate(labels)
            if place % every == 0
        ),
    )


def tick_step(most: int) -> int:
    """Return the round number that lines across stand apart, for columns up to ``most``."""
    least = max(most / _TICKS, 1)
    power = 10 ** math.floor(math.log10(least))
    return next(int(step * power) for step in _STEPS if step * power >= least)


def _height(value: int, top: int) -> float:
    room = HEIGHT - _BOTTOM - _TOP
    return round(_TOP + room * (1 - value / top), 2)
