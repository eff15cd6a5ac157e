"""The dated rules from their file's content, checked key by key."""

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from egate.domain.authorisation.rules import (
    AuthorisationRules,
    ClearanceRule,
    Days,
    EntryRule,
    KindRule,
    NotAdmitted,
    ReuseRule,
    Suspension,
)
from egate.domain.authorisation.succession import SuccessionKind
from egate.domain.authorisation.travel_authorisation import (
    CLEARANCE_KINDS,
    ENTRY_KINDS,
    LEAVING_KINDS,
    AuthorisationKind,
    Verification,
)
from egate.domain.authorisation.traveller import Purpose
from egate.domain.policy.entries import (
    PolicyInvalid,
    exactly,
    state,
    table,
    tables,
    text,
    texts,
    whole,
)

_KEYS: Final = frozenset(
    {"version", "own_state", "utc_offset_minutes", "trusted", "reuse", "entry"}
    | {"clearance", "leaving"}
)
_MAY_HAVE: Final = frozenset({"suspended", "not_admitted"})
_KIND_KEYS: Final = frozenset({"kind", "from"})
_KIND_MAY_HAVE: Final = frozenset({"until", "follows"})
_ENTRY_MAY_HAVE: Final = _KIND_MAY_HAVE | {
    *("nationalities", "except_nationalities", "entries", "by_nationality", "given_on_arrival"),
}
_MOST_RULES: Final = 500
_MOST_DAYS: Final = 3660
_MOST_ENTRIES: Final = 1000
_MOST_MINUTES: Final = 7 * 24 * 60
_FURTHEST_OFFSET_MINUTES: Final = 14 * 60  # Kiribati's
_AS_ISSUED: Final = "as_issued"
_UNLIMITED: Final = "unlimited"

_Word = TypeVar("_Word", bound=StrEnum)
_Rule = TypeVar("_Rule")
_Kind = TypeVar("_Kind", bound=KindRule)


def parse_authorisation_rules(content: Mapping[str, object]) -> AuthorisationRules:
    """Return the rules that ``content``, read from TOML, describes.

    Raises:
        PolicyInvalid: a key is unknown or missing, a value is of the wrong kind, or two rules
            speak of one case; the message names the key and the fault in one line.

    """
    exactly("", content, _KEYS, _MAY_HAVE)
    rules = AuthorisationRules(
        version=text("version", content["version"]),
        own_state=state("own_state", content["own_state"]),
        utc_offset_minutes=_offset("utc_offset_minutes", content["utc_offset_minutes"]),
        trusted=_words("trusted", content["trusted"], Verification),
        reuse=_reuse(content["reuse"]),
        entry=_every("entry", content["entry"], _entry),
        clearances=_every("clearance", content["clearance"], _clearance),
        leaving=_every("leaving", content["leaving"], _leaving),
        suspensions=_every("suspended", content.get("suspended", []), _suspension),
        not_admitted=_every("not_admitted", content.get("not_admitted", []), _not_admitted),
    )
    _no_two_of_one_case("entry", rules.entry, _share_nationals)
    _no_two_of_one_case("clearance", rules.clearances, lambda *_: True)
    _no_two_of_one_case("leaving", rules.leaving, lambda *_: True)
    return rules


def _entry(key: str, content: object) -> EntryRule:
    found = table(key, content)
    exactly(f"{key}.", found, _KIND_KEYS | {"stay"}, _ENTRY_MAY_HAVE)
    base = _kind_rule(key, found, ENTRY_KINDS)
    nationals = _states(f"{key}.nationalities", found.get("nationalities", []))
    by_nationality = _flag(f"{key}.by_nationality", found.get("by_nationality", False))
    stay = found["stay"]
    if by_nationality and (not nationals or stay == _AS_ISSUED):
        raise PolicyInvalid(f"{key}.by_nationality: needs nationalities and a stay of its own")
    entries = found.get("entries")
    return EntryRule(
        kind=base.kind,
        days=base.days,
        follows=base.follows,
        nationalities=nationals,
        except_nationalities=_states(
            f"{key}.except_nationalities", found.get("except_nationalities", [])
        ),
        stay_days=_stay_days(f"{key}.stay", stay),
        is_unlimited=stay == _UNLIMITED,
        entries=None if entries is None else whole(f"{key}.entries", entries, _MOST_ENTRIES),
        is_by_nationality=by_nationality,
        is_given_on_arrival=_flag(f"{key}.given_on_arrival", found.get("given_on_arrival", False)),
    )


def _clearance(key: str, content: object) -> ClearanceRule:
    found = table(key, content)
    exactly(f"{key}.", found, _KIND_KEYS | {"purposes"}, _KIND_MAY_HAVE | {"document_codes"})
    base = _kind_rule(key, found, CLEARANCE_KINDS)
    purposes = _words(f"{key}.purposes", found["purposes"], Purpose)
    if Purpose.UNKNOWN in purposes:
        raise PolicyInvalid(f"{key}.purposes: what is unknown demands nothing by itself")
    codes = texts(f"{key}.document_codes", found.get("document_codes", []))
    return ClearanceRule(base.kind, base.days, base.follows, purposes, codes)


