"""A traveller's visit to the kiosk of a segregated lane."""

from collections.abc import Callable

from hardware_mocks.world.play import Script, Until
from hardware_mocks.world.visit import MOUTH, READER
from hardware_mocks.world.walker import SETTLE, STEP, Walker


class KioskVisit(Walker):
    """Lays the document down, reads where the gate is, and goes back out by the mouth."""

    is_told: Callable[[], bool] = staticmethod(lambda: False)
    """Whether the display says where the gate is, or that an officer comes."""

    def script(self) -> Script[None]:
        lane = self.lane
        yield Until(lambda: lane.light == "ready" and lane.door_closed)
        yield self.pause(STEP)
        self.tell("arrived")
        yield from self.cross(MOUTH)
        lane.break_beam(READER, broken=True)
        yield self.pause(SETTLE)
        self.lay()
        yield Until(self.is_told, self.patience)
        yield self.pause(STEP)
        self.lift()
        lane.break_beam(READER, broken=False)
        yield from self.cross(MOUTH)
        self.tell("left")
