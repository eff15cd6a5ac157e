"""What raises an alarm, and what does not."""

from dataclasses import replace

import pytest

from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.alarms import Alarm, alarms_of
from egate.domain.session.machine import step
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId
from tests.gate_samples import ENTERED, POLICY, SESSION_ID

SESSION = m.Session(SESSION_ID, ENTERED.at, Instant(0), ENTERED.direction, m.Flow.TWO_STEP)
READING = m.ReadingMrz(SESSION, Instant(20))
NOW = Instant(1)
LEFT_DOCUMENT = m.ConditionsChanged(frozenset({m.Condition.DOCUMENT_LEFT}))
FORCED = m.DeviceFailed("door_forced")


def raised(before: m.State, event: m.Event) -> tuple[Alarm, ...]:
    return alarms_of(before, event, step(before, event, NOW, POLICY))


@pytest.mark.parametrize(
    ("before", "event", "alarms"),
    [
        (READING, m.SecondPersonDetected(), (Alarm.TAILGATING,)),
        (m.Idle(), m.SecondPersonDetected(), ()),
        (READING, m.WrongWayDetected(), ()),
        (m.Idle(), FORCED, (Alarm.FORCED_BARRIER,)),
        (m.OutOfService(m.Lane(frozenset({"door_forced"}))), FORCED, ()),
        (m.Idle(), m.DeviceFailed("camera"), ()),
        (m.Idle(), m.EmergencyRaised(), (Alarm.EVACUATION,)),
        (m.Evacuating(), m.EmergencyRaised(by_input=True), ()),
        (m.Idle(), ENTERED, ()),
        (m.Idle(), LEFT_DOCUMENT, (Alarm.DOCUMENT_LEFT,)),
        (m.OutOfService(m.Lane(conditions=LEFT_DOCUMENT.conditions)), LEFT_DOCUMENT, ()),
        (m.Idle(), m.ConditionsChanged(frozenset({m.Condition.ITEM_LEFT})), ()),
    ],
)
def test_an_alarm_is_raised_once(
    before: m.State, event: m.Event, alarms: tuple[Alarm, ...]
) -> None:
    assert raised(before, event) == alarms


def test_whoever_passes_before_a_decision_forced_the_barrier() -> None:
    one_step = replace(READING, session=replace(SESSION, flow=m.Flow.ONE_STEP))
    assert raised(one_step, m.PassageConfirmed()) == (Alarm.FORCED_BARRIER,)


def referral(*findings: CheckId) -> m.Step:
    report = m.Report(
        SESSION, CrossingStatus.REFERRED, RecordVerdict.REFER, "1", (), tuple(map(str, findings))
    )
    return m.Step(m.AwaitingOfficer(SESSION_ID, report.findings), (report,))


def test_the_wrong_way_is_one() -> None:
    found = alarms_of(READING, m.WrongWayDetected(), referral(CheckId.SINGLE_PERSON))
    assert found == (Alarm.WRONG_WAY,)


@pytest.mark.parametrize("check", [CheckId.WATCHLIST, CheckId.DOCUMENT_STATUS, CheckId.PAD])
def test_a_silent_referral_is_one_for_officers(check: CheckId) -> None:
    event = m.DeadlineReached(NOW)
    assert alarms_of(READING, event, referral(check, CheckId.FACE)) == (Alarm.SILENT_HIT,)
    assert alarms_of(READING, event, referral(CheckId.FACE)) == ()
