"""Runs cells of the matrix, several lanes at once, in a time that runs faster than the clock."""

import asyncio
import selectors
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

from egate.domain.session import model as m
from tests.device_faults.cells import Cell
from tests.device_faults.centre import centre_server
from tests.device_faults.devices import APART, Device, Fitted
from tests.device_faults.gate import gate_at
from tests.device_faults.issued import Issued
from tests.device_faults.outcome import Played
from tests.device_faults.play import Playing
from tests.device_faults.site import site_with
from tests.device_faults.wires import lasting_port
from tests.gate_lane import Centre
from tests.pcscd import VPCD_PORT, Pcscd

_THREADS = 64
_CELL_SECONDS = 400.0
_TRIES = 3
# Longer than this without any step of the lane, and a driver's time-outs mean nothing.
_STALLED_SECONDS = 0.25


class _QuickSelector(selectors.DefaultSelector):
    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._speed)


class QuickLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds are shorter: all of a lane's times, and real wires.

    Args:
        speed: seconds of the loop in one second.

    """

    def __init__(self, speed: float) -> None:
        self._speed = speed
        super().__init__(_QuickSelector(speed))
        self.set_default_executor(ThreadPoolExecutor(_THREADS))

    def time(self) -> float:
        return super().time() * self._speed


Told = Callable[[Cell, Played], None]


async def play_cells(
    cells: Sequence[Cell], seed: int, lanes: int, told: Told, pcscd: Pcscd | None = None
) -> None:
    """Play ``cells``, ``lanes`` of them at once; those with pcscd one after the other."""
    rooms, readers = asyncio.Semaphore(lanes), asyncio.Semaphore(1)
    with tempfile.TemporaryDirectory(prefix="fault-issued-") as folder:
        issued = await asyncio.to_thread(Issued.into, Path(folder))

        async def play(cell: Cell) -> None:
            async with AsyncExitStack() as turns:
                if cell.device is Device.PCSC:
                    await turns.enter_async_context(readers)
                await turns.enter_async_context(rooms)
                told(cell, await _tried(cell, seed, issued, pcscd))

        async with asyncio.TaskGroup() as tasks:
            for cell in cells:
                tasks.create_task(play(cell))


async def _tried(cell: Cell, seed: int, issued: Issued, pcscd: Pcscd | None) -> Played:
    """Play ``cell``; once more where this machine, and not the lane, was too slow."""
    for _ in range(_TRIES):
        played = await _play(cell, seed, issued, pcscd if cell.device is Device.PCSC else None)
        if not played.faults or 0 < played.stalled < _STALLED_SECONDS:
            break
    return played


async def _play(cell: Cell, seed: int, issued: Issued, pcscd: Pcscd | None) -> Played:
    async with AsyncExitStack() as stack:
        centre, port = Centre(), 0
        if cell.device is Device.CENTRE:
            port = await stack.enter_async_context(centre_server(issued.centre_tls, centre))
        chip_port = VPCD_PORT if pcscd else lasting_port()
        apart, page_counts = cell.device in APART, cell.device is Device.PAGE_SCANNER
        fitted = Fitted(cell.mrz_reader, cell.barrier, chip_port, pcscd, port, apart, page_counts)
        playing: Playing | None = None
        try:
            async with asyncio.timeout(_CELL_SECONDS):
                site = await stack.enter_async_context(site_with(fitted, issued.document))
                lane = await stack.enter_async_context(
                    gate_at(site, fitted, m.Flow(cell.flow), issued, centre)
                )
                playing = Playing(cell, seed, site, lane, issued)
                return await playing.run()
        except Exception as error:  # noqa: BLE001 - a cell that breaks is a result
            played = playing.played if playing else Played()
            played.faults.append(f"broke: {_innermost(error)!r}")
            return played


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error.__cause__ or error


def run(
    cells: Sequence[Cell],
    seed: int,
    told: Told,
    *,
    speed: float,
    lanes: int,
    pcscd: Pcscd | None = None,
) -> float:
    """Play ``cells`` in a loop of their own; returns the seconds it took."""
    began = time.monotonic()
    with asyncio.Runner(loop_factory=lambda: QuickLoop(speed)) as runner:
        runner.run(play_cells(cells, seed, lanes, told, pcscd))
    return time.monotonic() - began
