"""The dated rules of entry, exit and stay: what the law says on which day, as data."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from egate.domain.authorisation.stay import StayLimit
from egate.domain.authorisation.succession import SuccessionKind
from egate.domain.authorisation.travel_authorisation import AuthorisationKind, Verification
from egate.domain.authorisation.traveller import Purpose, Traveller
from egate.domain.time import UtcSeconds

# A day inside what a calendar has, so that no offset leads out of it.
_FIRST_SECOND: Final = -62_135_510_400.0
_LAST_SECOND: Final = 253_402_214_400.0


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends included; without ``last``, until further notice."""

    first: dt.date
    last: dt.date | None = None

    def hold(self, day: dt.date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def meet(self, other: "Days") -> bool:
        """Say whether one day is in both."""
        return self.hold(other.first) or other.hold(self.first)


@dataclass(frozen=True, slots=True)
class KindRule:
    """What holds for authorisations of one kind.

    Args:
        kind: of which kind.
        days: on which the rule holds.
        follows: by which succession one of an earlier document holds for the later one.

    """

    kind: AuthorisationKind
    days: Days
    follows: frozenset[SuccessionKind]


@dataclass(frozen=True, slots=True)
class EntryRule(KindRule):
    """By what one enters, and for how long.

    Args:
        nationalities: to whom it is given; empty for all.
        except_nationalities: to whom it is not.
        stay_days: of one stay, at most; None when the rule names none.
        is_unlimited: a stay may last without end where the issuer names none.
        entries: how often one may be used, at most; None for no limit.
        is_by_nationality: nobody has to issue anything.
        is_given_on_arrival: at a desk of the port.

    """

    nationalities: frozenset[str]
    except_nationalities: frozenset[str]
    stay_days: int | None
    is_unlimited: bool
    entries: int | None
    is_by_nationality: bool
    is_given_on_arrival: bool

    def is_for(self, nationality: str) -> bool:
        return (
            not self.nationalities or nationality in self.nationalities
        ) and nationality not in self.except_nationalities

    def limit(self, issued_days: int | None) -> StayLimit | None:
        """Return how long a stay may be; None when neither rule nor issuer says so.

        Args:
            issued_days: that the authorisation names, if it does.

        """
        named = [days for days in (self.stay_days, issued_days) if days is not None]
        if named:
            return StayLimit(min(named))
        return StayLimit(None) if self.is_unlimited else None


@dataclass(frozen=True, slots=True)
class ClearanceRule(KindRule):
    """What some citizens need to leave.

    Args:
        purposes: of the journey.
        document_codes: first letters of the document code; empty for none.

    """

    purposes: frozenset[Purpose]
    document_codes: tuple[str, ...]

    def demands_of(self, traveller: Traveller) -> bool:
        return traveller.purpose in self.purposes or self.is_for_document(traveller)

    def is_for_document(self, traveller: Traveller) -> bool:
        return traveller.document_code.startswith(self.document_codes)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days on which authorisations of a kind let nobody in."""

    kind: AuthorisationKind
    days: Days


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    """Nationals about whom an officer decides whatever they hold."""

    nationalities: frozenset[str]
    days: Days


@dataclass(frozen=True, slots=True)
class ReuseRule:
    """When two crossings of one holder are too close.

    Args:
        same_direction_minutes: two in the same direction.
        other_port_minutes: two at different ports.

    """

    same_direction_minutes: int
    other_port_minutes: int


@dataclass(frozen=True, slots=True)
class AuthorisationRules:
    """One version of the rules.

    Args:
        version: as records name it.
        own_state: three letters; whose nationals are citizens here.
        utc_offset_minutes: of the clocks by which days are counted.
        trusted: what shows a machine that an authorisation is genuine.
        reuse: when two crossings are too close.
        entry: by what one enters.
        clearances: what citizens need to leave.
        leaving: what else an exit may need, at most one of a kind on a day.
        suspensions: of kinds of entry.
        not_admitted: whom no rule of entry is for.

    """

    version: str
    own_state: str
    utc_offset_minutes: int
    trusted: frozenset[Verification]
    reuse: ReuseRule
    entry: tuple[EntryRule, ...]
    clearances: tuple[ClearanceRule, ...]
    leaving: tuple[KindRule, ...]
    suspensions: tuple[Suspension, ...]
    not_admitted: tuple[NotAdmitted, ...]

    def day_of(self, at: UtcSeconds) -> dt.date:
        """Return the day that the port's calendar shows at a moment.

        A clock that is millennia off shows the last or the first day that a calendar has.
        """
        zone = dt.timezone(dt.timedelta(minutes=self.utc_offset_minutes))
        within = min(max(at, _FIRST_SECOND), _LAST_SECOND)
        return dt.datetime.fromtimestamp(within, zone).date()

    def is_citizen(self, traveller: Traveller) -> bool:
        return traveller.nationality == self.own_state

    def entry_rules(self, nationality: str, day: dt.date) -> Mapping[AuthorisationKind, EntryRule]:
        """Return by what a national may enter on a day, suspensions aside."""
        return {
            rule.kind: rule
            for rule in self.entry
            if rule.days.hold(day) and rule.is_for(nationality)
        }

    def leaving_rule(self, kind: AuthorisationKind, day: dt.date) -> KindRule | None:
        return next((r for r in self.leaving if r.kind is kind and r.days.hold(day)), None)

    def suspension_of(self, kind: AuthorisationKind, day: dt.date) -> Suspension | None:
        return next((s for s in self.suspensions if s.kind is kind and s.days.hold(day)), None)

    def admits(self, nationality: str, day: dt.date) -> bool:
        return not any(
            each.days.hold(day) and nationality in each.nationalities for each in self.not_admitted
        )
