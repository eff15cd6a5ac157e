"""Lost devices: told once, tried again until they answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final, Protocol

from egate.domain.session import model as m
from egate.observability.logging import logger
from egate.ports.devices import DeviceError, DeviceName

_CHECK_SECONDS: Final = 10.0


class Checkable(Protocol):
    async def check(self) -> None:
        """Raise DeviceError unless the device answers."""
        ...


class Health:
    """Knows which devices are lost and brings them back.

    Args:
        devices: all of them, the journal included.
        post: takes DeviceFailed and DeviceRestored.
        delays: makes the waits between two attempts, in seconds.
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
        self._wake = asyncio.Event()

    def lost(self, error: DeviceError) -> None:
        """Take a device out of service until it answers again."""
        whole = self._whole[error.device]
        if whole.is_set():
            logger().error("device lost", device=error.device, reason=error.reason)
            whole.clear()
        self._post(m.DeviceFailed(error.device.value))
        self._wake.set()

    def found(self, device: DeviceName) -> None:
        """Take a lost device back into service, since it answers again."""
        whole = self._whole[device]
        if not whole.is_set():
            logger().warning("device restored", device=device)
            whole.set()
            self._post(m.DeviceRestored(device.value))

    async def until_whole(self, device: DeviceName) -> None:
        """Wait until ``device`` answers."""
        await self._whole[device].wait()

    async def run(self) -> None:
        """Try lost devices until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            waits = self._delays()
            while lost := [name for name, whole in self._whole.items() if not whole.is_set()]:
                await self._sleep(next(waits))
                for name in lost:
                    await self._try(name)

    async def _try(self, name: DeviceName) -> None:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._devices[name].check()
        except (DeviceError, TimeoutError):
            return
        self.found(name)
