"""Tells systemd that this process is ready, lives, and is about to end (sd_notify(3)).

The watchdog is fed from the event loop that serves travellers, and by nothing else: a loop that
is stuck feeds it no more, and systemd starts the process again. A lost device or a full disk is
no reason to be started again, and does not stop the feeding: the lane says so itself.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Self

_FEEDS_IN_A_TIME: Final = 3
_MICROSECONDS: Final = 1e6


@dataclass(frozen=True, slots=True)
class Systemd:
    """Who started this process and wants to hear of it.

    Args:
        address: of its socket, "@" first for an abstract one; "" for nobody.
        watchdog_seconds: within which it wants to hear again and again; None for never.

    """

    address: str
    watchdog_seconds: float | None

    @classmethod
    def of(cls, environment: Mapping[str, str], pid: int) -> Self:
        """Return whom ``environment`` names (sd_notify(3), sd_watchdog_enabled(3)).

        Args:
            environment: of this process.
            pid: of this process; a watchdog that is another's is not fed.

        """
        address = environment.get("NOTIFY_SOCKET", "")
        interval = environment.get("WATCHDOG_USEC", "")
        is_ours = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
        is_wanted = address and is_ours and interval.isdecimal() and int(interval)
        return cls(address, int(interval) / _MICROSECONDS if is_wanted else None)

    def say(self, *lines: str) -> None:
        """Send ``lines`` such as ``READY=1`` as one message; nothing where nobody wants it.

        Raises:
            OSError: its socket is not there; nothing that it asked for would work.

        """
        if not self.address:
            return
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
            wire.sendto("\n".join(lines).encode(), address)

    async def feed(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Say that this loop lives, three times as often as is demanded, until cancelled.

        Raises:
            OSError: as ``say``.

        """
        if self.watchdog_seconds is None:
            return
        while True:
            self.say("WATCHDOG=1")
            await sleep(self.watchdog_seconds / _FEEDS_IN_A_TIME)


@asynccontextmanager
async def announced() -> AsyncIterator[None]:
    """Be ready for systemd inside the block, and about to end after it.

    Raises:
        OSError: as ``Systemd.say``.

    """
    systemd = Systemd.of(os.environ, os.getpid())
    async with asyncio.TaskGroup() as tasks:
        systemd.say("READY=1")
        feeding = tasks.create_task(systemd.feed())
        try:
            yield
        finally:
            feeding.cancel()
            systemd.say("STOPPING=1")
