"""An MRZ reader without a wire: documents are presented by calling it."""

import asyncio
from collections.abc import AsyncIterator

from egate.ports.devices import DeviceError, DeviceName, MrzLines


class SimulatedMrzReader:
    """Gives the lines of what ``present`` was called with, in order."""

    def __init__(self) -> None:
        self._presented: asyncio.Queue[MrzLines | DeviceError] = asyncio.Queue()
        self.lying = False

    def present(self, *lines: str) -> None:
        """Lay a document with these MRZ lines on the reader."""
        self._presented.put_nowait(MrzLines(lines))

    def fail(self, reason: str = "unplugged") -> None:
        """Make the present or next wait end with ``DeviceError``; the one after works."""
        self._presented.put_nowait(DeviceError(DeviceName.MRZ_READER, reason))

    async def documents(self) -> AsyncIterator[MrzLines]:
        while True:
            presented = await self._presented.get()
            if isinstance(presented, DeviceError):
                raise presented
            yield presented

    async def occupied(self) -> bool:
        return self.lying

    async def check(self) -> None:
        pass

    async def aclose(self) -> None:
        pass
