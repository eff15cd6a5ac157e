"""The devices of a lane as the gate sees them.

Every driver promises: a cancelled call leaves the device usable, a lost device
raises ``DeviceError`` and nothing else, and the driver reconnects by itself when
it is called again. Nothing has to be opened first: the first call does it.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.domain.time import Instant
from egate.emrtd.conversation import Carry
from egate.ports.presentation_attack import FaceLight

if TYPE_CHECKING:  # a gate that starts makes its barrier safe before it loads numpy
    import numpy as np
    import numpy.typing as npt


class DeviceName(StrEnum):
    MRZ_READER = "mrz_reader"
    CHIP_READER = "chip_reader"
    CAMERA = "camera"
    BARRIER = "barrier"
    PAGE_SCANNER = "page_scanner"
    EMERGENCY_INPUT = "emergency_input"
    SIGNAL_LIGHTS = "signal_lights"
    JOURNAL = "journal"
    OWN_CSCA = "own_csca"
    """No device: without it, no passport of the own State can be verified."""
    DOOR_FORCED = "door_forced"
    """No device: a door that was told to be closed, and was, is pushed open."""


class DeviceError(Exception):
    """A device is lost or does not answer. The only failure that becomes an event.

    Args:
        device: which one.
        reason: for the technician; never holds personal data.

    """

    def __init__(self, device: DeviceName, reason: str) -> None:
        super().__init__(f"{device}: {reason}")
        self.device = device
        self.reason = reason


class DriverOptionError(ValueError):
    """An address or an option that a driver cannot use: a mistake in the settings.

    The message names the driver, the option and the fault in one line.
    """


class Device(Protocol):
    """What every device can do besides its work."""

    async def check(self) -> None:
        """Open the device, see that it answers, and leave it ready for use.

        Raises:
            DeviceError: it is missing, busy or mute.

        """
        ...

    async def aclose(self) -> None:
        """Let the device go and end what runs for it; a later call opens it again."""
        ...


@dataclass(frozen=True, slots=True)
class MrzLines:
    """What the MRZ reader gave: 2 or 3 lines of MRZ characters, as read, unchecked."""

    lines: tuple[str, ...] = field(repr=False)


class MrzReader(Device, Protocol):
    def documents(self) -> AsyncIterator[MrzLines]:
        """Give the lines of each document that is presented, for ever.

        A document that stays on the reader and is read again within the driver's
        debounce time is given once. Unusable frames are not given.
        """
        ...

    async def occupied(self) -> bool:
        """Say whether a document lies there now; False where the protocol cannot tell.

        Raises:
            DeviceError: the reader is lost.

        """
        ...


class ChipReader(Device, Protocol):
    def chip(self) -> AbstractAsyncContextManager[Carry]:
        """Wait for a chip and hold it in the field; leaving the block powers it off.

        Whole conversations are carried, so that a driver whose library blocks hands over to
        its thread once and not at every command. ``Carry`` raises
        ``egate.emrtd.errors.ChipLost`` when the chip leaves the field and ``DeviceError``
        when the reader does. A cancelled conversation sends no further command.
        """
        ...

    async def occupied(self) -> bool:
        """Say whether a chip lies in the field now, without waiting for one or powering it.

        Asked between two sessions: while a chip is held, the answer comes after its release.

        Raises:
            DeviceError: the reader is lost.

        """
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of the camera.

    Args:
        pixels: height x width x 3, BGR, 8 bits a channel. A face: never logged, never stored.
        captured_at: when it arrived, on the gate's monotonic clock.

    """

    pixels: "npt.NDArray[np.uint8]" = field(repr=False)
    captured_at: Instant


class Camera(Device, Protocol):
    def frames(self) -> AsyncIterator[Frame]:
        """Give the newest frame, again and again; no frame twice, stale ones dropped."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PageScan:
    """A data page as a scanner saw it, upright. Personal throughout: never logged, never stored.

    The images are of one moment and one size: a point of the page is at one place in all.

    Args:
        white: under white light; height x width x 3, BGR, 8 bits a channel.
        infrared: under infrared light (B900); height x width, 8 bits. None of a scanner
            without it.
        ultraviolet: what shines under ultraviolet light (365 nm); height x width x 3, BGR, 8
            bits a channel. None of a scanner without it.

    """

    white: "npt.NDArray[np.uint8]" = field(repr=False)
    infrared: "npt.NDArray[np.uint8] | None" = field(default=None, repr=False)
    ultraviolet: "npt.NDArray[np.uint8] | None" = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class UnusablePage:
    """A page that was scanned, and of which no pictures can be had.

    Args:
        reason: names the light and the fault, never what the page says.

    """

    reason: str


class PageScanner(Device, Protocol):
    def pages(self) -> AsyncIterator[PageScan | UnusablePage]:
        """Give each page that is scanned from now on, oldest first, for ever.

        Pages of before are of travellers who are gone, and are never given. A page of which one
        light is no usable picture is told and not given: it would be checked less.
        """
        ...


@dataclass(frozen=True, slots=True)
class BarrierSensors:
    """The inputs of the barrier controller at one moment; True means active."""

    entry_closed: bool = False
    entry_open: bool = False
    exit_closed: bool = False
    exit_open: bool = False
    presence: tuple[bool, bool, bool] = (False, False, False)
    """Light barriers in walking direction: at the lane's mouth, at the reader, behind the doors."""
    safety_edge: bool = False
    emergency_release: bool = False
    tamper: bool = False
    release_button: bool = False
    """Whoever stands between the barriers presses the button there; False where there is none."""
    forced: bool = False
    """No input: a door that was told to be closed, and was, is not; the emergency aside."""
    unwatched_seconds: float = field(default=0.0, compare=False)
    """No input: for how long nobody had looked at the inputs, before somebody did again."""


class Barrier(Device, Protocol):
    @property
    def face_light(self) -> FaceLight | None:
        """The light on the face that this controller switches, too; None if it has none."""
        ...

    async def set_position(self, position: BarrierPosition) -> None:
        """Return when the barrier stands at ``position``.

        A later call overtakes an earlier one, which then returns at once.
        """
        ...

    async def set_signal(self, signal: LaneSignal) -> None:
        """Show ``signal`` on the lane's lights."""
        ...

    async def sound(self, *, on: bool) -> None:
        """Switch the lane's buzzer, if the controller has one."""
        ...

    def sensors(self) -> AsyncIterator[BarrierSensors]:
        """Give the sensors now, whenever one changes, and twice a second at least, for ever.

        That somebody left is told by time: only what is read anew counts as seen.
        ``unwatched_seconds`` is the longest time between the answers to two readings that
        followed one another, since sensors were given before.

        Listen for as long as the gate is in service: the heartbeat of the
        controller's watchdog goes out only while somebody listens or moves, so
        that a gate which no longer looks cannot hold a door open.
        """
        ...


class EmergencyInput(Device, Protocol):
    """An emergency contact besides the one that the barrier's board sees."""

    def states(self) -> AsyncIterator[bool]:
        """Say whether it is active, now and whenever that changes, for ever."""
        ...


class SignalLights(Device, Protocol):
    """The lane's lights, where the barrier's board does not switch them."""

    async def set_signal(self, signal: LaneSignal) -> None:
        """Show ``signal``; a later one overtakes an earlier one."""
        ...
