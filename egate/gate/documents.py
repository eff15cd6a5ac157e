"""The document that was presented last, until the session takes it."""

import asyncio
from typing import Final

from egate.domain.time import Instant
from egate.gate.clocks import Clocks
from egate.ports.devices import MrzLines

# A traveller may lay the document down while the gate still greets.
_FRESH_SECONDS: Final = 3.0


class DocumentSlot:
    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._newest: tuple[MrzLines, Instant] | None = None
        self._arrived = asyncio.Event()

    def put(self, lines: MrzLines) -> None:
        self._newest = (lines, self._clocks.now())
        self._arrived.set()

    def clear(self) -> None:
        self._newest = None
        self._arrived.clear()

    async def take(self) -> MrzLines:
        """Wait for a document, and let nobody take it twice."""
        while True:
            await self._arrived.wait()
            newest = self._newest
            self.clear()
            if newest is not None and self._clocks.now() - newest[1] <= _FRESH_SECONDS:
                return newest[0]
