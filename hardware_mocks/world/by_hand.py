"""A traveller whom somebody plays step by step, instead of a script.

Pure, as the scripted visits are: each act is a script for ``Play``, and ``refusal`` says why an
act is impossible now: doors are solid, and a hand reaches only so far.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from hardware_mocks.world.play import Script
from hardware_mocks.world.traveller import Traveller
from hardware_mocks.world.walker import Lane, Tell, Walker

_FIRST: Final = 1
_SECOND: Final = 2
_LAST: Final = 3


class Place(Enum):
    """Where the traveller is."""

    OUTSIDE = "outside"
    READER = "reader"
    BETWEEN = "between"  # two barriers
    THROUGH = "through"


class Act(Enum):
    """What a traveller can do."""

    FORWARD = "forward"
    BACK = "back"
    LAY = "lay"
    LIFT = "lift"
    LOOK_UP = "look_up"
    LOOK_AWAY = "look_away"
    LEAVE_LUGGAGE = "leave_luggage"
    FETCH_LUGGAGE = "fetch_luggage"
    SECOND_COMES = "second_comes"
    SECOND_GOES = "second_goes"


_BEAMS_ONE_STEP: Final[Mapping[Place, int]] = {Place.READER: _SECOND}
_BEAMS_TWO_STEP: Final[Mapping[Place, int]] = {Place.READER: _FIRST, Place.BETWEEN: _SECOND}


class ByHand(Walker):
    """One traveller who does what they are told.

    Args:
        traveller: who.
        lane: where.
        tell: called with the name of every true event when it happens.
        mantrap: whether the lane has two barriers with the camera between them.
        speed: divides every human time.

    """

    def __init__(
        self, traveller: Traveller, lane: Lane, tell: Tell, *, mantrap: bool, speed: float = 1.0
    ) -> None:
        super().__init__(traveller, lane, tell, speed=speed)
        self.place = Place.OUTSIDE
        self.companions = 0
        self.luggage: int | None = None  # the beam that it breaks
        self.looking = False
        self._mantrap = mantrap
        self._beams = _BEAMS_TWO_STEP if mantrap else _BEAMS_ONE_STEP

    @property
    def innermost(self) -> Place:
        """The place before the camera, and before the border."""
        return Place.BETWEEN if self._mantrap else Place.READER

    def refusal(self, act: Act) -> str | None:
        """Say why ``act`` is impossible now; None if it is possible."""
        match act:
            case Act.FORWARD | Act.BACK:
                return self._cannot_walk(forward=act is Act.FORWARD)
            case Act.LAY | Act.LIFT:
                return self._cannot_reach(to_lay=act is Act.LAY)
            case Act.LOOK_UP | Act.LOOK_AWAY:
                return None if self.place is self.innermost else "no camera looks here"
            case Act.LEAVE_LUGGAGE | Act.FETCH_LUGGAGE:
                return self._cannot_handle_luggage(to_leave=act is Act.LEAVE_LUGGAGE)
            case Act.SECOND_COMES | Act.SECOND_GOES:
                return self._cannot_follow(to_come=act is Act.SECOND_COMES)

    def _cannot_walk(self, *, forward: bool) -> str | None:
        if self.place is Place.THROUGH:
            return "you are through; take the next passport"
        if not forward:
            shut = self.place is Place.BETWEEN and not self.lane.door_open
            return "the door behind you is closed" if shut else self._outside()
        if self.place is self.innermost and self._mantrap:
            is_open = self.lane.exit_open
        else:
            is_open = self.place is Place.OUTSIDE or self.lane.door_open
        return None if is_open else "the door is closed"

    def _outside(self) -> str | None:
        return "you are not in the lane" if self.place is Place.OUTSIDE else None

    def _cannot_reach(self, *, to_lay: bool) -> str | None:
        if self.laid is to_lay:
            return "it lies on the reader" if to_lay else "it is in your hand"
        if self.place is Place.BETWEEN:
            return "the reader is out of reach"
        return "go to the reader first" if to_lay and self.place is not Place.READER else None

    def _cannot_handle_luggage(self, *, to_leave: bool) -> str | None:
        if (self.luggage is not None) is to_leave:
            return "it stands there already" if to_leave else "none stands there"
        return "go into the lane first" if to_leave and self.place not in self._beams else None

    def _cannot_follow(self, *, to_come: bool) -> str | None:
        if self.place is not self.innermost:
            return "go in first"
        if not to_come and not self.companions:
            return "you are alone"
        shut = self._mantrap and not self.lane.door_open
        return "the door behind you is closed" if shut else None

    def perform(self, act: Act) -> Script[None]:
        """Do ``act``, which must be possible."""
        match act:
            case Act.FORWARD:
                yield from self._forward()
            case Act.BACK:
                yield from self._back()
            case Act.LAY:
                self.lay()
            case Act.LIFT:
                self.lift()
            case Act.LOOK_UP:
                yield from self.look_up()
            case Act.LOOK_AWAY:
                self.look_away()
            case Act.LEAVE_LUGGAGE | Act.FETCH_LUGGAGE:
                self._handle_luggage()
            case Act.SECOND_COMES | Act.SECOND_GOES:
                yield from self._second(comes=act is Act.SECOND_COMES)

    def look_up(self) -> Script[None]:
        yield from super().look_up()
        self.looking = True

    def look_away(self) -> None:
        super().look_away()
        self.looking = False

    def _forward(self) -> Script[None]:
        if self.place is Place.OUTSIDE:
            self.tell("arrived")
            if not self._mantrap:
                yield from self.cross(_FIRST)
            self._stand(Place.READER)
        elif self.place is not self.innermost:
            self._step_off()
            yield self.walk()
            self._stand(self.innermost)
            self.tell("stepped_in")
        else:
            self._step_off()
            self.place = Place.THROUGH
            yield self.walk()
            for _ in range(1 + self.companions):
                yield from self.cross(_LAST)
                self.tell("passed")
                yield self.walk()
            self.companions = 0

    def _back(self) -> Script[None]:
        crosses_the_mouth = self.place is self.innermost
        self._step_off()
        yield self.walk()
        if crosses_the_mouth:
            for _ in range(1 + self.companions):
                yield from self.cross(_FIRST)
                yield self.walk()
        self.place, self.companions = Place.OUTSIDE, 0
        self.tell("left")

    def _stand(self, place: Place) -> None:
        self.place = place
        self.lane.break_beam(self._beams[place], broken=True)
        if place is self.innermost:
            self.look_away()

    def _step_off(self) -> None:
        beam = self._beams[self.place]
        self.lane.break_beam(beam, broken=self.luggage == beam)
        self.lane.show(None)
        self.looking = False

    def _handle_luggage(self) -> None:
        if self.luggage is None:
            self.luggage = self._beams[self.place]
            self.tell("luggage_left")
            return
        standing = self._beams.get(self.place) == self.luggage
        self.lane.break_beam(self.luggage, broken=standing)
        self.luggage = None
        self.tell("luggage_fetched")

    def _second(self, *, comes: bool) -> Script[None]:
        yield from self.cross(_FIRST)
        self.companions += 1 if comes else -1
        self.tell("second_entered" if comes else "second_left")
