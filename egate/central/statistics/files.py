"""A report as files: CSV and JSON for other programs, with stable keys; PDF for paper."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from egate.central.statistics.document import Document, Language, plain
from egate.web.spreadsheet import UTF_8_MARK, csv_lines
from egate.web.spreadsheet import Cell as CsvCell


def as_csv(document: Document, language: Language) -> str:
    """Return one line a cell: ``table,row,column,value``; a value that is not known is empty."""
    return "".join(csv_lines(_csv_rows(document, language)))


def _csv_rows(document: Document, language: Language) -> Iterator[tuple[CsvCell, ...]]:
    yield ("table", "row", "column", "value")
    for key, value in _heading(document).items():
        yield ("report", 1, key, value)
    for table in document.tables:
        for number, row in enumerate(table.rows, 1):
            for column, cell in zip(table.columns, row, strict=True):
                yield (table.key, number, column.key, plain(cell, language))
    for number, note in enumerate(document.notes, 1):
        yield ("notes", number, "note", note.of(language))


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


@dataclass(frozen=True, slots=True)
class Writer:
    """One kind of file that a report can be."""

    media_type: str
    write: Callable[[Document, Language], bytes]


def _csv_bytes(document: Document, language: Language) -> bytes:
    return (UTF_8_MARK + as_csv(document, language)).encode()


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
