"""What an exit needs: a foreigner's port, a citizen's clearance. Only officers stop anybody."""

from egate.domain.authorisation.history import open_entry
from egate.domain.authorisation.rules import AuthorisationRules, ClearanceRule
from egate.domain.authorisation.succession import documents_of_holder
from egate.domain.authorisation.travel_authorisation import (
    ENTRY_KINDS,
    AuthorisationKind,
    AuthorisationStatus,
)
from egate.domain.authorisation.traveller import Known, Purpose, Traveller
from egate.domain.authorisation.weighing import Weighed, did_not_answer, in_words, weigh
from egate.domain.record import Direction
from egate.emrtd.checks import CheckId, CheckResult, Outcome

_NOT_IN_USE = frozenset({AuthorisationStatus.CANCELLED, AuthorisationStatus.SUSPENDED})


def check_leaving(traveller: Traveller, known: Known, rules: AuthorisationRules) -> CheckResult:
    """Return BACKGROUND.AUTHORISATION of an exit.

    A citizen leaves with a document of the own State (Passport Order 1973 art. 3). A foreigner
    whose visa names other ports of exit needs a change of route.
    """
    if rules.is_citizen(traveller):
        if traveller.document.issuing_state == rules.own_state:
            return _authorisation(Outcome.SUCCESSFUL, "a citizen needs none")
        return _authorisation(Outcome.UNDETERMINED, "a citizen with another State's document")
    if silent := did_not_answer(ENTRY_KINDS, known):
        return _authorisation(Outcome.UNDETERMINED, silent)
    if not _is_bound_elsewhere(traveller, known, rules):
        return _authorisation(Outcome.SUCCESSFUL, "none is needed")
    changes = weighed_for_leaving(AuthorisationKind.ROUTE_CHANGE, traveller, known, rules)
    if any(each.is_good for each in changes):
        return _authorisation(Outcome.SUCCESSFUL, str(AuthorisationKind.ROUTE_CHANGE))
    needed = {AuthorisationKind.ROUTE_CHANGE}
    if reason := did_not_answer(needed, known) or _doubts(changes):
        return _authorisation(Outcome.UNDETERMINED, reason)
    return _authorisation(Outcome.FAILED, "may leave by other ports without a change of route")


def check_clearance(traveller: Traveller, known: Known, rules: AuthorisationRules) -> CheckResult:
    """Return BACKGROUND.CLEARANCE: a worker's or official's permission to leave.

    It is successful or undetermined, and nothing else: what is missing, unknown or without an
    answer goes to an officer, who alone may deny an exit.
    """
    if traveller.direction is Direction.ENTRY or not rules.is_citizen(traveller):
        return _clearance(Outcome.SUCCESSFUL, "none is needed")
    day = rules.day_of(traveller.at)
    in_force = [rule for rule in rules.clearances if rule.days.hold(day)]
    demanded = [rule for rule in in_force if rule.demands_of(traveller)]
    missing = {_missing(rule, traveller, known, rules) for rule in demanded} - {""}
    if missing:
        return _clearance(Outcome.UNDETERMINED, in_words(missing))
    if demanded:
        return _clearance(Outcome.SUCCESSFUL, ", ".join(sorted(rule.kind for rule in demanded)))
    if traveller.purpose is not Purpose.UNKNOWN:
        return _clearance(Outcome.SUCCESSFUL, "none is needed")
    for rule in sorted(in_force, key=lambda rule: rule.kind):
        if not _missing(rule, traveller, known, rules):
            return _clearance(Outcome.SUCCESSFUL, str(rule.kind))
    return _clearance(Outcome.UNDETERMINED, "the purpose of the journey is not known")


def weighed_for_leaving(
    kind: AuthorisationKind, traveller: Traveller, known: Known, rules: AuthorisationRules
) -> list[Weighed]:
    """Return every authorisation of a kind that an exit may need; none where no rule has it."""
    rule = rules.leaving_rule(kind, rules.day_of(traveller.at))
    if rule is None:
        return []
    offered = [each for each in known.authorisations if each.kind is kind]
    return [weigh(each, rule, traveller, known, rules) for each in offered]


def _is_bound_elsewhere(traveller: Traveller, known: Known, rules: AuthorisationRules) -> bool:
    """Say whether what the traveller may have entered by names ports, and not this one."""
    entry = open_entry(known.crossings or (), traveller.at)
    day = rules.day_of(entry.at if entry else traveller.at)
    own = documents_of_holder(traveller.document, known.successions)
    return any(
        each.kind in ENTRY_KINDS
        and each.linked_document in own
        and each.status not in _NOT_IN_USE
        and each.holds_on(day)
        and each.exit_points
        and traveller.port not in each.exit_points
        for each in known.authorisations
    )


def _missing(
    rule: ClearanceRule, traveller: Traveller, known: Known, rules: AuthorisationRules
) -> str:
    offered = [each for each in known.authorisations if each.kind is rule.kind]
    weighed = [weigh(each, rule, traveller, known, rules) for each in offered]
    if any(each.is_good for each in weighed):
        return ""
    if reason := did_not_answer({rule.kind}, known):
        return reason
    if rule.kind in known.unconnected:
        return f"no system of {rule.kind} is connected"
    reasons = {text for each in weighed for text in (*each.faults, *each.doubts)}
    return in_words(reasons) or f"no {rule.kind} is known"


def _doubts(weighed: list[Weighed]) -> str:
    return in_words({doubt for each in weighed if not each.faults for doubt in each.doubts})


def _authorisation(outcome: Outcome, detail: str) -> CheckResult:
    return CheckResult(CheckId.AUTHORISATION, outcome, detail)


def _clearance(outcome: Outcome, detail: str) -> CheckResult:
    return CheckResult(CheckId.CLEARANCE, outcome, detail)
