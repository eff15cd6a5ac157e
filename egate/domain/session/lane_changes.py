"""What is noticed about the lane itself: kept beside a session, acted on without one."""

from dataclasses import replace
from typing import assert_never

from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.endings import CLOSE, LET_OUT, RELEASE, WAY_BACK, at_rest
from egate.domain.session.lane import with_lane
from egate.domain.session.service import may_begin

Change = m.DeviceRestored | m.LaneModeOrdered | m.DirectionOrdered | m.ConditionsChanged


def policy_renewed(state: m.State, policy: Policy) -> m.Step:
    """Open or shut a lane that waits, as ``policy`` has it of what is noticed already."""
    serves = isinstance(state, m.Idle)
    if isinstance(state, m.Idle | m.OutOfService) and serves != may_begin(state.lane, policy):
        return at_rest(state.lane, policy)
    return m.Step(state)


def lane_changed(state: m.State, event: Change, policy: Policy) -> m.Step:
    """Return what ``event`` makes of a lane in ``state``."""
    lane = state.lane
    changed = _changed(lane, event)
    if changed == lane:
        return m.Step(state)
    if isinstance(state, m.Idle) and may_begin(changed, policy):
        return m.Step(m.Idle(changed))
    if isinstance(state, m.Idle | m.OutOfService):
        return at_rest(changed, policy)
    again = _wanted_of_the_barrier(state) if isinstance(event, m.DeviceRestored) else ()
    return m.Step(with_lane(state, changed), again)


def _wanted_of_the_barrier(state: m.State) -> tuple[m.Command, ...]:
    """Return what a barrier that was lost meanwhile has to be told again."""
    stop = m.SetSignal(m.LaneSignal.STOP)
    match state:
        case m.Evacuating():
            return (RELEASE, m.SetSignal(m.LaneSignal.PASS))
        case m.AwaitingOfficer(occupancy=occupancy):
            return (WAY_BACK if occupancy == LET_OUT else CLOSE, stop)
        case m.Releasing():
            return (WAY_BACK, stop)
        case _:
            return ()


def _changed(lane: m.Lane, event: Change) -> m.Lane:
    match event:
        case m.DeviceRestored(device):
            return replace(lane, faults=lane.faults - {device})
        case m.LaneModeOrdered(mode):  # an officer cannot declare a lost device whole
            return replace(lane, mode=mode)
        case m.DirectionOrdered(direction):
            return replace(lane, direction=direction)
        case m.ConditionsChanged(conditions):
            return replace(lane, conditions=conditions)
        case never:
            assert_never(never)
