"""A two-step lane: eligible before the first barrier, verified between the two."""

from dataclasses import replace

import pytest

from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.machine import deadline_of, step
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from tests.gate_samples import (
    BACKGROUND_CHECKED,
    CHIP_INSPECTED,
    FACE_COMPARED,
    IN_TWO_STEPS,
    KIOSK_SESSION,
    MRZ_READ,
    OPTICAL,
    POLICY,
    SESSION_ID,
    TOKEN_REDEEMED,
    entered,
    face,
    results,
)
from tests.session_walk import walk
from tests.unit.test_session_machine import NOW, barrier, outcome, play, reports

ENTRY_OPEN, EXIT_OPEN = m.BarrierPosition.ENTRY_OPEN, m.BarrierPosition.EXIT_OPEN
CLOSED = m.BarrierPosition.CLOSED
TO_THE_DOOR = IN_TWO_STEPS[:4]
INSIDE = IN_TWO_STEPS[:6]
NOT_THEM = m.FaceCompared(SESSION_ID, face(0.1, FACE=Outcome.FAILED))
DEPTH = 5


def deadline(state: m.State) -> m.DeadlineReached:
    at = deadline_of(state)
    assert at is not None
    return m.DeadlineReached(at)


def test_every_history_keeps_every_law() -> None:
    assert len(walk(DEPTH).points) > 1000


def test_a_genuine_traveller_passes_both_barriers() -> None:
    state, commands = play(*IN_TWO_STEPS, m.PassageConfirmed(left_behind=False))
    assert barrier(commands) == [ENTRY_OPEN, CLOSED, EXIT_OPEN, CLOSED]
    assert state == m.Idle()
    (report,) = reports(commands)
    assert report.status is CrossingStatus.COMPLETED
    assert outcome(report, CheckId.NOTHING_LEFT) is Outcome.SUCCESSFUL
    assert [s.step for s in report.session.steps] == ["mrz", "chip", "entering", "face", "passage"]


def test_no_camera_looks_before_the_traveller_is_inside() -> None:
    _, commands = play(*TO_THE_DOOR)
    assert m.CompareFace(SESSION_ID) not in commands
    assert m.Show(m.TravellerMessage.TAKE_DOCUMENT_AND_ENTER) in commands
    _, commands = play(*IN_TWO_STEPS[:5])
    assert m.CompareFace(SESSION_ID) in commands


def test_each_barrier_opens_by_a_warrant_of_its_own_for_five_seconds() -> None:
    _, commands = play(*IN_TWO_STEPS)
    warrants = [c.warrant for c in commands if isinstance(c, m.SetBarrier) and c.warrant]
    expires = Instant(NOW + 5.0)
    assert warrants == [
        m.Warrant(SESSION_ID, position, expires) for position in (ENTRY_OPEN, EXIT_OPEN)
    ]


@pytest.mark.parametrize(
    ("event", "finding"),
    [
        (replace(MRZ_READ, checks=results(OPTICAL, ELIGIBILITY=Outcome.FAILED)), "ELIGIBILITY"),
        (replace(MRZ_READ, checks=results(OPTICAL, OPTICAL_MRZ_EXPIRY=Outcome.FAILED)), "EXPIRY"),
    ],
)
def test_what_is_known_early_never_opens_the_first_barrier(event: m.MrzRead, finding: str) -> None:
    state, commands = play(entered(m.Flow.TWO_STEP), event, CHIP_INSPECTED, BACKGROUND_CHECKED)
    assert isinstance(state, m.AwaitingOfficer)
    assert barrier(commands) == [CLOSED]
    assert state.findings[0].endswith(finding)
    assert not state.occupancy.inside


def test_a_document_that_the_lane_is_not_for_is_told_at_once() -> None:
    early = replace(MRZ_READ, checks=results(OPTICAL, ELIGIBILITY=Outcome.FAILED))
    state, commands = play(entered(m.Flow.TWO_STEP), early)
    assert isinstance(state, m.AwaitingOfficer)
    assert m.InspectChip(SESSION_ID) not in commands


def test_a_face_compared_while_the_door_closes_is_not_lost() -> None:
    state, commands = play(*IN_TWO_STEPS[:5], FACE_COMPARED, m.EntryClosed())
    assert isinstance(state, m.Passing)
    assert barrier(commands) == [ENTRY_OPEN, CLOSED, EXIT_OPEN]


@pytest.mark.parametrize("closing", [m.EntryClosed(), FACE_COMPARED])
def test_a_door_that_is_not_closed_behind_the_traveller_opens_no_other(closing: m.Event) -> None:
    state, commands = play(*TO_THE_DOOR, closing)
    assert isinstance(state, m.Entering)
    assert EXIT_OPEN not in barrier(commands)


