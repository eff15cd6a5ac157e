"""BACKGROUND.AUTHORISATION on entry: whether, and by what, a traveller may come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from egate.domain.authorisation.rules import AuthorisationRules, EntryRule
from egate.domain.authorisation.stay import StayLimit
from egate.domain.authorisation.travel_authorisation import (
    ENTRY_KINDS,
    AuthorisationKind,
    TravelAuthorisation,
)
from egate.domain.authorisation.traveller import Known, Traveller
from egate.domain.authorisation.weighing import Weighed, did_not_answer, in_words, weigh
from egate.emrtd.checks import CheckId, CheckResult, Outcome

_Rules = Mapping[AuthorisationKind, EntryRule]


@dataclass(frozen=True, slots=True)
class Grant:
    """By what a traveller enters, and how long they may stay.

    Args:
        kind: of which kind.
        limit: of the stay that begins.
        number: of the authorisation; "" where nobody has to issue one.

    """

    kind: AuthorisationKind
    limit: StayLimit
    number: str = field(default="", repr=False)


def check_entering(
    traveller: Traveller, known: Known, rules: AuthorisationRules
) -> tuple[CheckResult, Grant | None]:
    """Return the check of an entry, and what it rests on if it is successful.

    A citizen with a document of the own State needs nothing. One with another State's, as a
    laissez-passer, is an officer's matter and never turned down.
    """
    is_citizen = rules.is_citizen(traveller)
    if is_citizen and traveller.document.issuing_state == rules.own_state:
        return _result(Outcome.SUCCESSFUL, "a citizen needs none"), None
    day = rules.day_of(traveller.at)
    if not rules.admits(traveller.nationality, day):
        return _result(Outcome.FAILED, "nobody of this nationality is admitted"), None
    entry_rules = rules.entry_rules(traveller.nationality, day)
    offered = [each for each in known.authorisations if each.kind in ENTRY_KINDS]
    weighed = [_weighed(each, entry_rules, traveller, known, rules) for each in offered]
    free = _by_nationality(entry_rules, traveller, rules)
    # One may enter by any of them: the longest stay is the best.
    grant = max([*free, *_granted(weighed, entry_rules)], key=_length, default=None)
    if grant:
        return _result(Outcome.SUCCESSFUL, str(grant.kind)), grant
    return _without_grant(weighed, entry_rules, traveller, known, rules), None


def _weighed(
    authorisation: TravelAuthorisation,
    entry_rules: _Rules,
    traveller: Traveller,
    known: Known,
    rules: AuthorisationRules,
) -> Weighed:
    kind = authorisation.kind
    rule = entry_rules.get(kind)
    if rule is None:
        return Weighed(authorisation, (f"{kind} lets nobody of this nationality in today",), ())
    found = weigh(authorisation, rule, traveller, known, rules)
    more = [_suspended(kind, traveller, rules), _used_up(authorisation, rule)]
    is_unsaid = rule.limit(authorisation.max_stay_days) is None
    return Weighed(
        authorisation,
        (*found.faults, *(each for each in more if each)),
        (*found.doubts, *([f"{kind} names no length of stay"] if is_unsaid else [])),
    )


def _used_up(authorisation: TravelAuthorisation, rule: EntryRule) -> str:
    limits = [each for each in (authorisation.entries_allowed, rule.entries) if each is not None]
    is_left = not limits or authorisation.entries_used < min(limits)
    return "" if is_left else f"{authorisation.kind} has no entry left"


def _suspended(kind: AuthorisationKind, traveller: Traveller, rules: AuthorisationRules) -> str:
    found = rules.suspension_of(kind, rules.day_of(traveller.at))
    if found is None:
        return ""
    return f"{kind} is suspended" + (f" until {found.days.last}" if found.days.last else "")


def _by_nationality(
    entry_rules: _Rules, traveller: Traveller, rules: AuthorisationRules
) -> list[Grant]:
    return [
        Grant(kind, limit)
        for kind, rule in entry_rules.items()
        if rule.is_by_nationality
        and not _suspended(kind, traveller, rules)
        and (limit := rule.limit(None))
    ]


def _granted(weighed: Iterable[Weighed], entry_rules: _Rules) -> list[Grant]:
    good = [each.authorisation for each in weighed if each.is_good]
    return [
        Grant(each.kind, limit, each.number)
        for each in good
        if (limit := entry_rules[each.kind].limit(each.max_stay_days))
    ]


def _length(grant: Grant) -> tuple[bool, int, str, str]:
    days = grant.limit.days
    return days is None, days or 0, grant.kind, grant.number


def _without_grant(
    weighed: Sequence[Weighed],
    entry_rules: _Rules,
    traveller: Traveller,
    known: Known,
    rules: AuthorisationRules,
) -> CheckResult:
    doubtful = {doubt for each in weighed if not each.faults for doubt in each.doubts}
    if silent := did_not_answer(entry_rules.keys(), known):
        doubtful.add(silent)
    if doubtful:
        return _result(Outcome.UNDETERMINED, in_words(doubtful))
    asked = {kind for kind, rule in entry_rules.items() if not rule.is_by_nationality}
    if asked and asked <= known.unconnected and not weighed:
        return _result(Outcome.NOT_SUPPORTED, "no system of authorisations is connected")
    reasons = {fault for each in weighed for fault in each.faults} or {"no authorisation is known"}
    for kind, rule in entry_rules.items():
        if rule.is_given_on_arrival:
            suspended = _suspended(kind, traveller, rules)
            reasons.add(suspended or f"{kind} may be asked for at its desk")
    outcome = Outcome.UNDETERMINED if rules.is_citizen(traveller) else Outcome.FAILED
    return _result(outcome, in_words(reasons))


def _result(outcome: Outcome, detail: str) -> CheckResult:
    return CheckResult(CheckId.AUTHORISATION, outcome, detail)
