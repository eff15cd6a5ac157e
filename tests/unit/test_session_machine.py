"""What each state makes of what happens to it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from egate.domain.evidence import BackgroundEvidence
from egate.domain.record import CrossingStatus, Direction, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.case import document_of
from egate.domain.session.crossing import LaneIdentity, complete, every_check_once
from egate.domain.session.diagram import draw
from egate.domain.session.endings import may_be_inside
from egate.domain.session.lane import session_id_of
from egate.domain.session.machine import deadline_of, recover, step
from egate.domain.session.service import may_begin
from egate.domain.time import Instant, UtcSeconds
from egate.emrtd.checks import LANE_CHECKS, CheckId, CheckResult, Outcome
from tests.gate_samples import (
    BACKGROUND,
    BACKGROUND_CHECKED,
    CHIP_INSPECTED,
    DOCUMENT,
    ENTERED,
    ENTERED_AT,
    EVENTS,
    FACE_COMPARED,
    MRZ_READ,
    OTHER_ID,
    POLICY,
    ROOT,
    SECRETS,
    SESSION_ID,
    STATES,
    chip,
    face,
    results,
)

NOW = Instant(100.0)
BARRIER_LOST = m.Lane(frozenset({"barrier"}))
FINAL = (CHIP_INSPECTED, FACE_COMPARED, BACKGROUND_CHECKED)


def play(
    *events: m.Event, state: m.State | None = None, now: Instant = NOW
) -> tuple[m.State, list[m.Command]]:
    """Apply ``events`` and return the last state and every command on the way."""
    commands: list[m.Command] = []
    state = state or m.Idle()
    for event in events:
        taken = step(state, event, now, POLICY)
        state = taken.state
        commands += taken.commands
    return state, commands


def reports(commands: Iterable[m.Command]) -> list[m.Report]:
    return [c for c in commands if isinstance(c, m.Report)]


def barrier(commands: Iterable[m.Command]) -> list[m.BarrierPosition]:
    return [c.position for c in commands if isinstance(c, m.SetBarrier)]


def outcome(report: m.Report, check_id: CheckId) -> Outcome:
    (found,) = [c.outcome for c in report.checks if c.check_id is check_id]
    return found


def test_a_genuine_traveller_passes() -> None:
    state, commands = play(ENTERED, MRZ_READ, *FINAL)
    assert isinstance(state, m.Passing)
    assert barrier(commands) == [m.BarrierPosition.EXIT_OPEN]
    assert not reports(commands)
    state, commands = play(m.PassageConfirmed(), state=state, now=Instant(103.0))
    assert state == m.Idle()
    assert barrier(commands) == [m.BarrierPosition.CLOSED]
    (report,) = reports(commands)
    assert report.status is CrossingStatus.COMPLETED
    assert report.verdict is RecordVerdict.ADMIT
    assert report.passage_confirmed
    assert report.session.attempts == 1
    assert report.policy_version == POLICY.version
    assert [c.check_id for c in report.checks] == list(LANE_CHECKS)
    assert outcome(report, CheckId.PASSAGE) is Outcome.SUCCESSFUL
    assert [s.step for s in report.session.steps] == ["mrz", "chip", "face", "passage"]
    assert report.session.steps[-1].seconds == 3.0
    assert report.session.steps[1].gate_seconds == 0.2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_slots_may_fill_in_any_order(order: tuple[int, ...]) -> None:
    state, _ = play(ENTERED, MRZ_READ, *(FINAL[i] for i in order[:2]))
    assert isinstance(state, m.Inspecting)
    state, _ = play(FINAL[order[2]], state=state)
    assert isinstance(state, m.Passing)


def test_entering_starts_the_reader_and_the_camera() -> None:
    state, commands = play(ENTERED)
    assert deadline_of(state) == NOW + POLICY.mrz_seconds
    assert m.ReadMrz(SESSION_ID) in commands
    assert m.CompareFace(SESSION_ID) in commands
    assert m.Show(m.TravellerMessage.PLACE_DOCUMENT) in commands


def test_the_traveller_is_told_to_look_up_when_the_chip_is_done() -> None:
    _, commands = play(ENTERED, MRZ_READ, CHIP_INSPECTED)
    assert commands[-1] == m.Show(m.TravellerMessage.LOOK_AT_CAMERA)


@pytest.mark.parametrize(
    ("events", "findings"),
    [
        ([m.ChipInspected(SESSION_ID, chip(DG_HASHES=Outcome.FAILED)), *FINAL[1:]], ["DG_HASHES"]),
        (
            [
                m.ChipInspected(SESSION_ID, chip(ACTIVE_AUTHENTICATION=Outcome.FAILED)),
                *FINAL[1:],
            ],
            ["ACTIVE_AUTHENTICATION"],
        ),
        (
            [
                CHIP_INSPECTED,
                m.FaceCompared(SESSION_ID, face(0.2, FACE=Outcome.FAILED)),
                BACKGROUND_CHECKED,
            ],
            ["FACE"],
        ),
        ([m.ChipInspected(SESSION_ID, chip(ACCESS=Outcome.FAILED))], ["ACCESS"]),
        ([m.SecondPersonDetected()], ["SINGLE_PERSON"]),
        ([m.DeadlineReached(Instant(NOW + POLICY.inspection_seconds))], ["ACCESS"]),
        (
            [CHIP_INSPECTED, m.DeadlineReached(Instant(NOW + POLICY.inspection_seconds))],
            ["FACE"],
        ),
    ],
)
def test_what_stands_against_admission_calls_an_officer(
    events: list[m.Event], findings: list[str]
) -> None:
    state, commands = play(ENTERED, MRZ_READ, *events)
    assert isinstance(state, m.AwaitingOfficer)
    assert state.findings == tuple(CheckId[name].value for name in findings)
    assert barrier(commands) == [m.BarrierPosition.CLOSED]
    assert m.Show(m.TravellerMessage.OFFICER_WILL_HELP) in commands
    assert m.SetSignal(m.LaneSignal.STOP) in commands
    assert m.StopWork() in commands
    (report,) = reports(commands)
    assert report.status is CrossingStatus.REFERRED
    assert report.verdict is RecordVerdict.REFER
    assert report.findings == state.findings
    state, commands = play(m.OfficerReset(), state=state)
    assert state == m.Idle()
    assert not reports(commands)


FORGED = replace(DOCUMENT, document_number="X00000001")
OTHER_CHIP = m.ChipInspected(SESSION_ID, replace(chip(), document=FORGED))


def test_lists_and_authorisations_are_asked_while_the_chip_is_read() -> None:
    state, commands = play(ENTERED, MRZ_READ)
    assert isinstance(state, m.Inspecting)
    assert commands[-2:] == [m.InspectChip(SESSION_ID), m.CheckBackground(state.session)]
    _, commands = play(CHIP_INSPECTED, state=state)
    assert not [c for c in commands if isinstance(c, m.CheckBackground)]  # DG1 says the same


@pytest.mark.parametrize("early", [True, False])
def test_what_the_chip_says_is_asked_about_when_the_data_page_says_otherwise(early: bool) -> None:  # noqa: FBT001
    about_page = [BACKGROUND_CHECKED]
    state, commands = play(ENTERED, MRZ_READ, *about_page[: int(early)], OTHER_CHIP, FACE_COMPARED)
    assert isinstance(state, m.Inspecting)
    assert state.session.background is None
    asked = [c.session for c in commands if isinstance(c, m.CheckBackground)]
    assert [document_of(session) for session in asked] == [DOCUMENT, FORGED]
    state, _ = play(BACKGROUND_CHECKED, state=state)  # comes late, or again
    assert isinstance(state, m.Inspecting)
    hit = BackgroundEvidence(results(BACKGROUND, STAY=Outcome.FAILED))
    state, _ = play(m.BackgroundChecked(SESSION_ID, hit, FORGED), state=state)
    assert isinstance(state, m.AwaitingOfficer)
    assert state.findings == (CheckId.STAY,)


def test_a_gap_in_what_is_only_evaluated_does_not_refer() -> None:
    unprinted = tuple(c for c in face().checks if c.check_id is not CheckId.PORTRAIT)
    compared = m.FaceCompared(SESSION_ID, replace(face(), checks=unprinted))
    state, _ = play(ENTERED, MRZ_READ, CHIP_INSPECTED, compared, BACKGROUND_CHECKED)
    assert isinstance(state, m.Passing)


def test_without_an_answer_about_the_background_an_officer_is_called() -> None:
    late = m.DeadlineReached(Instant(NOW + POLICY.inspection_seconds))
    state, _ = play(ENTERED, MRZ_READ, CHIP_INSPECTED, FACE_COMPARED, late)
    assert isinstance(state, m.AwaitingOfficer)
    assert {CheckId.AUTHORISATION, CheckId.STAY, CheckId.CLEARANCE} <= set(state.findings)


def test_a_chip_that_is_lost_twice_and_then_reads_is_admitted() -> None:
    lost = m.ChipReadFailed(SESSION_ID, "the chip left the field")
    state, commands = play(ENTERED, MRZ_READ, FACE_COMPARED, BACKGROUND_CHECKED, lost, lost)
    assert isinstance(state, m.Inspecting)
    assert state.session.face is not None
    assert commands.count(m.InspectChip(SESSION_ID)) == 3
    assert commands.count(m.Show(m.TravellerMessage.PLACE_DOCUMENT_AGAIN)) == 2
    state, _ = play(CHIP_INSPECTED, state=state)
    assert isinstance(state, m.Passing)
    assert state.session.attempts == 3


def test_a_chip_lost_too_often_is_referred() -> None:
    lost = m.ChipReadFailed(SESSION_ID, "the chip left the field")
    _, commands = play(ENTERED, MRZ_READ, FACE_COMPARED, BACKGROUND_CHECKED, lost, lost, lost)
    (report,) = reports(commands)
    assert report.findings == (CheckId.ACCESS.value,)
    assert outcome(report, CheckId.ACCESS) is Outcome.ABORTED
    assert report.session.attempts == 3


def test_presenting_again_renews_the_deadline() -> None:
    lost = m.ChipReadFailed(SESSION_ID, "the chip left the field")
    state, _ = play(ENTERED, MRZ_READ)
    state, _ = play(lost, state=state, now=Instant(120.0))
    assert deadline_of(state) == 120.0 + POLICY.inspection_seconds


def test_a_slow_chip_takes_no_time_from_the_face() -> None:
    state, _ = play(ENTERED, MRZ_READ)
    soon, _ = play(CHIP_INSPECTED, state=state, now=Instant(101.0))
    assert deadline_of(soon) == deadline_of(state)
    late, _ = play(CHIP_INSPECTED, state=state, now=Instant(125.0))
    profile = POLICY.profile
    assert deadline_of(late) >= 125.0 + profile.face_seconds * profile.face_attempts


def test_a_second_face_as_near_as_the_travellers_is_a_second_person() -> None:
    two = m.FaceCompared(SESSION_ID, replace(face(), several_faces=True))
    state, commands = play(ENTERED, MRZ_READ, two, BACKGROUND_CHECKED)
    assert isinstance(state, m.Inspecting)
    state, commands = play(CHIP_INSPECTED, state=state)
    assert isinstance(state, m.AwaitingOfficer)
    assert state.findings == (CheckId.SINGLE_PERSON.value,)
    (report,) = reports(commands)
    assert outcome(report, CheckId.SINGLE_PERSON) is Outcome.FAILED


def test_an_unreadable_mrz_may_be_presented_again_and_then_calls_an_officer() -> None:
    unreadable = m.MrzUnreadable(SESSION_ID)
    state, commands = play(ENTERED, unreadable, unreadable)
    assert isinstance(state, m.ReadingMrz)
    assert commands.count(m.ReadMrz(SESSION_ID)) == 3
    _, commands = play(unreadable, state=state)
    (report,) = reports(commands)
    assert report.findings == (CheckId.OPTICAL_MRZ_CHECK_DIGITS.value,)
    assert outcome(report, CheckId.OPTICAL_MRZ_CHECK_DIGITS) is Outcome.FAILED
    assert report.session.attempts == 3


def test_nobody_is_left_alone_without_a_document() -> None:
    _, commands = play(ENTERED, m.DeadlineReached(Instant(NOW + POLICY.mrz_seconds)))
    (report,) = reports(commands)
    assert report.status is CrossingStatus.REFERRED
    assert outcome(report, CheckId.OPTICAL_MRZ_CHECK_DIGITS) is Outcome.ABORTED


@pytest.mark.parametrize("before", [[], [MRZ_READ], [MRZ_READ, CHIP_INSPECTED]])
def test_walking_away_before_the_decision_is_abandoned(before: list[m.Event]) -> None:
    state, commands = play(ENTERED, *before, m.TravellerLeft())
    assert state == m.Idle()
    assert m.StopWork() in commands
    (report,) = reports(commands)
    assert report.status is CrossingStatus.ABANDONED
    assert report.verdict is RecordVerdict.NONE
    assert report.policy_version == POLICY.version


def test_a_second_person_before_the_document_is_referred() -> None:
    state, commands = play(ENTERED, m.SecondPersonDetected())
    assert isinstance(state, m.AwaitingOfficer)
    (report,) = reports(commands)
    assert outcome(report, CheckId.SINGLE_PERSON) is Outcome.FAILED


def test_a_second_person_in_the_open_lane_closes_it() -> None:
    state, commands = play(ENTERED, MRZ_READ, *FINAL, m.SecondPersonDetected())
    assert barrier(commands) == [m.BarrierPosition.EXIT_OPEN, m.BarrierPosition.CLOSED]
    assert isinstance(state, m.AwaitingOfficer)
    (report,) = reports(commands)
    assert report.verdict is RecordVerdict.REFER
    assert report.findings == (CheckId.SINGLE_PERSON.value,)
    assert not report.passage_confirmed
    (passage,) = [c for c in report.checks if c.check_id is CheckId.PASSAGE]
    assert (passage.outcome, "was open" in passage.detail) == (Outcome.FAILED, True)


@pytest.mark.parametrize("before", [[], [MRZ_READ], [MRZ_READ, CHIP_INSPECTED]])
def test_somebody_behind_the_doors_before_the_decision_calls_an_officer(
    before: list[m.Event],
) -> None:
    state, commands = play(ENTERED, *before, m.PassageConfirmed())
    assert isinstance(state, m.AwaitingOfficer)
    assert barrier(commands) == [m.BarrierPosition.CLOSED]
    (report,) = reports(commands)
    assert report.findings == (CheckId.PASSAGE.value,)
    assert outcome(report, CheckId.PASSAGE) is Outcome.FAILED
    assert not report.passage_confirmed


def test_opened_and_not_passed_is_no_crossing() -> None:
    state, _ = play(ENTERED, MRZ_READ, *FINAL)
    timeout = m.DeadlineReached(Instant(NOW + POLICY.passage_seconds))
    state, commands = play(timeout, state=state)
    assert isinstance(state, m.AwaitingOfficer)
    assert barrier(commands) == [m.BarrierPosition.CLOSED]
    (report,) = reports(commands)
    assert report.status is CrossingStatus.ABANDONED
    assert report.verdict is RecordVerdict.ADMIT
    assert not report.passage_confirmed


def test_going_back_through_the_open_lane_is_abandoned() -> None:
    state, commands = play(ENTERED, MRZ_READ, *FINAL, m.TravellerLeft())
    assert state == m.Idle()
    (report,) = reports(commands)
    assert report.status is CrossingStatus.ABANDONED


@pytest.mark.parametrize("state", STATES)
def test_an_emergency_releases_first_and_only_a_reset_ends_it(state: m.State) -> None:
    taken = step(state, m.EmergencyRaised(), NOW, POLICY)
    assert taken.commands[0] == m.SetBarrier(m.BarrierPosition.RELEASED)
    assert isinstance(taken.state, m.Evacuating)
    for event in EVENTS:
        if not isinstance(event, m.OfficerReset):
            assert isinstance(step(taken.state, event, NOW, POLICY).state, m.Evacuating)


def test_an_active_emergency_input_outlasts_the_reset() -> None:
    state, _ = play(m.EmergencyRaised(by_input=True), m.OfficerReset())
    assert isinstance(state, m.Evacuating)
    state, _ = play(m.EmergencyRaised(), m.OfficerReset(), state=state)
    assert isinstance(state, m.Evacuating)
    state, commands = play(m.EmergencyInputEnded(), m.OfficerReset(), state=state)
    assert state == m.Idle()
    assert barrier(commands) == [m.BarrierPosition.CLOSED]


@pytest.mark.parametrize("events", [[ENTERED], [ENTERED, MRZ_READ], [ENTERED, MRZ_READ, *FINAL]])
@pytest.mark.parametrize(
    "end", [m.EmergencyRaised(), m.DeviceFailed("barrier"), m.DeviceFailed("door_forced")]
)
def test_what_breaks_a_session_off_reports_it_as_aborted(
    events: list[m.Event], end: m.Event
) -> None:
    _, commands = play(*events, end)
    (report,) = reports(commands)
    assert report.status is CrossingStatus.ABORTED
    assert not report.passage_confirmed


def test_a_lost_device_takes_the_lane_out_of_service_and_back() -> None:
    state, commands = play(m.DeviceFailed("camera"), m.DeviceFailed("chip_reader"))
    assert state == m.OutOfService(m.Lane(frozenset({"camera", "chip_reader"})))
    assert m.Show(m.TravellerMessage.LANE_CLOSED) in commands
    state, _ = play(m.DeviceRestored("camera"), ENTERED, state=state)
    assert state == m.OutOfService(m.Lane(frozenset({"chip_reader"})))
    state, _ = play(m.LaneModeOrdered(m.LaneMode.ENABLED), state=state)
    assert isinstance(state, m.OutOfService)
    state, commands = play(m.DeviceRestored("chip_reader"), state=state)
    assert state == m.Idle()
    assert m.SetSignal(m.LaneSignal.READY) in commands


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (m.Evacuating(lane=BARRIER_LOST), m.BarrierPosition.RELEASED),
        (m.AwaitingOfficer(SESSION_ID, (), BARRIER_LOST), m.BarrierPosition.CLOSED),
        (m.OutOfService(BARRIER_LOST), m.BarrierPosition.CLOSED),
    ],
)
def test_a_barrier_that_comes_back_is_told_again_where_to_stand(
    state: m.State, wanted: m.BarrierPosition
) -> None:
    restored, commands = play(m.DeviceRestored("barrier"), state=state)
    assert barrier(commands) == [wanted]
    assert may_begin(restored.lane, POLICY)


def test_a_device_that_comes_back_during_the_passage_is_no_fault_any_more() -> None:
    state, _ = play(ENTERED, MRZ_READ, *FINAL, m.DeviceFailed("camera"))
    state, commands = play(m.DeviceRestored("camera"), m.PassageConfirmed(), state=state)
    assert state == m.Idle()
    assert barrier(commands) == [m.BarrierPosition.CLOSED]


@pytest.mark.parametrize("state", STATES)
def test_a_state_tells_whose_session_it_is(state: m.State) -> None:
    nobodys = isinstance(state, m.Idle | m.Releasing | m.Evacuating | m.OutOfService)
    assert session_id_of(state) == (None if nobodys else SESSION_ID)


def test_an_admitted_traveller_finishes_when_the_camera_is_lost() -> None:
    state, _ = play(ENTERED, MRZ_READ, *FINAL, m.DeviceFailed("camera"))
    assert isinstance(state, m.Passing)
    state, commands = play(m.PassageConfirmed(), state=state)
    assert state == m.OutOfService(m.Lane(frozenset({"camera"})))
    assert reports(commands)[0].status is CrossingStatus.COMPLETED


def test_an_ordered_direction_leaves_the_state_alone_and_survives_a_restart() -> None:
    ordered = m.Lane(direction=Direction.EXIT)
    state, commands = play(m.DirectionOrdered(Direction.EXIT))
    assert (state, commands) == (m.Idle(ordered), [])
    state, _ = play(ENTERED, m.DirectionOrdered(Direction.EXIT))
    assert isinstance(state, m.ReadingMrz)
    assert state.session.direction is Direction.ENTRY
    assert recover(state, POLICY).state == m.Idle(ordered)
    assert play(m.DirectionOrdered(None), state=m.Idle(ordered))[0] == m.Idle()


def test_an_officer_closes_the_lane_after_the_traveller_in_it() -> None:
    state, _ = play(ENTERED, m.LaneModeOrdered(m.LaneMode.DISABLED))
    assert isinstance(state, m.ReadingMrz)
    state, _ = play(m.TravellerLeft(), state=state)
    assert state == m.OutOfService(m.Lane(mode=m.LaneMode.DISABLED))
    state, _ = play(m.LaneModeOrdered(m.LaneMode.ENABLED), state=state)
    assert state == m.Idle()
    assert play(m.LaneModeOrdered(m.LaneMode.DISABLED))[0] == m.OutOfService(
        m.Lane(mode=m.LaneMode.DISABLED)
    )


def test_an_answer_for_another_session_means_nothing() -> None:
    state, _ = play(ENTERED, MRZ_READ)
    for event in (CHIP_INSPECTED, FACE_COMPARED, BACKGROUND_CHECKED):
        assert step(state, replace(event, session=OTHER_ID), NOW, POLICY) == m.Step(state)


@pytest.mark.parametrize("state", STATES)
def test_a_deadline_of_an_older_state_means_nothing(state: m.State) -> None:
    late = m.DeadlineReached(Instant(-5.0))
    assert step(state, late, NOW, POLICY) == m.Step(state)


@pytest.mark.parametrize("state", STATES)
def test_recovery_resumes_nobody_and_reports_whom_it_finds(state: m.State) -> None:
    taken = recover(state, POLICY)
    (told,) = barrier(taken.commands)
    if isinstance(state, m.Evacuating):
        assert told is m.BarrierPosition.RELEASED
    elif may_be_inside(state):
        assert told is m.BarrierPosition.ENTRY_OPEN
    else:
        assert told is m.BarrierPosition.CLOSED
    assert deadline_of(taken.state) is None
    session = getattr(state, "session", None)
    if session is not None:
        (report,) = reports(taken.commands)
        assert report.session == session
        assert report.status is CrossingStatus.INTERRUPTED
        admitted = isinstance(state, m.Passing)
        assert report.verdict is (RecordVerdict.ADMIT if admitted else RecordVerdict.NONE)
    else:
        assert not reports(taken.commands)
    assert recover(taken.state, POLICY).state == taken.state


def test_recovery_keeps_what_an_officer_ordered() -> None:
    closed = m.OutOfService(m.Lane(frozenset({"camera"}), m.LaneMode.DISABLED))
    assert recover(closed, POLICY).state == m.OutOfService(m.Lane(mode=m.LaneMode.DISABLED))
    waiting = m.AwaitingOfficer(SESSION_ID, ("BIOMETRIC.FACE",))
    assert recover(waiting, POLICY).state == waiting


def test_the_record_says_what_the_chip_says() -> None:
    _, commands = play(ENTERED, MRZ_READ, *FINAL, m.PassageConfirmed())
    lane = LaneIdentity("DAC-E-01", "BDDAC", "0.1.0")
    record = complete(reports(commands)[0], lane, 7, UtcSeconds(ENTERED_AT + 9))
    assert record.crossing_id == SESSION_ID
    assert record.gate_seq == 7
    assert record.occurred_at == ENTERED_AT
    assert record.document == DOCUMENT
    assert record.access == "BAC"
    assert record.csca_ski == "ab"
    assert record.trust_store_version == "5a" * 32
    assert record.similarity == 0.8


def test_the_record_falls_back_on_the_mrz_and_then_on_nothing() -> None:
    lane = LaneIdentity("DAC-E-01", "BDDAC", "0.1.0")
    _, commands = play(ENTERED, MRZ_READ, m.TravellerLeft())
    assert complete(reports(commands)[0], lane, 1, ENTERED_AT).document == DOCUMENT
    _, commands = play(ENTERED, m.TravellerLeft())
    record = complete(reports(commands)[0], lane, 1, ENTERED_AT)
    assert record.document is None
    assert record.access is None


def test_a_record_cannot_be_blown_up_by_a_document() -> None:
    hostile = replace(
        chip(),
        signer="X" * 60_000,
        csca_ski="a" * 60_000,
        checks=(CheckResult(CheckId.ACCESS, Outcome.FAILED, "x" * 60_000),),
    )
    _, commands = play(ENTERED, MRZ_READ, m.ChipInspected(SESSION_ID, hostile))
    lane = LaneIdentity("DAC-E-01", "BDDAC", "0.1.0")
    record = complete(reports(commands)[0], lane, 1, ENTERED_AT)
    assert len(repr(record)) < 10_000
    assert record.signer.startswith("XX")


def test_the_worse_of_two_results_stays() -> None:
    good = CheckResult(CheckId.FACE, Outcome.SUCCESSFUL)
    bad = CheckResult(CheckId.FACE, Outcome.FAILED)
    for checks in ((good, bad), (bad, good)):
        (found,) = [c for c in every_check_once(checks) if c.check_id is CheckId.FACE]
        assert found is bad


def test_nothing_shows_who_the_traveller_is() -> None:
    for value in (*STATES, *EVENTS):
        taken = step(value, m.TravellerLeft(), NOW, POLICY) if value in STATES else value
        for secret in SECRETS:
            assert secret not in repr(value) + repr(taken)


def test_the_diagram_is_fresh() -> None:
    page = ROOT / "docs" / "session-states.md"
    assert page.read_text("utf-8") == draw(STATES, EVENTS, POLICY), (
        "docs/session-states.md is stale; run `python -m tests.write_session_states`"
    )
