"""A desk with a page scanner that tests lay rendered pages on."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from drivers.page_scanner.folder import open_folder
from egate.console.desk.page_scanner import scanning_reader
from egate.console.desk.reader import DeskReader
from egate.console.desk.seal_trust import DeskSealTrust
from egate.domain.optical_finding import Light
from egate.optical.page_reading import ReadPage, page_reader
from egate.optical.page_threads import PageThreads
from tests.page_samples import rendered

TODAY: Final = dt.date(2026, 11, 22)


@cache
def read_pages() -> ReadPage:
    """What reads pages, made once a process."""
    return page_reader(DeskSealTrust(None))


@dataclass
class Glass:
    """The folder of a page scanner, and what reads it for the desk."""

    folder: Path
    reader: DeskReader
    threads: PageThreads
    _laid: int = 0

    async def lay(self, seed: int, forgery: str = "", document: str = "bd_e_passport") -> None:
        """Lay a rendered page down."""
        pictures = await asyncio.to_thread(rendered, seed, forgery, document)
        self.lay_files({light: pictures[light] for light in reversed(Light)})

    async def lay_blank(self) -> None:
        """Lay down what has no MRZ, under white light alone."""
        image = np.full((704, 1000, 3), 200, np.uint8)
        self.lay_files({Light.WHITE: cv2.imencode(".png", image)[1].tobytes()})

    async def settled(self) -> None:
        """Wait until the page is read that is being read."""
        await asyncio.get_running_loop().run_in_executor(self.threads.reading, int)

    def lay_files(self, pictures: dict[Light, bytes]) -> None:
        """Write the pictures of a page as a vendor's program does, the white one last."""
        self._laid += 1
        for light, picture in pictures.items():
            hidden = self.folder / f".{self._laid}.{light}"
            hidden.write_bytes(picture)
            hidden.rename(self.folder / f"{self._laid}.{light}.png")


@asynccontextmanager
async def glass(folder: Path) -> AsyncIterator[Glass]:
    """A page scanner for a desk, which a console made with its ``reader`` reads."""
    await asyncio.to_thread(folder.mkdir)
    scanner = open_folder(str(folder), {"poll_seconds": 0.05})
    async with aclosing(scanner):
        with closing(PageThreads()) as threads:
            for pool in (threads.reading, threads.inspecting):
                pool.submit(int).result()  # begins the thread here, and not in some test
            reader = scanning_reader(scanner, read_pages(), threads, lambda: TODAY)
            yield Glass(folder, reader, threads)
