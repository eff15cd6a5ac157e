"""Whom a lane is for: the document's class and State, and the holder's age."""

import datetime as dt
import tomllib
from dataclasses import replace

import pytest

from egate.domain.policy.eligibility import Eligibility, eligibility_check
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.emrtd.checks import Outcome
from tests.gate_samples import DOCUMENT, ROOT

TEXT = (ROOT / "config" / "policy.toml").read_text("utf-8")
RULES = Eligibility(("P",), frozenset({"UTO"}), 18)
TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.SUCCESSFUL),
        ({"document_code": "PD"}, Outcome.SUCCESSFUL),
        ({"document_code": "I"}, Outcome.FAILED),
        ({"issuing_state": "BGD"}, Outcome.FAILED),
        ({"date_of_birth": "2008-11-22"}, Outcome.SUCCESSFUL),
        ({"date_of_birth": "2008-11-23"}, Outcome.FAILED),
        ({"date_of_birth": "1974-XX-XX"}, Outcome.UNDETERMINED),
    ],
)
def test_the_lane_is_for_some(changes: dict[str, str], outcome: Outcome) -> None:
    document = replace(DOCUMENT, **changes)
    assert eligibility_check(document, RULES, TODAY).outcome is outcome


def test_a_lane_that_names_no_state_is_for_all() -> None:
    everybody = replace(RULES, issuing_states=frozenset())
    assert eligibility_check(DOCUMENT, everybody, TODAY).outcome is Outcome.SUCCESSFUL


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("minimum_age = 18", "minimum_age = 121", "minimum_age: is not a whole number from 0"),
        ("minimum_age = 18", "minimum_age = true", "minimum_age: is not a whole number from 0"),
        ('document_codes = ["P"]', "document_codes = []", "document_codes: is empty"),
        ('document_codes = ["P"]', "document_codes = 3", "document_codes: is not a list of texts"),
        ("issuing_states = []", 'issuing_states = [""]', "issuing_states: is not a list of texts"),
    ],
)
def test_a_bad_eligibility_is_told_in_one_line(old: str, new: str, fault: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyInvalid, match=rf"^eligibility\.{fault}"):
        parse_policy(tomllib.loads(TEXT.replace(old, new, 1)), "standard")
