"""What stands against serving the next traveller, carried from state to state."""

from dataclasses import replace

from egate.domain.session import model as m


def session_id_of(state: m.State) -> m.SessionId | None:
    """Return the session that ``state`` is about, None when there is none."""
    match state:
        case m.ReadingMrz() | m.Inspecting() | m.Entering() | m.Verifying() | m.Passing():
            return state.session.id
        case m.AwaitingOfficer() | m.Directing():
            return state.session_id
        case _:
            return None


def with_lane(state: m.State, lane: m.Lane) -> m.State:
    return replace(state, lane=lane)