def _leaving(key: str, content: object) -> KindRule:
    found = table(key, content)
    exactly(f"{key}.", found, _KIND_KEYS, _KIND_MAY_HAVE)
    return _kind_rule(key, found, LEAVING_KINDS)


def _suspension(key: str, content: object) -> Suspension:
    found = table(key, content)
    exactly(f"{key}.", found, _KIND_KEYS, frozenset({"until"}))
    return Suspension(_kind(f"{key}.kind", found["kind"], ENTRY_KINDS), _days(key, found))


def _not_admitted(key: str, content: object) -> NotAdmitted:
    found = table(key, content)
    exactly(f"{key}.", found, frozenset({"nationalities", "from"}), frozenset({"until"}))
    nationals = _states(f"{key}.nationalities", found["nationalities"])
    if not nationals:
        raise PolicyInvalid(f"{key}.nationalities: is empty; the rule would hold for nobody")
    return NotAdmitted(nationals, _days(key, found))


def _reuse(content: object) -> ReuseRule:
    found = table("reuse", content)
    exactly("reuse.", found, frozenset({"same_direction_minutes", "other_port_minutes"}))
    return ReuseRule(
        whole("reuse.same_direction_minutes", found["same_direction_minutes"], _MOST_MINUTES),
        whole("reuse.other_port_minutes", found["other_port_minutes"], _MOST_MINUTES),
    )


def _kind_rule(
    key: str, found: Mapping[str, object], kinds: frozenset[AuthorisationKind]
) -> KindRule:
    follows = _words(f"{key}.follows", found.get("follows", []), SuccessionKind)
    if SuccessionKind.DUAL in follows:
        raise PolicyInvalid(f"{key}.follows: of two documents in use none follows the other")
    return KindRule(_kind(f"{key}.kind", found["kind"], kinds), _days(key, found), follows)


def _kind(key: str, value: object, kinds: frozenset[AuthorisationKind]) -> AuthorisationKind:
    if not isinstance(value, str) or value not in kinds:
        raise PolicyInvalid(f"{key}: is none of {', '.join(sorted(kinds))}")
    return AuthorisationKind(value)


def _days(key: str, found: Mapping[str, object]) -> Days:
    first = _day(f"{key}.from", found["from"])
    last = _day(f"{key}.until", found["until"]) if "until" in found else None
    if last is not None and last < first:
        raise PolicyInvalid(f"{key}.until: is before from")
    return Days(first, last)


def _day(key: str, value: object) -> dt.date:
    if type(value) is not dt.date:  # a moment is a date too
        raise PolicyInvalid(f"{key}: is not a day such as 2026-11-20")
    return value


def _stay_days(key: str, value: object) -> int | None:
    if value in (_AS_ISSUED, _UNLIMITED):
        return None
    if type(value) is not int:
        raise PolicyInvalid(f"{key}: is neither days, {_AS_ISSUED} nor {_UNLIMITED}")
    return whole(key, value, _MOST_DAYS)


def _offset(key: str, value: object) -> int:
    if type(value) is not int or abs(value) > _FURTHEST_OFFSET_MINUTES:
        raise PolicyInvalid(f"{key}: is not a whole number of minutes of an offset from UTC")
    return value


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise PolicyInvalid(f"{key}: is neither true nor false")
    return value


def _states(key: str, value: object) -> frozenset[str]:
    return frozenset(state(key, each) for each in texts(key, value))


def _words(key: str, value: object, words: type[_Word]) -> frozenset[_Word]:
    found = texts(key, value)
    if not set(found) <= set(words):
        raise PolicyInvalid(f"{key}: one is none of {', '.join(words)}")
    return frozenset(words(each) for each in found)


def _every(key: str, content: object, parse: Callable[[str, object], _Rule]) -> tuple[_Rule, ...]:
    members = tables(key, content, _MOST_RULES)
    return tuple(parse(f"{key}.{number}", each) for number, each in enumerate(members, 1))


def _share_nationals(one: EntryRule, other: EntryRule) -> bool:
    """Say whether two rules may be for one person."""
    named = one.nationalities or other.nationalities
    return not named or any(one.is_for(each) and other.is_for(each) for each in named)


def _no_two_of_one_case(
    key: str, rules: tuple[_Kind, ...], may_meet: Callable[[_Kind, _Kind], bool]
) -> None:
    for number, rule in enumerate(rules, 1):
        for earlier, other in enumerate(rules[: number - 1], 1):
            if rule.kind is other.kind and rule.days.meet(other.days) and may_meet(rule, other):
                raise PolicyInvalid(f"{key}.{number}: is for a case that {key}.{earlier} is for")
