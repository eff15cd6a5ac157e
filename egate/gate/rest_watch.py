"""Devices that nobody uses while no traveller is served are looked at all the same.

A camera or a chip reader is used with a traveller before it. One that is lost meanwhile must
be found out by the gate, and not by the next traveller.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from egate.domain.session import model as m
from egate.gate.health import Health
from egate.ports.devices import DeviceName

_EVERY_SECONDS: Final = 5.0
_SERVING: Final = (m.ReadingMrz, m.Inspecting, m.Entering, m.Verifying, m.Passing)


class RestWatch:
    """Looks at each device now and then, while nobody is served.

    Args:
        devices: those that nothing else watches.
        state: gives the machine's.
        health: looks at one, and is told what it found.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        devices: Iterable[DeviceName],
        state: Callable[[], m.State],
        health: Health,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._devices = tuple(devices)
        self._state = state
        self._health = health
        self._sleep = sleep

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for device in self._devices:
                tasks.create_task(self._watch(device))

    async def _watch(self, device: DeviceName) -> None:
        while True:
            await self._sleep(_EVERY_SECONDS)
            await self._health.until_whole(device)
            if not isinstance(self._state(), _SERVING):
                await self._health.look(device)
