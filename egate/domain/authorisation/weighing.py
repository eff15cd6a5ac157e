"""One authorisation against one traveller: its faults, and what only an officer can say."""

from collections.abc import Set
from dataclasses import dataclass

from egate.domain.authorisation.rules import AuthorisationRules, KindRule
from egate.domain.authorisation.succession import documents_of_holder, documents_succeeded
from egate.domain.authorisation.travel_authorisation import (
    AuthorisationKind,
    AuthorisationStatus,
    TravelAuthorisation,
)
from egate.domain.authorisation.traveller import Known, Traveller
from egate.domain.record import Direction


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was found about one authorisation.

    Args:
        authorisation: which one.
        faults: why it may not be used.
        doubts: why an officer has to look at it.

    """

    authorisation: TravelAuthorisation
    faults: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.faults and not self.doubts


def weigh(
    authorisation: TravelAuthorisation,
    rule: KindRule,
    traveller: Traveller,
    known: Known,
    rules: AuthorisationRules,
) -> Weighed:
    """Say what stands in the way of using ``authorisation`` under ``rule`` here and now."""
    kind = authorisation.kind
    faults = [
        fault
        for fault in (
            _status_fault(authorisation),
            _day_fault(authorisation, traveller, rules),
            _place_fault(authorisation, traveller),
            _link_fault(authorisation, rule, traveller, known),
        )
        if fault
    ]
    doubts = []
    if authorisation.conditions:
        doubts.append("has conditions that an officer reads")
    if authorisation.verified_by not in rules.trusted:
        doubts.append("was not verified by a machine")
    return Weighed(
        authorisation,
        tuple(f"{kind} {fault}" for fault in faults),
        tuple(f"{kind} {doubt}" for doubt in doubts),
    )


def did_not_answer(kinds: Set[AuthorisationKind], known: Known) -> str:
    """Return which systems of ``kinds`` were asked in vain, in words; "" for none."""
    silent = sorted(kinds & known.silent)
    return f"no answer about {', '.join(silent)}" if silent else ""


def in_words(reasons: Set[str]) -> str:
    """Return reasons in one order, whatever the order of what they are about."""
    return "; ".join(sorted(reasons))


def _status_fault(authorisation: TravelAuthorisation) -> str:
    status = authorisation.status
    return "" if status is AuthorisationStatus.VALID else f"is {status}"


def _day_fault(
    authorisation: TravelAuthorisation, traveller: Traveller, rules: AuthorisationRules
) -> str:
    day = rules.day_of(traveller.at)
    if authorisation.holds_on(day):
        return ""
    return "is not yet valid" if day < authorisation.valid_from else "has expired"


def _place_fault(authorisation: TravelAuthorisation, traveller: Traveller) -> str:
    is_entry = traveller.direction is Direction.ENTRY
    ports = authorisation.entry_points if is_entry else authorisation.exit_points
    if not ports or traveller.port in ports:
        return ""
    return f"is for other ports of {traveller.direction}"


def _link_fault(
    authorisation: TravelAuthorisation, rule: KindRule, traveller: Traveller, known: Known
) -> str:
    linked = authorisation.linked_document
    if linked in documents_succeeded(traveller.document, known.successions, rule.follows):
        return ""
    if linked in documents_of_holder(traveller.document, known.successions):
        return "has to be linked anew: it was issued for another document of the holder"
    return "was issued for another document"
