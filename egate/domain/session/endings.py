"""How a session ends, and where the gate rests afterwards.

Each ending names its barrier position first, its report last, and reports exactly once.
"""

from typing import Final, assert_never

from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.service import may_begin
from egate.domain.time import Instant

CLOSE: Final = m.SetBarrier(m.BarrierPosition.CLOSED)
RELEASE: Final = m.SetBarrier(m.BarrierPosition.RELEASED)
WAY_BACK: Final = m.SetBarrier(m.BarrierPosition.ENTRY_OPEN)
"""Out to the side that travellers come from: needs no decision, and nobody is trapped."""

NOBODY_INSIDE: Final = m.Occupancy()
LET_OUT: Final = m.Occupancy(inside=True)

_STOP: Final = m.SetSignal(m.LaneSignal.STOP)


def at_rest(lane: m.Lane, policy: Policy) -> m.Step:
    """Serve the next traveller, or none while something stands against it."""
    if may_begin(lane, policy):
        ready = (m.SetSignal(m.LaneSignal.READY), m.Show(m.TravellerMessage.WELCOME))
        return m.Step(m.Idle(lane), (CLOSE, m.StopWork(), *ready))
    return m.Step(m.OutOfService(lane), (CLOSE, m.StopWork(), _STOP, m.Show(_why_closed(lane))))


def _why_closed(lane: m.Lane) -> m.TravellerMessage:
    forgotten = {m.Condition.DOCUMENT_LEFT, m.Condition.ITEM_LEFT}
    if lane.conditions & forgotten and not lane.faults:
        return m.TravellerMessage.TAKE_YOUR_THINGS
    return m.TravellerMessage.LANE_CLOSED


def releasing(lane: m.Lane) -> m.Step:
    """Let out whoever may stand between the barriers, to the side they came from."""
    step_back = m.Show(m.TravellerMessage.GO_BACK)
    return m.Step(m.Releasing(lane), (WAY_BACK, m.StopWork(), _STOP, step_back))


def inside_for_now(now: Instant, policy: Policy) -> m.Occupancy:
    """Give an officer the policy's time before the way back opens by itself."""
    return m.Occupancy(inside=True, way_back_at=Instant(now + policy.release_seconds))


def to_officer(
    session_id: m.SessionId,
    findings: tuple[str, ...],
    lane: m.Lane,
    occupancy: m.Occupancy = NOBODY_INSIDE,
) -> m.Step:
    """Close the lane around a traveller whom an officer takes care of."""
    barrier = WAY_BACK if occupancy == LET_OUT else CLOSE
    kind_words = m.Show(m.TravellerMessage.OFFICER_WILL_HELP)
    state = m.AwaitingOfficer(session_id, findings, lane, occupancy)
    return m.Step(state, (barrier, m.StopWork(), _STOP, kind_words))


def evacuation(*, raised: bool, lane: m.Lane) -> m.Step:
    """Release the barrier before anything else."""
    commands = (
        RELEASE,
        m.StopWork(),
        m.SetSignal(m.LaneSignal.PASS),
        m.Show(m.TravellerMessage.EVACUATE),
    )
    return m.Step(m.Evacuating(raised, lane), commands)


def after_fault(state: m.State, lane: m.Lane, policy: Policy) -> m.Step:
    """Return where the gate rests when what runs in ``state`` cannot go on."""
    return releasing(lane) if may_be_inside(state) else at_rest(lane, policy)


def may_be_inside(state: m.State) -> bool:
    """Say whether somebody may stand between two barriers, and must be let out."""
    match state:
        case m.Entering() | m.Verifying() | m.Releasing():
            return True
        case m.Passing():
            return state.session.flow.has_mantrap
        case m.AwaitingOfficer():
            return state.occupancy.inside
        case m.Idle() | m.ReadingMrz() | m.Inspecting() | m.Directing():
            return False
        case m.Evacuating() | m.OutOfService():
            return False
        case never:
            assert_never(never)


def safe_position(last: m.State) -> m.BarrierPosition:
    """Return where the barrier belongs when the gate stood in ``last`` and its process died.

    Nobody is let over the border, nobody is trapped, and an evacuation goes on.
    """
    if isinstance(last, m.Evacuating):
        return m.BarrierPosition.RELEASED
    return m.BarrierPosition.ENTRY_OPEN if may_be_inside(last) else m.BarrierPosition.CLOSED


def and_report(step: m.Step, report: m.Report) -> m.Step:
    return m.Step(step.state, (*step.commands, report))
