"""The runner's one inbox: events in order, an emergency before all others."""

import asyncio
from collections import deque

from egate.domain.session import model as m


class Inbox:
    def __init__(self) -> None:
        self._urgent: deque[m.Event] = deque()
        self._others: deque[m.Event] = deque()
        self._arrived = asyncio.Event()

    def post(self, event: m.Event) -> None:
        if isinstance(event, m.EmergencyRaised):
            # Whoever ordered a reset did so before the emergency; it must not end it.
            waiting = (each for each in self._others if not isinstance(each, m.OfficerReset))
            self._others = deque(waiting)
        # Both ends of an emergency in one queue: the last one to come is the one that holds.
        urgent = isinstance(event, m.EmergencyRaised | m.EmergencyInputEnded)
        (self._urgent if urgent else self._others).append(event)
        self._arrived.set()

    async def next(self) -> m.Event:
        while not (self._urgent or self._others):
            self._arrived.clear()
            await self._arrived.wait()
        return (self._urgent or self._others).popleft()
