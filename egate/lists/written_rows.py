"""Rows as `read_row` takes them: what is exported can be imported again, and changes nothing."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from egate.lists.list_entry import ListEntry
from egate.lists.listed_person import ListedPerson
from egate.lists.source import SourceRow

COLUMNS: Final = (
    "entry_id", "document_type", "issuing_state", "document_number", "name", "aliases",
    "date_of_birth", "nationality", "sex", "legal_basis", "order_reference", "authority", "court",
    "valid_from", "valid_to", "direction", "action", "instruction", "contact", "status",
)  # fmt: skip
"""In this order; an MRZ's two identifiers are one name by now."""
_BETWEEN_ALIASES: Final = "; "


class RowFormat(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSON = "json"


def written_rows(row: SourceRow) -> Iterator[dict[str, str]]:
    """Yield what ``row`` says, columns by name: its document, and then each person.

    Of one that lists neither, as of an entry that was taken off its list, what the entry says.
    """
    entry = _of_entry(row.entry) | {"status": row.status.value}
    if row.document is None and not row.entry.persons:
        yield entry
    if row.document is not None:
        yield {
            **entry,
            "document_type": row.document.kind,
            "issuing_state": row.document.issuing_state,
            "document_number": row.document.number,
        }
    for person in row.entry.persons:
        yield entry | _of_person(person)


def in_format(rows: Iterable[SourceRow], form: RowFormat) -> Iterator[str]:
    """Yield pieces of a file with ``rows``, UTF-8 when encoded."""
    written = (each for row in rows for each in written_rows(row))
    return _csv(written) if form is RowFormat.CSV else _json(written)


def _csv(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(row)
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def _json(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    before = "["
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def _of_entry(entry: ListEntry) -> dict[str, str]:
    said = entry.as_json() | {"valid_to": entry.valid_to.isoformat() if entry.valid_to else ""}
    return {name: said[name] for name in COLUMNS if name in said}


def _of_person(person: ListedPerson) -> dict[str, str]:
    name, *aliases = person.names
    return {
        "name": name,
        "aliases": _BETWEEN_ALIASES.join(aliases),
        "date_of_birth": person.date_of_birth or "",
        "nationality": person.nationality,
        "sex": person.sex,
    }
