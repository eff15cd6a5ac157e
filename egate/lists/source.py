"""Rows of a list as people and other systems send them: CSV, or a JSON array of objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from egate.lists.errors import ListRefused
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.row_files import rows_in

_NEEDED: Final = (
    "entry_id",
    "document_type",
    "issuing_state",
    "document_number",
    "legal_basis",
    "order_reference",
    "authority",
    "valid_from",
)
_OTHERS: Final = {
    "valid_to": "",
    "direction": "both",
    "action": ListAction.REFER_SILENT.value,
    "instruction": "",
    "court": "",
    "contact": "",
    "status": "LISTED",
}
_COLUMNS: Final = frozenset((*_NEEDED, *_OTHERS))
_DETAILS: Final = ("entry_id", *_NEEDED[4:], *tuple(_OTHERS)[:-1])


class RowStatus(StrEnum):
    """What became of a document since it was listed."""

    LISTED = "LISTED"
    RECOVERED = "RECOVERED"
    """Found again: it stays listed, since nobody knows in whose hands it was."""
    WITHDRAWN = "WITHDRAWN"
    """Never to have been listed; the only way off a list for good."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One document under one entry, and the line where it ends. Personal."""

    line: int
    document: ListedDocument
    entry: ListEntry
    status: RowStatus


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken.

    Args:
        line: of the file where the row ends; in JSON, the number of the object.
        reason: one line, without what the row says.

    """

    line: int
    reason: str


def read_rows(file: Path, kind: ListKind) -> Iterator[SourceRow | RefusedRow]:
    """Yield the rows of ``file``, each as it is or with why it is refused.

    Args:
        file: CSV with a line of names, or JSON if it begins with a bracket; UTF-8.
        kind: the list that the rows are of.

    Raises:
        ListRefused: the file is neither, or cannot be read.

    """
    for line, row in rows_in(file, _NEEDED):
        yield read_row(line, row, kind)


def read_row(line: int, row: Mapping[Any, Any], kind: ListKind) -> SourceRow | RefusedRow:
    """Return what one row says, its columns by name, or why it is refused."""
    try:
        return _row(line, row, kind)
    except ListRefused as error:
        return RefusedRow(line, str(error))


def _row(line: int, row: Mapping[Any, Any], kind: ListKind) -> SourceRow:
    if not _COLUMNS.issuperset(row):
        raise ListRefused("a column that no list has")
    if not all(isinstance(value, str) for value in row.values()):
        raise ListRefused("a field is missing, or not a text")
    texts = {**_OTHERS, **{name: value.strip() for name, value in row.items() if value.strip()}}
    if missing := [name for name in _NEEDED if name not in texts]:
        raise ListRefused(f"{missing[0]}: missing")
    try:
        status = RowStatus(texts["status"])
    except ValueError:
        raise ListRefused("status: not LISTED, RECOVERED or WITHDRAWN") from None
    if status is RowStatus.RECOVERED and not kind.is_for_good:
        raise ListRefused("status: only a document that is dead for good is RECOVERED")
    return SourceRow(
        line,
        ListedDocument.of(texts["document_type"], texts["issuing_state"], texts["document_number"]),
        _entry(kind, tuple(texts[name] for name in _DETAILS)),
        status,
    )


@lru_cache(maxsize=256)
def _entry(kind: ListKind, details: tuple[str, ...]) -> ListEntry:
    """Return the entry; thousands of documents in a row may be of one."""
    return ListEntry.of({"list": kind.value, **dict(zip(_DETAILS, details, strict=True))})
