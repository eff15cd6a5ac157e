"""The data page that was scanned last, until the session is over."""

import asyncio
from dataclasses import dataclass, field
from typing import Final, Protocol

from egate.domain.time import Instant
from egate.gate.clocks import Clocks
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.optical.page_reading import PageRead
from egate.ports.devices import PageScan

# A scanner sends the picture somewhat before its MRZ is known. A page of before that is of
# the traveller before, whose scan came late.
_BEFORE_MRZ_SECONDS: Final = 3.0


def _awaited() -> "asyncio.Future[PageRead | MrzImageUnread]":
    return asyncio.get_running_loop().create_future()


@dataclass(frozen=True, slots=True, eq=False)
class ScannedPage:
    """One page of a traveller. Personal throughout.

    Args:
        scan: its pictures.
        arrived: when.
        reading: its MRZ or why none was read, once it was looked for.

    """

    scan: PageScan = field(repr=False)
    arrived: Instant
    reading: "asyncio.Future[PageRead | MrzImageUnread]" = field(
        default_factory=_awaited, repr=False
    )


class Pages(Protocol):
    """Where a session finds its page."""

    @property
    def has_page(self) -> bool: ...

    async def newest(self) -> ScannedPage: ...

    def refuse(self, page: ScannedPage) -> None: ...


class PageSlot:
    """Holds one page of the present traveller."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._page: ScannedPage | None = None
        self._arrived = asyncio.Event()

    @property
    def has_page(self) -> bool:
        return self._page is not None

    def put(self, scan: PageScan) -> ScannedPage:
        self._page = ScannedPage(scan, self._clocks.now())
        self._arrived.set()
        return self._page

    def document_read(self) -> None:
        """The MRZ of the present traveller was read: let go what is older than its scan."""
        if self._page and self._clocks.now() - self._page.arrived > _BEFORE_MRZ_SECONDS:
            self.clear()

    def refuse(self, page: ScannedPage) -> None:
        """Let ``page`` go, which is not the traveller's; a newer one stays."""
        if self._page is page:
            self.clear()

    def clear(self) -> None:
        self._page = None
        self._arrived.clear()

    async def newest(self) -> ScannedPage:
        """Wait for a page, and leave it where it is."""
        while self._page is None:
            await self._arrived.wait()
        return self._page
