"""The gate as its officers and its display see it."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

from egate.domain.guidance import Guidance
from egate.domain.policy.policy import Policy
from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity
from egate.domain.session.endings import may_be_inside
from egate.domain.session.lane import session_id_of
from egate.domain.session.service import is_degraded
from egate.gate.background.lane_lists import LaneLists
from egate.gate.case_view import CaseView
from egate.gate.clocks import Clocks
from egate.gate.inbox import Inbox
from egate.gate.runner import Runner
from egate.gate.watchers import LaneLayout
from egate.observability.logging import logger
from egate.outbox.forwarder import Forwarder
from egate.outbox.store import Backlog, Outbox
from egate.ports.case_facts import CaseFacts
from egate.ports.case_hits import CaseHit
from egate.ports.case_images import CaseImage
from egate.ports.supervision import GateMode, GateState, GateStatus, OfficerOrder, TrustStatus

_STATES: Final = {
    m.Idle: GateState.IDLE,
    m.ReadingMrz: GateState.READING_MRZ,
    m.Inspecting: GateState.INSPECTING,
    m.Entering: GateState.ENTERING,
    m.Verifying: GateState.VERIFYING,
    m.Passing: GateState.PASSING,
    m.Directing: GateState.DIRECTING,
    m.AwaitingOfficer: GateState.AWAITING_OFFICER,
    m.Releasing: GateState.RELEASING,
    m.Evacuating: GateState.EVACUATING,
    m.OutOfService: GateState.OUT_OF_SERVICE,
}
_MODES: Final = {
    OfficerOrder.CLOSE_LANE: m.LaneMode.DISABLED,
    OfficerOrder.OPEN_LANE: m.LaneMode.ENABLED,
    OfficerOrder.MAINTENANCE: m.LaneMode.MAINTENANCE,
    OfficerOrder.FEEDER: m.LaneMode.FEEDER,
}
_DIRECTIONS: Final = {
    OfficerOrder.SERVE_ENTRY: Direction.ENTRY,
    OfficerOrder.SERVE_EXIT: Direction.EXIT,
    OfficerOrder.SERVE_BY_HOUR: None,
}


class GateSupervision:
    """Status out, orders in; implements ``egate.ports.supervision.Supervision``.

    Args:
        lane: whose.
        runner: knows the state.
        outbox: knows what waits.
        forwarder: knows the centre.
        inbox: takes orders.
        clocks: for ages.

    """

    def __init__(
        self,
        lane: LaneIdentity,
        runner: Runner,
        outbox: Outbox,
        forwarder: Forwarder,
        inbox: Inbox,
        clocks: Clocks,
    ) -> None:
        self._lane = lane
        self._layout: LaneLayout | None = None
        self._runner = runner
        self._outbox = outbox
        self._forwarder = forwarder
        self._inbox = inbox
        self._clocks = clocks
        self._backlog = Backlog(0, None, 0)
        self._watchers: set[asyncio.Event] = set()
        self.consoles = 0
        self._on_reset: Callable[[], None] = lambda: None
        self._trust: Callable[[], TrustStatus] = TrustStatus
        self._guidance: Guidance | None = None
        self._lists: LaneLists | None = None
        self.cases = CaseView(runner, clocks)

    def shows_trust(self, status: Callable[[], TrustStatus]) -> None:
        """Tell also what ``status`` says of what is trusted."""
        self._trust = status

    def shows_layout(self, layout: LaneLayout) -> None:
        """Tell also how the lane stands, and which way it serves."""
        self._layout = layout

    def shows_lists(self, lists: LaneLists) -> None:
        """Tell also how old the lists are, and officers why the traveller is on one."""
        self._lists = lists
        self.cases.has_lists(lists)

    def on_reset(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when an officer has looked after the lane."""
        self._on_reset = listener

    def guide(self, guidance: Guidance | None) -> None:
        """Show the traveller what the camera asks; None when nobody is looked at."""
        self._guidance = guidance
        self.changed()

    def changed(self) -> None:
        """Tell all who watch that there may be something new."""
        for watcher in self._watchers:
            watcher.set()

    def status(self) -> GateStatus:
        state = self._runner.state
        backlog = self._last_backlog()
        oldest = backlog.oldest_at
        return GateStatus(
            gate_id=self._lane.gate_id,
            state=_STATES[type(state)],
            message=self._runner.message,
            crossing_id=session_id_of(state) or "",
            findings=_findings(state),
            outbox_depth=backlog.depth,
            outbox_oldest_seconds=max(0.0, self._clocks.utc_now() - oldest) if oldest else 0.0,
            centre_reachable=self._forwarder.centre_reachable,
            sessions=self._runner.sessions,
            software_version=self._lane.software_version,
            trust=self._trust(),
            guidance=self._guidance,
            mode=_mode(state, self._runner.policy),
            conditions=tuple(sorted(state.lane.conditions)),
            flow=self._layout.flow if self._layout else "",
            direction=self._layout.direction() if self._layout else "",
            lists=self._lists.status() if self._lists else (),
            case_officer_id=self.cases.officer_id,
            direction_ordered=state.lane.direction is not None,
            alarms=tuple(sorted(alarm.name.lower() for alarm in self._runner.alarms)),
            since=self._runner.since,
        )

    def _last_backlog(self) -> Backlog:
        with contextlib.suppress(sqlite3.Error):  # a lost journal is told as a lost device
            self._backlog = self._outbox.backlog()
        return self._backlog

    async def changes(self) -> AsyncIterator[GateStatus]:
        """Give the status now, and again after every change, for ever."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        try:
            given: GateStatus | None = None
            while True:
                status = self.status()
                if status != given:
                    given = status
                    yield status
                await changed.wait()
                changed.clear()
        finally:
            self._watchers.discard(changed)

    @contextlib.contextmanager
    def attended(self) -> Iterator[None]:
        """Count one more console that shows the lane to an officer."""
        self.consoles += 1
        try:
            yield
        finally:
            self.consoles -= 1

    def order(self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None) -> bool:
        """Carry ``order`` to the gate; False when it means nothing in this state.

        Args:
            order: what to do.
            officer_id: who orders.
            crossing_id: with a reset, the session that the officer saw, "" when they saw
                none: another one is not settled by it. None when the officer cannot tell.

        """
        event = self._event(order, crossing_id)
        logger().warning(
            "order", order=order, officer_id=officer_id, outcome="taken" if event else "refused"
        )
        if event is None:
            return False
        if isinstance(event, m.OfficerReset):
            self._on_reset()
        self._inbox.post(event)
        return True

    def case_images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        """Return the pictures of a traveller, None unless an officer takes care of them now."""
        return self.cases.images(crossing_id, officer_id)

    def case_hits(self, crossing_id: str, officer_id: str) -> tuple[CaseHit, ...] | None:
        """Return why a traveller is listed, None unless an officer takes care of them now."""
        return self.cases.hits(crossing_id, officer_id)

    def case(self, crossing_id: str, officer_id: str) -> CaseFacts | None:
        """Return what was found of a traveller, None unless an officer takes care of them now."""
        return self.cases.facts(crossing_id, officer_id)

    def take_case(self, crossing_id: str, officer_id: str, from_officer_id: str) -> str | None:
        """Return who takes care of a traveller from now on, None unless an officer does."""
        holder = self.cases.take(crossing_id, officer_id, from_officer_id)
        self.changed()
        return holder

    def _event(self, order: OfficerOrder, crossing_id: str | None) -> m.Event | None:
        state = self._runner.state
        match order:
            case OfficerOrder.RESET:
                return _reset(state, crossing_id)
            case OfficerOrder.EVACUATE:
                return m.EmergencyRaised()
            case OfficerOrder.RELEASE:
                return m.ReleaseRequested() if may_be_inside(state) else None
            case mode if mode in _MODES:
                return _unless_so_already(state, _MODES[mode])
            case direction:
                return _unless_it_serves(state, _DIRECTIONS[direction])


def _reset(state: m.State, crossing_id: str | None) -> m.OfficerReset | None:
    resettable = isinstance(state, m.AwaitingOfficer | m.Releasing) or (
        isinstance(state, m.Evacuating) and not state.raised
    )
    session = session_id_of(state)
    outdated = crossing_id is not None and crossing_id != (session or "")
    return m.OfficerReset(session) if resettable and not outdated else None


def _mode(state: m.State, policy: Policy) -> GateMode:
    if isinstance(state, m.Evacuating):
        return GateMode.EMERGENCY
    if state.lane.mode is not m.LaneMode.ENABLED:
        return GateMode(state.lane.mode.value)
    return GateMode.DEGRADED if is_degraded(state.lane, policy) else GateMode.ENABLED


def _unless_so_already(state: m.State, mode: m.LaneMode) -> m.Event | None:
    return None if state.lane.mode is mode else m.LaneModeOrdered(mode)


def _unless_it_serves(state: m.State, direction: Direction | None) -> m.Event | None:
    return None if state.lane.direction is direction else m.DirectionOrdered(direction)


def _findings(state: m.State) -> tuple[str, ...]:
    own = state.findings if isinstance(state, m.AwaitingOfficer) else ()
    return (*own, *sorted(state.lane.faults))
