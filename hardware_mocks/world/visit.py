"""One traveller's way through a lane with one barrier, or back out of it."""

from typing import Final

from hardware_mocks.world.barrier_visit import BarrierVisit
from hardware_mocks.world.play import Script, Until
from hardware_mocks.world.traveller import Kind
from hardware_mocks.world.walker import GIVE_UP_READING, SETTLE, STEP, TAKE

MOUTH: Final = 1
READER: Final = 2
BEHIND_THE_DOORS: Final = 3


class Visit(BarrierVisit):
    """The script of one traveller: ``Play(Visit(...).script())``."""

    def script(self) -> Script[None]:
        lane = self.lane
        yield Until(lambda: lane.light == "ready" and lane.door_closed)
        yield self.pause(STEP)
        self.tell("arrived")
        yield from self.approach()
        yield self.pause(SETTLE)
        yield from self.put_down()
        if (yield from self.may_enter()):
            yield from self.walk_out()
        else:
            yield from self.go_back()
        self.tell("done")

    def approach(self) -> Script[None]:
        """Go to the reader of a lane that is ready."""
        yield from self.cross(MOUTH)
        self.lane.break_beam(READER, broken=True)
        self.look_away()

    def try_again(self) -> Script[None]:
        """Lay the document down once more, with the head bent over the reader."""
        self.look_away()
        yield from super().try_again()
        yield from self.look_up()

    def may_enter(self) -> Script[bool]:
        """Stand at the reader until it is decided; True for green and an open door."""
        if self.traveller.kind is Kind.ABANDONS:
            yield self.pause(GIVE_UP_READING)
            return False
        if self.traveller.kind is Kind.TAILGATING:
            yield self.pause(STEP)
            yield from self.cross(MOUTH)
            self.tell("second_entered")
        yield from self.look_up()
        if not (yield from self.decided()):
            return False
        yield self.pause(TAKE)  # at green, while the door opens
        return (yield from self.opened(lambda: self.lane.door_open))

    def walk_out(self) -> Script[None]:
        """Leave by the door."""
        self.take_along()
        self.lane.show(None)
        self.lane.break_beam(READER, broken=False)
        yield self.walk()
        yield from self.cross(BEHIND_THE_DOORS)
        self.tell("passed")

    def go_back(self) -> Script[None]:
        """Take the document, and leave by the way they came."""
        yield self.pause(STEP)
        self.lift()
        yield from self.retreat()
        self.tell("left")

    def retreat(self) -> Script[None]:
        """Go from the reader to where they came from."""
        yield self.pause(STEP)
        self.lane.show(None)
        self.lane.break_beam(READER, broken=False)
        yield self.pause(STEP)
        for _ in range(2 if self.traveller.kind is Kind.TAILGATING else 1):
            yield from self.cross(MOUTH)
            yield self.pause(STEP)
