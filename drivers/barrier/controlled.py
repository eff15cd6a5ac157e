"""A barrier behind a controller board, whatever the board speaks.

One lock keeps exchanges apart; one that has begun is always finished, even if its
caller is cancelled, so that no answer is ever taken for another's.

In a lane with two doors they are interlocked: before one opens, both are told to close,
and it opens when the switch of the other says closed. Only ``RELEASED`` opens both.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Protocol, TypeVar

from pydantic import Field

from drivers.barrier.doors import (
    ALL_CLOSED,
    BorderDoor,
    DoorsOpen,
    ForcedDoors,
    doors_at,
    name_switches,
    others_closed,
    stand,
)
from drivers.options import DriverOptions
from drivers.transport.finished import finished
from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.ports.devices import BarrierSensors, DeviceError, DeviceName
from egate.ports.presentation_attack import FaceLight

T = TypeVar("T")

_HEARTBEAT_SECONDS: Final = 1.0
_TOLD_AGAIN_SECONDS: Final = 0.25  # sensors that did not change
_LIGHT_ON: Final = 0.5  # a relay knows on and off only


class ControlledOptions(DriverOptions):
    """Options of every barrier behind a board.

    Args:
        door: which one leads over the border: ``entry`` in a one-step lane, which has no
            other, ``exit`` in a two-step lane, ``none`` at a kiosk.
        poll_seconds: between two readings of the inputs; longer, somebody may slip by.
        motor_seconds: a door must have arrived after this long with nobody in its way.

    """

    door: BorderDoor = "entry"
    poll_seconds: Annotated[float, Field(ge=0.01, le=0.2)] = 0.05
    motor_seconds: Annotated[float, Field(gt=0, le=60)] = 6.0


class Board(Protocol):
    """The exchanges with a controller. One at a time; each raises ``DeviceError``."""

    @property
    def has_face_light(self) -> bool: ...

    async def move_doors(self, doors: DoorsOpen) -> None:
        """Tell the motors; returns before they have arrived."""
        ...

    async def show(self, signal: LaneSignal) -> None: ...

    async def switch_face_light(self, *, on: bool) -> None: ...

    async def sound(self, *, on: bool) -> None:
        """Switch the buzzer, if there is one."""
        ...

    async def beat(self, *, phase: bool) -> None:
        """Send the watchdog its heartbeat; ``phase`` alternates."""
        ...

    async def read(self) -> BarrierSensors: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Reading:
    sensors: BarrierSensors
    came_at: float


class ControlledBarrier:
    """Doors, lights and sensors behind one board."""

    def __init__(self, board: Board, options: ControlledOptions) -> None:
        self._board = board
        self._options = options
        self._one_at_a_time = asyncio.Lock()
        self._overtaken = asyncio.Event()
        self._told: BarrierPosition | None = None
        self._doors: DoorsOpen | None = None  # as last written; None when that is not known
        self._stood: BarrierPosition | None = None  # where the doors arrived as they were told
        self._forced = ForcedDoors()
        self._reading = _Reading(BarrierSensors(), -math.inf)
        self._beat_at = -math.inf
        self._beat = False

    async def set_position(self, position: BarrierPosition) -> None:
        self._overtaken.set()
        overtaken = self._overtaken = asyncio.Event()
        self._told, self._stood = position, None
        doors = doors_at(position, self._options.door)
        interlocked = self._is_interlocked(position)
        await finished(self._begin(doors, overtaken, interlocked=interlocked))
        deadline = self._now() + self._options.motor_seconds
        while not overtaken.is_set():
            sensors = (await finished(self._poll())).sensors
            if stand(doors, sensors):
                self._stood = self._told
                return
            if _are_held(sensors):
                deadline = self._now() + self._options.motor_seconds  # not the motor's fault
            elif self._now() > deadline:
                self._doors = None  # told again, they are told anew
                raise self._stuck(position, sensors)
            if interlocked and await finished(self._interlock(doors, overtaken)):
                deadline = self._now() + self._options.motor_seconds  # of the second door
            await self._pause(overtaken)

    async def set_signal(self, signal: LaneSignal) -> None:
        await finished(self._exchange(self._board.show(signal)))

    async def sound(self, *, on: bool) -> None:
        await finished(self._exchange(self._board.sound(on=on)))

    @property
    def face_light(self) -> FaceLight | None:
        return _SwitchedLight(self) if self._board.has_face_light else None

    async def switch_face_light(self, *, on: bool) -> None:
        """Switch the light on the traveller's face."""
        await finished(self._exchange(self._board.switch_face_light(on=on)))

    async def sensors(self) -> AsyncIterator[BarrierSensors]:
        given, given_at = BarrierSensors(), -math.inf
        astray_since: float | None = None
        looked_at, unwatched = math.inf, 0.0
        while True:
            reading = await finished(self._poll())
            sensors = reading.sensors
            unwatched = max(unwatched, reading.came_at - looked_at)
            looked_at = reading.came_at
            astray_since = (astray_since or self._now()) if self._are_astray(sensors) else None
            if astray_since and self._now() - astray_since > self._options.motor_seconds:
                raise self._moved_by_themselves(sensors)
            if sensors != given or self._now() - given_at >= _TOLD_AGAIN_SECONDS:
                given, given_at = sensors, self._now()
                yield replace(sensors, unwatched_seconds=unwatched)
                unwatched = 0.0
            await asyncio.sleep(self._options.poll_seconds)

    async def check(self) -> None:
        """Raise DeviceError unless the board answers and its doors are not open by mistake.

        Doors that should be closed are told so again. Not so doors that should be
        released: they are never taken out of service for standing wrong.
        """
        sensors = (await finished(self._poll())).sensors
        held = sensors.safety_edge or sensors.emergency_release
        if self._told is BarrierPosition.CLOSED and not held and not stand(ALL_CLOSED, sensors):
            await finished(self._begin(ALL_CLOSED, self._overtaken, interlocked=False))
            raise DeviceError(DeviceName.BARRIER, f"not closed ({name_switches(sensors)})")

    async def aclose(self) -> None:
        async with self._one_at_a_time:
            self._board.close()

    def _are_astray(self, sensors: BarrierSensors) -> bool:
        """Say whether doors that stood open as they were told do so no more.

        A board that was started anew, or whose watchdog missed us, closes them on whoever
        was to walk through.
        """
        if self._stood in (None, BarrierPosition.CLOSED) or _are_held(sensors):
            return False
        return not stand(doors_at(self._stood, self._options.door), sensors)

    def _moved_by_themselves(self, sensors: BarrierSensors) -> DeviceError:
        self._stood = self._doors = None
        where = name_switches(sensors)
        return DeviceError(DeviceName.BARRIER, f"the doors closed by themselves ({where})")

    def _is_interlocked(self, position: BarrierPosition) -> bool:
        opens_one = position in (BarrierPosition.ENTRY_OPEN, BarrierPosition.EXIT_OPEN)
        return opens_one and self._options.door == "exit"

    async def _begin(
        self, doors: DoorsOpen, overtaken: asyncio.Event, *, interlocked: bool
    ) -> None:
        async with self._line():
            if not overtaken.is_set() and not (interlocked and self._doors == doors):
                await self._write(ALL_CLOSED if interlocked else doors)

    async def _interlock(self, doors: DoorsOpen, overtaken: asyncio.Event) -> bool:
        """Open once the other door is closed, close when it is not; True if told to open."""
        async with self._line():
            if overtaken.is_set():
                return False
            wanted = doors if others_closed(doors, self._reading.sensors) else ALL_CLOSED
            if wanted == self._doors:
                return False
            await self._write(wanted)
            return wanted == doors

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[None]:
        """Hold the line for one exchange; what a lost board does with its doors is not known."""
        async with self._one_at_a_time:
            try:
                yield
            except DeviceError:
                self._doors = None
                raise

    async def _write(self, doors: DoorsOpen) -> None:
        self._doors = None
        await self._board.move_doors(doors)
        self._doors = doors
        self._forced.told(doors)
        # What was read before says nothing of this.
        self._reading = replace(self._reading, came_at=-math.inf)

    async def _exchange(self, exchange: Coroutine[Any, Any, None]) -> None:
        async with self._one_at_a_time:
            await exchange

    async def _poll(self) -> _Reading:
        """Read the inputs, unless another caller just did; send the heartbeat when it is due."""
        async with self._line():
            if self._now() - self._beat_at >= _HEARTBEAT_SECONDS:
                await self._board.beat(phase=not self._beat)
                self._beat, self._beat_at = not self._beat, self._now()
            if self._now() - self._reading.came_at >= self._options.poll_seconds / 2:
                sensors = await self._board.read()
                forced = self._doors is not None and self._forced.look(self._doors, sensors)
                self._reading = _Reading(replace(sensors, forced=forced), self._now())
            return self._reading

    async def _pause(self, overtaken: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._options.poll_seconds):
                await overtaken.wait()

    def _stuck(self, position: BarrierPosition, sensors: BarrierSensors) -> DeviceError:
        return DeviceError(
            DeviceName.BARRIER,
            f"not {position.value} after {self._options.motor_seconds:g} s:"
            f" motor, or sensors of the doors ({name_switches(sensors)})",
        )

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _are_held(sensors: BarrierSensors) -> bool:
    """Say whether somebody or something else decides where the doors stand."""
    return sensors.safety_edge or sensors.emergency_release or sensors.forced


class _SwitchedLight:
    """The face light behind one relay of the barrier's board, on the line they share."""

    def __init__(self, barrier: ControlledBarrier) -> None:
        self._barrier = barrier

    async def set_level(self, level: float) -> None:
        await self._barrier.switch_face_light(on=level >= _LIGHT_ON)
