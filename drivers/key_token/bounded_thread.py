"""A thread for a library that blocks, called by whoever cannot wait for ever."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, TypeVar

T = TypeVar("T")

_Call = tuple[Future[Any], Callable[[], Any]]


class Stalled(Exception):
    """A call has not come back in its time, and holds up all others."""


class BoundedThread:
    """Carries out calls of any thread, one after the other.

    A call that stalls keeps its place: the library holds its lock meanwhile, so that nothing
    else could be done with it on another thread either. Until it comes back every call ends at
    once. The thread is a daemon, as a call that never returns must not keep the process from
    ending.

    Args:
        name: of the thread.
        seconds: after which a call has stalled, counted from when it was made.

    """

    def __init__(self, name: str, seconds: float) -> None:
        self._name: Final = name
        self._seconds: Final = seconds
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stalled: Future[Any] | None = None

    def call(self, blocking: Callable[[], T]) -> T:
        """Return or raise what ``blocking`` does on the thread.

        Raises:
            Stalled: it, or one before it, does not come back. What it returns is dropped.

        """
        if self._stalled is not None and not self._stalled.done():
            raise Stalled
        future: Future[T] = Future()
        with self._starting:
            if self._thread is None:
                run = partial(_carry_out, self._calls)
                self._thread = threading.Thread(target=run, name=self._name, daemon=True)
                self._thread.start()
            self._calls.put((future, blocking))
        try:
            return future.result(self._seconds)
        except TimeoutError:
            if future.cancel():  # it waited behind another one, which is the one that stalls
                raise Stalled from None
            self._stalled = future
            raise Stalled from None

    def end(self) -> None:
        """End the thread after what is queued; a later call starts another."""
        with self._starting:
            thread, calls = self._thread, self._calls
            self._thread, self._calls = None, queue.SimpleQueue()
        if thread is not None:
            calls.put(None)
            thread.join(self._seconds)


def _carry_out(calls: "queue.SimpleQueue[_Call | None]") -> None:
    while (call := calls.get()) is not None:
        future, blocking = call
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(blocking())
        except Exception as error:  # noqa: BLE001 - handed to the caller
            future.set_exception(error)
