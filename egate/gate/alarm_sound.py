"""The lane's buzzer: on for a while after an alarm that may be heard."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from egate.gate.health import Health
from egate.ports.devices import Barrier, DeviceError, DeviceName

_SOUND_SECONDS: Final = 3.0


class AlarmSound:
    """Sounds the buzzer of the barrier's board.

    Args:
        barrier: whose board has it, if any has.
        health: told when the board is lost.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        barrier: Barrier,
        health: Health,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._barrier = barrier
        self._health = health
        self._sleep = sleep
        self._wanted = asyncio.Event()

    def sound(self) -> None:
        """Begin; one that sounds already lasts as long again."""
        self._wanted.set()

    async def run(self) -> None:
        """Sound whenever it is wanted, until cancelled; a gate that begins is quiet."""
        while True:
            await self._health.until_whole(DeviceName.BARRIER)
            try:
                await self._barrier.sound(on=False)
                await self._wanted.wait()
                await self._barrier.sound(on=True)
            except DeviceError as error:
                self._health.lost(error)
                continue
            while self._wanted.is_set():
                self._wanted.clear()
                await self._sleep(_SOUND_SECONDS)
