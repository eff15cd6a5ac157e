"""The runner's one inbox: events in order, an emergency before all others."""

import asyncio
import itertools

from egate.domain.session import model as m


class Inbox:
    def __init__(self) -> None:
        self._queue: asyncio.PriorityQueue[tuple[int, int, m.Event]] = asyncio.PriorityQueue()
        self._order = itertools.count()

    def post(self, event: m.Event) -> None:
        urgency = 0 if isinstance(event, m.EmergencyRaised) else 1
        self._queue.put_nowait((urgency, next(self._order), event))

    async def next(self) -> m.Event:
        return (await self._queue.get())[2]
