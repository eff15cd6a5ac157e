"""Readings of a device for as long as it is whole."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from egate.gate.health import Health
from egate.ports.devices import DeviceError, DeviceName

Reading = TypeVar("Reading")


async def until_lost(
    device: DeviceName,
    readings: Callable[[], AsyncIterator[Reading]],
    take: Callable[[Reading], None],
    health: Health,
) -> None:
    """Give every reading of ``device`` to ``take``, from when it is whole until it is lost."""
    await health.until_whole(device)
    try:
        async for reading in readings():
            take(reading)
    except DeviceError as error:
        health.lost(error)
