"""What travellers read on their way through each kind of lane, by the machine itself."""

from collections import defaultdict
from dataclasses import replace
from functools import cache

from egate.domain.session import model as m
from egate.domain.session.machine import deadline_of, step
from egate.gate.display.steps import step_number, steps_of
from egate.ports.supervision import TravellerMessage
from tests.gate_samples import EVENTS, POLICY, STATES
from tests.session_walk import NOW

_READING = {
    TravellerMessage.PLACE_DOCUMENT,
    TravellerMessage.KEEP_DOCUMENT,
    TravellerMessage.PLACE_DOCUMENT_AGAIN,
}
_OF_FLOW = {
    m.Flow.ONE_STEP: {TravellerMessage.LOOK_AT_CAMERA, TravellerMessage.PLEASE_PASS},
    m.Flow.TOKEN_GATE: {TravellerMessage.LOOK_AT_CAMERA, TravellerMessage.PLEASE_PASS},
    m.Flow.TWO_STEP: {
        TravellerMessage.TAKE_DOCUMENT_AND_ENTER,
        TravellerMessage.LOOK_AT_CAMERA,
        TravellerMessage.PLEASE_PASS,
    },
    m.Flow.KIOSK: {TravellerMessage.GO_TO_GATE},
}


@cache
def steps_taken() -> list[tuple[m.State, m.Step]]:
    """Every event, and a deadline, on every state in each kind of lane that has it."""
    states = dict.fromkeys(one for state in STATES for one in (state, *_in_each_flow(state)))
    taken = []
    for state in states:
        deadline = deadline_of(state)
        own = () if deadline is None else (m.DeadlineReached(deadline),)
        taken += [(state, step(state, event, NOW, POLICY)) for event in (*EVENTS, *own)]
    return taken


def _in_each_flow(state: m.State) -> list[m.State]:
    if not isinstance(state, m.ReadingMrz | m.Inspecting):
        return []
    return [replace(state, session=replace(state.session, flow=flow)) for flow in m.Flow]


def messages(taken: m.Step) -> list[TravellerMessage]:
    return [c.message for c in taken.commands if isinstance(c, m.Show)]


def test_each_kind_of_lane_leads_through_the_steps_that_its_bar_counts() -> None:
    read = defaultdict(set)
    for state, taken in steps_taken():
        session = getattr(taken.state, "session", None) or getattr(state, "session", None)
        if session is not None:
            read[session.flow].update(messages(taken))
    for flow, own in _OF_FLOW.items():
        steps = steps_of(flow)
        counted = {one for one in TravellerMessage if step_number(one, steps_of("one_step"))}
        counted |= {TravellerMessage.GO_TO_GATE}
        assert read[flow] & counted == _READING | own
        assert all(step_number(message, steps) for message in _READING | own)


def test_whoever_is_referred_reads_the_same_whatever_was_found() -> None:
    """Between two barriers, too; the way back is told of later, by time alone."""
    read = defaultdict(set)
    for state, taken in steps_taken():
        if isinstance(taken.state, m.AwaitingOfficer) and not isinstance(state, m.AwaitingOfficer):
            read[taken.state.occupancy.inside].add(tuple(messages(taken)))
    assert read[False] == {(TravellerMessage.OFFICER_WILL_HELP,)}
    assert read[True] == {(TravellerMessage.OFFICER_WILL_HELP,)}


def test_no_step_has_two_instructions() -> None:
    assert max(len(messages(taken)) for _, taken in steps_taken()) == 1
