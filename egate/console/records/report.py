"""The centre's report as the page shows it: texts of one language, bars, and charts."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from egate.console.records.charts import ColumnChart, column_chart
from egate.console.words import Words
from egate.domain.time import UtcSeconds
from egate.ports.statistics import CellKind, Report, ReportCell, ReportTable
from egate.web.spreadsheet import Cell

_CHARTS: Final = ("hour", "day", "month")
_SERIES: Final = ("attempts", "crossed", "referred")
_BARS: Final = ("attempts", "count", "hours")
"""The first of these that a table has is drawn as a bar beside each row."""
_NUMBERS: Final = frozenset({CellKind.COUNT, CellKind.SHARE, CellKind.SECONDS, CellKind.HOURS})


@dataclass(frozen=True, slots=True)
class ShownColumn:
    heading: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class ShownTable:
    """One table of the page.

    Args:
        key: of the report.
        title: above it.
        columns: from left to right.
        rows: texts of the cells.
        bars: a length in per cent for each row; empty for a table without bars.
        chart: of the same numbers; None for a table alone.

    """

    key: str
    title: str
    columns: tuple[ShownColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[float, ...]
    chart: ColumnChart | None


def shown_tables(report: Report, words: Words) -> tuple[ShownTable, ...]:
    """Return the tables of ``report`` in the language of ``words``."""
    return tuple(_shown(table, words) for table in report.tables.values())


def csv_rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    """Give one row a cell: table, row, column, value; what nobody knows is empty."""
    yield ("table", "row", "column", "value")
    for table in report.tables.values():
        for number, row in enumerate(table.rows, 1):
            for column, cell in zip(table.columns, row, strict=False):
                yield (table.key, number, column, _plain(cell))


def _shown(table: ReportTable, words: Words) -> ShownTable:
    rows = tuple(tuple(_text(cell, words) for cell in row) for row in table.rows)
    return ShownTable(
        table.key,
        table.title,
        tuple(
            ShownColumn(heading, _is_number(table, place))
            for place, heading in enumerate(table.columns.values())
        ),
        rows,
        _bars(table),
        _chart(table, [row[0] for row in rows if row]) if table.key in _CHARTS else None,
    )


def _is_number(table: ReportTable, place: int) -> bool:
    return any(row[place].kind in _NUMBERS for row in table.rows if place < len(row))


def _bars(table: ReportTable) -> tuple[float, ...]:
    drawn = next((key for key in _BARS if key in table.columns), None)
    if drawn is None or len(table.rows) < 2:  # noqa: PLR2004 - one alone compares with nothing
        return ()
    values = _numbers(table, drawn)
    most = max(values) or 1
    return tuple(round(100 * value / most, 2) for value in values)


def _chart(table: ReportTable, labels: Sequence[str]) -> ColumnChart | None:
    series = [
        (table.columns[key], [int(value) for value in _numbers(table, key)])
        for key in _SERIES
        if key in table.columns
    ]
    return column_chart(labels, series) if labels and series else None


def _numbers(table: ReportTable, key: str) -> list[float]:
    place = list(table.columns).index(key)
    values = [row[place].value if place < len(row) else None for row in table.rows]
    return [value if isinstance(value, int | float) else 0.0 for value in values]


def _text(cell: ReportCell, words: Words) -> str:
    match cell.kind, cell.value:
        case CellKind.SHARE, float(share):
            return words.number(f"{100 * share:.1f} %")
        case CellKind.SECONDS, float(seconds):
            return " ".join((words.number(f"{seconds:.1f}"), words("records.seconds")))
        case CellKind.HOURS, float(hours):
            return " ".join((words.number(f"{hours:.1f}"), words("records.hours")))
        case CellKind.COUNT, int(count):
            return words.number(f"{count:,}")
        case CellKind.DAY, str(day):
            return words.day(day)
        case CellKind.MOMENT, dt.datetime() as moment:
            return words.moment(UtcSeconds(moment.timestamp()))
        case _, str(text):
            return text
        case _:
            return "–"  # noqa: RUF001 - a dash


def _plain(cell: ReportCell) -> Cell:
    if cell.value is None or isinstance(cell.value, int | float | str):
        return cell.value
    return cell.value.isoformat()
