"""Carries records from the outbox to the centre, for ever."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final

from egate.observability.logging import logger
from egate.outbox.batch_size import BatchSize
from egate.outbox.store import Outbox
from egate.ports.reporting import CentreUnavailable, PendingRecord, RecordSink

MAX_BYTES: Final = 1 << 20


class Forwarder:
    """Sends the oldest records first, deletes only what the centre confirmed.

    Args:
        outbox: where records wait.
        sink: the centre.
        delays: makes the waits after a failure, in seconds.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        outbox: Outbox,
        sink: RecordSink,
        delays: Callable[[], Iterator[float]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.outbox = outbox
        self._sink = sink
        self._delays = delays
        self._sleep = sleep
        self._on_change: Callable[[], None] = lambda: None
        self._wake = asyncio.Event()
        self._size = BatchSize()
        self.centre_reachable = True

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each attempt."""
        self._on_change = listener

    def wake(self) -> None:
        """Say that there may be new records."""
        self._wake.set()

    async def run(self) -> None:
        """Run until cancelled."""
        waits = self._delays()
        while True:
            self._wake.clear()
            moved = await self._forward()
            self._on_change()
            if moved is None:
                await self._sleep(next(waits))
                continue
            waits = self._delays()
            if not moved:
                await self._wake.wait()

    async def _forward(self) -> int | None:
        """Send one batch; return how many records that settled, None after a failure."""
        try:
            batch = self.outbox.oldest(self._size.records, MAX_BYTES)
            return await self._send(batch) if batch else 0
        except CentreUnavailable as error:
            if self.centre_reachable:
                logger().warning("centre unreachable", reason=str(error))
            self.centre_reachable = False
            self._size.lost()
        except sqlite3.Error as error:
            logger().error("outbox cannot be used", error=type(error).__name__)
        return None

    async def _send(self, batch: Sequence[PendingRecord]) -> int | None:
        now = asyncio.get_running_loop().time
        begun = now()
        receipt = await self._sink.submit(batch)
        self._size.answered(now() - begun)
        self.centre_reachable = True
        for record_id, reason in receipt.refused.items():
            logger().error("record refused", crossing_id=record_id, reason=reason)
        return self.outbox.settle(batch, receipt) or None
