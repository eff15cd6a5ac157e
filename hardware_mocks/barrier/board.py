"""The barrier controller: a relay and input board, a Modbus RTU slave on a serial line."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from hardware_mocks.barrier.lane import COIL_COUNT, Input, Lane
from hardware_mocks.wire.modbus_server import CoilTable, ModbusSlave, RtuDecoder
from hardware_mocks.wire.pty import Pty

_SILENCE_SECONDS: Final = 0.05  # 3.5 characters are 4 ms at 9600; a busy machine needs more
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
        self._pty = pty
        self._clock = clock
        self._decoder = RtuDecoder()
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

    async def run(self) -> None:
        """Answer the gate until the line is closed."""
        async with asyncio.TaskGroup() as tasks:
            motor = tasks.create_task(self._move())
            await self._serve()
            motor.cancel()

    def answer(self, request: bytes) -> bytes | None:
        """Answer one request (without CRC) at the clock's time; None if it is not for us."""
        self.lane.advance(self._clock())
        return self._slave.answer(request)

    async def _serve(self) -> None:
        while received := await self._received():
            for request in self._decoder.feed(received):
                await self._send(self.answer(request))

    async def _received(self) -> bytes:
        while True:
            try:
                async with asyncio.timeout(_SILENCE_SECONDS if self._decoder.waiting else None):
                    return await self._pty.read()
            except TimeoutError:
                request = self._decoder.silence()
                if request is not None:
                    await self._send(self.answer(request))

    async def _send(self, answer: bytes | None) -> None:
        if answer is not None:
            await self._pty.write(answer)

    async def _move(self) -> None:
        while True:
            self.lane.advance(self._clock())
            await asyncio.sleep(_TICK_SECONDS)
