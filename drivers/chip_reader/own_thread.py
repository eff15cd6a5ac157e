"""A thread of its own for a library that blocks and cannot be interrupted."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class OwnThread:
    """Carries out calls one after the other, in the order they were made.

    A call whose caller was cancelled is carried out all the same and its result is
    dropped: it cannot become the result of another call. The thread is a daemon, as
    a call that never returns must not keep the process from ending.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._abandoned: list[threading.Thread] = []

    @property
    def abandoned(self) -> int:
        """How many threads were abandoned and have not come back yet."""
        self._abandoned = [thread for thread in self._abandoned if thread.is_alive()]
        return len(self._abandoned)

    async def call(self, blocking: Callable[[], T]) -> T:
        """Return or raise what ``blocking`` does on the thread."""
        return await self.post(blocking)

    async def call_within(
        self, seconds: float, blocking: Callable[[], T], progress: Callable[[], int] = lambda: 0
    ) -> T:
        """Return or raise what ``blocking`` does on the thread, unless it stalls.

        Args:
            seconds: it has stalled when ``progress`` stays the same for so long.
            blocking: the call.
            progress: counts its steps; a call without steps must end in time.

        Raises:
            TimeoutError: it stalled. Its thread is abandoned with whatever is queued on it,
                and what it returns in the end is dropped; the next call has another thread.

        """
        future, seen = self.post(blocking), progress()
        try:
            while not (await asyncio.wait((future,), timeout=seconds))[0]:
                if progress() == seen:
                    self._abandon()
                    raise TimeoutError
                seen = progress()
            return future.result()
        finally:
            future.cancel()

    def post(self, blocking: Callable[[], T]) -> "asyncio.Future[T]":
        """Queue ``blocking`` for sure, whether or not somebody will wait for its result."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def carry_out() -> None:
            settle: Callable[[Any], None]
            outcome: Any
            try:
                settle, outcome = future.set_result, blocking()
            except Exception as error:  # noqa: BLE001 - handed to the caller
                settle, outcome = future.set_exception, error
            with suppress(RuntimeError):  # the loop has ended, nobody waits any more
                loop.call_soon_threadsafe(_unless_cancelled, future, settle, outcome)

        self._calls.put(carry_out)
        return future

    def end(self) -> None:
        """End the thread after what is queued; a later call starts another."""
        if self._thread is not None:
            self._calls.put(None)
            self._calls = queue.SimpleQueue()
            self._thread = None

    def _abandon(self) -> None:
        if self._thread is not None:
            self._abandoned.append(self._thread)
        self.end()

    def _run(self) -> None:
        calls = self._calls
        while (call := calls.get()) is not None:
            call()


def _unless_cancelled(
    future: "asyncio.Future[Any]", settle: Callable[[Any], None], outcome: object
) -> None:
    if not future.done():
        settle(outcome)
