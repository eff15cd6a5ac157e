"""The hall as the console sees it now: one lane a gate, kept fresh, and orders to them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol

from egate.console.case import is_with_officer, needed
from egate.ports.case_images import CaseImage
from egate.ports.policy_changes import SignedChange
from egate.ports.supervision import GateStatus, OfficerOrder
from egate.reporting.gate_client import GateUnavailable

_RETRY_SECONDS: Final = 1.0


class GateLink(Protocol):
    """One gate from afar; every call raises ``GateUnavailable`` when it is lost."""

    def changes(self) -> AsyncIterator[GateStatus]:
        """Give the status now, and again after every change, until the gate is lost."""
        ...

    async def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool:
        """Give an order; False when it means nothing in the gate's state, or comes late."""
        ...

    async def case_images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        """Return the pictures of a referred traveller, None when their case is over."""
        ...

    async def put_change(self, change: SignedChange) -> str:
        """Bring a change of the policy; return why the gate refuses it, "" when it has it."""
        ...


@dataclass(frozen=True, slots=True)
class Lane:
    """What is known of one lane.

    Args:
        gate_id: as configured.
        status: the last one, None when there never was one.
        fault: why the gate is not reached, "" when it is.
        since: when state, session or reachability changed, in seconds of the hall's clock.

    """

    gate_id: str
    status: GateStatus | None = None
    fault: str = ""
    since: float = 0.0


class OrderResult(StrEnum):
    CARRIED_OUT = "carried_out"
    MEANINGLESS = "meaningless"
    """The gate has no use for this order in its state."""
    OUTDATED = "outdated"
    """The lane serves another traveller than the one the officer saw."""
    UNREACHABLE = "unreachable"


class Hall:
    """The lanes of one officer.

    Args:
        links: gate id to its gate, in the order of the page.
        clock: monotonic seconds.

    """

    def __init__(self, links: Mapping[str, GateLink], clock: Callable[[], float]) -> None:
        self._links = dict(links)
        self._clock = clock
        self._lanes = {
            gate_id: Lane(gate_id, fault="not reached yet", since=clock()) for gate_id in links
        }
        self._changed = asyncio.Event()

    def now(self) -> float:
        return self._clock()

    def lanes(self) -> tuple[Lane, ...]:
        return tuple(self._lanes.values())

    async def watch(self) -> None:
        """Keep every lane fresh until cancelled; a lost gate is tried again and again."""
        async with asyncio.TaskGroup() as tasks:
            for gate_id, link in self._links.items():
                tasks.create_task(self._watch_gate(gate_id, link))

    async def changes(self) -> AsyncIterator[tuple[Lane, ...]]:
        """Give all lanes now, and again after every change, for ever."""
        while True:
            changed = self._changed
            yield self.lanes()
            await changed.wait()

    async def order(
        self, gate_id: str, order: OfficerOrder, crossing_id: str, officer_id: str
    ) -> OrderResult:
        """Carry ``order`` to a gate.

        A reset ends the referral that the officer saw and no later one.

        Args:
            gate_id: of this hall.
            order: what to do.
            crossing_id: the session that the officer saw in the lane, "" when none.
            officer_id: who orders.

        Raises:
            KeyError: the hall has no such gate.

        """
        link, status = self._links[gate_id], self._lanes[gate_id].status
        if order is OfficerOrder.RESET and status and status.crossing_id != crossing_id:
            return OrderResult.OUTDATED
        try:
            done = await link.order(order, officer_id, crossing_id)
        except GateUnavailable:
            return OrderResult.UNREACHABLE
        return OrderResult.CARRIED_OUT if done else OrderResult.MEANINGLESS

    async def case_images(
        self, gate_id: str, crossing_id: str, officer_id: str
    ) -> tuple[CaseImage, ...] | None:
        """Return the pictures that the officer needs for a case, None when it is over.

        Args:
            gate_id: of this hall.
            crossing_id: the session that the officer saw in the lane.
            officer_id: who looks.

        Raises:
            KeyError: the hall has no such gate.
            GateUnavailable: the gate is not reached.

        """
        link, status = self._links[gate_id], self._lanes[gate_id].status
        if status is None or not is_with_officer(status, crossing_id):
            return None
        images = await link.case_images(crossing_id, officer_id)
        return None if images is None else needed(images, status)

    async def _watch_gate(self, gate_id: str, link: GateLink) -> None:
        while True:
            fault = "the gate ended the connection"
            try:
                async for status in link.changes():
                    if status.gate_id != gate_id:
                        fault = f"gate {status.gate_id} answers at this address"
                        break
                    self._update(replace(self._lanes[gate_id], status=status, fault=""))
            except GateUnavailable as error:
                fault = str(error)
            self._update(replace(self._lanes[gate_id], fault=fault))
            await asyncio.sleep(_RETRY_SECONDS)

    def _update(self, lane: Lane) -> None:
        before = self._lanes[lane.gate_id]
        if before == lane:
            return
        if _situation(before) != _situation(lane):
            lane = replace(lane, since=self._clock())
        self._lanes[lane.gate_id] = lane
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def _situation(lane: Lane) -> tuple[object, ...]:
    status = lane.status
    return (bool(lane.fault), status and (status.state, status.crossing_id))
