"""The form of a decision: what was typed becomes a decision, or words at its fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from egate.console.cases.judging import (
    FINAL,
    against_the_traveller,
    decisions_of,
    faces_were_compared,
)
from egate.console.cases.open_cases import OpenCase
from egate.console.cases.reason_codes import ReasonTable
from egate.domain.decision import BiometricVeto, Decision, IdentityConfirmed, Notice
from egate.ports.case_hits import CaseHit

_MAX_FIELD: Final = 2000
_Choice = TypeVar("_Choice", bound=StrEnum)


class DecisionFaulty(Exception):
    """Nothing was decided; ``faults`` are fields of the form, each with the key of its words."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("the form is not complete")
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class Identity:
    """What the officer says of one entry.

    Args:
        hit: as it was shown.
        confirmed: whether the traveller is whom it names.

    """

    hit: CaseHit
    confirmed: IdentityConfirmed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an officer wants to decide. Personal.

    Args:
        decision: what.
        reason_code: of the office's table.
        reason_text: in their words.
        legal_basis: statute or order.
        notice: how the traveller learnt of it; None when not.
        veto: what the officer's eyes say of the face; None when none was compared.
        offload_until: last day of an offload, "" for other decisions.
        identities: of each entry that the officer spoke of, the one at hand first.
        second_officer_id: who else agrees; "" for nobody.
        second_password: theirs.
        second_code: of their second factor.
        needs_second: whether somebody else must agree.

    """

    decision: Decision
    reason_code: str
    reason_text: str = field(repr=False)
    legal_basis: str = field(repr=False)
    notice: Notice | None
    veto: BiometricVeto | None
    offload_until: str
    identities: tuple[Identity, ...]
    second_officer_id: str
    second_password: str = field(repr=False)
    second_code: str = field(repr=False)
    needs_second: bool


def read_form(form: Mapping[str, Any], case: OpenCase, reasons: ReasonTable) -> Wanted:
    """Return what ``form`` wants to decide about ``case``.

    Args:
        form: as a browser sent it.
        case: as it was shown to the officer.
        reasons: of the office.

    Raises:
        DecisionFaulty: names each field that is missing or contradicts another.

    """
    reading = _Reading(form, case)
    decision = reading.choice("decision", Decision, "case.fault.decision")
    if decision is None:
        raise DecisionFaulty(reading.faults)
    if decision not in decisions_of(case):
        raise DecisionFaulty({"decision": "case.fault.direction"})
    identities = reading.identities(decision)
    wanted = Wanted(
        decision=decision,
        reason_code=reading.text("reason_code"),
        reason_text=reading.text("reason_text"),
        legal_basis=reading.text("legal_basis"),
        notice=reading.choice("notice_given", Notice),
        veto=reading.choice("biometric_veto", BiometricVeto),
        offload_until=reading.text("offload_until") if decision is Decision.OFFLOAD else "",
        identities=identities,
        second_officer_id=reading.text("second_id"),
        second_password=reading.text("second_password"),
        second_code=reading.text("second_code"),
        needs_second=needs_second(decision, case, identities),
    )
    reading.faults.update(_contradictions(wanted, case, reasons))
    if reading.faults:
        raise DecisionFaulty(reading.faults)
    return wanted


def needs_second(decision: Decision, case: OpenCase, identities: tuple[Identity, ...]) -> bool:
    """Say whether two decide: about an entry of a list, or clearing against a failed check."""
    is_override = decision is Decision.CLEAR and bool(against_the_traveller(case))
    return bool(identities) or is_override


def entry_of(hit: CaseHit) -> str:
    """Return by what the form names ``hit``: the entry, and its persons as they were shown."""
    return f"{hit.list_name}/{hit.entry_id}/{hit.revision}"


class _Reading:
    def __init__(self, form: Mapping[str, Any], case: OpenCase) -> None:
        self._form = form
        self._case = case
        self.faults: dict[str, str] = {}

    def text(self, name: str) -> str:
        value = self._form.get(name, "")
        return value.strip()[:_MAX_FIELD] if isinstance(value, str) else ""

    def choice(self, name: str, kind: type[_Choice], missing: str = "") -> _Choice | None:
        given = self.text(name)
        if given in list(kind):
            return kind(given)
        if given or missing:
            self.faults[name] = missing or f"case.fault.{name}"
        return None

    def identities(self, decision: Decision) -> tuple[Identity, ...]:
        """Return what is said of each entry that stops; a final decision says it of all."""
        found = []
        for number, hit in enumerate(self._case.stopping):
            name = f"identity-{number}"
            must = "case.fault.identity" if decision in FINAL else ""
            if self.text(f"entry-{number}") != entry_of(hit):
                self.faults["hits"] = "case.fault.hits"
            elif confirmed := self.choice(name, IdentityConfirmed, must):
                found.append(Identity(hit, confirmed))
        found.sort(key=lambda each: list(IdentityConfirmed).index(each.confirmed))
        return tuple(found)


def _contradictions(
    wanted: Wanted, case: OpenCase, reasons: ReasonTable
) -> Iterator[tuple[str, str]]:
    reason = reasons.find(wanted.reason_code, wanted.decision)
    if reason is None:
        yield "reason_code", "case.fault.reason_code"
    elif reason.needs_words and not wanted.reason_text:
        yield "reason_text", "case.fault.reason_text"
    if wanted.decision is Decision.CLEAR and faces_were_compared(case) and wanted.veto is None:
        yield "biometric_veto", "case.fault.biometric_veto"
    if wanted.decision is Decision.CLEAR and wanted.veto is BiometricVeto.NOK:
        yield "biometric_veto", "case.fault.another_face"
    if wanted.needs_second and not wanted.second_officer_id:
        yield "second_id", "case.fault.second_id"
