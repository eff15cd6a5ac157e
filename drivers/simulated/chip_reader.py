"""A chip reader without a wire: a chip is a function from command to response."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from egate.emrtd.conversation import Carry, Transmit, carried_by
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.ports.devices import DeviceError, DeviceName


class SimulatedChipReader:
    """Holds the chip that ``insert`` was called with, until ``remove``."""

    def __init__(self) -> None:
        self._transmit: Transmit | None = None
        self._failure: DeviceError | None = None
        self._changed = asyncio.Condition()
        self.times_powered = 0
        self.powered = False

    async def insert(self, transmit: Transmit) -> None:
        """Bring a chip into the field."""
        self._transmit = transmit
        await self._notify()

    async def remove(self) -> None:
        """Take the chip away: the next exchange raises ``ChipLost``."""
        self._transmit = None
        await self._notify()

    async def fail(self, reason: str = "unplugged") -> None:
        """Make the present or next use end with ``DeviceError``; the one after works."""
        self._failure = DeviceError(DeviceName.CHIP_READER, reason)
        await self._notify()

    @asynccontextmanager
    async def chip(self) -> AsyncIterator[Carry]:
        async with self._changed:
            await self._changed.wait_for(lambda: self._transmit or self._failure)
        self._raise_failure()
        held = self._transmit

        async def transceive(command: CommandApdu) -> ResponseApdu:
            await asyncio.sleep(0)
            self._raise_failure()
            if held is None or self._transmit is not held:
                raise ChipLost("the chip left the field")
            return held(command)

        self.times_powered += 1
        self.powered = True
        try:
            yield carried_by(transceive)
        finally:
            self.powered = False

    async def occupied(self) -> bool:
        self._raise_failure()
        return self._transmit is not None

    async def check(self) -> None:
        self._raise_failure()

    async def aclose(self) -> None:
        pass

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
