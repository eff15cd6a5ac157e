"""A record says under which conditions less than usual was known of its traveller."""

from dataclasses import replace

import pytest

from egate.domain.evidence import BackgroundEvidence, ListUsed, StayGrant
from egate.domain.record import CaptureMode, CrossingRecord, CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity, complete, in_short
from egate.domain.session.machine import step
from egate.domain.time import Instant, UtcSeconds
from tests.gate_samples import (
    BACKGROUND_CHECKED,
    CHIP_INSPECTED,
    DOCUMENT,
    ENTERED,
    ENTERED_AT,
    FACE_COMPARED,
    KIOSK_SESSION,
    MRZ_READ,
    NOTHING_AGAINST,
    POLICY,
    SESSION_ID,
    chip,
    entered,
)

NOW = Instant(100.0)
AWAY = frozenset({m.Condition.CENTRE_AWAY})
NOTHING: frozenset[m.Condition] = frozenset()
LIST = ListUsed("EXIT_BAN", 7, UtcSeconds(1_790_000_000.0), "ab" * 32)
GRANT = StayGrant("VISA_MRV", "A1234567", 30, "2026-10-20")
PASSED = m.PassageConfirmed()


def noticed(conditions: frozenset[m.Condition]) -> m.ConditionsChanged:
    return m.ConditionsChanged(conditions)


def record_of(*events: m.Event) -> CrossingRecord:
    state: m.State = m.Idle()
    reports: list[m.Report] = []
    for event in events:
        taken = step(state, event, NOW, POLICY)
        state = taken.state
        reports += [each for each in taken.commands if isinstance(each, m.Report)]
    (report,) = reports
    return complete(report, LaneIdentity("A-01", "BDDAC", "1"), 1, ENTERED_AT)


def test_an_ordinary_crossing_is_a_gates_and_not_under_fallback() -> None:
    made = record_of(ENTERED, MRZ_READ, BACKGROUND_CHECKED, CHIP_INSPECTED, FACE_COMPARED, PASSED)
    assert made.verdict is RecordVerdict.ADMIT
    assert made.capture_mode is CaptureMode.EGATE
    assert (made.fallback_reasons, made.lists_used, made.grant) == ((), (), None)


def test_a_crossing_says_which_lists_were_asked_and_what_was_granted() -> None:
    background = BackgroundEvidence(NOTHING_AGAINST.checks, (LIST,), GRANT)
    answered = m.BackgroundChecked(SESSION_ID, background, DOCUMENT)
    made = record_of(ENTERED, MRZ_READ, answered, CHIP_INSPECTED, FACE_COMPARED, PASSED)
    assert (made.lists_used, made.grant) == ((LIST,), GRANT)
    assert GRANT.number not in repr(made)
    short = in_short(made)
    assert (short.lists_used, short.grant) == ((), None)


@pytest.mark.parametrize(
    "events",
    [
        (noticed(AWAY), BACKGROUND_CHECKED, noticed(NOTHING), CHIP_INSPECTED, FACE_COMPARED),
        (BACKGROUND_CHECKED, CHIP_INSPECTED, noticed(AWAY), FACE_COMPARED, noticed(NOTHING)),
    ],
    ids=["when the lists answered", "at the verdict"],
)
def test_a_centre_that_was_away_is_on_the_record(events: tuple[m.Event, ...]) -> None:
    made = record_of(ENTERED, MRZ_READ, *events, PASSED)
    assert made.status is CrossingStatus.COMPLETED
    assert made.fallback_reasons == ("centre_away",)


def test_what_came_and_went_between_two_answers_does_not_matter() -> None:
    between = (noticed(AWAY), noticed(NOTHING))
    made = record_of(
        ENTERED, *between, MRZ_READ, BACKGROUND_CHECKED, CHIP_INSPECTED, *between, FACE_COMPARED,
        noticed(AWAY), PASSED,
    )  # fmt: skip
    assert made.fallback_reasons == ()


def test_a_referral_by_old_lists_says_so() -> None:
    conditions = AWAY | {m.Condition.LISTS_OLD, m.Condition.CLOCK_DRIFTING}
    made = record_of(
        ENTERED, noticed(conditions), MRZ_READ, BACKGROUND_CHECKED, CHIP_INSPECTED, FACE_COMPARED
    )
    assert made.status is CrossingStatus.REFERRED
    assert made.fallback_reasons == ("centre_away", "lists_old")


def test_a_referral_before_any_answer_says_so_too() -> None:
    made = record_of(ENTERED, MRZ_READ, noticed(AWAY), m.SecondPersonDetected())
    assert (made.status, made.fallback_reasons) == (CrossingStatus.REFERRED, ("centre_away",))


def test_what_the_background_itself_went_without_is_kept() -> None:
    background = replace(NOTHING_AGAINST, fallback_reasons=("centre_away",))
    answered = m.BackgroundChecked(SESSION_ID, background, DOCUMENT)
    made = record_of(ENTERED, MRZ_READ, answered, CHIP_INSPECTED, FACE_COMPARED, PASSED)
    assert made.fallback_reasons == ("centre_away",)


def test_the_gate_of_a_segregated_lane_says_what_the_kiosk_went_without() -> None:
    background = BackgroundEvidence(NOTHING_AGAINST.checks, (LIST,), GRANT, ("lists_stale",))
    made = record_of(
        entered(m.Flow.TOKEN_GATE),
        MRZ_READ,
        m.TokenRedeemed(SESSION_ID, KIOSK_SESSION, chip(), background),
        FACE_COMPARED,
        PASSED,
    )
    assert made.prepared_crossing_id == KIOSK_SESSION
    assert made.fallback_reasons == ("lists_stale",)
    assert (made.lists_used, made.grant) == ((LIST,), GRANT)