def test_who_is_referred_inside_gets_out_within_the_policys_seconds() -> None:
    state, commands = play(*INSIDE, NOT_THEM)
    assert isinstance(state, m.AwaitingOfficer)
    assert state.occupancy == m.Occupancy(
        inside=True, way_back_at=Instant(NOW + POLICY.release_seconds)
    )
    assert barrier(commands)[-1] is CLOSED
    assert m.Show(m.TravellerMessage.OFFICER_WILL_HELP) in commands
    state, commands = play(deadline(state), state=state)
    assert barrier(commands) == [ENTRY_OPEN]
    assert m.Show(m.TravellerMessage.GO_BACK) in commands
    assert deadline_of(state) is None
    state, commands = play(m.TravellerLeft(), state=state)
    assert barrier(commands) == [CLOSED]
    assert isinstance(state, m.AwaitingOfficer)
    assert play(m.OfficerReset(SESSION_ID), state=state)[0] == m.Idle()


def test_the_button_inside_lets_out_at_once() -> None:
    waiting, _ = play(*INSIDE, NOT_THEM)
    for before in (waiting, play(*INSIDE)[0], play(*IN_TWO_STEPS)[0], play(*IN_TWO_STEPS[:5])[0]):
        _, commands = play(m.ReleaseRequested(), state=before)
        assert barrier(commands) == [ENTRY_OPEN]


def test_the_button_lets_out_somebody_whom_no_sensor_saw() -> None:
    with_somebody_outside, _ = play(*INSIDE[:1])
    being_read, _ = play(*INSIDE[:2])
    referred = m.AwaitingOfficer(SESSION_ID, ())
    closed = m.OutOfService(m.Lane(mode=m.LaneMode.DISABLED))
    for before in (m.Idle(), closed, referred, with_somebody_outside, being_read):
        after, commands = play(m.ReleaseRequested(), state=before)
        assert barrier(commands) == [ENTRY_OPEN]
        assert isinstance(after, m.Releasing | m.AwaitingOfficer)
        assert barrier(play(m.TravellerLeft(), state=after)[1]) == [CLOSED]
    for before in (with_somebody_outside, being_read):
        (report,) = reports(play(m.ReleaseRequested(), state=before)[1])
        assert outcome(report, CheckId.SINGLE_PERSON) is Outcome.FAILED


@pytest.mark.parametrize("before", [TO_THE_DOOR, IN_TWO_STEPS[:5], INSIDE, IN_TWO_STEPS])
@pytest.mark.parametrize("event", [m.SecondPersonDetected(), m.WrongWayDetected()])
def test_two_people_inside_both_go_back(before: tuple[m.Event, ...], event: m.Event) -> None:
    state, commands = play(*before, event)
    assert barrier(commands)[-1] is ENTRY_OPEN
    (report,) = reports(commands)
    assert report.verdict is RecordVerdict.REFER
    assert outcome(report, CheckId.SINGLE_PERSON) is Outcome.FAILED
    assert isinstance(state, m.AwaitingOfficer)


def test_somebody_behind_the_exit_before_the_decision_calls_an_officer() -> None:
    state, commands = play(*INSIDE, m.PassageConfirmed())
    assert isinstance(state, m.AwaitingOfficer)
    (report,) = reports(commands)
    assert report.findings == (CheckId.PASSAGE.value,)
    assert not report.passage_confirmed


@pytest.mark.parametrize("before", [TO_THE_DOOR, INSIDE, IN_TWO_STEPS])
@pytest.mark.parametrize("device", ["barrier", "journal", "camera"])
def test_a_fault_with_somebody_inside_opens_the_way_back(
    before: tuple[m.Event, ...], device: str
) -> None:
    state, commands = play(*before, m.DeviceFailed(device))
    if before is IN_TWO_STEPS and device == "camera":
        assert isinstance(state, m.Passing)  # admitted already
        return
    assert state == m.Releasing(m.Lane(frozenset({device})))
    assert barrier(commands)[-1] is ENTRY_OPEN
    (report,) = reports(commands)
    assert report.status is CrossingStatus.ABORTED
    again, commands = play(m.DeviceRestored(device), state=state)
    assert barrier(commands) == [ENTRY_OPEN]
    assert play(m.TravellerLeft(), state=again)[0] == m.Idle()


def test_not_entering_in_time_lets_out_whoever_may_be_inside() -> None:
    for before in (TO_THE_DOOR, IN_TWO_STEPS[:5]):
        state, _ = play(*before)
        after, commands = play(deadline(state), state=state)
        assert after == m.Releasing()
        assert barrier(commands) == [ENTRY_OPEN]
        assert reports(commands)[0].status is CrossingStatus.ABANDONED


def test_turning_round_at_the_open_door_is_abandoned() -> None:
    state, commands = play(*TO_THE_DOOR, m.TravellerLeft())
    assert state == m.Idle()
    assert barrier(commands)[-1] is CLOSED
    assert reports(commands)[0].status is CrossingStatus.ABANDONED


