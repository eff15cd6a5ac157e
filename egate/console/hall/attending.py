"""Tells each lane whether an officer attends it: logged in, not locked, on shift, looking.

An officer looks while a page of theirs follows the hall. The gate itself waits some seconds
before it closes to new travellers, so a change of pages goes unnoticed.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from egate.console.hall.live import Hall
from egate.console.hall.shifts import Shifts
from egate.reporting.gate_client import GateLink, GateUnavailable

_RETRY_SECONDS: Final = 1.0
_SEEN_EVERY_SECONDS: Final = 60.0


class Attendance:
    """Who looks at the hall now.

    Args:
        hall: its lanes.
        shifts: who has which lane.

    """

    def __init__(self, hall: Hall, shifts: Shifts) -> None:
        self._hall = hall
        self._shifts = shifts
        self._looking: Counter[str] = Counter()

    @asynccontextmanager
    async def looking(self, officer_id: str) -> AsyncIterator[None]:
        """Count the officer as looking inside the block."""
        self._looking[officer_id] += 1
        try:
            if self._looking[officer_id] == 1:
                await self._shifts.seen(officer_id, comes=True)
                self._hall.tell()
            yield
        finally:
            self._looking[officer_id] -= 1
            self._hall.tell()
            await asyncio.shield(self._shifts.seen(officer_id, comes=False))

    def attending(self, gate_id: str) -> tuple[str, ...]:
        """Return the officers who attend a lane."""
        return tuple(each for each in self._shifts.officers_of(gate_id) if self._looking[each])

    async def keep(self) -> None:
        """Tell the lanes until cancelled, and note who is there."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._note_who_is_there())
            for gate_id, link in self._hall.links().items():
                tasks.create_task(self._keep_lane(gate_id, link))

    async def _note_who_is_there(self) -> None:
        while True:
            await asyncio.sleep(_SEEN_EVERY_SECONDS)
            for officer_id, count in list(self._looking.items()):
                if count:
                    await self._shifts.seen(officer_id, comes=False)

    async def _keep_lane(self, gate_id: str, link: GateLink) -> None:
        while True:
            officer_id = await self._until(gate_id, None)
            async with asyncio.TaskGroup() as tasks:
                call = tasks.create_task(_attend(link, officer_id))
                await self._until(gate_id, officer_id)
                call.cancel()

    async def _until(self, gate_id: str, before: str | None) -> str:
        """Wait until another than ``before`` attends first, and return who, "" for nobody."""
        while True:
            changed = self._hall.next_change()
            first = next(iter(self.attending(gate_id)), "")
            if first != (before or ""):
                return first
            await changed.wait()


async def _attend(link: GateLink, officer_id: str) -> None:
    while True:
        try:
            await link.attend(officer_id)
        except GateUnavailable:
            await asyncio.sleep(_RETRY_SECONDS)
