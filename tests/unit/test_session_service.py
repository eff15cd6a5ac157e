"""What a lane's conditions leave of its service, told at the decision."""

from dataclasses import replace

import pytest

from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.domain.session.machine import step
from egate.emrtd.checks import CheckId, Outcome
from tests.gate_samples import (
    BACKGROUND_CHECKED,
    DOCUMENT,
    FACE_COMPARED,
    MRZ_READ,
    POLICY,
    SESSION_ID,
    STATES,
    chip,
    entered,
)
from tests.unit.test_session_machine import NOW, outcome, play, reports

CITIZEN = replace(DOCUMENT, nationality="BGD", issuing_state="BGD")


@pytest.mark.parametrize(
    ("condition", "document", "direction", "admitted"),
    [
        (None, DOCUMENT, Direction.EXIT, True),
        (m.Condition.CENTRE_AWAY, DOCUMENT, Direction.EXIT, True),
        (m.Condition.LISTS_STALE, CITIZEN, Direction.ENTRY, True),
        (m.Condition.LISTS_STALE, CITIZEN, Direction.EXIT, False),
        (m.Condition.LISTS_STALE, DOCUMENT, Direction.ENTRY, False),
        (m.Condition.LISTS_OLD, CITIZEN, Direction.ENTRY, False),
        (m.Condition.NO_OFFICER, DOCUMENT, Direction.EXIT, True),
        (m.Condition.DISK_FULL, CITIZEN, Direction.ENTRY, False),
    ],
)
def test_what_a_condition_leaves_of_the_service(
    condition: m.Condition | None, document: object, direction: Direction, *, admitted: bool
) -> None:
    noticed = frozenset() if condition is None else frozenset({condition})
    begin = replace(entered(m.Flow.ONE_STEP), direction=direction)
    evidence = replace(chip(), document=document)
    inspected = m.ChipInspected(SESSION_ID, evidence)
    state, _ = play(begin, MRZ_READ, inspected, FACE_COMPARED, m.ConditionsChanged(noticed))
    state, commands = play(replace(BACKGROUND_CHECKED, document=document), state=state)
    assert isinstance(state, m.Passing) == admitted
    if not admitted:
        (report,) = reports(commands)
        assert report.findings == (CheckId.SERVICE.value,)
        assert outcome(report, CheckId.SERVICE) is Outcome.UNDETERMINED


@pytest.mark.parametrize("proof", ["SOD_SIGNATURE", "DG_HASHES", "CERTIFICATE_PATH"])
def test_only_what_a_state_signed_makes_a_citizen(proof: str) -> None:
    inspected = m.ChipInspected(
        SESSION_ID, replace(chip(**{proof: Outcome.UNDETERMINED}), document=CITIZEN)
    )
    stale = m.ConditionsChanged(frozenset({m.Condition.LISTS_STALE}))
    answered = replace(BACKGROUND_CHECKED, document=CITIZEN)
    _, commands = play(
        entered(m.Flow.ONE_STEP), MRZ_READ, inspected, FACE_COMPARED, stale, answered
    )
    assert outcome(reports(commands)[0], CheckId.SERVICE) is Outcome.UNDETERMINED


IN_SESSION = [state for state in STATES if hasattr(state, "session")]


@pytest.mark.parametrize("state", IN_SESSION, ids=lambda state: type(state).__name__)
def test_a_failing_lamp_ends_no_session_and_keeps_the_next_from_beginning(state: m.State) -> None:
    lost = m.DeviceFailed("signal_lights")
    after, commands = play(lost, state=state)
    assert after == replace(state, lane=replace(state.lane, faults=frozenset({"signal_lights"})))
    assert commands == []
    shut, _ = play(lost)
    assert isinstance(shut, m.OutOfService)
    assert play(m.DeviceRestored("signal_lights"), state=shut)[0] == m.Idle()


def test_another_policy_opens_or_shuts_a_lane_that_waits() -> None:
    away = m.Lane(conditions=frozenset({m.Condition.CENTRE_AWAY}))
    services = {**POLICY.services, m.Condition.CENTRE_AWAY: m.Service.CLOSED}
    closing = replace(POLICY, services=services)
    shut = step(m.Idle(away), m.PolicyRenewed(), NOW, closing)
    assert shut.state == m.OutOfService(away)
    assert m.Show(m.TravellerMessage.LANE_CLOSED) in shut.commands
    assert step(shut.state, m.PolicyRenewed(), NOW, closing) == m.Step(shut.state)
    assert step(shut.state, m.PolicyRenewed(), NOW, POLICY).state == m.Idle(away)
    assert step(m.Idle(away), m.PolicyRenewed(), NOW, POLICY) == m.Step(m.Idle(away))
