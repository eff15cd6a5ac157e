"""One traveller's way through a lane with two barriers, or back to where they came from."""

from typing import Final

from hardware_mocks.world.barrier_visit import BarrierVisit
from hardware_mocks.world.play import Script, Until
from hardware_mocks.world.traveller import Kind
from hardware_mocks.world.walker import GIVE_UP_READING, SETTLE, STEP, TAKE

READER: Final = 1
BETWEEN_THE_DOORS: Final = 2
BEHIND_THE_EXIT: Final = 3


class TwoStepVisit(BarrierVisit):
    """The script of one traveller: ``Play(TwoStepVisit(...).script())``.

    The camera sees them between the doors only. Who is refused there waits for the way
    back to open, and takes it.
    """

    def script(self) -> Script[None]:
        lane = self.lane
        yield Until(lambda: lane.light == "ready" and lane.door_closed)
        yield self.pause(STEP)
        self.tell("arrived")
        yield from self.approach()
        yield self.pause(SETTLE)
        yield from self.put_down()
        if not (yield from self.may_enter()):
            yield from self._leave_the_reader()
        elif (yield from self._inside()):
            yield from self.walk_out()
        else:
            yield from self.go_back()
        self.tell("done")

    def approach(self) -> Script[None]:
        """Go to the reader of a lane that is ready."""
        self.lane.break_beam(READER, broken=True)
        yield from ()

    def may_enter(self) -> Script[bool]:
        """Stand at the reader until the first decision; True for green and an open door."""
        if self.traveller.kind is Kind.ABANDONS:
            yield self.pause(GIVE_UP_READING)
            return False
        if not (yield from self.decided()):
            return False
        yield self.pause(TAKE)  # at green, while the door opens
        return (yield from self.opened(lambda: self.lane.door_open))

    def _leave_the_reader(self) -> Script[None]:
        yield self.pause(STEP)
        self.lift()
        yield from self.retreat()
        self.tell("left")

    def retreat(self) -> Script[None]:
        """Go from the reader to where they came from."""
        yield self.pause(STEP)
        self.lane.break_beam(READER, broken=False)

    def _inside(self) -> Script[bool]:
        """Step in and look at the camera; True for green and an open exit."""
        lane = self.lane
        self.take_along()
        lane.break_beam(READER, broken=False)
        yield self.walk()
        lane.break_beam(BETWEEN_THE_DOORS, broken=True)
        self.look_away()
        self.tell("stepped_in")
        if self.traveller.kind is Kind.TAILGATING:
            yield from self.cross(READER)
            self.tell("second_entered")
        # Green is still on from the first door: the traveller looks for what comes after it.
        yield Until(lambda: lane.light != "pass", self.patience)
        yield from self.look_up()
        sensed = yield Until(lambda: lane.light in {"pass", "stop"}, self.patience)
        if lane.light == "pass":
            return (yield from self.opened(lambda: lane.exit_open))
        self.stopped(noticed=sensed)
        return False

    def walk_out(self) -> Script[None]:
        """Leave by the exit."""
        yield from self._off_the_place()
        yield self.walk()
        yield from self.cross(BEHIND_THE_EXIT)
        self.tell("passed")

    def go_back(self) -> Script[None]:
        """Wait for the way back to open, and take it."""
        self.tell("waits_inside")
        yield Until(lambda: self.lane.door_open)
        yield from self._off_the_place()
        yield self.pause(STEP)
        for _ in range(2 if self.traveller.kind is Kind.TAILGATING else 1):
            yield from self.cross(READER)
            yield self.pause(STEP)
        self.tell("left")

    def _off_the_place(self) -> Script[None]:
        yield self.pause(STEP)
        self.lane.show(None)
        self.lane.break_beam(BETWEEN_THE_DOORS, broken=False)
