"""What is in force on a list, from the database to a thread that makes a version of it."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from egate.lists.errors import ListRefused
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.source import RowStatus, SourceRow

_BATCH: Final = 20_000
_BATCH_SECONDS: Final = 600.0


class Feed:
    """Rows for one thread, while the loop reads them from a cursor a batch at a time.

    Args:
        entries: all of the list, by their ids.
        cursor: of asyncpg, over the documents; used by the loop alone.

    """

    def __init__(self, entries: Mapping[str, ListEntry], cursor: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        self._entries = entries
        self._cursor = cursor
        self._loop = asyncio.get_running_loop()
        self._stopped = False

    def stop(self) -> None:
        """Let the thread end at its next batch."""
        self._stopped = True

    def rows(self) -> Iterator[SourceRow]:
        """Yield who is listed, and then every document; in the thread.

        Raises:
            ListRefused: ``stop`` was called.

        """
        alone = {}
        for entry_id, entry in self._entries.items():
            alone[entry_id] = replace(entry, persons=())
            if entry.persons:
                yield SourceRow(0, None, entry, RowStatus.LISTED)
        while batch := self._batch():
            for row in batch:
                document = ListedDocument(row["kind"], row["issuing_state"], row["number"])
                yield SourceRow(0, document, alone[row["entry_id"]], RowStatus(row["status"]))

    def _batch(self) -> list[Any]:
        if self._stopped:
            raise ListRefused("stopped")
        fetched = asyncio.run_coroutine_threadsafe(
            self._cursor.fetch(_BATCH, timeout=_BATCH_SECONDS), self._loop
        )
        rows: list[Any] = fetched.result(_BATCH_SECONDS)
        return rows
