"""The MRZ reader of a desk: what it reads goes to one page, the one that asked last."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from egate.observability.logging import logger
from egate.outbox.backoff import delays
from egate.ports.devices import DeviceError, MrzReader

_LONGEST_WAIT_SECONDS: Final = 5.0


class DeskReader:
    """Gives the documents of ``reader`` to the page that attached last; nothing is kept."""

    def __init__(self, reader: MrzReader) -> None:
        self._reader = reader
        self._pages: list[asyncio.Queue[dict[str, Any]]] = []
        self._is_lost = False

    async def keep_reading(self) -> None:
        """Read for ever; a lost reader is tried again and again."""
        waits = _waits()
        while True:
            try:
                async for document in self._reader.documents():
                    self._tell_lost(is_lost=False)
                    waits = _waits()
                    if self._pages:
                        self._pages[-1].put_nowait({"lines": list(document.lines)})
            except DeviceError as error:
                if not self._is_lost:
                    logger().warning("desk's reader is lost", reason=error.reason)
                self._tell_lost(is_lost=True)
            await asyncio.sleep(next(waits))

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Give ``{"lines": [...]}`` of each document, and ``{"state": "ready" | "lost"}``."""
        mine: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._pages.append(mine)
        mine.put_nowait(self._state())
        try:
            while True:
                yield await mine.get()
        finally:
            self._pages.remove(mine)

    def _tell_lost(self, *, is_lost: bool) -> None:
        if is_lost != self._is_lost:
            self._is_lost = is_lost
            for page in self._pages:
                page.put_nowait(self._state())

    def _state(self) -> dict[str, Any]:
        return {"state": "lost" if self._is_lost else "ready"}


def _waits() -> Iterator[float]:
    return delays(secrets.SystemRandom().random, most=_LONGEST_WAIT_SECONDS)
