"""How old a list is by two clocks, what the worst of several means, and the policy's limits."""

import tomllib
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.conditions import ListReading, of_lists
from egate.domain.list_age import CLOCK_TOLERANCE_SECONDS, ListProof
from egate.domain.policy.entries import PolicyInvalid
from egate.domain.policy.list_limits import ListLimits, NameLimits, parse_list_limits
from egate.domain.policy.parse import parse_policy
from egate.domain.session.flow import Condition
from egate.domain.time import Instant, UtcSeconds
from egate.lists.names.person_index import NameThresholds
from tests.gate_samples import POLICY, ROOT

LIMITS = ListLimits()
NAMES = asdict(NameLimits())
AT = UtcSeconds(1_800_000_000.0)
CONTENT = tomllib.loads((ROOT / "config" / "policy.toml").read_text("utf-8"))
MINUTE, HOUR = 60.0, 3600.0


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (0.0, set()),
        (15 * MINUTE - 1, set()),
        (15 * MINUTE, {Condition.LISTS_STALE}),
        (2 * HOUR - 1, {Condition.LISTS_STALE}),
        (2 * HOUR, {Condition.LISTS_OLD}),
        (24 * HOUR - 1, {Condition.LISTS_OLD}),
        (24 * HOUR, {Condition.LISTS_UNUSABLE}),
        (None, {Condition.LISTS_UNUSABLE}),
    ],
)
def test_the_oldest_list_counts(age: float | None, found: set[Condition]) -> None:
    assert of_lists([ListReading(1.0), ListReading(age), ListReading(2.0)], LIMITS) == found


def test_the_last_good_version_behind_a_spoilt_one_is_stale_at_once() -> None:
    behind = ListReading(1.0, is_behind=True)
    assert of_lists([ListReading(1.0), behind], LIMITS) == {Condition.LISTS_STALE}
    assert of_lists([replace(behind, age_seconds=3 * HOUR)], LIMITS) == {Condition.LISTS_OLD}


def test_a_gate_that_must_have_no_list_misses_none() -> None:
    assert of_lists([], LIMITS) == set()


def test_an_age_goes_on_while_the_time_of_day_stands_or_goes_back() -> None:
    proof = ListProof.learnt(AT, Instant(100.0), UtcSeconds(AT + 7))
    assert proof.age(Instant(100.0), UtcSeconds(AT + 7)) == 7
    assert proof.age(Instant(1000.0), UtcSeconds(AT + 7)) == 907
    assert proof.age(Instant(1000.0), UtcSeconds(AT - 200)) == 907


def test_an_age_grows_when_the_time_of_day_is_put_forward() -> None:
    proof = ListProof.learnt(AT, Instant(100.0), AT)
    assert proof.age(Instant(101.0), UtcSeconds(AT + HOUR)) == HOUR


def test_no_age_is_told_by_a_time_of_day_from_before_the_proof() -> None:
    early = UtcSeconds(AT - CLOCK_TOLERANCE_SECONDS - 1)
    assert ListProof.learnt(AT, Instant(0.0), early).age(Instant(0.0), early) is None


@given(
    st.floats(-400, 1e6), st.lists(st.tuples(st.floats(0, 1e5), st.floats(-1e6, 1e6)), max_size=8)
)
def test_no_jump_of_the_time_of_day_makes_a_list_younger(
    behind: float, later: list[tuple[float, float]]
) -> None:
    proof = ListProof.learnt(AT, Instant(0.0), UtcSeconds(AT + behind))
    for elapsed, jumped in later:
        age = proof.age(Instant(elapsed), UtcSeconds(AT + behind + jumped))
        assert age is None or age >= max(0.0, behind) + elapsed - 1e-5


def test_the_usual_likeness_is_what_was_measured() -> None:
    assert NameThresholds(**NAMES) == NameThresholds()


def test_limits_of_a_policy_are_read_strictly() -> None:
    content = {"stale_seconds": 60, "old_seconds": 120, "unusable_seconds": 180}
    assert parse_list_limits(content) == ListLimits(60, 120, 180)
    assert parse_policy({**CONTENT, "lists": content}, "standard").lists.old_seconds == 120
    stricter = {**content, "names": {**NAMES, "partial": 0.9}}
    assert parse_list_limits(stricter).names == NameLimits(partial=0.9)
    assert POLICY.lists == ListLimits()
    without = {key: value for key, value in CONTENT.items() if key != "lists"}
    assert parse_policy(without, "standard").lists == ListLimits()
    for wrong, fault in (
        ({**content, "stale_seconds": 120}, "lists.stale_seconds: is not less than old_seconds"),
        ({**content, "unusable_seconds": 90}, "lists.old_seconds: is not less than unusable"),
        ({**content, "fresh": 1}, "lists.fresh: unknown key"),
        ({**content, "old_seconds": 1e9}, "lists.old_seconds: is not above 0"),
        ({**content, "names": {**NAMES, "exact": 1.1}}, "lists.names.exact: is not above 0"),
        ({**content, "names": {"exact": 0.5}}, "lists.names.by_chance: is missing"),
        ({**content, "names": 3}, "lists.names: is not a table"),
        ({"stale_seconds": 60, "old_seconds": 120}, "lists.unusable_seconds: is missing"),
    ):
        with pytest.raises(PolicyInvalid, match=fault):
            parse_list_limits(wrong)
