"""A report as files: CSV and JSON for other programs, with stable keys; PDF for paper."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from egate.central.statistics.document import Cell, Document, Language, plain

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell of text begins that a spreadsheet takes for a formula."""


def as_csv(document: Document, language: Language) -> str:
    """Return one line a cell: ``table,row,column,value``; a value that is not known is empty."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("table", "row", "column", "value"))
    for key, value in _heading(document).items():
        writer.writerow(("report", 1, key, value))
    for table in document.tables:
        for number, row in enumerate(table.rows, 1):
            for column, cell in zip(table.columns, row, strict=True):
                writer.writerow((table.key, number, column.key, _field(cell, language)))
    for number, note in enumerate(document.notes, 1):
        writer.writerow(("notes", number, "note", note.of(language)))
    return stream.getvalue()


def as_json(document: Document, language: Language) -> dict[str, Any]:
    """Return the report as one JSON document; null is what nobody knows."""
    tables = {
        table.key: [
            {
                column.key: plain(cell, language)
                for column, cell in zip(table.columns, row, strict=True)
            }
            for row in table.rows
        ]
        for table in document.tables
    }
    return {
        "report": _heading(document),
        "tables": tables,
        "notes": [note.of(language) for note in document.notes],
    }


def _heading(document: Document) -> dict[str, str]:
    return {
        "from": document.first.isoformat(),
        "to": document.last.isoformat(),
        "time_zone": "Asia/Dhaka",
        "made_at": f"{document.made_at:%Y-%m-%dT%H:%M:%S}+06:00",
    }


def _field(cell: Cell, language: Language) -> str | int | float:
    value = plain(cell, language)
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_RISKY):
        return f"'{value}"
    return value


@dataclass(frozen=True, slots=True)
class Writer:
    """One kind of file that a report can be."""

    media_type: str
    write: Callable[[Document, Language], bytes]


def _csv_bytes(document: Document, language: Language) -> bytes:
    # The mark tells spreadsheets that it is UTF-8; without it Bangla is unreadable there.
    return as_csv(document, language).encode("utf-8-sig")


def _json_bytes(document: Document, language: Language) -> bytes:
    return (json.dumps(as_json(document, language), ensure_ascii=False) + "\n").encode()


def _pdf_bytes(document: Document, language: Language) -> bytes:
    # A third of a second to load: a centre that starts again has gates that wait.
    from egate.central.statistics.pdf import as_pdf  # noqa: PLC0415

    return as_pdf(document, language)


WRITERS: Final[Mapping[str, Writer]] = {
    "json": Writer("application/json", _json_bytes),
    "csv": Writer("text/csv; charset=utf-8", _csv_bytes),
    "pdf": Writer("application/pdf", _pdf_bytes),
}
