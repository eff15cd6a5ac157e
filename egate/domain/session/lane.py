"""What stands against serving the next traveller, carried from state to state."""

from dataclasses import replace

from egate.domain.session import model as m

Busy = m.ReadingMrz | m.Inspecting | m.Passing | m.AwaitingOfficer | m.Evacuating | m.OutOfService


def lane_of(state: m.State) -> m.Lane:
    """Return the lane's condition; an idle gate is in order by definition."""
    return m.Lane() if isinstance(state, m.Idle) else state.lane


def with_lane(state: Busy, lane: m.Lane) -> m.State:
    return replace(state, lane=lane)
