"""Plays one cell: a state, a fault in it, the end of the session, the lane mended, the next."""

import asyncio
import random

from egate.domain.session import model as m
from egate.domain.session.endings import LET_OUT
from egate.ports.devices import DeviceError, DeviceName
from egate.ports.supervision import OfficerOrder, TrustStatus
from hardware_mocks.world.play import Play
from hardware_mocks.world.traveller import Traveller
from hardware_mocks.world.two_step_visit import TwoStepVisit
from hardware_mocks.world.visit import Visit
from tests.device_faults.cells import Cell
from tests.device_faults.devices import Device
from tests.device_faults.gate import Running
from tests.device_faults.issued import Issued
from tests.device_faults.kiosk import KioskVisit
from tests.device_faults.laws import Laws
from tests.device_faults.outcome import Played, outcome_of
from tests.device_faults.site import Site

_TICK = 0.05
_REACH_SECONDS = 40.0
_SHORTEST_FAULT = 6.0
_LONGEST_FAULT = 28.0
_VISIT_SECONDS = 90.0
_BACK_SECONDS = 25.0
# A look at the broken device that has begun must end first, at a camera 10 s; then come the pause
# of 5 s and one more look.
_RESTORED_SECONDS = 25.0
_OFFICER_SECONDS = 3.0
# A look that began at the broken device may still end, and lose it, when the device is well again.
_LOOK_SECONDS = 3.0
_CAMERA_LOOK_SECONDS = 12.0
_RECORD_SECONDS = 30.0
_PATIENCE = 25.0
_LAST_WORDS = {m.TravellerMessage.GO_TO_GATE, m.TravellerMessage.OFFICER_WILL_HELP}
_AT_WORK = (m.ReadingMrz, m.Inspecting, m.Entering, m.Verifying, m.Passing)
_LANE_TROUBLE = DeviceError(DeviceName.OWN_CSCA, "none: so that the lane is out of service")


