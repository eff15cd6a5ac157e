"""Temporary changes: in their time, for their policy, and never twice to one key."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.policy.changes import Change, parse_change, parse_changed_policy
from egate.domain.policy.entries import PolicyInvalid
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.period import Period
from egate.domain.policy.policy import Policy
from egate.domain.record import RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.machine import recover, step
from egate.domain.time import Instant, UtcSeconds
from egate.emrtd.checks import CheckId
from tests.gate_samples import (
    BACKGROUND_CHECKED,
    CHIP_INSPECTED,
    ENTERED,
    MRZ_READ,
    POLICY,
    ROOT,
    SESSION_ID,
    face,
)

CONTENT = tomllib.loads((ROOT / "config" / "policy.toml").read_text("utf-8"))
TEXT = f"""
number = 7
policy_version = "{POLICY.version}"
key = "profiles.standard.min_similarity"
value = 0.7
from = 2026-11-23T00:00:00Z
until = 2026-12-23T00:00:00Z
reason = "Twins were seen at the gates."
proposed_by = "a.rahman"
"""
BEGINS = UtcSeconds(1_795_392_000.0)
DAY = 86_400


def change(**others: object) -> Change:
    return replace(parse_change(tomllib.loads(TEXT)), **others)


def policy(*changes: Change, profile: str = "standard") -> Policy:
    return parse_changed_policy(CONTENT, profile, changes)


def at(days: float) -> UtcSeconds:
    return UtcSeconds(BEGINS + days * DAY)


def days(first: float, end: float) -> Period:
    return Period(at(first), at(end))


def test_a_change_holds_in_its_time_and_ends_by_itself() -> None:
    changed = policy(change())
    assert change().period == days(0, 30)
    for before_or_after in (-1e-3, 30):
        assert changed.in_force(at(before_or_after)) is changed
        assert changed.version == POLICY.version
    for within in (0, 29.9):
        found = changed.in_force(at(within))
        assert found.version == f"{POLICY.version}+change-7"
        similar = replace(POLICY.profile, min_similarity=0.7)
        assert found == replace(POLICY, version=found.version, profile=similar)


def test_an_obligation_may_change_and_then_counts() -> None:
    changed = policy(change(key="obligations.OPTICAL.UV", value="mandatory"))
    assert changed.in_force(at(0)).obligations[CheckId.OPTICAL_UV] is Obligation.MANDATORY
    assert changed.obligations == POLICY.obligations
    assert changed.may_count(CheckId.OPTICAL_UV)
    assert not policy(change()).may_count(CheckId.OPTICAL_UV)


def test_a_quality_limit_may_change() -> None:
    changed = policy(change(key="profiles.standard.quality.max_yaw", value=12.0))
    assert changed.in_force(at(1)).profile.quality.max_yaw == 12.0


def test_changes_overlap_in_the_order_of_their_numbers() -> None:
    other = change(number=2, key="profiles.standard.frames", value=1, period=days(10, 40))
    changed = policy(change(), other)
    names = [changed.in_force(at(d)).version.removeprefix(POLICY.version) for d in (0, 10, 30, 40)]
    assert names == ["+change-7", "+change-2+change-7", "+change-2", ""]
    both = changed.in_force(at(10)).profile
    assert (both.frames, both.min_similarity) == (1, 0.7)


def test_between_two_changes_the_policy_is_its_own() -> None:
    changed = policy(change(period=days(0, 1)), change(number=8, period=days(2, 3)))
    assert [changed.in_force(at(d)).version[-2:] for d in (0, 1, 2)] == [
        "-7",
        POLICY.version[-2:],
        "-8",
    ]


def test_changes_of_another_policy_or_profile_are_left_aside() -> None:
    assert policy(change(policy_version="2026-11.1")).variants == ()
    assert policy(change(), profile="strict").variants == ()
    assert policy(change(key="obligations.OPTICAL.UV", value="optional"), profile="strict").variants


def test_one_key_is_not_changed_twice_at_a_time() -> None:
    with pytest.raises(PolicyInvalid, match=r"^change 8: changes profiles\S+ while 7 does$"):
        policy(change(), change(number=8, period=days(29, 31)))
    assert len(policy(change(), change(number=8, period=days(30, 31))).variants) == 2


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("profiles.standard.min_similarity", 1.5, "profiles.standard.min_similarity: is not above"),
        ("profiles.standard.min_similarity", "0.5", "profiles.standard.min_similarity: is not a n"),
        ("profiles.standard.mood", 1, "mood: there is no such key"),
        ("profiles.standard.quality.mood", 1, "mood: there is no such key"),
        ("profiles.standard.quality", 1, "profiles.standard.quality: is not a table"),
        ("obligations.OPTICAL.XX", "optional", "OPTICAL.XX: there is no such key"),
        ("obligations.OPTICAL.UV", "maybe", "obligations.OPTICAL.UV: is none of"),
    ],
)
def test_a_change_to_what_no_gate_would_take_is_refused(
    key: str, value: object, fault: str
) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        policy(change(key=key, value=value))
    assert str(caught.value).startswith(f"change 7: {fault}")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("number = 7", "number = 0", "number: is not a whole number from 1"),
        ("number = 7", "number = true", "number: is not a whole number from 1"),
        ("number = 7", 'number = "7"', "number: is not a whole number from 1"),
        ("number = 7", "", "number: is missing"),
        ("number = 7", "number = 7\nmood = 1", "mood: unknown key"),
        ("profiles.standard.min_similarity", "seconds.mrz", "key: is neither of a profile nor"),
        ("profiles.standard.min_similarity", "profiles.x.y.z", "key: is neither of a profile nor"),
        (
            "profiles.standard.min_similarity",
            "obligations.ELECTRONIC.PA.DG_HASHES",
            "key: may not be changed: it shows whose",
        ),
        ("12-23T00:00:00Z", "12-23T00:00:01Z", "change.until: is more than 30 days after from"),
        ("2026-12-23", "2026-11-22", "change.until: is not after from"),
        ('"Twins were seen at the gates."', '""', "reason: is not a text on one line"),
        ('"a.rahman"', "3", "proposed_by: is not a text on one line"),
        (f'policy_version = "{POLICY.version}"', "policy_version = 3", "policy_version: is not a"),
    ],
)
def test_a_bad_change_is_told_in_one_line(old: str, new: str, fault: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyInvalid) as caught:
        parse_change(tomllib.loads(TEXT.replace(old, new)))
    assert str(caught.value).startswith(fault)
    assert "\n" not in str(caught.value)


def test_a_session_is_judged_to_its_end_as_of_its_beginning() -> None:
    changed = policy(change())
    for begins, alike, admitted in ((0, 0.65, False), (-1, 0.65, True), (0, 0.75, True)):
        state: m.State = m.Idle()
        compared = m.FaceCompared(SESSION_ID, face(alike))
        entered = replace(ENTERED, at=at(begins))
        told: list[m.Command] = []
        for event in (entered, MRZ_READ, CHIP_INSPECTED, compared, BACKGROUND_CHECKED):
            taken = step(state, event, Instant(0.0), changed)
            state = taken.state
            told += taken.commands
        assert isinstance(state, m.Passing) == admitted
        told += step(state, m.PassageConfirmed(), Instant(0.0), changed).commands
        (report,) = [c for c in told if isinstance(c, m.Report)]
        assert report.policy_version.endswith("+change-7") == (begins >= 0)
        assert (report.verdict is RecordVerdict.ADMIT) == admitted


def test_an_interrupted_session_names_its_own_policy() -> None:
    changed = policy(change())
    state = step(m.Idle(), replace(ENTERED, at=at(0)), Instant(0.0), changed).state
    (report,) = [c for c in recover(state, changed).commands if isinstance(c, m.Report)]
    assert report.policy_version == f"{POLICY.version}+change-7"


spans = st.tuples(st.integers(0, 20), st.integers(1, 20))


@given(st.lists(spans, max_size=5), st.integers(-1, 45))
def test_at_each_moment_what_holds_is_named_and_nothing_else(
    found: list[tuple[int, int]], day: int
) -> None:
    keys = ("min_similarity", "max_pad_score", "second_face", "frame_seconds", "face_seconds")
    changes = [
        change(
            number=number + 1,
            key=f"profiles.standard.{keys[number]}",
            value=0.5,
            period=days(first, first + length),
        )
        for number, (first, length) in enumerate(found)
    ]
    holding = [c.number for c in changes if c.period.holds(at(day))]
    named = "".join(f"+change-{number}" for number in holding)
    in_force = policy(*changes).in_force(at(day))
    assert in_force.version == POLICY.version + named
    content: Mapping[str, object] = CONTENT
    for each in changes:
        if each.number in holding:
            content = each.made_to(content)
    assert in_force.profile == parse_changed_policy(content, "standard", ()).profile
