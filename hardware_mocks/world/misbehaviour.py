"""What people and devices of a lane do that they should not, by script or drawn by a seed."""

import random
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from hardware_mocks.world.play import Script
from hardware_mocks.world.traveller import Kind, Traveller
from hardware_mocks.world.two_step_visit import (
    BEHIND_THE_EXIT,
    BETWEEN_THE_DOORS,
    TwoStepVisit,
)
from hardware_mocks.world.walker import STEP, Lane, Tell

_FETCHED_AFTER: Final = 8.0


class Oddity(Enum):
    """What a traveller between two barriers does, or what happens to them."""

    NONE = "none"
    TURNS_ROUND = "turns_round"
    DROPS_LUGGAGE = "drops_luggage"
    LUGGAGE_STAYS = "luggage_stays"
    MET_FROM_BEHIND = "met_from_behind"


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


class OddVisit(TwoStepVisit):
    """A visit to a lane with two barriers by somebody who may do what they should not."""

    def __init__(
        self,
        traveller: Traveller,
        lane: Lane,
        tell: Tell,
        *,
        speed: float = 1.0,
        oddity: Oddity = Oddity.NONE,
    ) -> None:
        super().__init__(traveller, lane, tell, speed=speed)
        self._oddity = oddity

    def may_enter(self) -> Script[bool]:
        """Think again before the open door, if that is the oddity."""
        may = yield from super().may_enter()
        if may and self._oddity is Oddity.TURNS_ROUND:
            self.tell("turned_round")
            return False
        return may

    def walk_out(self) -> Script[None]:
        """Leave something behind, or meet somebody in the exit."""
        if self._oddity in {Oddity.DROPS_LUGGAGE, Oddity.LUGGAGE_STAYS}:
            yield from self._leave_luggage()
        elif self._oddity is Oddity.MET_FROM_BEHIND:
            self.tell("met_from_behind")
            yield from self.cross(BEHIND_THE_EXIT)
            yield from self.go_back()
        else:
            yield from super().walk_out()

    def _leave_luggage(self) -> Script[None]:
        yield self.pause(STEP)
        self.lane.show(None)
        if self._oddity is Oddity.DROPS_LUGGAGE:  # what stays was not in the beam before
            self.lane.break_beam(BETWEEN_THE_DOORS, broken=False)
            yield self.pause(STEP)
            self.lane.break_beam(BEHIND_THE_EXIT, broken=True)
            yield self.pause(STEP)
            self.lane.break_beam(BETWEEN_THE_DOORS, broken=True)
            yield self.pause(STEP)
            self.lane.break_beam(BEHIND_THE_EXIT, broken=False)
        else:
            yield from self.cross(BEHIND_THE_EXIT)
        self.tell("passed")
        self.tell("luggage_left")
        yield self.pause(_FETCHED_AFTER)
        self.lane.break_beam(BETWEEN_THE_DOORS, broken=False)
        self.tell("luggage_fetched")


_KINDS: Final = (Kind.GENUINE,) * 5 + (
    Kind.OTHER_PERSONS_PASSPORT,
    Kind.TAMPERED_DG,
    Kind.UNKNOWN_SIGNER,
    Kind.CLONED_CHIP,
    Kind.CHIP_LEAVES_TWICE,
    Kind.TAILGATING,
    Kind.ABANDONS,
)
_ODDITIES: Final = (Oddity.NONE,) * 3 + tuple(Oddity)[1:]
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
