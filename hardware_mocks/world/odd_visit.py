"""Visits of people who do what they should not, to lanes with one barrier and with two."""

from enum import Enum
from typing import Final

from hardware_mocks.world.barrier_visit import BarrierVisit
from hardware_mocks.world.manner import USUAL, Manner
from hardware_mocks.world.play import Script, Until
from hardware_mocks.world.traveller import Traveller
from hardware_mocks.world.two_step_visit import TwoStepVisit
from hardware_mocks.world.visit import Visit
from hardware_mocks.world.walker import SETTLE, STEP, Lane, Tell

_BEFORE_THE_EXIT: Final = 2  # the beams have these numbers in either lane
_BEHIND_THE_EXIT: Final = 3
_FETCHED_AFTER: Final = 8.0
_LIFTED_AFTER: Final = 0.7
_THINKS_FOR: Final = 3.0


class Oddity(Enum):
    """What a traveller does, or what happens to them."""

    NONE = "none"
    TURNS_ROUND = "turns_round"  # before the open door
    DROPS_LUGGAGE = "drops_luggage"  # behind them
    LUGGAGE_STAYS = "luggage_stays"  # where they stood
    MET_FROM_BEHIND = "met_from_behind"  # in the exit
    WRONG_WAY = "wrong_way"  # somebody tries to come in by the exit
    COMES_BACK = "comes_back"  # after giving up in the middle of the reading
    LIFTS_EARLY = "lifts_early"  # the document, and lays it down again
    LEAVES_DOCUMENT = "leaves_document"  # on the reader


class OddWalker(BarrierVisit):
    """The odd parts of a visit.

    Args:
        traveller: who comes.
        lane: where.
        tell: called with the name of every true event when it happens.
        speed: divides every human time.
        manner: how quick this one is.
        oddity: what is odd.

    """

    def __init__(
        self,
        traveller: Traveller,
        lane: Lane,
        tell: Tell,
        *,
        speed: float = 1.0,
        manner: Manner = USUAL,
        oddity: Oddity = Oddity.NONE,
    ) -> None:
        super().__init__(traveller, lane, tell, speed=speed, manner=manner)
        self._oddity = oddity

    def script(self) -> Script[None]:
        """Come twice, or find somebody in the exit, if that is the oddity."""
        if self._oddity is Oddity.COMES_BACK:
            yield from self._think_again()
        elif self._oddity is Oddity.WRONG_WAY:
            yield from self._until_ready()
            self.tell("wrong_way")
            yield from self.cross(_BEHIND_THE_EXIT)
            yield self.pause(_THINKS_FOR)
        yield from super().script()  # type: ignore[safe-super]
        if self._oddity is Oddity.LEAVES_DOCUMENT and self.laid:
            yield self.pause(_FETCHED_AFTER)
            self.lift()

    def put_down(self) -> Script[None]:
        """Take the document away again too early, if that is the oddity."""
        yield from super().put_down()
        if self._oddity is Oddity.LIFTS_EARLY:
            yield self.pause(_LIFTED_AFTER)
            self.lift()
            yield from self.try_again()

    def take_along(self) -> None:
        """Forget the document, if that is the oddity."""
        if self._oddity is Oddity.LEAVES_DOCUMENT:
            self.tell("document_left")
        else:
            super().take_along()

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
            yield from self.cross(_BEHIND_THE_EXIT)
            yield from self.go_back()
        else:
            yield from super().walk_out()

    def _until_ready(self) -> Script[None]:
        lane = self.lane
        yield Until(lambda: lane.light == "ready" and lane.door_closed)
        yield self.pause(STEP)

    def _think_again(self) -> Script[None]:
        yield from self._until_ready()
        self.tell("came_first")
        yield from self.approach()
        yield self.pause(SETTLE)
        self.lay()
        yield self.pause(_LIFTED_AFTER)
        self.lift()
        yield from self.retreat()
        yield self.pause(_THINKS_FOR)

    def _leave_luggage(self) -> Script[None]:
        if self.laid:  # at the only barrier the document is still on the reader
            self.take_along()
        yield self.pause(STEP)
        self.lane.show(None)
        if self._oddity is Oddity.DROPS_LUGGAGE:  # what stays was not in the beam before
            self.lane.break_beam(_BEFORE_THE_EXIT, broken=False)
            yield self.pause(STEP)
            self.lane.break_beam(_BEHIND_THE_EXIT, broken=True)
            yield self.pause(STEP)
            self.lane.break_beam(_BEFORE_THE_EXIT, broken=True)
            yield self.pause(STEP)
            self.lane.break_beam(_BEHIND_THE_EXIT, broken=False)
        else:
            yield from self.cross(_BEHIND_THE_EXIT)
        self.tell("passed")
        self.tell("luggage_left")
        yield self.pause(_FETCHED_AFTER)
        self.lane.break_beam(_BEFORE_THE_EXIT, broken=False)
        self.tell("luggage_fetched")


class OddVisit(OddWalker, TwoStepVisit):
    """A visit to a lane with two barriers by somebody who may do what they should not."""


class OddOneStepVisit(OddWalker, Visit):
    """A visit to a lane with one barrier by somebody who may do what they should not."""
