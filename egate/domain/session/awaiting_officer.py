"""An officer is called; a traveller between two barriers is let out in time."""

from dataclasses import replace
from typing import Final

from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.endings import (
    CLOSE,
    LET_OUT,
    NOBODY_INSIDE,
    WAY_BACK,
    at_rest,
    inside_for_now,
    releasing,
)
from egate.domain.time import Instant

_STEP_BACK: Final = m.Show(m.TravellerMessage.GO_BACK)
_KIND_WORDS: Final = m.Show(m.TravellerMessage.OFFICER_WILL_HELP)


def in_awaiting_officer(
    state: m.AwaitingOfficer, event: m.Event, now: Instant, policy: Policy
) -> m.Step:
    inside = state.occupancy.inside
    match event:
        case m.OfficerReset(session) if session in {None, state.session_id}:
            return releasing(state.lane) if inside else at_rest(state.lane, policy)
        case m.ReleaseRequested():  # whoever presses the button is inside
            return m.Step(replace(state, occupancy=LET_OUT), (WAY_BACK, _STEP_BACK))
        case m.DeadlineReached() if inside:
            return m.Step(replace(state, occupancy=LET_OUT), (WAY_BACK, _STEP_BACK))
        case m.TravellerLeft() if inside:
            return m.Step(replace(state, occupancy=NOBODY_INSIDE), (CLOSE, _KIND_WORDS))
        case m.TravellerInside() if not inside:  # whom nobody saw come in
            return m.Step(replace(state, occupancy=inside_for_now(now, policy)))
        case _:
            return m.Step(state)
