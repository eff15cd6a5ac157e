"""A page scanner without a wire: pages are laid on it by calling it."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import numpy.typing as npt

from egate.ports.devices import DeviceError, DeviceName, PageScan, UnusablePage


class SimulatedPageScanner:
    """Gives what ``scan`` was called with, in order."""

    def __init__(self) -> None:
        self._scanned: asyncio.Queue[PageScan | UnusablePage | DeviceError] = asyncio.Queue()

    def scan(
        self,
        white: npt.NDArray[np.uint8],
        infrared: npt.NDArray[np.uint8] | None = None,
        ultraviolet: npt.NDArray[np.uint8] | None = None,
    ) -> None:
        """Scan a page that looks like this under white light, and under those that there are."""
        self._scanned.put_nowait(PageScan(white, infrared, ultraviolet))

    def garble(self, reason: str = "white image: no picture") -> None:
        """Scan a page of which no pictures can be had."""
        self._scanned.put_nowait(UnusablePage(reason))

    def fail(self, reason: str = "unplugged") -> None:
        """Make the present or next wait end with ``DeviceError``; the one after works."""
        self._scanned.put_nowait(DeviceError(DeviceName.PAGE_SCANNER, reason))

    async def pages(self) -> AsyncIterator[PageScan | UnusablePage]:
        while True:
            scanned = await self._scanned.get()
            if isinstance(scanned, DeviceError):
                raise scanned
            yield scanned

    async def check(self) -> None:
        pass

    async def aclose(self) -> None:
        pass