class Playing:
    """One cell at a running gate.

    Args:
        cell: which.
        seed: of the moments that are left to chance, and of the damage.
        site: its devices.
        lane: its gate.
        issued: who comes.

    """

    def __init__(self, cell: Cell, seed: int, site: Site, lane: Running, issued: Issued) -> None:
        self._cell = cell
        self._chance = random.Random(f"{cell} {seed}")  # noqa: S311 - moments, not secrets
        self._site = site
        self._lane = lane
        self._issued = issued
        self.played = Played()
        self._laws = Laws(cell, site, lane, self._fault)
        self._visit: Play | None = None
        self._happened: list[str] = []
        self._waits_since: float | None = None
        self._wrong: Device | None = None
        self._mended_at: float | None = None

    async def run(self) -> Played:
        """Play it to its end."""
        if not await self._until(lambda: self._at_rest, _REACH_SECONDS):
            self._fault("the lane was never ready")
        elif not await self._reach():
            self._fault(f"{self._cell.state.__name__} was never reached")
        else:
            known = len(self._lane.sessions)
            ours = self._lane.sessions[-1:] if self._in_session else []
            await self._go_wrong()
            ours += self._lane.sessions[known:]
            await self._mend()
            await self._next_traveller()
            await self._compare_records(ours)
        return self.played

    # To the state.

    async def _reach(self) -> bool:
        state = self._cell.state
        if state is m.Idle:
            return True
        if state is m.OutOfService:
            self._lane.trust.become(TrustStatus(), _LANE_TROUBLE)
            return await self._until_state(m.OutOfService)
        referred = state in {m.AwaitingOfficer, m.Releasing}
        self._come(self._issued.impostor if referred else self._issued.genuine)
        if state is m.Evacuating:
            if not await self._until_state(m.ReadingMrz):
                return False
            self._site.lane.emergency = True
            self._leave_at_once()
            return await self._until_state(m.Evacuating)
        if not await self._until_state(m.AwaitingOfficer if referred else state):
            return False
        if state is m.Releasing:
            self._order_reset()
            return await self._until_state(m.Releasing)
        return True

    def _come(self, traveller: Traveller) -> None:
        kinds = {m.Flow.ONE_STEP: Visit, m.Flow.TWO_STEP: TwoStepVisit, m.Flow.KIOSK: KioskVisit}
        self._happened = []
        visit = kinds[self._cell.flow](traveller, self._site, self._tell)
        visit.patience = _PATIENCE
        if isinstance(visit, KioskVisit):
            visit.is_told = lambda: self._lane.gate.runner.message in _LAST_WORDS
        self._visit = Play(visit.script())

    def _leave_at_once(self) -> None:
        self._visit = None
        self._site.empty()

    def _tell(self, event: str) -> None:
        self._happened.append(event)
        self._note(event)

    # The fault.

    async def _go_wrong(self) -> None:
        await self._pass(self._chance.uniform(0, 0.3))
        cell, began = self._cell, self._now()
        self._note(f"{cell.device} {cell.fault} in {type(self._lane.state).__name__}")
        self._laws.fault_began()
        self._wrong = cell.device
        await self._site.begin(cell.device, cell.fault, self._chance.randrange(1 << 30))
        await self._pass(self._chance.uniform(0.2, 0.8))  # the traveller stands still meanwhile
        came = self._visit is not None
        while self._now() - began < _LONGEST_FAULT:
            await self._tick()
            if not came and self._at_rest and self._now() - began > 1:
                came = True
                self._come(self._issued.genuine)
            over = self._visit is None and not isinstance(self._lane.state, _AT_WORK)
            if over and self._now() - began > _SHORTEST_FAULT:
                break

    async def _mend(self) -> None:
        self._note("mended")
        await self._site.mend()
        self._wrong = None
        self._laws.mended()
        if self._cell.state is m.OutOfService:
            self._lane.trust.become(TrustStatus())
        self._site.lane.emergency = False
        self._mended_at = self._now()
        if not await self._until(lambda: self._visit is None, _VISIT_SECONDS):
            self._fault(f"the visit never ends ({self._happened})")
            self._leave_at_once()
        if self.played.noticed is None:
            is_camera = self._cell.device is Device.CAMERA
            await self._pass(_CAMERA_LOOK_SECONDS if is_camera else _LOOK_SECONDS)
        if not await self._until(lambda: self._at_rest, _BACK_SECONDS + _OFFICER_SECONDS):
            state = self._lane.state
            lost = sorted(state.lane.faults)
            self._fault(f"not back in service but {type(state).__name__} {lost}")
            await self._until(lambda: self._at_rest, _VISIT_SECONDS)

    async def _next_traveller(self) -> None:
        known = len(self._lane.sessions)
        self._note("the next traveller")
        self._come(self._issued.genuine)
        if not await self._until(lambda: self._visit is None, _VISIT_SECONDS):
            self._fault(f"the next traveller's visit never ends ({self._happened})")
            self._leave_at_once()
        await self._until(lambda: self._at_rest, _BACK_SECONDS)
        own = self._lane.sessions[known:]
        if not await self._until(lambda: {*own} <= self._recorded, _RECORD_SECONDS):
            self._fault("the next traveller's record does not arrive")
        outcomes = [outcome_of(r) for r in self._lane.records if r.crossing_id in own]
        wanted = "prepared" if self._cell.flow is m.Flow.KIOSK else "admitted"
        if outcomes != [wanted]:
            self._fault(f"the next traveller: {outcomes}, not {wanted}")

    # What came of it.

    async def _compare_records(self, ours: list[str]) -> None:
        sessions = self._lane.sessions
        await self._until(lambda: len(self._lane.records) >= len(sessions), _RECORD_SECONDS)
        recorded = [record.crossing_id for record in self._lane.records]
        if sorted(recorded) != sorted(sessions):
            self._fault(f"{len(sessions)} sessions, {len(recorded)} records")
        records = [r for r in self._lane.records if r.crossing_id in ours]
        self.played.ended = ", ".join(outcome_of(r) for r in records) or "no session"
        for record in records:
            if fault := self._cell.wrong_ending(outcome_of(record)):
                self._fault(fault)
            if record.passage_confirmed and "passed" not in self._happened:
                self._note("a passage was confirmed")

    @property
    def _recorded(self) -> set[str]:
        return {record.crossing_id for record in self._lane.records}

    @property
    def _in_session(self) -> bool:
        return isinstance(self._lane.state, (*_AT_WORK, m.AwaitingOfficer, m.Directing))

    @property
    def _at_rest(self) -> bool:
        lane = self._site.lane
        closed = lane.entry.opened == lane.exit.opened == 0
        return isinstance(self._lane.state, m.Idle) and closed and lane.light == "ready"

    # The world.

    async def _until_state(self, state: type) -> bool:
        """Let the traveller go on until the gate is in ``state``, and not one step longer."""

        def reached() -> bool:
            now = self._lane.state
            mantrap = self._cell.flow is m.Flow.TWO_STEP
            if isinstance(now, m.AwaitingOfficer) and mantrap and state is m.AwaitingOfficer:
                return now.occupancy.inside and now.occupancy != LET_OUT
            return isinstance(now, state)

        return await self._until(reached, _REACH_SECONDS)

    async def _until(self, condition: object, seconds: float) -> bool:
        deadline = self._now() + seconds
        while not condition():  # type: ignore[operator]
            if self._now() > deadline:
                return False
            await self._tick()
        return True

    async def _pass(self, seconds: float) -> None:
        """Let time pass while the traveller stands still."""
        visit, self._visit = self._visit, None
        await self._until(lambda: False, seconds)
        self._visit = visit

    async def _tick(self) -> None:
        if self._visit is not None and not self._visit.tick(self._now()):
            self._visit = None
        before = self._now()
        await asyncio.sleep(_TICK)
        self.played.stalled = max(self.played.stalled, self._now() - before - _TICK)
        if self._lane.task.done():
            fault = self._lane.task.exception()
            raise RuntimeError("the gate's process would have ended") from fault
        self._look_at_health()
        self._laws.look()
        self._play_officer()

    def _look_at_health(self) -> None:
        while self._lane.reasons:
            self._note(f"lost: {self._lane.reasons.pop(0)}")
        played, lost = self.played, self._lane.state.lane.faults - {"own_csca"}
        if self._wrong and played.noticed is None and lost:
            played.noticed = self._now() - self._laws.began
        told = played.noticed is not None and self._mended_at is not None
        if told and played.restored is None and not lost:
            played.restored = self._now() - self._mended_at
            if played.restored > _RESTORED_SECONDS:
                self._fault(f"restored only after {played.restored:.1f} s")

    def _play_officer(self) -> None:
        """Somebody looks after the lane when the traveller has left it, or cannot."""
        state = self._lane.state
        waits = isinstance(state, m.AwaitingOfficer) and self._visit is None
        over = isinstance(state, m.Evacuating) and not state.raised and not self._wrong
        if not waits and not over:
            self._waits_since = None
            return
        self._waits_since = self._waits_since or self._now()
        if self._now() - self._waits_since >= _OFFICER_SECONDS:
            self._order_reset()
            self._waits_since = None

    def _order_reset(self) -> None:
        self._lane.gate.supervision.order(OfficerOrder.RESET, "officer")

    def _fault(self, what: str) -> None:
        self.played.faults.append(what)
        self._note(f"WRONG: {what}")

    def _note(self, what: str) -> None:
        self.played.truth.append(f"{self._now():.2f} {what}")

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
