"""A barrier behind a Modbus RTU board.

One lock keeps requests apart; an exchange that has begun is always finished, even
if its caller is cancelled, so that no answer is ever taken for another's.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import Field

from drivers.barrier.modbus_line import LineOptions, ModbusLine
from drivers.barrier.registers import RegisterMap
from drivers.options import OptionValues, parse_options
from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.ports.devices import BarrierSensors, DeviceError, DeviceName
from egate.ports.presentation_attack import FaceLight

T = TypeVar("T")

_HEARTBEAT_SECONDS: Final = 1.0
_LIGHT_ON: Final = 0.5  # a relay knows on and off only


class ModbusBarrierOptions(LineOptions, RegisterMap):
    """Options of the driver ``modbus``, besides those of the line and the addresses.

    Args:
        door: which one leads over the border: ``entry`` in a one-step lane, which has no
            other, ``exit`` in a two-step lane.
        poll_seconds: time between two readings of the inputs.
        motor_seconds: a door must have arrived after this long with nobody in its way.

    """

    door: Literal["entry", "exit"] = "entry"
    poll_seconds: Annotated[float, Field(ge=0.01, le=1)] = 0.05
    motor_seconds: Annotated[float, Field(gt=0, le=60)] = 6.0


class ModbusBarrier:
    """Doors, lights and sensors behind one board."""

    def __init__(self, line: ModbusLine, options: ModbusBarrierOptions) -> None:
        self._line = line
        self._options = options
        self._one_at_a_time = asyncio.Lock()
        self._overtaken = asyncio.Event()
        self._told: BarrierPosition | None = None
        self._sensors = BarrierSensors()
        self._read_at = -math.inf
        self._beat_at = -math.inf
        self._beat = False

    async def set_position(self, position: BarrierPosition) -> None:
        self._overtaken.set()
        overtaken = self._overtaken = asyncio.Event()
        self._told = position
        await self._finished(self._move(position, overtaken))
        deadline = self._now() + self._options.motor_seconds
        while not overtaken.is_set():
            sensors = await self._finished(self._poll())
            if self._stands(position, sensors):
                return
            if sensors.safety_edge or sensors.emergency_release:
                deadline = self._now() + self._options.motor_seconds  # not the motor's fault
            elif self._now() > deadline:
                raise DeviceError(
                    DeviceName.BARRIER,
                    f"not {position.value} after {self._options.motor_seconds:g} s:"
                    f" motor, or sensors of the doors ({_doors(sensors)})",
                )
            await self._pause(overtaken)

    async def set_signal(self, signal: LaneSignal) -> None:
        await self._finished(self._write(self._options.lights(signal)))

    @property
    def face_light(self) -> FaceLight | None:
        coil = self._options.coil_face_light
        return None if coil is None else _SwitchedLight(self, coil)

    async def switch(self, coil: int, *, on: bool) -> None:
        """Set one coil that is neither door nor signal."""
        await self._finished(self._write({coil: on}))

    async def sensors(self) -> AsyncIterator[BarrierSensors]:
        given: BarrierSensors | None = None
        while True:
            sensors = await self._finished(self._poll())
            if sensors != given:
                given = sensors
                yield sensors
            await asyncio.sleep(self._options.poll_seconds)

    async def check(self) -> None:
        """Raise DeviceError unless the board answers and its doors are not open by mistake.

        Doors that should be closed are told so again. Not so doors that should be
        released: they are never taken out of service for standing wrong.
        """
        sensors = await self._finished(self._poll())
        held = sensors.safety_edge or sensors.emergency_release
        if (
            self._told is BarrierPosition.CLOSED
            and not held
            and not self._stands(self._told, sensors)
        ):
            await self._finished(self._move(self._told, self._overtaken))
            raise DeviceError(DeviceName.BARRIER, f"not closed ({_doors(sensors)})")

    async def aclose(self) -> None:
        async with self._one_at_a_time:
            self._line.close()

    async def _move(self, position: BarrierPosition, overtaken: asyncio.Event) -> None:
        async with self._one_at_a_time:
            if not overtaken.is_set():
                entry_open, exit_open = self._wanted(position)
                coils = self._options.doors(entry_open=entry_open, exit_open=exit_open)
                await self._line.write_coils(coils)
                self._read_at = -math.inf  # what was read before says nothing of this

    async def _write(self, coils: dict[int, bool]) -> None:
        async with self._one_at_a_time:
            await self._line.write_coils(coils)

    async def _poll(self) -> BarrierSensors:
        """Read the inputs, unless another caller just did; send the heartbeat when it is due."""
        async with self._one_at_a_time:
            if self._now() - self._beat_at >= _HEARTBEAT_SECONDS:
                await self._line.write_coils({self._options.coil_watchdog: not self._beat})
                self._beat, self._beat_at = not self._beat, self._now()
            if self._now() - self._read_at >= self._options.poll_seconds / 2:
                bits = await self._line.read_inputs(
                    self._options.first_input, self._options.input_count
                )
                self._sensors, self._read_at = self._options.sensors(bits), self._now()
            return self._sensors

    async def _finished(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.shield(work)

    async def _pause(self, overtaken: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._options.poll_seconds):
                await overtaken.wait()

    def _wanted(self, position: BarrierPosition) -> tuple[bool, bool]:
        """Return whether the entry and the exit door are open at ``position``."""
        match position:
            case BarrierPosition.CLOSED:
                return False, False
            case BarrierPosition.ENTRY_OPEN:
                return True, False
            case BarrierPosition.EXIT_OPEN:
                return self._options.door == "entry", self._options.door == "exit"
            case BarrierPosition.RELEASED:
                return True, True

    def _stands(self, position: BarrierPosition, sensors: BarrierSensors) -> bool:
        entry_open, exit_open = self._wanted(position)
        entry = sensors.entry_open if entry_open else sensors.entry_closed
        exit_ = sensors.exit_open if exit_open else sensors.exit_closed
        return entry and exit_

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


class _SwitchedLight:
    """The face light behind one relay of the barrier's board, on the line they share."""

    def __init__(self, board: ModbusBarrier, coil: int) -> None:
        self._board = board
        self._coil = coil

    async def set_level(self, level: float) -> None:
        await self._board.switch(self._coil, on=level >= _LIGHT_ON)


def _doors(sensors: BarrierSensors) -> str:
    names = ("entry_closed", "entry_open", "exit_closed", "exit_open")
    return ", ".join(name for name in names if getattr(sensors, name)) or "none active"


def open_modbus(address: str, options: OptionValues) -> ModbusBarrier:
    """Make the driver ``modbus``; ``address`` is the path of the line."""
    chosen = parse_options("modbus", ModbusBarrierOptions, options)
    return ModbusBarrier(ModbusLine(address, chosen), chosen)
