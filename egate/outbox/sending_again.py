"""Sees now and then whether the centre was restored, and sends it what it lacks."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Final

from egate.observability.logging import logger
from egate.outbox.store import Outbox
from egate.ports.reporting import CentreUnavailable, StationSink

_LOOK_SECONDS: Final = 30.0


class SendingAgain:
    """Nobody has to be told that the centre was restored: each station asks it.

    Args:
        outbox: of this station.
        centre: where its records go.
        wake: called when records wait again.
        keep_seconds: how long what was sent is kept.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        outbox: Outbox,
        centre: StationSink,
        wake: Callable[[], None],
        keep_seconds: float,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._outbox = outbox
        self._centre = centre
        self._wake = wake
        self._keep_seconds = keep_seconds
        self._sleep = sleep

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self._look()
            except CentreUnavailable:
                pass  # the forwarder says so
            except sqlite3.Error as error:
                logger().error("outbox cannot be used", error=type(error).__name__)
            await self._sleep(_LOOK_SECONDS)

    async def _look(self) -> None:
        self._outbox.sent.forget(self._keep_seconds)
        standing = await self._centre.standing(self._outbox.chain.head.gate_seq)
        if count := self._outbox.sent.send_again(standing):
            logger().warning("sending again: the centre was restored", count=count)
            self._wake()
