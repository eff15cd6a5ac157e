"""Who comes to a lane, what is odd about them, and what breaks meanwhile: by a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hardware_mocks.lane.condition import Condition
from hardware_mocks.world.odd_visit import Oddity
from hardware_mocks.world.traveller import Kind, Traveller

THE_LANE: Final = "lane"
"""Where a mishap is of no device: the emergency button, or something in the door."""

LANE_TROUBLES: Final = ("emergency", "obstruct")
DEVICE_TROUBLES: Final = tuple(each.value for each in Condition if each is not Condition.WHOLE)
_HONEST: Final = frozenset((Kind.GENUINE, Kind.CHIP_LEAVES_TWICE))
_GENUINE_SHARE: Final = 0.6
_ODD_SHARE: Final = 0.55
_MISHAP_SHARE: Final = 0.35
_LATEST_SECONDS: Final = 8.0
_SHORTEST_SECONDS: Final = 0.5
_LONGEST_SECONDS: Final = 12.0
# What only the kind of a traveller tells a visit.
_ODD_WAYS: Final[tuple[Kind | Oddity, ...]] = (
    Kind.ABANDONS,
    Kind.TAILGATING,
    *(oddity for oddity in Oddity if oddity is not Oddity.NONE),
)


@dataclass(frozen=True, slots=True)
class Mishap:
    """What breaks for a while.

    Args:
        device: its name in a gate's settings, or ``THE_LANE``.
        trouble: a ``Condition`` of the device; of the lane ``emergency`` or ``obstruct``.
        after_seconds: of the traveller's arrival.
        seconds: how long it lasts; it ends with the visit at the latest.

    """

    device: str
    trouble: str
    after_seconds: float
    seconds: float

    def orders(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the order that begins it and the one that ends it."""
        if self.device == THE_LANE:
            return {"do": self.trouble, "on": True}, {"do": self.trouble, "on": False}
        begin = {"do": "device", "device": self.device, "condition": self.trouble}
        return begin, {**begin, "condition": Condition.WHOLE.value}


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One traveller with what goes wrong about them."""

    traveller: Traveller
    oddity: Oddity = Oddity.NONE
    mishap: Mishap | None = None

    @property
    def may_be_admitted(self) -> bool:
        """Whether a gate that lets this one over the border alone has done nothing wrong."""
        return self.traveller.kind in _HONEST and not self.traveller.forgery

    def as_json(self) -> dict[str, Any]:
        """Return it without what is personal in a document."""
        mishap = self.mishap
        return {
            "name": self.traveller.name,
            "kind": self.traveller.kind.value,
            "person": self.traveller.person,
            "forgery": self.traveller.forgery or None,
            "oddity": self.oddity.value,
            "may_be_admitted": self.may_be_admitted,
            "mishap": None
            if mishap is None
            else {
                "device": mishap.device,
                "trouble": mishap.trouble,
                "after_seconds": mishap.after_seconds,
                "seconds": mishap.seconds,
            },
        }


def draw_plan(
    seed: int, pool: Sequence[Traveller], devices: Sequence[str], count: int
) -> tuple[PlannedVisit, ...]:
    """Draw ``count`` visits; the same arguments give the same plan.

    Args:
        seed: of everything that is left to chance.
        pool: of the travellers, who may come more than once.
        devices: that can break.
        count: how many come.

    """
    chance = random.Random(seed)  # noqa: S311 - a world, not a secret
    return tuple(_draw_visit(chance, pool, devices) for _ in range(count))


def _draw_visit(
    chance: random.Random, pool: Sequence[Traveller], devices: Sequence[str]
) -> PlannedVisit:
    genuine = [each for each in pool if each.kind is Kind.GENUINE]
    some = genuine if genuine and chance.random() < _GENUINE_SHARE else pool
    traveller, oddity = chance.choice(some), Oddity.NONE
    if traveller.kind is Kind.GENUINE and chance.random() < _ODD_SHARE:
        odd = chance.choice(_ODD_WAYS)
        if isinstance(odd, Oddity):
            oddity = odd
        else:
            traveller = replace(traveller, kind=odd)
    mishap = _draw_mishap(chance, devices) if chance.random() < _MISHAP_SHARE else None
    return PlannedVisit(traveller, oddity, mishap)


def _draw_mishap(chance: random.Random, devices: Sequence[str]) -> Mishap:
    device = chance.choice((*devices, THE_LANE))
    trouble = chance.choice(LANE_TROUBLES if device == THE_LANE else DEVICE_TROUBLES)
    return Mishap(
        device,
        trouble,
        round(chance.uniform(0, _LATEST_SECONDS), 1),
        round(chance.uniform(_SHORTEST_SECONDS, _LONGEST_SECONDS), 1),
    )
