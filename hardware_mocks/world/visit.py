"""One traveller's way through the lane, or back out of it.

Pure: the lane is what ``Lane`` says, and time passes in ``hardware_mocks.world.play``.
"""

from collections.abc import Callable
from typing import Final, Protocol

from hardware_mocks.camera.scene import Pose, Subject
from hardware_mocks.world.play import Pause, Script, Until
from hardware_mocks.world.traveller import Kind, Traveller

MOUTH: Final = 1
READER: Final = 2
BEHIND_THE_DOORS: Final = 3

# Seconds at human speed.
_STEP: Final = 0.3
_SETTLE: Final = 0.6
_LOOK_UP: Final = 0.8
_LAY_AGAIN: Final = 1.5
_GIVE_UP_READING: Final = 0.7
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
    def door_open(self) -> bool: ...

    @property
    def door_closed(self) -> bool: ...

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


class Visit:
    """The script of one traveller: ``Play(Visit(...).script())``.

    Args:
        traveller: who comes.
        lane: where.
        tell: called with the name of every true event when it happens.
        speed: divides every human time.

    """

    def __init__(self, traveller: Traveller, lane: Lane, tell: Tell, *, speed: float = 1.0) -> None:
        self._traveller = traveller
        self._lane = lane
        self._tell = tell
        self._speed = speed
        self._placement = 0
        self._patience = max(_PATIENCE / speed, _SHORTEST_PATIENCE)

    def script(self) -> Script[None]:
        lane = self._lane
        yield Until(lambda: lane.light == "ready" and lane.door_closed)
        yield self._pause(_STEP)
        self._tell("arrived")
        yield from self._cross(MOUTH)
        lane.break_beam(READER, broken=True)
        lane.show(self._traveller.seen(Pose.AWAY))
        yield self._pause(_SETTLE)
        self._lay()
        if (yield from self._may_pass()):
            yield from self._pass()
        else:
            yield from self._leave()
        self._tell("done")

    def _may_pass(self) -> Script[bool]:
        """Stand at the reader until it is decided; True for green and an open door."""
        if self._traveller.kind is Kind.ABANDONS:
            yield self._pause(_GIVE_UP_READING)
            return False
        if self._traveller.kind is Kind.TAILGATING:
            yield self._pause(_STEP)
            yield from self._cross(MOUTH)
            self._tell("second_entered")
        yield from self._look_up()
        return (yield from self._decided()) and (yield from self._opened())

    def _decided(self) -> Script[bool]:
        lane = self._lane
        while True:
            sensed = yield Until(
                lambda: lane.light in {"pass", "stop"} or lane.chip_lost, self._patience
            )
            if lane.light == "pass":
                return True
            if not sensed or lane.light == "stop":
                self._tell("stopped" if sensed else "lost_patience")
                return False
            self._tell("chip_lost")
            self._lift()
            lane.show(self._traveller.seen(Pose.AWAY))
            yield self._pause(_LAY_AGAIN)
            self._lay()
            yield from self._look_up()

    def _opened(self) -> Script[bool]:
        lane = self._lane
        sensed = yield Until(lambda: lane.door_open or lane.light == "stop", self._patience)
        if lane.door_open and lane.light != "stop":
            return True
        self._tell("stopped" if sensed else "lost_patience")
        return False

    def _pass(self) -> Script[None]:
        self._lift()
        yield self._pause(_STEP)
        self._lane.show(None)
        self._lane.break_beam(READER, broken=False)
        yield from self._cross(BEHIND_THE_DOORS)
        self._tell("passed")

    def _leave(self) -> Script[None]:
        yield self._pause(_STEP)
        self._lift()
        yield self._pause(_STEP)
        self._lane.show(None)
        self._lane.break_beam(READER, broken=False)
        yield self._pause(_STEP)
        for _ in range(2 if self._traveller.kind is Kind.TAILGATING else 1):
            yield from self._cross(MOUTH)
            yield self._pause(_STEP)
        self._tell("left")

    def _cross(self, beam: int) -> Script[None]:
        self._lane.break_beam(beam, broken=True)
        yield self._pause(_STEP)
        self._lane.break_beam(beam, broken=False)

    def _look_up(self) -> Script[None]:
        yield self._pause(_LOOK_UP)
        self._lane.show(self._traveller.seen())
        self._tell("looked_up")

    def _lay(self) -> None:
        self._placement += 1
        self._lane.lay(self._placement)
        self._tell("document_laid")

    def _lift(self) -> None:
        self._lane.lift()
        self._tell("document_lifted")

    def _pause(self, seconds: float) -> Pause:
        return Pause(max(seconds / self._speed, _SHORTEST_PAUSE))
