"""Rows of a proposal on their way into the database: ten million, and a few thousand in memory."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from egate.central.database import Connection
from egate.central.document_key import document_key
from egate.central.lists.acts import SHOWN_REFUSALS, ActRefused
from egate.central.lists.stored import ENTRY_COLUMNS, entry_values
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
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
        while (batch := await asyncio.to_thread(self._batch, iterator)) is not None:
            documents, entries = batch
            await connection.copy_records_to_table(
                "incoming_document",
                records=documents,
                columns=_DOCUMENT_COLUMNS,
                timeout=_COPY_SECONDS,
            )
            await connection.copy_records_to_table(
                "incoming_entry", records=entries, columns=ENTRY_COLUMNS, timeout=_COPY_SECONDS
            )
        await connection.execute("ANALYZE incoming_document, incoming_entry")

    def _batch(self, iterator: Iterator[Row]) -> tuple[list[Any], list[Any]] | None:
        rows = list(islice(iterator, _BATCH))
        documents, entries = [], []
        for row in rows:
            self.rows += 1
            reason = row.reason if isinstance(row, RefusedRow) else self._fault(row)
            if isinstance(row, RefusedRow) or reason is not None:
                self._refuse(row.line, reason or "")
                continue
            if row.status is not RowStatus.WITHDRAWN and row.entry.entry_id not in self._said:
                self._said[row.entry.entry_id] = row.entry
                entries.append((row.entry.entry_id, *entry_values(row.entry)))
            documents += _document(row)
        if len(self._said) > _MOST_ENTRIES:
            raise ActRefused(f"more than {_MOST_ENTRIES} entries: let one name many documents")
        return (documents, entries) if rows else None

    def _fault(self, row: SourceRow) -> str | None:
        if self._kind is ListKind.EXIT_BAN and not row.entry.court.strip():
            return "court: missing; a court or a statute alone stops anybody from leaving"
        said = self._said.get(row.entry.entry_id, row.entry)
        if row.status is not RowStatus.WITHDRAWN and said != row.entry:
            return "entry_id: another row says something else of it"
        return None

    def _refuse(self, line: int, reason: str) -> None:
        self.refused += 1
        if len(self.refused_rows) < SHOWN_REFUSALS:
            self.refused_rows.append(RefusedRow(line, reason))


def _document(row: SourceRow) -> list[tuple[Any, ...]]:
    document = row.document
    if document is None:  # it names a person alone
        return []
    key = document_key(document.issuing_state, document.number)
    identity = (document.kind, document.issuing_state, document.number)
    return [(row.line, row.entry.entry_id, key, *identity, row.status.value)]
