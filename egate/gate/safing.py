"""The barrier made safe by a process that has just begun, before anything else of the gate.

After a crash nobody knows what happened at the doors meanwhile. So a gate that starts tells
them at once where they belong by the journal's last state, and keeps the board's watchdog
content until the gate itself looks after them. None of these positions lets anybody over the
border, so none of them needs to be recorded first.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Final

from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.domain.session.endings import safe_position
from egate.domain.session.flow import Flow
from egate.durable_files.write_ahead_log import log_fault
from egate.gate.last_state import read_last_state
from egate.gate.state_codec import StateMalformed
from egate.outbox.sealing import KeyFileUnusable, Seal, SealBroken
from egate.ports.devices import Barrier, DeviceError

# An answer of the board takes some ten milliseconds; one that is silent keeps nobody waiting.
_TELL_SECONDS: Final = 2.0

_SIGNALS: Final = {
    BarrierPosition.CLOSED: LaneSignal.BUSY,
    BarrierPosition.ENTRY_OPEN: LaneSignal.STOP,
    BarrierPosition.RELEASED: LaneSignal.PASS,
}
_CANNOT_TELL: Final = (
    OSError,
    sqlite3.Error,
    TypeError,
    UnicodeDecodeError,  # of names in a damaged file, of which SQLite tells
    KeyFileUnusable,
    SealBroken,
    StateMalformed,
)


def position_after_restart(journal: Path, flow: Flow) -> BarrierPosition:
    """Return where the barrier belongs by the last state in ``journal``.

    A journal that cannot tell is complained of later, by whoever opens it. Until then
    somebody may be between two barriers, and gets out to the side they came from.
    """
    if not journal.exists():
        return BarrierPosition.CLOSED
    try:
        if fault := log_fault(journal):
            raise sqlite3.DatabaseError(fault)  # what it says is of an earlier step
        seal = Seal.from_file(journal.with_suffix(".key"))
        # Read-only: closing a writer would first carry the whole log into the database.
        address = f"{journal.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            return safe_position(read_last_state(database, seal))
    except _CANNOT_TELL:
        return BarrierPosition.ENTRY_OPEN if flow.has_mantrap else BarrierPosition.CLOSED


class Safing:
    """A barrier that is told to be safe; ``end`` when something else looks after it."""

    def __init__(self, barrier: Barrier, position: BarrierPosition) -> None:
        self._barrier = barrier
        self._position = position
        self._running: asyncio.Task[None] | None = None
        self._told = asyncio.Event()
        self.fault: DeviceError | None = None

    def begin(self, tasks: asyncio.TaskGroup) -> None:
        self._running = tasks.create_task(self._run())

    async def told(self) -> None:
        """Wait until the board has its orders, or does not take them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TELL_SECONDS):
                await self._told.wait()

    def end(self) -> None:
        if self._running is not None:
            self._running.cancel()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            # The board takes orders in turn: once it has the light, it has the doors.
            tasks.create_task(self._tried(self._barrier.set_position(self._position)))
            await tasks.create_task(self._tried(self._barrier.set_signal(_SIGNALS[self._position])))
            self._told.set()
            await self._tried(self._watch())

    async def _watch(self) -> None:
        async for _ in self._barrier.sensors():  # looking at them is what the watchdog wants
            pass

    async def _tried(self, work: Awaitable[None]) -> None:
        try:
            await work
        except DeviceError as error:
            self.fault = error


@asynccontextmanager
async def made_safe(barrier: Barrier, position: BarrierPosition) -> AsyncIterator[Safing]:
    """Tell ``barrier`` to be at ``position``, and keep it there until the end."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as tasks:
        safing = Safing(barrier, position)
        safing.begin(tasks)
        await safing.told()
        try:
            yield safing
        except Exception as error:  # noqa: BLE001 - the block's, raised below without a group
            failure = error
        safing.end()
    if failure is not None:
        raise failure
