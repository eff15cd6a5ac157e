"""The gate's one step: state and event in, state and commands out. No clock, no I/O."""

from dataclasses import replace
from typing import Final, assert_never

from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.domain.session.awaiting_officer import in_awaiting_officer
from egate.domain.session.endings import (
    LET_OUT,
    RELEASE,
    after_fault,
    at_rest,
    evacuation,
    may_be_inside,
    releasing,
    to_officer,
)
from egate.domain.session.entering import in_entering
from egate.domain.session.in_force import policy_in_force
from egate.domain.session.inspecting import in_inspecting
from egate.domain.session.lane import with_lane
from egate.domain.session.lane_changes import lane_changed, policy_renewed
from egate.domain.session.passing import in_passing
from egate.domain.session.reading_mrz import in_reading_mrz
from egate.domain.session.reports import interrupted_report
from egate.domain.session.verifying import in_verifying
from egate.domain.session.watching import unwatched
from egate.domain.time import Instant

_NEEDED_TO_OPEN: Final = frozenset({"barrier", "door_forced", "journal"})
# The display says the same as the lamps: whoever is in the lane is served without them.
_NEEDED_TO_BEGIN: Final = frozenset({"signal_lights"})


def step(state: m.State, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    """Return what ``event`` makes of ``state`` at ``now``.

    Total: an event that means nothing here leaves the state as it is. Races between
    devices make such events normal, so they are never errors.
    """
    policy = policy_in_force(state, policy)
    match event:
        case m.EmergencyRaised(by_input):
            return _evacuate(state, policy, by_input=by_input)
        case m.DeviceFailed(device):
            return _device_failed(state, device, policy)
        case (
            m.DeviceRestored() | m.LaneModeOrdered() | m.DirectionOrdered() | m.ConditionsChanged()
        ):
            return lane_changed(state, event, policy)
        case m.PolicyRenewed():
            return policy_renewed(state, policy)
        case m.LaneUnwatched():
            return unwatched(state, event, policy)
        case m.DeadlineReached(deadline) if deadline != deadline_of(state):
            return m.Step(state)  # armed for a state that the gate has left
        case _:
            return _in_state(state, event, now, policy)


def deadline_of(state: m.State) -> Instant | None:
    """Return when ``state`` ends by itself; None when it waits for ever."""
    match state:
        case m.ReadingMrz() | m.Inspecting() | m.Entering() | m.Verifying() | m.Passing():
            return state.deadline
        case m.Directing():
            return state.deadline
        case m.AwaitingOfficer():
            return state.occupancy.way_back_at
        case m.Idle() | m.Releasing() | m.Evacuating() | m.OutOfService():
            return None
        case never:
            assert_never(never)


def recover(last: m.State, policy: Policy, noticed: frozenset[m.Condition] = frozenset()) -> m.Step:
    """Return the first step after a restart, and the last one of an orderly stop.

    Nobody stands where they stood when the process died, so no session resumes; whoever
    may be between the barriers is let out. Device faults and conditions are forgotten: the
    devices were opened anew, and what is amiss says so again. What is noticed already counts
    at once, so that nobody is called into a lane that cannot serve.

    Args:
        last: the journal's last state.
        policy: names the version of an undecided session's report.
        noticed: what stands against full service as the process begins.

    """
    ordered = m.Lane(mode=last.lane.mode, conditions=noticed, direction=last.lane.direction)
    rest = _rest_after_restart(last, ordered, policy)
    in_force = policy_in_force(last, policy)
    reports = interrupted_report(last, CrossingStatus.INTERRUPTED, in_force)
    return m.Step(rest.state, rest.commands + reports)


def _rest_after_restart(last: m.State, lane: m.Lane, policy: Policy) -> m.Step:
    match last:
        case m.Evacuating():
            return evacuation(raised=False, lane=lane)
        case m.AwaitingOfficer(session_id, findings, _, occupancy) if occupancy.inside:
            return to_officer(session_id, findings, lane, LET_OUT)
        case m.AwaitingOfficer(session_id, findings):
            return to_officer(session_id, findings, lane)
        case _:
            return releasing(lane) if may_be_inside(last) else at_rest(lane, policy)


def _evacuate(state: m.State, policy: Policy, *, by_input: bool) -> m.Step:
    if isinstance(state, m.Evacuating):
        return m.Step(replace(state, raised=state.raised or by_input), (RELEASE,))
    reports = interrupted_report(state, CrossingStatus.ABORTED, policy)
    released = evacuation(raised=by_input, lane=state.lane)
    return m.Step(released.state, released.commands + reports)


def _device_failed(state: m.State, device: str, policy: Policy) -> m.Step:
    lane = state.lane
    lane = replace(lane, faults=lane.faults | {device})
    match state:
        case m.Passing() if device not in _NEEDED_TO_OPEN:
            return m.Step(with_lane(state, lane))  # admitted already: let them finish
        case m.Idle():
            return _stopped(state, lane, policy)
        case _ if device in _NEEDED_TO_BEGIN:
            return m.Step(with_lane(state, lane))
        case m.ReadingMrz() | m.Inspecting() | m.Directing():
            return _stopped(state, lane, policy)
        case m.Entering() | m.Verifying() | m.Passing():
            return _stopped(state, lane, policy)
        case m.AwaitingOfficer() | m.Releasing() | m.Evacuating() | m.OutOfService():
            return m.Step(with_lane(state, lane))
        case never:
            assert_never(never)


def _stopped(state: m.State, lane: m.Lane, policy: Policy) -> m.Step:
    reports = interrupted_report(state, CrossingStatus.ABORTED, policy)
    rest = after_fault(state, lane, policy)
    return m.Step(rest.state, rest.commands + reports)


def _in_state(state: m.State, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    match state:
        case m.Idle():
            return _in_idle(state, event, now, policy)
        case m.ReadingMrz():
            return in_reading_mrz(state, event, now, policy)
        case m.Inspecting():
            return in_inspecting(state, event, now, policy)
        case m.Entering():
            return in_entering(state, event, now, policy)
        case m.Verifying():
            return in_verifying(state, event, now, policy)
        case m.Passing():
            return in_passing(state, event, now, policy)
        case _:
            return _without_session(state, event, now, policy)


def _in_idle(state: m.Idle, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    match event:
        case m.TravellerEntered(session_id, at, direction, flow):
            session = m.Session(session_id, at, now, direction, flow)
            watch = (m.CompareFace(session_id),) if flow.compares_face_at_once else ()
            return m.Step(
                m.ReadingMrz(session, Instant(now + policy.mrz_seconds), state.lane),
                (
                    m.SetSignal(m.LaneSignal.BUSY),
                    m.Show(m.TravellerMessage.PLACE_DOCUMENT),
                    m.ReadMrz(session_id),
                    *watch,
                ),
            )
        case m.TravellerInside() | m.ReleaseRequested():
            return releasing(state.lane)  # between the barriers, and nobody knew
        case _:
            return m.Step(state)


def _without_session(state: m.State, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    match state, event:
        case m.AwaitingOfficer(), _:
            return in_awaiting_officer(state, event, now, policy)
        case m.OutOfService(), m.TravellerInside() | m.ReleaseRequested():
            return releasing(state.lane)  # somebody is between the barriers, and nobody knew
        case m.Directing(), m.DeadlineReached() | m.TravellerLeft():
            return at_rest(state.lane, policy)
        case m.Releasing(), m.TravellerLeft() | m.OfficerReset():
            return at_rest(state.lane, policy)
        case m.Evacuating(), m.EmergencyInputEnded():
            return m.Step(replace(state, raised=False))
        case m.Evacuating(raised=False), m.OfficerReset():
            return at_rest(state.lane, policy)
        case _:
            return m.Step(state)
