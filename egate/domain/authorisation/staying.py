"""BACKGROUND.STAY: overstay, a document used twice, impossible travel, an open offload."""

import datetime as dt

from egate.domain.authorisation.history import (
    last_crossing,
    open_entry,
    open_offloads,
    too_close,
)
from egate.domain.authorisation.leaving import weighed_for_leaving
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.authorisation.stay import StayLength, StayLimit, last_day, length_of_stay
from egate.domain.authorisation.travel_authorisation import AuthorisationKind
from egate.domain.authorisation.traveller import Known, PastCrossing, Traveller
from egate.domain.authorisation.weighing import did_not_answer, in_words
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, CheckResult, Outcome


def check_staying(
    traveller: Traveller, known: Known, rules: AuthorisationRules
) -> tuple[CheckResult, StayLength | None]:
    """Return the check, and how long a foreigner who leaves stayed, where that is known.

    It never says more than that an officer has to look: nobody is kept from leaving here.
    """
    offloads = open_offloads(traveller, known)
    if known.crossings is None:
        return _unknown_history(offloads), None
    reasons = offloads | too_close(known.crossings, traveller, rules.reuse)
    if rules.is_citizen(traveller):
        return _result(reasons, set(), _gap(traveller, known.crossings)), None
    if traveller.direction is Direction.ENTRY:
        return _result(
            reasons | _not_left(traveller, known.crossings), set(), "a stay begins"
        ), None
    return _of_foreigner_leaving(traveller, known, rules, reasons)


def stay_of(
    entry: PastCrossing, nationality: str, at: UtcSeconds, rules: AuthorisationRules
) -> StayLength | None:
    """Return how long a stay is at a moment; None when nobody said how long it may be.

    The rules are those of the day of entry: a later rule changes no stay that has begun.
    """
    entered, today = rules.day_of(entry.at), rules.day_of(at)
    if entry.authorised_until is not None:
        return length_of_stay(entered, today, entry.authorised_until)
    limit = _limit(entry, entered, nationality, rules)
    return length_of_stay(entered, today, last_day(entered, limit)) if limit else None


def _limit(
    entry: PastCrossing, entered: dt.date, nationality: str, rules: AuthorisationRules
) -> StayLimit | None:
    rule = rules.entry_rules(nationality, entered).get(entry.basis) if entry.basis else None
    return rule.limit(entry.max_stay_days) if rule else None


def _of_foreigner_leaving(
    traveller: Traveller, known: Known, rules: AuthorisationRules, reasons: frozenset[str]
) -> tuple[CheckResult, StayLength | None]:
    entry = open_entry(known.crossings or (), traveller.at)
    if entry is None:
        return _result(reasons, {"no entry is known"}, ""), None
    length = stay_of(entry, traveller.nationality, traveller.at, rules)
    if length is None:
        return _result(reasons, {"how long the stay may be is not known"}, ""), None
    if not length.overstay_days:
        return _result(reasons, set(), "within the stay that is allowed"), length
    over = f"{length.overstay_days} days over the stay that is allowed"
    visas = weighed_for_leaving(AuthorisationKind.EXIT_VISA, traveller, known, rules)
    if any(each.is_good for each in visas):
        settled = f"{over}, settled by {AuthorisationKind.EXIT_VISA}"
        return _result(reasons, set(), settled), length
    if silent := did_not_answer({AuthorisationKind.EXIT_VISA}, known):
        return _result(reasons, {f"{over}, and {silent}"}, ""), length
    return _result(reasons | {over}, set(), ""), length


def _not_left(traveller: Traveller, crossings: tuple[PastCrossing, ...]) -> frozenset[str]:
    is_here = open_entry(crossings, traveller.at) is not None
    return frozenset({"entered before and did not leave"} if is_here else ())


def _gap(traveller: Traveller, crossings: tuple[PastCrossing, ...]) -> str:
    """Return what is odd about a citizen's last crossing: it is told and not held against them."""
    last = last_crossing(crossings, traveller.at)
    if last is None or last.direction is not traveller.direction:
        return "a citizen's stay has no limit"
    return f"the last crossing was an {last.direction} too"


def _unknown_history(offloads: frozenset[str]) -> CheckResult:
    return _result(offloads, {"earlier crossings are not known"}, "")


def _result(faults: frozenset[str], doubts: set[str], good: str) -> CheckResult:
    if faults:
        return CheckResult(CheckId.STAY, Outcome.FAILED, in_words(faults | doubts))
    if doubts:
        return CheckResult(CheckId.STAY, Outcome.UNDETERMINED, in_words(doubts))
    return CheckResult(CheckId.STAY, Outcome.SUCCESSFUL, good)
