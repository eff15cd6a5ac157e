"""Whom a lane is for at all: known from the data page, before anybody waits for a chip."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from egate.domain.evidence import CheckResult, TravelDocument
from egate.domain.policy.entries import PolicyInvalid, exactly, table, texts
from egate.emrtd.checks import CheckId, Outcome

_KEYS: Final = frozenset({"document_codes", "issuing_states", "minimum_age"})
_OLDEST: Final = 120


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The documents and the people that the gates of this policy serve.

    Args:
        document_codes: first letters of the document code (9303-4 §4.2.2.1), such as ``P``.
        issuing_states: three letters each; empty for every State.
        minimum_age: in completed years, on the day of the crossing.

    """

    document_codes: tuple[str, ...]
    issuing_states: frozenset[str]
    minimum_age: int


def eligibility_check(document: TravelDocument, rules: Eligibility, today: dt.date) -> CheckResult:
    """Say whether the lane serves the holder of ``document``.

    A birth date that is not known to the day leaves it undetermined: an officer sees.
    """
    if not document.document_code.startswith(rules.document_codes):
        return _result(Outcome.FAILED, "the lane is not for this kind of document")
    if rules.issuing_states and document.issuing_state not in rules.issuing_states:
        return _result(Outcome.FAILED, "the lane is not for documents of this State")
    try:
        born = dt.date.fromisoformat(document.date_of_birth)
    except ValueError:
        return _result(Outcome.UNDETERMINED, "the date of birth is not complete")
    if _age(born, today) < rules.minimum_age:
        return _result(Outcome.FAILED, f"the lane is for travellers from {rules.minimum_age} years")
    return _result(Outcome.SUCCESSFUL)


def parse_eligibility(content: object) -> Eligibility:
    """Return the rules that the policy's table describes.

    Raises:
        PolicyInvalid: a key is unknown or missing, or a value is of the wrong kind.

    """
    found = table("eligibility", content)
    exactly("eligibility.", found, _KEYS)
    age = found["minimum_age"]
    if type(age) is not int or not 0 <= age <= _OLDEST:
        raise PolicyInvalid(f"eligibility.minimum_age: is not a whole number from 0 to {_OLDEST}")
    codes = texts("eligibility.document_codes", found["document_codes"])
    if not codes:
        raise PolicyInvalid("eligibility.document_codes: is empty; the lane would serve nobody")
    states = texts("eligibility.issuing_states", found["issuing_states"])
    return Eligibility(codes, frozenset(states), age)


def _age(born: dt.date, today: dt.date) -> int:
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday)


def _result(outcome: Outcome, detail: str = "") -> CheckResult:
    return CheckResult(CheckId.ELIGIBILITY, outcome, detail)