def test_a_camera_that_never_answers_is_an_officers_case() -> None:
    state, _ = play(*INSIDE)
    state, commands = play(deadline(state), state=state)
    assert isinstance(state, m.AwaitingOfficer)
    assert outcome(reports(commands)[0], CheckId.FACE) is Outcome.ABORTED


def test_an_opening_that_came_too_late_calls_an_officer_and_is_no_crossing() -> None:
    state, commands = play(*IN_TWO_STEPS, m.OpeningExpired(SESSION_ID))
    assert isinstance(state, m.AwaitingOfficer)
    (report,) = reports(commands)
    assert not report.passage_confirmed
    state, _ = play(*TO_THE_DOOR, m.OpeningExpired(SESSION_ID))
    assert state == m.Releasing()


def test_something_left_behind_is_in_the_record() -> None:
    state, commands = play(*IN_TWO_STEPS, m.PassageConfirmed(left_behind=True))
    assert state == m.Releasing()  # it may be a person
    assert barrier(commands)[-1] is ENTRY_OPEN
    (report,) = reports(commands)
    assert outcome(report, CheckId.NOTHING_LEFT) is Outcome.FAILED
    assert report.status is CrossingStatus.COMPLETED


def test_a_reset_of_another_case_settles_nothing() -> None:
    state, _ = play(*INSIDE, NOT_THEM)
    late = m.OfficerReset(m.SessionId("another"))
    assert step(state, late, NOW, POLICY) == m.Step(state)
    assert play(m.OfficerReset(), state=state)[0] == m.Releasing()


def test_a_kiosk_prepares_and_opens_nothing() -> None:
    state, commands = play(entered(m.Flow.KIOSK), MRZ_READ, CHIP_INSPECTED, BACKGROUND_CHECKED)
    assert isinstance(state, m.Directing)
    assert not barrier(commands)
    issued = [command.session for command in commands if isinstance(command, m.IssueToken)]
    (report,) = reports(commands)
    assert (report.status, report.verdict) == (CrossingStatus.PREPARED, RecordVerdict.NONE)
    assert issued == [report.session]
    assert play(deadline(state), state=state)[0] == m.Idle()


def test_the_token_of_a_kiosk_stands_for_the_chip() -> None:
    gate = entered(m.Flow.TOKEN_GATE)
    state, commands = play(gate, MRZ_READ)
    assert m.RedeemToken(state.session) in commands
    assert m.InspectChip(SESSION_ID) not in commands
    passing, _ = play(FACE_COMPARED, TOKEN_REDEEMED, state=state)
    assert isinstance(passing, m.Passing)
    _, commands = play(m.PassageConfirmed(), state=passing)
    assert reports(commands)[0].session.prepared == TOKEN_REDEEMED.prepared == KIOSK_SESSION
    refused, commands = play(m.TokenRefused(SESSION_ID, "used before"), state=state)
    assert isinstance(refused, m.AwaitingOfficer)
    assert reports(commands)[0].findings == (CheckId.ACCESS.value,)


@pytest.mark.parametrize("condition", [m.Condition.NO_OFFICER, m.Condition.CLOCK_WRONG])
def test_some_conditions_close_the_lane_to_the_next_traveller(condition: m.Condition) -> None:
    state, _ = play(m.ConditionsChanged(frozenset({condition})), ENTERED_AGAIN)
    assert isinstance(state, m.OutOfService)
    assert play(m.ConditionsChanged(frozenset()), state=state)[0] == m.Idle()


ENTERED_AGAIN = entered(m.Flow.ONE_STEP)


def test_what_lies_about_is_named_to_the_traveller() -> None:
    _, commands = play(m.ConditionsChanged(frozenset({m.Condition.DOCUMENT_LEFT})))
    assert m.Show(m.TravellerMessage.TAKE_YOUR_THINGS) in commands


def test_a_feeder_prepares_the_case_for_the_desk() -> None:
    state, commands = play(m.LaneModeOrdered(m.LaneMode.FEEDER), *IN_TWO_STEPS[:4])
    assert isinstance(state, m.AwaitingOfficer)
    (report,) = reports(commands)
    assert report.session.chip is not None
    service = CheckResult(CheckId.SERVICE, Outcome.UNDETERMINED, "the desk decides (ordered)")
    assert service in report.checks


@pytest.mark.parametrize("state", [m.Idle(), m.OutOfService(m.Lane(frozenset({"camera"})))])
def test_somebody_between_the_barriers_whom_nobody_serves_is_let_out(state: m.State) -> None:
    taken = step(state, m.TravellerInside(), Instant(0.0), POLICY)
    assert taken.state == m.Releasing(state.lane)
    assert m.SetBarrier(m.BarrierPosition.ENTRY_OPEN) in taken.commands
    assert not any(isinstance(command, m.Report) for command in taken.commands)
