"""What ``egate doctor`` asks of a lane's devices beyond an answer, and what mends them."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from typing import Final

from egate.cli.doctor_check import Check
from egate.gate.face_lighting import RESTING
from egate.ports.devices import (
    Barrier,
    BarrierSensors,
    Device,
    DeviceError,
    DeviceName,
    EmergencyInput,
)

_DEVICE_SECONDS: Final = 12.0  # longer than any driver waits, which knows better what to say
_MENDS: Final = (
    ("in use", "is the gate running? stop it first"),
    ("no such device", "plug it in, or correct the address (see /dev/serial/by-id)"),
    ("does not answer", "check its power and its wires, then the options of its line"),
    ("refused", "compare the addresses and commands in its options with its manual"),
    ("pcscd does not run", "systemctl start pcscd"),
    ("pcscd was", "systemctl restart pcscd"),
    ("does not return", "unplug the reader, plug it in, and restart pcscd"),
    ("no reader", "plug the reader in, and see that pcsc_scan shows it"),
    ("no such reader", "plug the reader in, or correct its name"),
    ("cannot be opened", "plug it in, end what else uses it, or correct its address"),
    ("no picture for", "see that the camera runs, and to its cable or its network"),
    ("no more pictures", "see that the camera runs, and to its cable or its network"),
    ("No such file", "see that the scanner's program runs and writes there"),
)
_UNASKABLE: Final = {
    "line_push": "it tells by itself and cannot be asked: lay a document down",
    "rte_native": "it tells by itself and cannot be asked: lay a document down",
    "folder": "the scanner cannot be asked: lay a page down, and see that it is taken",
    "socket": "the scanner cannot be asked: lay a page down, and see that it is taken",
    "vpcd": "listens for simulated chips",
}


async def look_at_device(name: str, device: Device, driver: str) -> Check:
    """Open ``device``, see that it answers, and close it.

    Args:
        name: of what it is: mrz_reader, camera.
        device: as its settings make it.
        driver: of those settings.

    """
    async with aclosing(device):
        try:
            async with asyncio.timeout(_DEVICE_SECONDS):
                await device.check()
        except DeviceError as error:
            return Check(name, ok=False, detail=with_mend(error.reason))
        except TimeoutError:
            late = f"does not answer within {_DEVICE_SECONDS:g} s"
            return Check(name, ok=False, detail=with_mend(late))
    return Check(name, ok=True, detail=if_well(driver))


def with_mend(reason: str) -> str:
    """Return ``reason`` of a ``DeviceError`` and, where it is known, what mends it: one line."""
    mends = [mend for sign, mend in _MENDS if sign in reason]
    return f"{reason}; {mends[0]}" if mends else reason


def if_well(driver: str) -> str:
    """Return what is known of a device that was opened without a fault."""
    unasked = _UNASKABLE.get(driver)
    return f"opened; {unasked}" if unasked else "opened, and answers"


class InspectedBarrier:
    """A barrier whose check also looks at what its sensors say of a lane at rest."""

    def __init__(self, barrier: Barrier) -> None:
        self._barrier = barrier

    async def check(self) -> None:
        """Raise DeviceError unless it answers and its sensors fit a lane at rest.

        The light on the face, where there is one, is switched on, as it is at rest.
        """
        await self._barrier.check()
        if light := self._barrier.face_light:
            try:
                await light.set_level(RESTING)
            except DeviceError as error:
                reason = f"the light on the face: {error.reason}"
                raise DeviceError(DeviceName.BARRIER, reason) from error
        async with aclosing(self._barrier.sensors()) as readings:  # type: ignore[type-var]
            sensors = await anext(readings)
        if faults := "; ".join(_faults(sensors)):
            raise DeviceError(DeviceName.BARRIER, faults)

    async def aclose(self) -> None:
        await self._barrier.aclose()


class InspectedEmergencyInput:
    """An emergency input whose check also looks whether it is active."""

    def __init__(self, device: EmergencyInput) -> None:
        self._device = device

    async def check(self) -> None:
        """Raise DeviceError unless it answers and says that all is well."""
        await self._device.check()
        async with aclosing(self._device.states()) as states:  # type: ignore[type-var]
            if await anext(states):
                raise DeviceError(
                    DeviceName.EMERGENCY_INPUT,
                    "it is active: reset it, mend its wire, or see its option normally_closed",
                )

    async def aclose(self) -> None:
        await self._device.aclose()


def _faults(sensors: BarrierSensors) -> Iterator[str]:
    if sensors.emergency_release:
        yield "the emergency release is active: reset it, or mend its wire"
    if sensors.tamper:
        yield "the tamper contact is active: close the cabinet"
    if sensors.safety_edge:
        yield "the safety edge is pressed: free the doors' way, or mend its wire"
    yield from _faults_of_door("entry", closed=sensors.entry_closed, opened=sensors.entry_open)
    yield from _faults_of_door("exit", closed=sensors.exit_closed, opened=sensors.exit_open)


def _faults_of_door(door: str, *, closed: bool, opened: bool) -> Iterator[str]:
    if closed and opened:
        yield f"both switches of the {door} door are active: mend their wires or addresses"
    elif not closed:
        where = "stands open" if opened else "is neither open nor closed"
        yield f"the {door} door {where}: close it, or mend its switches"
