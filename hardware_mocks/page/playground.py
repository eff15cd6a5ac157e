"""What a person does on the page, carried out in the lane; and how the lane looks to the page."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hardware_mocks.barrier.lane import Coil, Door
from hardware_mocks.camera.scene import PHOTOGRAPHS
from hardware_mocks.lane.bag import Bags
from hardware_mocks.lane.condition import Condition
from hardware_mocks.lane.devices import LaneDevices
from hardware_mocks.lane.orders import carry_out
from hardware_mocks.outcome import BadInput
from hardware_mocks.world.by_hand import Act, ByHand, Place
from hardware_mocks.world.play import Play
from hardware_mocks.world.traveller import Traveller

_TICK_SECONDS: Final = 0.02
_STORY_LINES: Final = 40
_HEARTBEAT_SECONDS: Final = 3.0
_PRESSED_SECONDS: Final = 1.0
_ACTS: Final = frozenset(act.value for act in Act)
_NOBODY: Final = "take a passport first"

Say = Callable[[dict[str, Any]], None]


class Refused(Exception):
    """The lane does not allow it now; says why in a few words."""


class Playground:
    """One person's hands and legs in the lane.

    Args:
        devices: the lane.
        bags: packed when a passport is taken.
        travellers: whose passports there are to take.
        say: called with every true event as it happens.
        speed: divides every human time.

    """

    def __init__(
        self,
        devices: LaneDevices,
        bags: Bags,
        travellers: Sequence[Traveller],
        say: Say,
        *,
        speed: float = 1.0,
    ) -> None:
        self.devices = devices
        self.travellers = travellers
        self._bags = bags
        self._say = say
        self._speed = speed
        self._hand: ByHand | None = None
        self._taken: int | None = None
        self._walking = asyncio.Lock()
        self._story: deque[dict[str, Any]] = deque(maxlen=_STORY_LINES)
        self._told = 0
        self._started = asyncio.get_running_loop().time()

    async def carry_out(self, order: Mapping[str, Any]) -> None:
        """Carry out one order of the page; returns when it is done.

        ``{"do": "take", "passport": 0}`` takes a passport, ``{"do": "act", "act": NAME}`` is
        something the traveller does, ``{"do": "press"}`` presses the release button for a moment;
        everything else is an order to the devices.

        Raises:
            BadInput: it is no such order.
            Refused: it is impossible now.

        """
        match order:
            case {"do": "take", "passport": int(index)} if 0 <= index < len(self.travellers):
                await self._alone(self._take, index)
            case {"do": "act", "act": str(name)} if name in _ACTS:
                await self._alone(self._act, Act(name))
            case {"do": "press"}:
                await self._press()
            case {"do": "take" | "act"}:
                raise BadInput("no such passport or act")
            case _:
                carry_out(order, self.devices)
                self._note({key: value for key, value in order.items() if key != "do"}, order)

    async def _press(self) -> None:
        self._note({}, {"do": "release_button_pressed"})
        self.devices.lane.release_button = True
        try:
            await asyncio.sleep(_PRESSED_SECONDS)
        finally:
            self.devices.lane.release_button = False

    async def _alone(self, work: Callable[[Any], Any], argument: object) -> None:
        if self._walking.locked():
            raise Refused("one thing after the other")
        async with self._walking:
            await work(argument)

    async def _take(self, index: int) -> None:
        before = self._hand
        if before is not None and before.place not in {Place.OUTSIDE, Place.THROUGH}:
            raise Refused("leave the lane first")
        traveller = self.travellers[index]
        self._hand, self._taken = None, index
        self.devices.document = await self._bags.pack(traveller, index)
        self._hand = hand = ByHand(
            traveller,
            self.devices,
            self._tell,
            mantrap=self.devices.kind.flow == "two_step",
            speed=self._speed,
        )
        hand.laid = self.devices.place.occupied  # somebody's document may lie there still
        hand.luggage = before.luggage if before is not None else None
        self._tell("took_passport")

    async def _act(self, act: Act) -> None:
        hand = self._hand
        if hand is None:
            raise Refused(_NOBODY)
        reason = hand.refusal(act)
        if reason is not None:
            raise Refused(reason)
        play = Play(hand.perform(act))
        while play.tick(self._now()):  # noqa: ASYNC110 - the world ticks, it waits for nothing
            await asyncio.sleep(_TICK_SECONDS)

    def _tell(self, event: str) -> None:
        name = "" if self._taken is None else self.travellers[self._taken].name
        self._note({"index": self._taken, "traveller": name}, {"do": event})

    def _note(self, details: Mapping[str, Any], order: Mapping[str, Any]) -> None:
        at = round(self._now() - self._started, 3)
        truth = {"event": order["do"], **details, "at": at}
        self._say(truth)
        self._told += 1
        self._story.append({"number": self._told, **truth})

    # How it looks.

    def passports(self) -> list[dict[str, Any]]:
        """Return what a person chooses from."""
        return [
            {
                "name": each.name,
                "state": each.state,
                "kind": each.kind.value,
                "access": each.access,
                "same_face": each.face == each.person,
            }
            for each in self.travellers
        ]

    def portrait(self, index: int) -> bytes:
        """Return the portrait in a passport, a JPEG file; blocks for a file's time."""
        return (PHOTOGRAPHS / self.travellers[index].person / "portrait.jpg").read_bytes()

    def snapshot(self) -> dict[str, Any]:
        """Return everything that the page shows, as JSON can hold it."""
        devices, lane = self.devices, self.devices.lane
        return {
            "taken": self._taken,
            "busy": self._walking.locked(),
            "traveller": self._traveller(),
            "acts": self._acts(),
            "light": lane.light,
            "buzzer": lane.is_lit(Coil.BUZZER),
            "face_light": bool(devices.kind.face_light and lane.face_light),
            "doors": [self._door(door) for door in (lane.entry, lane.exit)],
            "beams": list(lane.presence),
            "inputs": {
                "emergency": lane.emergency,
                "release_button": lane.release_button,
                "obstruct": lane.obstructed,
                "tamper": lane.tamper,
                "push": lane.entry.pushed,
            },
            "gate": lane.heartbeat_seconds < _HEARTBEAT_SECONDS,
            "viewers": devices.camera.viewers,
            "chip_lost": devices.chip_lost,
            "occupied": devices.place.occupied,
            "devices": {name: each.value for name, each in devices.conditions.items()},
            "story": list(self._story),
        }

    def layout(self) -> dict[str, Any]:
        """Return what never changes while the lane is up."""
        return {
            "flow": self.devices.kind.flow,
            "barrier": self.devices.kind.barrier,
            "settings": self.devices.settings(),
            "conditions": [each.value for each in Condition],
            "passports": self.passports(),
        }

    def _traveller(self) -> dict[str, Any] | None:
        hand = self._hand
        if hand is None:
            return None
        return {
            "place": hand.place.value,
            "companions": hand.companions,
            "luggage": hand.luggage,
            "laid": hand.laid,
            "looking": hand.looking,
        }

    def _acts(self) -> dict[str, str | None]:
        """For each act why it is impossible now; None if it is possible."""
        hand = self._hand
        return {act.value: _NOBODY if hand is None else hand.refusal(act) for act in Act}

    def _door(self, door: Door) -> dict[str, Any]:
        told = self.devices.lane.coils[door.open_coil]
        return {"opened": round(door.opened, 2), "told": told, "pushed": door.pushed}

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
