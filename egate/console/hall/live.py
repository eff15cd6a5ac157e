"""The hall as the console sees it now: one lane a gate, kept fresh, and orders to them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from egate.console.access.officer import Officer
from egate.domain.time import UtcSeconds
from egate.ports.supervision import GateStatus, OfficerOrder
from egate.reporting.gate_client import GateLink, GateUnavailable

_RETRY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Lane:
    """What is known of one lane.

    Args:
        gate_id: as configured.
        number: its place in the hall, from 1 on; its key on the board.
        status: the last one, None when there never was one.
        fault: why the gate is not reached, "" when it is.
        since: when state, session or reachability changed.
        heard_at: when the status came.

    """

    gate_id: str
    number: int
    status: GateStatus | None
    fault: str
    since: UtcSeconds
    heard_at: UtcSeconds = field(compare=False)


class OrderResult(StrEnum):
    CARRIED_OUT = "carried_out"
    MEANINGLESS = "meaningless"
    """The gate has no use for this order in its state."""
    OUTDATED = "outdated"
    """The lane serves another traveller than the one the officer saw."""
    UNREACHABLE = "unreachable"


class Hall:
    """The lanes of one console.

    Args:
        links: gate id to its gate, in the order of the board.
        now: the wall clock.

    """

    def __init__(self, links: Mapping[str, GateLink], now: Callable[[], UtcSeconds]) -> None:
        self._links = dict(links)
        self._now = now
        self._lanes = {
            gate_id: Lane(gate_id, number, None, "not reached yet", now(), now())
            for number, gate_id in enumerate(links, 1)
        }
        self._changed = asyncio.Event()

    def every_lane(self) -> tuple[Lane, ...]:
        """Return all lanes, for work that no officer sees."""
        return tuple(self._lanes.values())

    def lanes(self, officer: Officer) -> tuple[Lane, ...]:
        """Return the lanes that ``officer`` may see, in the order of the board."""
        return tuple(lane for lane in self.every_lane() if officer.has_lane(lane.gate_id))

    def lane(self, gate_id: str, officer: Officer) -> Lane:
        """Return one lane.

        Raises:
            KeyError: the officer has no such lane.

        """
        if not officer.has_lane(gate_id):
            raise KeyError(gate_id)
        return self._lanes[gate_id]

    def link(self, gate_id: str, officer: Officer) -> GateLink:
        """Return the gate of one lane.

        Raises:
            KeyError: the officer has no such lane.

        """
        return self._links[self.lane(gate_id, officer).gate_id]

    def links(self) -> Mapping[str, GateLink]:
        return self._links

    async def watch(self) -> None:
        """Keep every lane fresh until cancelled; a lost gate is tried again and again."""
        async with asyncio.TaskGroup() as tasks:
            for gate_id, link in self._links.items():
                tasks.create_task(self._watch_gate(gate_id, link))

    def tell(self) -> None:
        """Let whoever waits for a change look again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def next_change(self) -> asyncio.Event:
        """Return what is set with the next change; ask for it before you look."""
        return self._changed

    async def order(
        self, gate_id: str, order: OfficerOrder, crossing_id: str, officer: Officer
    ) -> OrderResult:
        """Carry ``order`` to a gate.

        A reset ends the referral that the officer saw and no later one.

        Args:
            gate_id: of this hall.
            order: what to do.
            crossing_id: the session that the officer saw in the lane, "" when none.
            officer: who orders.

        Raises:
            KeyError: the officer has no such lane.

        """
        link, status = self.link(gate_id, officer), self._lanes[gate_id].status
        if order is OfficerOrder.RESET and status and status.crossing_id != crossing_id:
            return OrderResult.OUTDATED
        try:
            done = await link.order(order, officer.officer_id, crossing_id)
        except GateUnavailable:
            return OrderResult.UNREACHABLE
        return OrderResult.CARRIED_OUT if done else OrderResult.MEANINGLESS

    async def _watch_gate(self, gate_id: str, link: GateLink) -> None:
        while True:
            fault = "the gate ended the connection"
            try:
                async for status in link.changes():
                    if status.gate_id != gate_id:
                        fault = f"gate {status.gate_id} answers at this address"
                        break
                    self._hear(gate_id, status)
            except GateUnavailable as error:
                fault = str(error)
            self._update(replace(self._lanes[gate_id], fault=fault))
            await asyncio.sleep(_RETRY_SECONDS)

    def _hear(self, gate_id: str, status: GateStatus) -> None:
        before = self._lanes[gate_id]
        now = self._now()
        lane = replace(before, status=status, fault="", heard_at=now)
        if before.fault and status.since is not None:
            # Nobody here saw it begin. A gate whose clock is ahead says no time to come.
            lane = replace(lane, since=min(status.since, now))
            self._put(lane)
        else:
            self._update(lane)

    def _update(self, lane: Lane) -> None:
        before = self._lanes[lane.gate_id]
        if before == lane:
            return
        if _situation(before) != _situation(lane):
            lane = replace(lane, since=self._now())
        self._put(lane)

    def _put(self, lane: Lane) -> None:
        self._lanes[lane.gate_id] = lane
        self.tell()


def _situation(lane: Lane) -> tuple[object, ...]:
    status = lane.status
    return (bool(lane.fault), status and (status.state, status.crossing_id))
