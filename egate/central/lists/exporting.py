"""What is in force on a list, as a file that an import takes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final

from egate.central.database import Connection
from egate.central.lists.feed import Feed
from egate.central.lists.stored import documents_of, entries_of
from egate.lists.kinds import ListKind
from egate.lists.source import RowStatus
from egate.lists.written_rows import RowFormat, in_format

_PIECE: Final = 1 << 18


async def exported(connection: Connection, kind: ListKind, form: RowFormat) -> AsyncIterator[bytes]:
    """Yield pieces of the file, each of about 256 KiB, as of one moment.

    Args:
        connection: to the centre's database; in no transaction.
        kind: the list.
        form: how it is written.

    Raises:
        ListRefused: an entry was stored under other rules than there are now.

    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        feed = Feed(await entries_of(connection, kind), await documents_of(connection, kind))
        rows = (row for row in feed.rows() if row.status is not RowStatus.WITHDRAWN)
        pieces = in_format(rows, form)
        try:
            while piece := await asyncio.to_thread(_piece, pieces):
                yield piece.encode("utf-8")
        finally:
            feed.stop()


def _piece(pieces: Iterator[str]) -> str:
    found, size = [], 0
    for each in pieces:
        found.append(each)
        size += len(each)
        if size >= _PIECE:
            break
    return "".join(found)
