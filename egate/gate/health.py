"""Lost devices: told once, tried again until they answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final, Protocol

from egate.domain.session import model as m
from egate.observability.logging import logger
from egate.ports.devices import DeviceError, DeviceName

_CHECK_SECONDS: Final = 10.0
# Somebody may stand between two doors and wait for the barrier to be back.
_LONGEST_PAUSE_SECONDS: Final = 2.0


class Checkable(Protocol):
    async def check(self) -> None:
        """Raise DeviceError unless the device answers."""
        ...


class Health:
    """Knows which devices are lost and brings them back.

    Args:
        devices: all of them, the journal included.
        post: takes DeviceFailed and DeviceRestored.
        delays: makes the waits between two attempts, in seconds; none is longer than 2.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        devices: Mapping[DeviceName, Checkable],
        post: Callable[[m.Event], None],
        delays: Callable[[], Iterator[float]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._devices = devices
        self._post = post
        self._delays = delays
        self._sleep = sleep
        self._whole = {name: asyncio.Event() for name in devices}
        for whole in self._whole.values():
            whole.set()
        self._away = {name: asyncio.Event() for name in devices}

    def lost(self, error: DeviceError) -> None:
        """Take a device out of service until it answers again."""
        whole = self._whole[error.device]
        if whole.is_set():
            logger().error("device lost", device=error.device, reason=error.reason)
            whole.clear()
            self._away[error.device].set()
        self._post(m.DeviceFailed(error.device.value))

    def found(self, device: DeviceName) -> None:
        """Take a lost device back into service, since it answers again."""
        whole = self._whole[device]
        if not whole.is_set():
            logger().warning("device restored", device=device)
            whole.set()
            self._away[device].clear()
            self._post(m.DeviceRestored(device.value))

    def is_whole(self, device: DeviceName) -> bool:
        """Say whether ``device`` is in service."""
        return self._whole[device].is_set()

    async def until_whole(self, device: DeviceName) -> None:
        """Wait until ``device`` answers."""
        await self._whole[device].wait()

    async def run(self) -> None:
        """Try lost devices until cancelled, each by itself: one that hangs holds up no other."""
        async with asyncio.TaskGroup() as tasks:
            for name in self._devices:
                tasks.create_task(self._bring_back(name))

    async def _bring_back(self, name: DeviceName) -> None:
        while True:
            await self._away[name].wait()
            waits = self._delays()
            while self._away[name].is_set():
                await self._sleep(min(next(waits), _LONGEST_PAUSE_SECONDS))
                await self._try(name)

    async def look(self, device: DeviceName) -> None:
        """See whether ``device`` answers, and take it out of service if it does not."""
        if error := await self._fault_of(device):
            self.lost(error)

    async def _try(self, name: DeviceName) -> None:
        if await self._fault_of(name) is None:
            self.found(name)

    async def _fault_of(self, name: DeviceName) -> DeviceError | None:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._devices[name].check()
        except DeviceError as error:
            return error
        except TimeoutError:
            return DeviceError(name, f"no answer within {_CHECK_SECONDS:g} s")
        return None
