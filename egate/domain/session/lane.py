"""What stands against serving the next traveller, carried from state to state."""

from dataclasses import replace

from egate.domain.session import model as m

Busy = m.ReadingMrz | m.Inspecting | m.Passing | m.AwaitingOfficer | m.Evacuating | m.OutOfService


def lane_of(state: m.State) -> m.Lane:
    """Return the lane's condition; an idle gate is in order by definition."""
    return m.Lane() if isinstance(state, m.Idle) else state.lane


def session_id_of(state: m.State) -> m.SessionId | None:
    """Return the session that ``state`` is about, None when there is none."""
    match state:
        case m.ReadingMrz() | m.Inspecting() | m.Passing():
            return state.session.id
        case m.AwaitingOfficer(session_id):
            return session_id
        case _:
            return None


def with_lane(state: Busy, lane: m.Lane) -> m.State:
    return replace(state, lane=lane)
