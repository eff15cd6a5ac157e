"""Tables as CSV that a spreadsheet opens as what they are, and takes for nothing else."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

Cell = str | int | float | None

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With what a cell of text begins that a spreadsheet takes for a formula."""
UTF_8_MARK: Final = "\ufeff"
"""At the beginning of a file: without it Bangla is unreadable in a spreadsheet."""


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Give the lines of ``rows``; no cell is a formula."""
    for row in rows:
        stream = io.StringIO()
        csv.writer(stream).writerow([_harmless(cell) for cell in row])
        yield stream.getvalue()


def _harmless(cell: Cell) -> Cell:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell
