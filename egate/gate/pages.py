"""The data page that was scanned last, until the session is over."""

import asyncio
from typing import Final, Protocol

from egate.domain.time import Instant
from egate.gate.clocks import Clocks
from egate.observability.logging import logger
from egate.ports.devices import DeviceError, PageScan, PageScanner

# A scanner sends the picture somewhat before its MRZ is known. A page of before that is of
# the traveller before, whose scan came late.
_BEFORE_MRZ_SECONDS: Final = 3.0
_RETRY_SECONDS: Final = 1.0


class Pages(Protocol):
    """Where a session finds its page."""

    @property
    def has_page(self) -> bool: ...

    async def newest(self) -> PageScan: ...


class PageSlot:
    """Holds one page of the present traveller."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._page: tuple[PageScan, Instant] | None = None
        self._arrived = asyncio.Event()

    @property
    def has_page(self) -> bool:
        return self._page is not None

    def put(self, page: PageScan) -> None:
        self._page = (page, self._clocks.now())
        self._arrived.set()

    def document_read(self) -> None:
        """The MRZ of the present traveller was read: let go what is older than its scan."""
        if self._page and self._clocks.now() - self._page[1] > _BEFORE_MRZ_SECONDS:
            self.clear()

    def clear(self) -> None:
        self._page = None
        self._arrived.clear()

    async def newest(self) -> PageScan:
        """Wait for a page, and leave it where it is."""
        while self._page is None:
            await self._arrived.wait()
        return self._page[0]


class PageWatcher:
    """Puts what the page scanner gives where the session finds it.

    A lost scanner takes no lane out of service: the traveller's check stays undetermined,
    and the policy says what that means.
    """

    def __init__(self, scanner: PageScanner, slot: PageSlot) -> None:
        self._scanner = scanner
        self._slot = slot

    async def run(self) -> None:
        """Watch until cancelled, over losses of the scanner."""
        is_known = False
        while True:
            try:
                async for page in self._scanner.pages():
                    is_known = False
                    self._slot.put(page)
            except DeviceError as error:
                if not is_known:
                    logger().error("page scanner lost", device=error.device)
                is_known = True
            await asyncio.sleep(_RETRY_SECONDS)
