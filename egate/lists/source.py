"""Rows of a list as people and other systems send them: CSV, or a JSON array of objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from egate.lists.errors import ListRefused
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.listed_person import ListedPerson
from egate.lists.row_files import rows_in

_NEEDED: Final = ("entry_id", "legal_basis", "order_reference", "authority", "valid_from")
_DOCUMENT: Final = ("document_type", "issuing_state", "document_number")
_PERSON: Final = (
    "name",
    "primary_identifier",
    "secondary_identifier",
    "aliases",
    "date_of_birth",
    "nationality",
    "sex",
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
_COLUMNS: Final = frozenset((*_NEEDED, *_DOCUMENT, *_PERSON, *_OTHERS))
_DETAILS: Final = (*_NEEDED, *tuple(_OTHERS)[:-1])
_BETWEEN_ALIASES: Final = ";"


class RowStatus(StrEnum):
    """What became of a document since it was listed."""

    LISTED = "LISTED"
    RECOVERED = "RECOVERED"
    """Found again: it stays listed, since nobody knows in whose hands it was."""
    WITHDRAWN = "WITHDRAWN"
    """Never to have been listed; the only way off a list for good."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A document or persons under one entry, and the line where it ends. Personal.

    Args:
        line: of the file.
        document: that is listed; None where only persons are.
        entry: with the persons that this row names; other rows may name more.
        status: of the row.

    """

    line: int
    document: ListedDocument | None
    entry: ListEntry
    status: RowStatus


@dataclass(frozen=True, slots=True)
class Settled:
    """An officer's decision that the holder of a document is not whom an entry lists.

    Args:
        entry_id: of the entry.
        revision: of the entry, as the officer saw it; see `ListEntry.revision`.
        document: of the holder.

    """

    entry_id: str
    revision: str
    document: ListedDocument


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
    entry = _entry(kind, tuple(texts[name] for name in _DETAILS))
    if persons := _persons(texts):
        entry = replace(entry, persons=persons)
    return SourceRow(line, _document(texts, is_needed=not persons), entry, status)


def _document(texts: Mapping[str, str], *, is_needed: bool) -> ListedDocument | None:
    given = [name for name in _DOCUMENT if name in texts]
    if not given and not is_needed:
        return None
    if missing := [name for name in _DOCUMENT if name not in given]:
        raise ListRefused(f"{missing[0]}: missing")
    return ListedDocument.of(*(texts[name] for name in _DOCUMENT))


def _persons(texts: Mapping[str, str]) -> tuple[ListedPerson, ...]:
    """Return the person of a row, if it names one."""
    if not any(name in texts for name in _PERSON):
        return ()
    in_mrz = " ".join(texts[name] for name in _PERSON[1:3] if name in texts)
    written = (texts.get("name", ""), in_mrz, *texts.get("aliases", "").split(_BETWEEN_ALIASES))
    names = tuple(dict.fromkeys(each.strip() for each in written if each.strip()))
    if not names:
        raise ListRefused("name: missing")
    return (
        ListedPerson(
            names, texts.get("date_of_birth"), texts.get("nationality", ""), texts.get("sex", "")
        ),
    )


@lru_cache(maxsize=256)
def _entry(kind: ListKind, details: tuple[str, ...]) -> ListEntry:
    """Return the entry; thousands of documents in a row may be of one."""
    return ListEntry.of({"list": kind.value, **dict(zip(_DETAILS, details, strict=True))})
