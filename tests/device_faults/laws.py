"""What must hold at every moment of a lane, whatever goes wrong."""

import asyncio
from collections.abc import Callable

from egate.domain.session import model as m
from hardware_mocks.barrier.lane import Coil
from tests.device_faults.cells import Cell
from tests.device_faults.devices import BARRIERS
from tests.device_faults.gate import Running
from tests.device_faults.site import Site

RELEASED_SECONDS = 15.0
# A door's stroke, a poll, and the deadline of the machine.
_STROKE_SECONDS = 2.5
_OPENING_SECONDS = 5.0  # of a warrant
# Until the board's watchdog ends what a lost gate cannot, and the door has moved.
_CLOSING_SECONDS = 6.0
_OUTWARDS = (m.Passing, m.Evacuating)
_INWARDS = (m.Entering, m.AwaitingOfficer, m.Releasing, m.Verifying, m.Evacuating, m.Passing)


class Laws:
    """Looks at doors and people again and again.

    Args:
        cell: which is played.
        site: where.
        lane: its gate.
        tell: takes what does not hold.

    """

    def __init__(self, cell: Cell, site: Site, lane: Running, tell: Callable[[str], None]) -> None:
        self._cell = cell
        self._site = site
        self._lane = lane
        self._tell = tell
        self._mantrap = cell.flow is m.Flow.TWO_STEP
        self._border = Coil.EXIT_OPEN if self._mantrap else Coil.ENTRY_OPEN
        self._was_open = dict.fromkeys((Coil.ENTRY_OPEN, Coil.EXIT_OPEN), False)
        self._unwarranted_since: float | None = None
        self._closed_in_since: float | None = None
        self._unreachable = False
        self.began = 0.0

    def fault_began(self) -> None:
        """The device goes wrong now."""
        self.began = self._now()
        self._unreachable = self._cell.device in BARRIERS

    def mended(self) -> None:
        """It is well again."""
        self._unreachable = False

    def look(self) -> None:
        """See that every law holds now."""
        for coil in self._was_open:
            self._look_at_opening(coil)
        self._look_at_border_door()
        if self._mantrap:
            self._look_inside()

    def _look_at_opening(self, coil: Coil) -> None:
        """No door is told to open but in a state that opens it, or just after one."""
        was, self._was_open[coil] = self._was_open[coil], self._site.lane.coils[coil]
        if was or not self._was_open[coil]:
            return
        opening = _OUTWARDS if coil is self._border else _INWARDS
        last = max((self._lane.left.get(state, -100.0) for state in opening), default=-100.0)
        if not isinstance(self._lane.state, opening) and self._now() - last > _OPENING_SECONDS:
            self._tell(f"{coil.name} without warrant in {type(self._lane.state).__name__}")

    def _look_at_border_door(self) -> None:
        """The way over the border does not stay open when nobody is admitted any more."""
        lane = self._site.lane
        door = lane.exit if self._mantrap else lane.entry
        in_the_way = lane.presence[1] or lane.presence[2]
        warranted = isinstance(self._lane.state, _OUTWARDS) or lane.emergency
        if warranted or in_the_way or door.opened == 0:
            self._unwarranted_since = None
            return
        since = self._unwarranted_since = self._unwarranted_since or self._now()
        if self._now() - since > _CLOSING_SECONDS:
            self._tell(f"the border door stays open in {type(self._lane.state).__name__}")
            self._unwarranted_since = self._now()

    def _look_inside(self) -> None:
        """Nobody is closed in for longer than 15 s once the session is over.

        While the barrier itself cannot be reached, its hard-wired release is all there is.
        """
        lane = self._site.lane
        closed_in = lane.presence[1] and lane.entry.opened < 1 and lane.exit.opened < 1
        at_work = isinstance(self._lane.state, m.Entering | m.Verifying)
        if not closed_in or at_work or self._unreachable:
            self._closed_in_since = None
            return
        since = self._closed_in_since = self._closed_in_since or self._now()
        if self._now() - since > RELEASED_SECONDS + _STROKE_SECONDS:
            self._tell(f"somebody is trapped in {type(self._lane.state).__name__}")
            self._closed_in_since = self._now()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
