"""Approved changes on their way to the hall's lanes, again and again until each lane has them."""

import asyncio
from collections.abc import Mapping
from typing import Final, Protocol

from egate.console.supervision.thresholds import ThresholdRefused, Thresholds
from egate.observability.logging import logger
from egate.ports.policy_changes import SignedChange
from egate.reporting.gate_client import GateUnavailable

_EVERY_SECONDS: Final = 15.0
HAS_IT: Final = ""
"""What a gate answers that has a change; anything else is why it does not take it."""


class TakesChangesAfar(Protocol):
    """A gate as far as changes go."""

    async def put_change(self, change: SignedChange) -> str:
        """Bring a change; raises ``GateUnavailable`` when the gate is lost."""
        ...


class Delivery:
    """Brings every lane every change that holds or will hold.

    A gate that has one already says so, and one that lost its disk gets it again. The end of a
    change is the gate's own doing.

    Args:
        thresholds: of the hall.
        lanes: gate id to the gate.

    """

    def __init__(self, thresholds: Thresholds, lanes: Mapping[str, TakesChangesAfar]) -> None:
        self.thresholds = thresholds
        self._lanes = dict(lanes)
        self._answers: dict[tuple[str, int], str] = {}

    def answers(self, number: int) -> Mapping[str, str | None]:
        """Return what each lane last said of a change; None while it was not reached."""
        return {gate_id: self._answers.get((gate_id, number)) for gate_id in self._lanes}

    async def keep_delivering(self) -> None:
        """Bring changes to the lanes until cancelled."""
        while True:
            self.thresholds.changed.clear()
            await self.deliver()
            try:
                async with asyncio.timeout(_EVERY_SECONDS):
                    await self.thresholds.changed.wait()
            except TimeoutError:
                continue

    async def deliver(self) -> None:
        """Bring every lane what there is, once."""
        try:
            changes = await self.thresholds.for_gates()
        except ThresholdRefused as error:
            logger().error("policy unusable", reason=str(error))
            return
        bring = {seen.change.number: seen.signed for seen in changes}
        async with asyncio.TaskGroup() as tasks:
            for gate_id, lane in self._lanes.items():
                tasks.create_task(self._bring(gate_id, lane, bring))

    async def _bring(
        self, gate_id: str, lane: TakesChangesAfar, changes: Mapping[int, SignedChange]
    ) -> None:
        for number, change in changes.items():
            try:
                answer = await lane.put_change(change)
            except GateUnavailable:
                return
            if answer != self._answers.get((gate_id, number)):
                logger().info("policy change brought", gate_id=gate_id, order=str(number))
            self._answers[gate_id, number] = answer
