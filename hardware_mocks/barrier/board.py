"""The barrier controller: a relay and input board, a Modbus RTU slave on a serial line."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from hardware_mocks.barrier.lane import COIL_COUNT, Input, Lane
from hardware_mocks.wire.modbus_server import CoilTable, ModbusSlave
from hardware_mocks.wire.pty import Pty
from hardware_mocks.wire.rtu_line import RtuLine

_TICK_SECONDS: Final = 0.02


class BarrierBoard:
    """The far end of the Modbus barrier driver.

    ``run()`` answers the gate and moves the doors until the line is closed. A test or
    the world steers ``lane``: ``lane.presence[0..2]``, ``lane.obstructed`` (safety edge),
    ``lane.emergency`` (the hard-wired release), ``lane.tamper``,
    ``lane.release_button`` (between the barriers); and looks at ``lane.light``,
    ``lane.coils[Coil.BUZZER]``, ``lane.face_light``, ``lane.entry.opened``.

    Args:
        pty: the line; the gate opens ``pty.path``.
        unit: Modbus unit id; others are ignored.
        motor_seconds: from closed to open and back.
        watchdog_seconds: see ``Lane``.
        speed: divides the motor time.
        clock: steady, in seconds.

    """

    def __init__(
        self,
        pty: Pty,
        *,
        unit: int = 1,
        motor_seconds: float = 0.8,
        watchdog_seconds: float = 3.0,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lane = Lane(
            motor_seconds=motor_seconds / speed, watchdog_seconds=watchdog_seconds, now=clock()
        )
        self._clock = clock
        self._slave = ModbusSlave(
            CoilTable(
                coil_count=COIL_COUNT,
                input_count=len(Input),
                read_coil=lambda address: self.lane.coils[address],
                read_input=self.lane.read_input,
                write_coil=self.lane.write_coil,
            ),
            unit=unit,
        )
        self._line = RtuLine(pty, self.answer)

    async def run(self) -> None:
        """Answer the gate until the line is closed."""
        async with asyncio.TaskGroup() as tasks:
            motor = tasks.create_task(self._move())
            await self._line.serve()
            motor.cancel()

    def answer(self, request: bytes) -> bytes | None:
        """Answer one request (without CRC) at the clock's time; None if it is not for us."""
        self.lane.advance(self._clock())
        return self._slave.answer(request)

    async def _move(self) -> None:
        while True:
            self.lane.advance(self._clock())
            await asyncio.sleep(_TICK_SECONDS)
