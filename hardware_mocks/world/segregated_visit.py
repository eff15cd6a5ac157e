"""One traveller's way by a kiosk and a gate, or back from the kiosk."""

from hardware_mocks.world.manner import USUAL, Manner
from hardware_mocks.world.play import Script, Until
from hardware_mocks.world.traveller import Kind, Traveller
from hardware_mocks.world.visit import MOUTH, READER, Visit
from hardware_mocks.world.walker import (
    GIVE_UP_READING,
    SETTLE,
    STEP,
    TAKE,
    Lane,
    Tell,
    Walker,
)


class KioskVisit(Walker):
    """The script of one traveller at a kiosk, which has a reader, and no camera and no door."""

    def script(self) -> Script[bool]:
        """Come, lay the document down, and go; True when the kiosk's light was green."""
        lane = self.lane
        yield Until(lambda: lane.light == "ready")
        yield self.pause(STEP)
        self.tell("arrived")
        yield from self.cross(MOUTH)
        lane.break_beam(READER, broken=True)
        yield self.pause(SETTLE)
        self.lay()
        prepared = yield from self._may_go_on()
        yield self.pause(TAKE)
        self.lift()
        yield self.pause(STEP)
        lane.break_beam(READER, broken=False)
        yield self.walk()
        yield from self.cross(MOUTH)
        self.tell("prepared" if prepared else "left")
        return prepared

    def _may_go_on(self) -> Script[bool]:
        if self.traveller.kind is Kind.ABANDONS:
            yield self.pause(GIVE_UP_READING)
            return False
        return (yield from self.decided())


class SegregatedVisit:
    """The whole way: ``Play(SegregatedVisit(...).script())``.

    Args:
        traveller: who comes.
        kiosk: where the document is read.
        gate: where the face is compared and the door is.
        tell: called with the name of every true event when it happens.
        speed: divides every human time.
        manner: how quick this one is.

    """

    def __init__(
        self,
        traveller: Traveller,
        kiosk: Lane,
        gate: Lane,
        tell: Tell,
        *,
        speed: float = 1.0,
        manner: Manner = USUAL,
    ) -> None:
        self._tell = tell
        self._at_kiosk = KioskVisit(traveller, kiosk, tell, speed=speed, manner=manner)
        self._at_gate = Visit(traveller, gate, tell, speed=speed, manner=manner)

    def script(self) -> Script[None]:
        """Go to the kiosk, and from there to the gate if it said so."""
        if (yield from self._at_kiosk.script()):
            yield self._at_kiosk.walk()
            yield from self._at_gate.script()
        else:
            self._tell("done")
