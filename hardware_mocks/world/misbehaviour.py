"""What people and devices of a lane do that they should not, by script or drawn by a seed."""

import random
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from hardware_mocks.world.odd_visit import Oddity
from hardware_mocks.world.traveller import Kind, Traveller


class Trouble(Enum):
    """What a device of the lane does for a while."""

    EMERGENCY = "emergency"
    JAM = "jam"
    BARRIER_DEAD = "barrier_dead"
    BARRIER_SLOW = "barrier_slow"
    MRZ_READER_UNPLUGGED = "mrz_reader_unplugged"
    CHIP_READER_UNPLUGGED = "chip_reader_unplugged"
    CAMERA_DEAD = "camera_dead"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One trouble.

    Args:
        trouble: which.
        after_seconds: of the traveller's arrival.
        seconds: how long it lasts.

    """

    trouble: Trouble
    after_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Visitor:
    """One traveller with what goes wrong about them."""

    traveller: Traveller
    oddity: Oddity = Oddity.NONE
    disturbance: Disturbance | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is drawn from one seed.

    Args:
        seed: of all of it.
        flow: the layout, ``one_step`` or ``two_step``.
        visitors: in the order in which they come.

    """

    seed: int
    flow: str
    visitors: tuple[Visitor, ...]


_KINDS: Final = (Kind.GENUINE,) * 5 + (
    Kind.OTHER_PERSONS_PASSPORT,
    Kind.TAMPERED_DG,
    Kind.UNKNOWN_SIGNER,
    Kind.CLONED_CHIP,
    Kind.CHIP_LEAVES_TWICE,
    Kind.TAILGATING,
    Kind.ABANDONS,
)
_ODDITIES: Final = (Oddity.NONE,) * 3 + (
    Oddity.TURNS_ROUND,
    Oddity.DROPS_LUGGAGE,
    Oddity.LUGGAGE_STAYS,
    Oddity.MET_FROM_BEHIND,
)
_SOMEBODY: Final = Traveller("SPECIMEN, A", Kind.GENUINE, "P001", "P001", "BGD", "X", "880412", 900)
_IMPOSTORS_FACE: Final = "P008"
_MOST_VISITORS: Final = 4
_LATEST_TROUBLE: Final = 7.0
_LONGEST_TROUBLE: Final = 20.0


def draw_world(seed: int) -> World:
    """Draw the lane of ``seed``, its travellers, and what goes wrong."""
    chance = random.Random(seed)  # noqa: S311 - a world, not a secret
    flow = chance.choice(("two_step", "two_step", "one_step"))
    count = chance.randint(1, _MOST_VISITORS)
    return World(seed, flow, tuple(_draw_visitor(chance, flow) for _ in range(count)))


def _draw_visitor(chance: random.Random, flow: str) -> Visitor:
    kind = chance.choice(_KINDS)
    face = _IMPOSTORS_FACE if kind is Kind.OTHER_PERSONS_PASSPORT else "P001"
    odd = flow == "two_step" and kind is Kind.GENUINE
    oddity = chance.choice(_ODDITIES) if odd else Oddity.NONE
    disturbance = None
    if chance.random() < 0.4:
        disturbance = Disturbance(
            chance.choice(tuple(Trouble)),
            round(chance.uniform(0, _LATEST_TROUBLE), 2),
            round(chance.uniform(0.1, _LONGEST_TROUBLE), 2),
        )
    return Visitor(replace(_SOMEBODY, kind=kind, face=face), oddity, disturbance)
