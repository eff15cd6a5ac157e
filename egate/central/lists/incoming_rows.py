"""Rows of a proposal on their way into the database: ten million, and a few thousand in memory."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from egate.central.database import Connection
from egate.central.document_key import document_key
from egate.central.lists.acts import SHOWN_REFUSALS, ActRefused
from egate.central.lists.stored import ENTRY_COLUMNS, entry_values
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_person import ListedPerson
from egate.lists.source import RefusedRow, RowStatus, SourceRow

_BATCH: Final = 5000
_MOST_ENTRIES: Final = 1_000_000
_COPY_SECONDS: Final = 60.0
_DOCUMENT_COLUMNS: Final = (
    "line", "entry_id", "doc_key", "kind", "issuing_state", "number", "status",
)  # fmt: skip
Row = SourceRow | RefusedRow


class IncomingRows:
    """Counts rows, and keeps apart those that are refused.

    Args:
        kind: the list.

    """

    def __init__(self, kind: ListKind) -> None:
        self._kind = kind
        self._said: dict[str, ListEntry] = {}
        self._persons: dict[str, dict[ListedPerson, None]] = {}
        self.rows = 0
        self.refused = 0
        self.refused_rows: list[RefusedRow] = []

    async def copy(self, connection: Connection, rows: Iterable[Row]) -> None:
        """Copy ``rows`` into the tables ``incoming_...`` of a transaction.

        Rows are read in a thread: the source may be a file.

        Raises:
            ListRefused: the source cannot be read.
            ActRefused: it has too many entries.

        """
        iterator = iter(rows)
        while (documents := await asyncio.to_thread(self._batch, iterator)) is not None:
            await connection.copy_records_to_table(
                "incoming_document",
                records=documents,
                columns=_DOCUMENT_COLUMNS,
                timeout=_COPY_SECONDS,
            )
        entries = await asyncio.to_thread(self._entries)
        await connection.copy_records_to_table(
            "incoming_entry", records=entries, columns=ENTRY_COLUMNS, timeout=_COPY_SECONDS
        )
        await connection.execute("ANALYZE incoming_document, incoming_entry")

    def _batch(self, iterator: Iterator[Row]) -> list[Any] | None:
        rows = list(islice(iterator, _BATCH))
        documents = []
        for row in rows:
            self.rows += 1
            if isinstance(row, RefusedRow):
                self._refuse(row)
            elif (fault := self._fault(row)) is not None:
                self._refuse(RefusedRow(row.line, fault))
            else:
                documents += self._taken(row)
        if len(self._said) > _MOST_ENTRIES:
            raise ActRefused(f"more than {_MOST_ENTRIES} entries: let one name many documents")
        return documents if rows else None

    def _fault(self, row: SourceRow) -> str | None:
        if self._kind is ListKind.EXIT_BAN and not row.entry.court.strip():
            return "court: missing; a court or a statute alone stops anybody from leaving"
        said = self._said.get(row.entry.entry_id)
        if row.status is RowStatus.WITHDRAWN or said is None or said is row.entry:
            return None
        if said != replace(row.entry, persons=()):
            return "entry_id: another row says something else of it"
        return None

    def _taken(self, row: SourceRow) -> list[Any]:
        entry, document = row.entry, row.document
        if row.status is not RowStatus.WITHDRAWN:
            alone = replace(entry, persons=()) if entry.persons else entry
            self._said.setdefault(entry.entry_id, alone)
            if entry.persons:
                self._persons.setdefault(entry.entry_id, {}).update(dict.fromkeys(entry.persons))
        if document is None:
            return []
        key = document_key(document.issuing_state, document.number)
        identity = (document.kind, document.issuing_state, document.number)
        return [(row.line, entry.entry_id, key, *identity, row.status.value)]

    def _entries(self) -> list[Any]:
        """Return what was said of each entry, with all its persons; None for none."""
        rows = []
        for entry_id, entry in self._said.items():
            persons = tuple(self._persons.get(entry_id, ()))
            whole = replace(entry, persons=persons)  # refuses more than an entry may have
            texts = entry_values(whole)
            rows.append((entry_id, *texts[:-1], texts[-1] if persons else None))
        return rows

    def _refuse(self, row: RefusedRow) -> None:
        self.refused += 1
        if len(self.refused_rows) < SHOWN_REFUSALS:
            self.refused_rows.append(row)
