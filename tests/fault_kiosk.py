"""A traveller's visit to the kiosk of a segregated lane."""

from hardware_mocks.world.play import Script, Until
from hardware_mocks.world.visit import MOUTH, READER
from hardware_mocks.world.walker import SETTLE, STEP, Walker

_LOOKS_SECONDS = 4.0


class KioskVisit(Walker):
    """Lays the document down, reads where the gate is, and goes back out by the mouth."""

    def script(self) -> Script[None]:
        lane = self.lane
        yield Until(lambda: lane.light == "ready" and lane.door_closed)
        yield self.pause(STEP)
        self.tell("arrived")
        yield from self.cross(MOUTH)
        lane.break_beam(READER, broken=True)
        yield self.pause(SETTLE)
        self.lay()
        yield self.pause(_LOOKS_SECONDS)
        self.lift()
        lane.break_beam(READER, broken=False)
        yield from self.cross(MOUTH)
        self.tell("left")
