"""Looks between two sessions whether a document lies on a reader."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from egate.domain.session import model as m
from egate.domain.time import Instant
from egate.gate.clocks import Clocks
from egate.gate.health import Health
from egate.ports.devices import ChipReader, DeviceError, DeviceName, MrzReader

_LOOK_SECONDS: Final = 0.7


@dataclass(frozen=True, slots=True)
class DocumentReaders:
    """The two devices that a document lies on, which may be one."""

    mrz_reader: MrzReader
    chip_reader: ChipReader


class ReaderWatcher:
    """Asks both readers, as long as no traveller is served; a lost one is told on the way.

    Args:
        readers: of the lane.
        health: told when one is lost, and knows when it is back.
        clocks: of this machine.
        state: gives the machine's.

    """

    def __init__(
        self, readers: DocumentReaders, health: Health, clocks: Clocks, state: Callable[[], m.State]
    ) -> None:
        self._readers = readers
        self._health = health
        self._clocks = clocks
        self._state = state
        self.occupied_since: Instant | None = None
        """None: nothing lies there."""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if not isinstance(self._state(), m.Idle | m.OutOfService):
                continue  # whose document it is will be asked when the session has ended
            if not await self._occupied():
                self.occupied_since = None
            elif self.occupied_since is None:
                self.occupied_since = self._clocks.now()

    async def _occupied(self) -> bool:
        chip, mrz = self._readers.chip_reader, self._readers.mrz_reader
        return await self._asked(DeviceName.CHIP_READER, chip) or await self._asked(
            DeviceName.MRZ_READER, mrz
        )

    async def _asked(self, name: DeviceName, reader: ChipReader | MrzReader) -> bool:
        if not self._health.is_whole(name):
            return False
        try:
            return await reader.occupied()
        except DeviceError as error:
            self._health.lost(error)
            return False
