"""Devices that one half of a segregated lane does without."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from egate.emrtd.conversation import Carry
from egate.ports.devices import DeviceError, DeviceName, Frame


class _Absent:
    """Nothing to check, nothing to let go."""

    async def check(self) -> None:
        """Return: what is not there is not lost."""

    async def aclose(self) -> None:
        """Return."""


class AbsentChipReader(_Absent):
    """Of a gate that relies on the chip as a kiosk read it."""

    def chip(self) -> AbstractAsyncContextManager[Carry]:
        """Raise DeviceError."""
        raise DeviceError(DeviceName.CHIP_READER, "this lane has none")

    async def occupied(self) -> bool:
        """Return False."""
        return False


class AbsentCamera(_Absent):
    """Of a kiosk, which compares no face."""

    def frames(self) -> AsyncIterator[Frame]:
        """Raise DeviceError."""
        raise DeviceError(DeviceName.CAMERA, "this lane has none")
