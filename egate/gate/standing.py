"""Whether this station still has all the records that it had sent.

A disk that was put back to an older state would give numbers a second time, and to other
travellers. Nothing on that disk can tell; the centre can.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from egate.gate.health import Health
from egate.gate.journal import Journal
from egate.ports.devices import DeviceError, DeviceName
from egate.ports.reporting import CentreUnavailable, StationSink


class StandingCheck:
    """Asks the centre once after each start; while records are missing, again and again.

    Args:
        journal: of this station.
        centre: where its records go.
        health: told when something is missing; a lane stops with its journal.
        delays: makes the waits between two attempts, in seconds.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        journal: Journal,
        centre: StationSink,
        health: Health,
        delays: Callable[[], Iterator[float]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._journal = journal
        self._centre = centre
        self._health = health
        self._delays = delays
        self._sleep = sleep

    async def run(self) -> None:
        """Ask until nothing is missing."""
        await self._health.look(DeviceName.JOURNAL)  # it knows what was missing before
        for wait in self._delays():
            try:
                self._journal.compare(await self._centre.standing(self._journal.last_number))
            except CentreUnavailable:
                pass
            except DeviceError as error:
                self._health.lost(error)
            else:
                return
            await self._sleep(wait)
