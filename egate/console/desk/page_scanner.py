"""A page scanner at a desk: pages are laid down, and their MRZ is read as by an MRZ reader."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor

from egate.console.desk.attached_forms import AttachedForms
from egate.console.desk.laid_pages import LaidPages
from egate.console.desk.reader import DeskReader
from egate.observability.logging import logger
from egate.optical.page_reading import PageRead, ReadPage
from egate.optical.page_threads import PageThreads
from egate.ports.devices import MrzLines, PageScanner, UnusablePage


def scanning_reader(
    scanner: PageScanner, read: ReadPage, threads: PageThreads, today: Callable[[], dt.date]
) -> DeskReader:
    """Return the reader of a desk that has a page scanner.

    Args:
        scanner: of the desk.
        read: reads the MRZ of a page; computing work of some tenths of a second.
        threads: where that is done, and where pictures are looked at.
        today: settles the century of two-digit years.

    """
    forms = AttachedForms()
    pages = LaidPages(forms, threads.inspecting)
    reading = PagesRead(scanner, pages, read, threads.reading, today)
    return DeskReader(reading, forms, pages)


class PagesRead:
    """Lays each page of ``scanner`` where its officer finds it, and gives its lines.

    Args:
        scanner: of the desk.
        pages: take each.
        read: reads the MRZ of a page.
        thread: where.
        today: settles the century of two-digit years.

    """

    def __init__(
        self,
        scanner: PageScanner,
        pages: LaidPages,
        read: ReadPage,
        thread: Executor,
        today: Callable[[], dt.date],
    ) -> None:
        self._scanner = scanner
        self._pages = pages
        self._read = read
        self._thread = thread
        self._today = today

    async def documents(self) -> AsyncIterator[MrzLines]:
        """Give the lines of each page, none of one that cannot be read; see ``Documents``.

        Raises:
            DeviceError: the scanner is lost.

        """
        loop = asyncio.get_running_loop()
        async for scan in self._scanner.pages():
            self._pages.clear()
            if isinstance(scan, UnusablePage):
                logger().warning("page unusable", reason=scan.reason)
                yield MrzLines(())
                continue
            read = await loop.run_in_executor(self._thread, self._read, scan, self._today())
            self._pages.lay(scan, read)
            lines = read.lines if isinstance(read, PageRead) else ()
            del scan, read  # nothing holds a page while the next one is waited for
            yield MrzLines(lines)
