"""One commit for what many gates send at the same time.

A commit costs about the same for ten records as for a thousand. When a country's gates come
back together, each with a small batch, a transaction for each of them would let the last one
wait for all others.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.central.acceptance import CrossingRow
from egate.central.database import CONNECTION_FAULTS
from egate.central.store import Store

WORKERS: Final = 3
"""While one waits for the disk others fill their transactions."""
_MOST_ROWS: Final = 500
"""With the last batch it may be more. Each document takes a lock, of some thousands there are."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch.

    Args:
        reasons: for each of its rows, None when it is durable, else why it never will be.
        watermark: the sender's highest number up to which none is missing, 0 without the first.

    """

    reasons: Sequence[str | None]
    watermark: int


@dataclass(frozen=True, slots=True)
class _Batch:
    sender: str
    rows: Sequence[CrossingRow]
    answer: asyncio.Future[Stored] = field(repr=False)


class GroupCommit:
    """Takes batches of many senders; `WORKERS` tasks have to run it.

    Args:
        store: where they go.

    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: asyncio.Queue[_Batch] = asyncio.Queue()

    async def put(self, sender: str, rows: Sequence[CrossingRow]) -> Stored:
        """Return when ``rows`` are committed, or will never be.

        Args:
            sender: whose numbers the rows have.
            rows: of one batch, in its order; none is allowed.

        Raises:
            what ``CONNECTION_FAULTS`` names: nothing is known about them.

        """
        batch = _Batch(sender, rows, asyncio.get_running_loop().create_future())
        self._waiting.put_nowait(batch)
        return await batch.answer

    async def run(self) -> None:
        """Commit what waits, until cancelled."""
        while True:
            group = [await self._waiting.get()]
            size = len(group[0].rows)
            while not self._waiting.empty() and size < _MOST_ROWS:
                group.append(self._waiting.get_nowait())
                size += len(group[-1].rows)
            await self._commit(group)

    async def _commit(self, group: Sequence[_Batch]) -> None:
        try:
            reasons = await self._store.put([row for batch in group for row in batch.rows])
            marks = await self._store.watermarks({batch.sender for batch in group})
        except CONNECTION_FAULTS as error:
            _fail(group, error)
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            if len(group) == 1:
                _fail(group, error)
                return
            for batch in group:  # one gate's oddity is no other's
                await self._commit([batch])
        else:
            for batch in group:
                own, reasons = reasons[: len(batch.rows)], reasons[len(batch.rows) :]
                if not batch.answer.done():
                    batch.answer.set_result(Stored(own, marks.get(batch.sender, 0)))


def _fail(group: Sequence[_Batch], error: Exception) -> None:
    for batch in group:
        if not batch.answer.done():
            batch.answer.set_exception(error)
