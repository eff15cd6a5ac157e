"""What every traveller does, whichever way the lane is laid out.

Pure: the lane is what ``Lane`` says, and time passes in ``hardware_mocks.world.play``.
"""

from collections.abc import Callable
from typing import Final, Protocol

from hardware_mocks.camera.scene import Pose, Subject
from hardware_mocks.world.manner import USUAL, Manner
from hardware_mocks.world.play import Pause, Script, Until
from hardware_mocks.world.traveller import Traveller

# Metres from one place of a lane to the next, and how deep somebody is who walks.
STRIDE: Final = 1.5
_DEPTH: Final = 0.4
# Seconds that the usual person takes.
STEP: Final = 0.3
TAKE: Final = 0.6
SETTLE: Final = 0.6
GIVE_UP_READING: Final = 0.7
_LOOK_UP: Final = 0.8
_LAY_AGAIN: Final = 1.5
_PATIENCE: Final = 30.0
# A gate that looks at its inputs a few times a second must not miss a quick traveller,
# and its own work is not made faster by a faster traveller.
_SHORTEST_PAUSE: Final = 0.15
_SHORTEST_PATIENCE: Final = 10.0


class Lane(Protocol):
    """What a traveller sees of the lane and does in it."""

    @property
    def light(self) -> str:
        """``ready``, ``busy``, ``pass`` or ``stop``."""
        ...

    @property
    def door_open(self) -> bool:
        """Whether the door is open that a traveller comes to first."""
        ...

    @property
    def door_closed(self) -> bool: ...

    @property
    def exit_open(self) -> bool:
        """Whether the second door is open; a one-step lane has none."""
        ...

    @property
    def chip_lost(self) -> bool:
        """Whether the chip of the document on the reader has left the field."""
        ...

    def break_beam(self, beam: int, *, broken: bool) -> None: ...

    def lay(self, placement: int) -> None:
        """Lay the document on the reader for the n-th time, from 1."""
        ...

    def lift(self) -> None: ...

    def show(self, subject: Subject | None) -> None:
        """Stand before the camera, or not."""
        ...


Tell = Callable[[str], None]


class Walker:
    """One traveller with one document in one lane.

    Args:
        traveller: who comes.
        lane: where.
        tell: called with the name of every true event when it happens.
        speed: divides every human time.
        manner: how quick this one is.

    """

    def __init__(
        self,
        traveller: Traveller,
        lane: Lane,
        tell: Tell,
        *,
        speed: float = 1.0,
        manner: Manner = USUAL,
    ) -> None:
        self.traveller = traveller
        self.lane = lane
        self.tell = tell
        self.patience = max(_PATIENCE / speed, _SHORTEST_PATIENCE)
        self._speed = speed
        self._manner = manner
        self._placement = 0
        self.laid = False

    def pause(self, seconds: float) -> Pause:
        """Do what takes the usual person so many seconds."""
        return self._lasting(seconds * self._manner.slowness)

    def walk(self, metres: float = STRIDE) -> Pause:
        """Walk so far."""
        return self._lasting(metres / self._manner.walking)

    def _lasting(self, seconds: float) -> Pause:
        return Pause(max(seconds / self._speed, _SHORTEST_PAUSE))

    def decided(self) -> Script[bool]:
        """Wait for the lane's light, and lay the document again when it is not read."""
        lane = self.lane
        while True:
            sensed = yield Until(
                lambda: lane.light in {"pass", "stop"} or lane.chip_lost, self.patience
            )
            if lane.light == "pass":
                return True
            if not sensed or lane.light == "stop":
                self.stopped(noticed=sensed)
                return False
            self.tell("chip_lost")
            self.lift()
            yield from self.try_again()

    def try_again(self) -> Script[None]:
        """Lay the document down once more."""
        yield self.pause(_LAY_AGAIN)
        self.lay()

    def opened(self, is_open: Callable[[], bool]) -> Script[bool]:
        """Wait for a door, unless the light turns red."""
        lane = self.lane
        sensed = yield Until(lambda: is_open() or lane.light == "stop", self.patience)
        if is_open() and lane.light != "stop":
            return True
        self.stopped(noticed=sensed)
        return False

    def stopped(self, *, noticed: bool) -> None:
        """Tell why the traveller goes no further."""
        self.tell("stopped" if noticed else "lost_patience")

    def cross(self, beam: int) -> Script[None]:
        """Walk through a beam."""
        self.lane.break_beam(beam, broken=True)
        yield self.walk(_DEPTH)
        self.lane.break_beam(beam, broken=False)

    def look_up(self) -> Script[None]:
        """Look into the camera after a moment."""
        yield self.pause(_LOOK_UP)
        self.lane.show(self.traveller.seen(seed=self._manner.seed))
        self.tell("looked_up")

    def look_away(self) -> None:
        """Be where the camera is, but not look into it."""
        self.lane.show(self.traveller.seen(Pose.AWAY, self._manner.seed))

    def lay(self) -> None:
        """Lay the document on the reader."""
        self._placement += 1
        self.laid = True
        self.lane.lay(self._placement)
        self.tell("document_laid")

    def lift(self) -> None:
        """Take it away."""
        self.laid = False
        self.lane.lift()
        self.tell("document_lifted")
