"""Pages as they are scanned: laid where the session finds them, and their MRZ read.

In a lane with a reader of its own the MRZ of a page tells whose page it is. In a lane without
one it is the MRZ: the scanner is the lane's MRZ reader, and is missed like one.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from typing import Final

from egate.gate.clocks import Clocks
from egate.gate.pages import PageSlot
from egate.observability.logging import logger
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.optical.page_reading import PageRead, ReadPage
from egate.ports.devices import DeviceError, DeviceName, MrzLines, PageScanner, UnusablePage

_RETRY_SECONDS: Final = 1.0


class PageReading:
    """Gives each page to the session, and then its MRZ.

    Args:
        scanner: of the lane.
        slot: where the session finds its page.
        read: reads the MRZ of a page; computing work of some tenths of a second.
        thread: where it is read.
        clocks: for the day.

    """

    def __init__(
        self,
        scanner: PageScanner,
        slot: PageSlot,
        read: ReadPage,
        thread: Executor,
        clocks: Clocks,
    ) -> None:
        self.scanner = scanner
        self._slot = slot
        self._read = read
        self._thread = thread
        self._clocks = clocks

    async def readings(self) -> AsyncIterator[PageRead | MrzImageUnread]:
        """Give what was read of each page that is scanned from now on, for ever.

        Raises:
            DeviceError: the scanner is lost.

        """
        loop = asyncio.get_running_loop()
        async for scan in self.scanner.pages():
            if isinstance(scan, UnusablePage):
                logger().warning("page unusable", reason=scan.reason)
                yield MrzImageUnread(scan.reason)
                continue
            page = self._slot.put(scan)
            reading = await loop.run_in_executor(
                self._thread, self._read, scan, self._clocks.today()
            )
            page.reading.set_result(reading)
            yield reading


class PageWatcher:
    """Reads pages in a lane with an MRZ reader of its own.

    A lost scanner takes no such lane out of service: the traveller's checks stay undetermined,
    and the policy says what that means.
    """

    def __init__(self, pages: PageReading) -> None:
        self._pages = pages

    async def run(self) -> None:
        """Watch until cancelled, over losses of the scanner."""
        is_known = False
        while True:
            try:
                async for _ in self._pages.readings():
                    is_known = False
            except DeviceError as error:
                if not is_known:
                    logger().error("page scanner lost", device=error.device)
                is_known = True
            await asyncio.sleep(_RETRY_SECONDS)


class PageMrzReader:
    """The MRZ reader of a lane whose page scanner is all it has.

    A page without a readable MRZ is given without lines, and is asked for again as a misread
    document is.
    """

    def __init__(self, pages: PageReading) -> None:
        self._pages = pages

    async def documents(self) -> AsyncIterator[MrzLines]:
        """Give the lines of each page that is scanned, for ever; see ``MrzReader``."""
        try:
            async for reading in self._pages.readings():
                yield MrzLines(reading.lines if isinstance(reading, PageRead) else ())
        except DeviceError as error:
            raise _as_reader(error) from error

    async def occupied(self) -> bool:
        """Say that nobody can tell: a scanner gives pictures, and no presence."""
        return False

    async def check(self) -> None:
        """See that the scanner answers; see ``Device``."""
        try:
            await self._pages.scanner.check()
        except DeviceError as error:
            raise _as_reader(error) from error

    async def aclose(self) -> None:
        """Leave the scanner to the lane, which has opened it."""


def _as_reader(error: DeviceError) -> DeviceError:
    return DeviceError(DeviceName.MRZ_READER, f"page scanner: {error.reason}")
