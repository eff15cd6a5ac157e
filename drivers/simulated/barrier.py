"""A barrier without doors: it remembers what it was told and senses what it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.ports.devices import BarrierSensors, DeviceError, DeviceName

_TOLD_AGAIN_SECONDS = 0.25


class SimulatedBarrier:
    """Doors arrive at once unless ``jam`` is called.

    ``positions`` and ``signals`` list every call in order.

    Args:
        has_exit: a two-step lane; else the one door leads over the border.

    """

    def __init__(self, *, has_exit: bool = False) -> None:
        self._has_exit = has_exit
        self.positions: list[BarrierPosition] = []
        self.signals: list[LaneSignal] = []
        self.sounds: list[bool] = []
        self._now = BarrierSensors(entry_closed=True, exit_closed=True)
        self._failure: DeviceError | None = None
        self._jammed = False
        self._changed = asyncio.Condition()

    @property
    def now(self) -> BarrierSensors:
        """The sensors at this moment."""
        return self._now

    async def sense(self, sensors: BarrierSensors) -> None:
        """Set every sensor; start from ``now`` with ``dataclasses.replace``."""
        self._now = sensors
        await self._notify()

    async def fail(self, reason: str = "does not answer") -> None:
        """Make the present wait, or else the next call, end with ``DeviceError``, once."""
        self._failure = DeviceError(DeviceName.BARRIER, reason)
        await self._notify()

    def jam(self) -> None:
        """Let no door arrive any more: a move ends only by a later one or ``fail``."""
        self._jammed = True

    async def sound(self, *, on: bool) -> None:
        self._raise_failure()
        self.sounds.append(on)

    async def set_position(self, position: BarrierPosition) -> None:
        self._raise_failure()
        self.positions.append(position)
        call = len(self.positions)
        if not self._jammed:
            released = position is BarrierPosition.RELEASED
            exit_open = self._has_exit and position is BarrierPosition.EXIT_OPEN
            entry_open = position is not BarrierPosition.CLOSED and not exit_open
            exit_open = exit_open or released
            self._now = replace(
                self._now,
                entry_closed=not entry_open,
                entry_open=entry_open,
                exit_closed=not exit_open,
                exit_open=exit_open,
            )
        await self._notify()
        if self._jammed:
            async with self._changed:
                await self._changed.wait_for(lambda: self._overtaken(call) or self._failure)
            self._raise_failure()

    async def set_signal(self, signal: LaneSignal) -> None:
        self._raise_failure()
        self.signals.append(signal)

    @property
    def face_light(self) -> None:
        return None

    async def sensors(self) -> AsyncIterator[BarrierSensors]:
        given: BarrierSensors | None = None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_TOLD_AGAIN_SECONDS), self._changed:
                    while given == self._now and self._failure is None:
                        await self._changed.wait()
            self._raise_failure()
            given = self._now
            yield given

    async def check(self) -> None:
        self._raise_failure()

    async def aclose(self) -> None:
        pass

    def _overtaken(self, call: int) -> bool:
        return len(self.positions) > call

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
