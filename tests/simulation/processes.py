"""Processes that are killed, and the acts on a disk or a database at which that happens."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from tests.simulation.world import World


class PowerCut(BaseException):
    """The machine stops here; nobody catches it but who starts it again."""


class Acts:
    """Counts what is done to a disk or a database, and lets one of these acts fail."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._error: type[BaseException] = PowerCut
        self._dead = False

    def fail_after(self, acts: int, error: type[BaseException] = PowerCut) -> None:
        """Let the act after so many others raise ``error``; after a power cut all others do."""
        self._left, self._error = acts, error

    def fail_never(self) -> None:
        """Forget what was to fail."""
        self._left = None

    def cut(self) -> None:
        """Let no act succeed from now on."""
        self._dead = True

    def revive(self) -> None:
        self._dead, self._left = False, None

    @contextmanager
    def unnoticed(self) -> Iterator[None]:
        """Let whoever only watches do so, also on a disk without power."""
        before = self._dead, self._left
        self._dead, self._left = False, None
        try:
            yield
        finally:
            self._dead, self._left = before

    def act(self) -> None:
        if self._dead:
            raise PowerCut
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left = None
            self._dead = self._error is PowerCut
            raise self._error


class Process:
    """Tasks that live and die together.

    Args:
        world: told of bugs.
        name: in the trace.
        on_cut: called when the power goes in the middle of one of them.

    """

    def __init__(self, world: World, name: str, on_cut: Callable[[], None]) -> None:
        self._world = world
        self._name = name
        self._on_cut = on_cut
        self._tasks: list[asyncio.Task[None]] = []
        self.alive = True

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks = [each for each in self._tasks if not each.done()]
        self._tasks.append(task)
        return task

    def end(self) -> None:
        """Kill it: nothing that it was about to do happens."""
        self.alive = False
        for task in self._tasks:
            task.cancel()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except* PowerCut:
            if self.alive:
                self._on_cut()
        except* Exception as errors:  # noqa: BLE001 - whatever it is, the day fails by it
            if self.alive:
                self._world.broken(self._name, f"a bug ends the process: {errors.exceptions}")
