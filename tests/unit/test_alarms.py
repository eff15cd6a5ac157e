"""What raises an alarm, and what does not."""

import tomllib
from dataclasses import replace

import pytest

from egate.domain.policy.alarms import USUAL_ALARMS, AlarmRules, parse_alarms
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.alarm import Alarm
from egate.domain.session.alarms import alarms_of
from egate.domain.session.machine import step
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from tests.gate_samples import ENTERED, POLICY, ROOT, SESSION_ID

SESSION = m.Session(SESSION_ID, ENTERED.at, Instant(0), ENTERED.direction, m.Flow.TWO_STEP)
READING = m.ReadingMrz(SESSION, Instant(20))
NOW = Instant(1)
HITS = POLICY.alarms.hits
LEFT_DOCUMENT = m.ConditionsChanged(frozenset({m.Condition.DOCUMENT_LEFT}))
FORCED = m.DeviceFailed("door_forced")


def raised(before: m.State, event: m.Event) -> tuple[Alarm, ...]:
    return alarms_of(before, event, step(before, event, NOW, POLICY), HITS)


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


def referral(*findings: CheckId, outcome: Outcome = Outcome.FAILED) -> m.Step:
    checks = tuple(CheckResult(each, outcome) for each in findings)
    report = m.Report(
        SESSION,
        CrossingStatus.REFERRED,
        RecordVerdict.REFER,
        "1",
        checks,
        tuple(map(str, findings)),
    )
    return m.Step(m.AwaitingOfficer(SESSION_ID, report.findings), (report,))


def test_the_wrong_way_is_one() -> None:
    found = alarms_of(READING, m.WrongWayDetected(), referral(CheckId.SINGLE_PERSON), HITS)
    assert found == (Alarm.WRONG_WAY,)


@pytest.mark.parametrize("check", [CheckId.WATCHLIST, CheckId.DOCUMENT_STATUS, CheckId.PAD])
def test_a_silent_referral_is_one_for_officers(check: CheckId) -> None:
    event = m.DeadlineReached(NOW)
    assert alarms_of(READING, event, referral(check, CheckId.FACE), HITS) == (Alarm.SILENT_HIT,)
    assert alarms_of(READING, event, referral(CheckId.FACE), HITS) == ()
    unknown = referral(check, outcome=Outcome.UNDETERMINED)
    assert alarms_of(READING, event, unknown, HITS) == ()


def parsed(silent: object, hits: object) -> AlarmRules:
    return parse_alarms({"silent": silent, "hits": hits})


def test_the_shipped_policy_keeps_the_usual_alarms() -> None:
    assert POLICY.alarms == USUAL_ALARMS
    content = tomllib.loads((ROOT / "config" / "policy.toml").read_text())
    del content["alarms"]
    assert parse_policy(content, "standard") == POLICY


def test_the_policy_says_which_alarms_are_not_heard_and_what_a_silent_hit_is() -> None:
    rules = parsed(["silent_hit", "tailgating"], ["BIOMETRIC.FACE"])
    assert rules == AlarmRules(
        frozenset({Alarm.SILENT_HIT, Alarm.TAILGATING}), frozenset({CheckId.FACE})
    )
    event = m.DeadlineReached(NOW)
    assert alarms_of(READING, event, referral(CheckId.FACE), rules.hits) == (Alarm.SILENT_HIT,)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (3, "alarms: is not a table"),
        ({"silent": ["silent_hit"]}, "alarms.hits: is missing"),
        ({"silent": ["silent_hit"], "hits": [], "loud": []}, "alarms.loud: unknown key"),
        ({"silent": [], "hits": []}, "alarms.silent: lacks silent_hit"),
        ({"silent": ["silent_hit", "fire"], "hits": []}, "alarms.silent: 'fire' is none of"),
        ({"silent": ["silent_hit"], "hits": ["FACE"]}, "alarms.hits: 'FACE' is no check"),
        ({"silent": "silent_hit", "hits": []}, "alarms.silent: is not a list of texts"),
    ],
)
def test_a_mistake_in_the_alarms_is_one_line(content: object, fault: str) -> None:
    with pytest.raises(PolicyInvalid, match=fault) as raised:
        parse_alarms(content)
    assert "\n" not in str(raised.value)
