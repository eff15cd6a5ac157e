"""Lets travellers come to the lane one after the other, and tells the truth about them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hardware_mocks.lane.bag import Bags
from hardware_mocks.lane.devices import LaneDevices
from hardware_mocks.lane.orders import carry_out
from hardware_mocks.world.manner import USUAL, drawn_manner
from hardware_mocks.world.odd_visit import OddOneStepVisit, OddVisit, OddWalker
from hardware_mocks.world.plan import Mishap, PlannedVisit
from hardware_mocks.world.play import Play, Script, Until
from hardware_mocks.world.segregated_visit import SegregatedVisit
from hardware_mocks.world.traveller import Traveller

_TICK_SECONDS: Final = 0.02
_SETTLE_SECONDS: Final = 10.0
_LAY_AGAIN_SECONDS: Final = 1.5
_RESIDENT_INDEX: Final = 9_999_998

_VISITS: Final[Mapping[str, type[OddWalker]]] = {
    "one_step": OddOneStepVisit,
    "two_step": OddVisit,
}

Say = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Walks:
    """How travellers go through the lane.

    Args:
        speed: divides every human time.
        people: the seed by which everybody is quick or slow in their own way; None for alike.

    """

    speed: float = 1.0
    people: int | None = None


class Host:
    """Plays travellers against the devices.

    Args:
        devices: the lane.
        bags: packed for each of them.
        say: called with every true event as it happens.
        walks: how they go.
        gate: where they go on to, if ``devices`` are a kiosk's.

    """

    def __init__(
        self,
        devices: LaneDevices,
        bags: Bags,
        say: Say,
        walks: Walks,
        *,
        gate: LaneDevices | None = None,
    ) -> None:
        self._devices = devices
        self._gate = gate
        self._bags = bags
        self._say = say
        self._walks = walks
        self._started = asyncio.get_running_loop().time()

    async def receive(self, planned: PlannedVisit, index: int) -> None:
        """Play one traveller's visit from the lane's mouth until they are gone.

        Args:
            planned: who, and what goes wrong about them; nothing does in a segregated lane.
            index: theirs, from 0.

        """
        walks, traveller = self._walks, planned.traveller
        manner = USUAL if walks.people is None else drawn_manner(walks.people, index)
        bag = await self._bags.pack(traveller, index, manner)
        for devices in self._lanes:
            devices.document = bag

        arrived = asyncio.Event()

        def tell(event: str) -> None:
            arrived.set()
            self._say(
                {
                    "event": event,
                    "index": index,
                    "traveller": traveller.name,
                    "kind": traveller.kind.value,
                    "at": self._at(),
                }
            )

        speed, kiosk, gate = walks.speed, self._devices, self._gate
        if gate is not None:
            both = SegregatedVisit(traveller, kiosk, gate, tell, speed=speed, manner=manner)
            await self._play(both.script())
            return
        visit = _VISITS[kiosk.kind.flow](
            traveller, kiosk, tell, speed=speed, manner=manner, oddity=planned.oddity
        )
        async with asyncio.TaskGroup() as tasks:
            meanwhile = tasks.create_task(self._break(planned.mishap, index, arrived))
            await self._play(visit.script())
            meanwhile.cancel()

    async def _break(self, mishap: Mishap | None, index: int, arrived: asyncio.Event) -> None:
        """Let ``mishap`` happen after the traveller has arrived; mend it when cancelled."""
        if mishap is None:
            return
        await arrived.wait()
        await asyncio.sleep(mishap.after_seconds / self._walks.speed)
        begin, end = mishap.orders()
        truth = {"index": index, "device": mishap.device, "trouble": mishap.trouble}
        try:
            carry_out(begin, self._devices)
            self._say({"event": "mishap", **truth, "at": self._at()})
            await asyncio.sleep(mishap.seconds)
        finally:
            carry_out(end, self._devices)
            self._say({"event": "mended", **truth, "at": self._at()})

    @property
    def _lanes(self) -> tuple[LaneDevices, ...]:
        return (self._devices,) if self._gate is None else (self._devices, self._gate)

    async def settle(self) -> None:
        """Wait until the gate is ready for the next one: it is done with the last one then."""

        def at_rest() -> bool:
            return all(lane.light == "ready" and lane.door_closed for lane in self._lanes)

        def script() -> Script[bool]:
            return (yield Until(at_rest, _SETTLE_SECONDS))

        await self._play(script())

    async def host_resident(
        self, traveller: Traveller, visitors: "asyncio.Queue[PlannedVisit]"
    ) -> None:
        """Leave a traveller's document on the reader and their face before the camera.

        They make room for every visitor, and come back.
        """
        bag = await self._bags.pack(traveller, _RESIDENT_INDEX)
        index = 0
        while True:
            self._devices.document = bag
            self._devices.show(traveller.seen())
            self._devices.lay(1)
            visitor = await self._next_visitor(visitors)
            self._devices.lift()
            self._devices.show(None)
            await self.receive(visitor, index)
            index += 1

    async def _next_visitor(self, visitors: "asyncio.Queue[PlannedVisit]") -> PlannedVisit:
        """Wait for a visitor; lay the document again whenever its chip was lost."""
        while True:
            try:
                async with asyncio.timeout(_LAY_AGAIN_SECONDS):
                    return await visitors.get()
            except TimeoutError:
                if self._devices.chip_lost:
                    self._devices.lay(1)

    async def _play(self, script: Script[object]) -> None:
        play = Play(script)
        while play.tick(self._clock()):  # noqa: ASYNC110 - the world ticks, it waits for nothing
            await asyncio.sleep(_TICK_SECONDS)

    def _at(self) -> float:
        return round(self._clock() - self._started, 3)

    @staticmethod
    def _clock() -> float:
        return asyncio.get_running_loop().time()
