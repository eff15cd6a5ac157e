"""An event loop whose clock jumps to the next thing to do: minutes of a lane in a moment."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_LONGEST_LOOK_SECONDS = 1.0


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting it lets the time pass at once."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        self.passed += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Computes in its own thread, so that nothing outside decides what comes first."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._jumping.passed

    def run_in_executor(
        self, _: object, work: Callable[..., T], *arguments: object
    ) -> asyncio.Future[T]:
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(work(*arguments))
        except Exception as error:  # noqa: BLE001 - it is the waiter's
            done.set_exception(error)
        return done


def run_virtually(
    main: Coroutine[Any, Any, T], loop: Callable[[], asyncio.AbstractEventLoop] = VirtualLoop
) -> T:
    """Run ``main`` in virtual time."""
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(main)


class _StandingSelector(_JumpingSelector):
    """Waits while threads compute, and lets no time pass meanwhile."""

    computing = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or (self.computing and timeout != 0):
            return selectors.DefaultSelector.select(self, _LONGEST_LOOK_SECONDS)
        return super().select(timeout)


class ThreadedVirtualLoop(asyncio.SelectorEventLoop):
    """Computes in threads as a gate does; its clock stands still until they are done."""

    def __init__(self) -> None:
        self._standing = _StandingSelector()
        super().__init__(self._standing)

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._standing.passed

    def run_in_executor(
        self, executor: object, work: Callable[..., T], *arguments: object
    ) -> asyncio.Future[T]:
        self._standing.computing += 1
        computed: asyncio.Future[T] = super().run_in_executor(executor, work, *arguments)
        computed.add_done_callback(self._done)
        return computed

    def _done(self, _: object) -> None:
        self._standing.computing -= 1
