"""Laws that hold for every history of a gate."""

import itertools
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.machine import deadline_of, recover, step
from egate.domain.session.service import may_begin
from egate.domain.time import Instant
from egate.emrtd.checks import LANE_CHECKS
from tests.gate_samples import EVENTS, FINAL_FORM, IN_TWO_STEPS, POLICY

anything = st.sampled_from(EVENTS)


class GateHistory(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state: m.State = m.Idle()
        self.barrier = m.BarrierPosition.CLOSED
        self.now = Instant(0.0)
        self.ids = (m.SessionId(f"session-{n}") for n in itertools.count())
        self.begun: list[m.SessionId] = []
        self.reported: list[m.SessionId] = []

    @rule(event=anything, seconds=st.floats(0, 5))
    def something_happens(self, event: m.Event, seconds: float) -> None:
        self.now = Instant(self.now + seconds)
        session = getattr(self.state, "session", None)
        if isinstance(event, m.TravellerEntered):
            event = replace(event, session=next(self.ids))
        elif hasattr(event, "session") and session is not None:
            event = replace(event, session=session.id)
        self._apply(event)

    @rule()
    def all_goes_well(self) -> None:
        for event in FINAL_FORM:
            self.something_happens(event, 0.1)

    @rule()
    def all_goes_well_in_two_steps(self) -> None:
        for event in IN_TWO_STEPS:
            self.something_happens(event, 0.1)

    @rule()
    def the_deadline_passes(self) -> None:
        if (deadline := deadline_of(self.state)) is not None:
            self.now = deadline
            self._apply(m.DeadlineReached(deadline))

    @rule()
    def emergency(self) -> None:
        self._apply(m.EmergencyRaised())
        assert self.barrier is m.BarrierPosition.RELEASED

    @rule()
    def restart(self) -> None:
        self._take(recover(self.state, POLICY))

    def _apply(self, event: m.Event) -> None:
        taken = step(self.state, event, self.now, POLICY)
        if isinstance(self.state, m.Evacuating) and not isinstance(event, m.OfficerReset):
            assert isinstance(taken.state, m.Evacuating)
        if isinstance(taken.state, m.ReadingMrz) and not isinstance(self.state, m.ReadingMrz):
            self.begun.append(taken.state.session.id)
        self._take(taken)

    def _take(self, taken: m.Step) -> None:
        self.state = taken.state
        for command in taken.commands:
            if isinstance(command, m.SetBarrier):
                self.barrier = command.position
                if command.warrant:
                    assert isinstance(taken.state, m.Passing | m.Entering)
                    assert not [c for c in taken.commands if isinstance(c, m.Report)]
            if isinstance(command, m.Report):
                self._check(command)

    def _check(self, report: m.Report) -> None:
        self.reported.append(report.session.id)
        assert [c.check_id for c in report.checks] == list(LANE_CHECKS)
        assert bool(report.findings) == (report.verdict is RecordVerdict.REFER)
        completed = report.status is CrossingStatus.COMPLETED
        assert report.passage_confirmed == completed
        if completed:
            assert report.verdict is RecordVerdict.ADMIT

    @invariant()
    def one_report_for_each_session(self) -> None:
        session = getattr(self.state, "session", None)
        running = [] if session is None else [session.id]
        assert self.reported + running == self.begun

    @invariant()
    def an_idle_gate_is_in_order(self) -> None:
        if isinstance(self.state, m.Idle | m.OutOfService):
            assert isinstance(self.state, m.Idle) == may_begin(self.state.lane, POLICY)


TestGateHistory = GateHistory.TestCase
