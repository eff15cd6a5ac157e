"""The gate's one step: state and event in, state and commands out. No clock, no I/O."""

from dataclasses import replace
from typing import assert_never

from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.domain.session.endings import (
    CLOSE,
    RELEASE,
    at_rest,
    evacuation,
    interrupted_report,
    to_officer,
)
from egate.domain.session.inspecting import in_inspecting
from egate.domain.session.lane import lane_of, with_lane
from egate.domain.session.passing import in_passing
from egate.domain.session.reading_mrz import in_reading_mrz
from egate.domain.time import Instant

_NEEDED_TO_OPEN = frozenset({"barrier", "journal"})


def step(state: m.State, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    """Return what ``event`` makes of ``state`` at ``now``.

    Total: an event that means nothing here leaves the state as it is. Races between
    devices make such events normal, so they are never errors.
    """
    match event:
        case m.EmergencyRaised(by_input):
            return _evacuate(state, policy, by_input=by_input)
        case m.DeviceFailed(device):
            return _device_failed(state, device, policy)
        case m.DeviceRestored() | m.LaneClosed() | m.LaneOpened():
            return _lane_changed(state, event)
        case m.DeadlineReached(deadline) if deadline != deadline_of(state):
            return m.Step(state)  # armed for a state that the gate has left
        case _:
            return _in_state(state, event, now, policy)


def deadline_of(state: m.State) -> Instant | None:
    """Return when ``state`` ends by itself; None when it waits for ever."""
    match state:
        case m.ReadingMrz() | m.Inspecting() | m.Passing():
            return state.deadline
        case m.Idle() | m.AwaitingOfficer() | m.Evacuating() | m.OutOfService():
            return None
        case never:
            assert_never(never)


def recover(last: m.State, policy: Policy) -> m.Step:
    """Return the first step after a restart, and the last one of an orderly stop.

    Nobody stands where they stood when the process died, so no session resumes. Device
    faults are forgotten: the devices were opened anew, and a lost one says so again.

    Args:
        last: the journal's last state.
        policy: names the version of an undecided session's report.

    """
    rest = _rest_after_restart(last, m.Lane(closed=lane_of(last).closed))
    reports = interrupted_report(last, CrossingStatus.INTERRUPTED, policy)
    return m.Step(rest.state, rest.commands + reports)


def _rest_after_restart(last: m.State, lane: m.Lane) -> m.Step:
    match last:
        case m.Evacuating():
            return evacuation(raised=False, lane=lane)
        case m.AwaitingOfficer(session_id, findings):
            return to_officer(session_id, findings, lane)
        case m.Idle() | m.ReadingMrz() | m.Inspecting() | m.Passing() | m.OutOfService():
            return at_rest(lane)
        case never:
            assert_never(never)


def _evacuate(state: m.State, policy: Policy, *, by_input: bool) -> m.Step:
    if isinstance(state, m.Evacuating):
        return m.Step(replace(state, raised=state.raised or by_input), (RELEASE,))
    reports = interrupted_report(state, CrossingStatus.ABORTED, policy)
    released = evacuation(raised=by_input, lane=lane_of(state))
    return m.Step(released.state, released.commands + reports)


def _device_failed(state: m.State, device: str, policy: Policy) -> m.Step:
    lane = lane_of(state)
    lane = replace(lane, faults=lane.faults | {device})
    match state:
        case m.Passing() if device not in _NEEDED_TO_OPEN:
            return m.Step(with_lane(state, lane))  # admitted already: let them finish
        case m.Idle() | m.ReadingMrz() | m.Inspecting() | m.Passing():
            reports = interrupted_report(state, CrossingStatus.ABORTED, policy)
            stopped = at_rest(lane)
            return m.Step(stopped.state, stopped.commands + reports)
        case m.AwaitingOfficer() | m.Evacuating() | m.OutOfService():
            return m.Step(with_lane(state, lane))
        case never:
            assert_never(never)


def _lane_changed(state: m.State, event: m.DeviceRestored | m.LaneClosed | m.LaneOpened) -> m.Step:
    lane = lane_of(state)
    changed = _changed(lane, event)
    if changed == lane:
        return m.Step(state)
    if isinstance(state, m.Idle | m.OutOfService):
        return at_rest(changed)
    again = _wanted_of_the_barrier(state) if isinstance(event, m.DeviceRestored) else ()
    return m.Step(with_lane(state, changed), again)


def _wanted_of_the_barrier(state: m.State) -> tuple[m.Command, ...]:
    """Return what a barrier that was lost meanwhile has to be told again."""
    match state:
        case m.Evacuating():
            return (RELEASE, m.SetSignal(m.LaneSignal.PASS))
        case m.AwaitingOfficer():
            return (CLOSE, m.SetSignal(m.LaneSignal.STOP))
        case _:
            return ()


def _changed(lane: m.Lane, event: m.DeviceRestored | m.LaneClosed | m.LaneOpened) -> m.Lane:
    match event:
        case m.DeviceRestored(device):
            return replace(lane, faults=lane.faults - {device})
        case m.LaneClosed():
            return replace(lane, closed=True)
        case m.LaneOpened():  # an officer cannot declare a lost device whole
            return replace(lane, closed=False)
        case never:
            assert_never(never)


def _in_state(state: m.State, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    match state:
        case m.Idle():
            return _in_idle(state, event, now, policy)
        case m.ReadingMrz():
            return in_reading_mrz(state, event, now, policy)
        case m.Inspecting():
            return in_inspecting(state, event, now, policy)
        case m.Passing():
            return in_passing(state, event, now, policy)
        case m.AwaitingOfficer():
            return at_rest(state.lane) if isinstance(event, m.OfficerReset) else m.Step(state)
        case m.Evacuating():
            return _in_evacuating(state, event)
        case m.OutOfService():
            return m.Step(state)
        case never:
            assert_never(never)


def _in_idle(state: m.Idle, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    match event:
        case m.TravellerEntered(session_id, at):
            session = m.Session(session_id, at, now)
            return m.Step(
                m.ReadingMrz(session, Instant(now + policy.mrz_seconds)),
                (
                    m.SetSignal(m.LaneSignal.BUSY),
                    m.Show(m.TravellerMessage.PLACE_DOCUMENT),
                    m.ReadMrz(session_id),
                    m.CompareFace(session_id),
                ),
            )
        case _:
            return m.Step(state)


def _in_evacuating(state: m.Evacuating, event: m.Event) -> m.Step:
    match event:
        case m.EmergencyInputEnded():
            return m.Step(replace(state, raised=False))
        case m.OfficerReset() if not state.raised:
            return at_rest(state.lane)
        case _:
            return m.Step(state)
