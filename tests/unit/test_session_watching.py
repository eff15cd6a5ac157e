"""What it costs a session that nobody looked at the lane while somebody could come in."""

from dataclasses import replace

import pytest

from egate.domain.policy.obligation import Obligation
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.machine import step
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from tests.gate_samples import (
    BACKGROUND_CHECKED,
    CHIP_INSPECTED,
    ENTERED,
    FACE_COMPARED,
    IN_TWO_STEPS,
    MRZ_READ,
    POLICY,
    SESSION_ID,
    STATES,
)
from tests.unit.test_session_machine import NOW, barrier, outcome, play, reports

ENTRY_OPEN, EXIT_OPEN = m.BarrierPosition.ENTRY_OPEN, m.BarrierPosition.EXIT_OPEN
CLOSED = m.BarrierPosition.CLOSED
IN_TIME = m.LaneUnwatched(POLICY.look_seconds)
LATE = m.LaneUnwatched(POLICY.look_seconds + 0.1)
TOO_LATE = m.LaneUnwatched(POLICY.unwatched_seconds + 0.1)
ONE_STEP = (ENTERED, MRZ_READ, CHIP_INSPECTED, BACKGROUND_CHECKED, FACE_COMPARED)
FINDINGS = (CheckId.SINGLE_PERSON.value,)
PASSED = m.PassageConfirmed(left_behind=False)


def single_person(report: m.Report) -> CheckResult:
    (check,) = [c for c in report.checks if c.check_id is CheckId.SINGLE_PERSON]
    return check


@pytest.mark.parametrize("stepping_in", [IN_TWO_STEPS[:4], IN_TWO_STEPS[:5]])
@pytest.mark.parametrize("looks", [(TOO_LATE,), (LATE, LATE, LATE)])
def test_an_entry_that_nobody_watched_is_an_officers_case_and_stays_open(
    stepping_in: tuple[m.Event, ...], looks: tuple[m.Event, ...]
) -> None:
    state, commands = play(*stepping_in, *looks)
    assert state == m.AwaitingOfficer(SESSION_ID, FINDINGS, occupancy=m.Occupancy(inside=True))
    assert barrier(commands)[-1] is ENTRY_OPEN
    assert EXIT_OPEN not in barrier(commands)
    (report,) = reports(commands)
    assert (report.verdict, report.findings) == (RecordVerdict.REFER, FINDINGS)
    assert single_person(report).outcome is Outcome.UNDETERMINED
    assert "nobody looked" in single_person(report).detail


@pytest.mark.parametrize("looks", [(IN_TIME,) * 9, (LATE,), (LATE, IN_TIME, LATE)])
def test_a_single_stall_of_the_machine_costs_nobody_anything(looks: tuple[m.Event, ...]) -> None:
    for at in (4, 5, 7):
        state, commands = play(*IN_TWO_STEPS[:at], *looks, *IN_TWO_STEPS[at:], PASSED)
        assert state == m.Idle()
        (report,) = reports(commands)
        assert report.status is CrossingStatus.COMPLETED
        assert outcome(report, CheckId.SINGLE_PERSON) is Outcome.SUCCESSFUL


@pytest.mark.parametrize("at", range(1, 5))
def test_who_may_not_be_alone_in_a_lane_without_a_second_door_is_not_admitted(at: int) -> None:
    state, commands = play(*ONE_STEP[:at], TOO_LATE, *ONE_STEP[at:])
    assert state == m.AwaitingOfficer(SESSION_ID, FINDINGS)
    assert EXIT_OPEN not in barrier(commands)
    (report,) = reports(commands)
    assert report.session.chip is not None  # the officer sees the whole case
    assert single_person(report).outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize("admitted", [ONE_STEP, IN_TWO_STEPS])
def test_an_admitted_traveller_walks_on_unwatched_and_an_officer_looks_who_came_along(
    admitted: tuple[m.Event, ...],
) -> None:
    state, commands = play(*admitted, TOO_LATE)
    assert isinstance(state, m.Passing)
    assert barrier(commands)[-1] is EXIT_OPEN
    state, commands = play(PASSED, state=state)
    assert state == m.AwaitingOfficer(SESSION_ID, FINDINGS)
    assert barrier(commands) == [CLOSED]
    (report,) = reports(commands)
    assert (report.status, report.verdict) == (CrossingStatus.COMPLETED, RecordVerdict.ADMIT)
    assert report.passage_confirmed
    assert single_person(report).outcome is Outcome.UNDETERMINED
    assert play(m.OfficerReset(SESSION_ID), state=state)[0] == m.Idle()


def test_what_stays_behind_an_unwatched_passage_is_let_out_in_time() -> None:
    state, commands = play(*IN_TWO_STEPS, TOO_LATE, m.PassageConfirmed(left_behind=True))
    way_back_at = Instant(NOW + POLICY.release_seconds)
    occupancy = m.Occupancy(inside=True, way_back_at=way_back_at)
    assert state == m.AwaitingOfficer(SESSION_ID, FINDINGS, occupancy=occupancy)
    assert barrier(commands)[-1] is CLOSED


def test_who_turns_round_in_an_unwatched_exit_may_have_been_another() -> None:
    state, commands = play(*ONE_STEP, TOO_LATE, m.TravellerLeft())
    assert state == m.AwaitingOfficer(SESSION_ID, FINDINGS)
    (report,) = reports(commands)
    assert report.status is CrossingStatus.ABANDONED


def test_a_second_person_who_was_seen_weighs_more() -> None:
    _, commands = play(*ONE_STEP, TOO_LATE, m.SecondPersonDetected())
    assert outcome(reports(commands)[0], CheckId.SINGLE_PERSON) is Outcome.FAILED


def test_somebody_who_came_in_unseen_is_let_out_in_time_while_an_officer_is_awaited() -> None:
    state, _ = play(*IN_TWO_STEPS, TOO_LATE, PASSED)
    found, commands = play(m.TravellerInside(), state=state)
    assert isinstance(found, m.AwaitingOfficer)
    assert found.occupancy.way_back_at == NOW + POLICY.release_seconds
    assert not barrier(commands)  # it is closed, and an officer may come first
    assert play(m.TravellerInside(), state=found)[0] == found


@pytest.mark.parametrize(
    "state",
    [s for s in STATES if not isinstance(s, m.ReadingMrz | m.Inspecting | m.Entering | m.Passing)],
    ids=lambda state: type(state).__name__,
)
def test_nobody_is_counted_where_nobody_is_let_in(state: m.State) -> None:
    assert step(state, TOO_LATE, NOW, POLICY) == m.Step(state)


def test_a_policy_that_does_not_ask_for_it_has_it_in_the_record_only() -> None:
    obligations = {**POLICY.obligations, CheckId.SINGLE_PERSON: Obligation.EVALUATORY}
    lenient = replace(POLICY, obligations=obligations)
    state: m.State = m.Idle()
    commands: list[m.Command] = []
    for event in (*IN_TWO_STEPS[:5], TOO_LATE, TOO_LATE, *IN_TWO_STEPS[5:], PASSED):
        taken = step(state, event, NOW, lenient)
        state = taken.state
        commands += taken.commands
    assert state == m.Idle()
    (report,) = reports(commands)
    assert report.status is CrossingStatus.COMPLETED
    assert single_person(report).outcome is Outcome.UNDETERMINED
