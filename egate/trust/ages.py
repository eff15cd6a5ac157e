"""How old what is trusted is, and how long it still serves: a store and a moment in, values out.

A CSCA issues a CRL at least every 90 days (9303-12 §4.1.5), and a list says no end of its own;
both are asked for here, so that a gate hears of it before its checks end *undetermined*.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.collection import Collection
from egate.trust.entry import Entry, ListKind, ListRecord


class Freshness(StrEnum):
    """How something stands at a moment."""

    CURRENT = "current"
    DUE = "due"
    """Current, and about to become stale."""
    STALE = "stale"
    NOT_YET = "not yet valid"
    """From the future: the clock of this machine, or of its signer, is wrong."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class AgeLimits:
    """From when on something is stale or due.

    Args:
        list_stale_after: age of the newest list of its kind.
        list_due_before: how long before that it is due.
        crl_due_before: how long before its nextUpdate a CRL is due.
        csca_due_before: how long before its end the last CSCA of the own State is due.

    """

    list_stale_after: timedelta = timedelta(days=90)
    list_due_before: timedelta = timedelta(days=14)
    crl_due_before: timedelta = timedelta(days=7)
    csca_due_before: timedelta = timedelta(days=90)


DEFAULT_LIMITS: Final = AgeLimits()


@dataclass(frozen=True, slots=True)
class ListAge:
    """The newest list of a kind from one State.

    Args:
        record: the list.
        age: since it was signed, or taken in if it does not say.
        freshness: by ``AgeLimits``.

    """

    record: ListRecord
    age: timedelta
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class CrlAge:
    """The newest CRL of a State.

    Args:
        country: normal spelling.
        fingerprint: SHA-256 of the CRL, hexadecimal.
        number: of the CRL, if it has one.
        this_update: UTC.
        next_update: UTC; None if it does not say, and then it is stale.
        age: since thisUpdate.
        remaining: until nextUpdate, negative when past.
        freshness: by ``AgeLimits``; stale when the revocation check says so.

    """

    country: str
    fingerprint: str
    number: int | None
    this_update: datetime
    next_update: datetime | None
    age: timedelta
    remaining: timedelta | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class CscaAge:
    """The anchors of one State.

    Args:
        country: normal spelling.
        count: of CSCA and link certificates valid at the moment.
        not_after: end of the last of them, UTC; of the last expired one if none is valid.
        remaining: until then, negative when past.
        freshness: ``MISSING`` if there never was one.
        is_unanchored: all of those valid rest on nothing but the operator's word.

    """

    country: str
    count: int
    not_after: datetime | None
    remaining: timedelta | None
    freshness: Freshness
    is_unanchored: bool


@dataclass(frozen=True, slots=True)
class Ages:
    """All of it at one moment.

    Args:
        lists: newest of each kind and State.
        crls: newest of each State.
        own: of the own State; None if nobody asked.

    """

    lists: Sequence[ListAge]
    crls: Sequence[CrlAge]
    own: CscaAge | None

    def newest(self, kind: ListKind) -> ListAge | None:
        """Return the newest list of ``kind`` from whatever State."""
        found = [each for each in self.lists if each.record.kind is kind]
        return min(found, key=lambda each: each.age, default=None)


def ages(
    store: Collection, now: datetime, state: str = "", limits: AgeLimits = DEFAULT_LIMITS
) -> Ages:
    """Return how old everything in ``store`` is.

    Args:
        store: what is trusted.
        now: UTC.
        state: the own State in its normal spelling, "" if none is asked for.
        limits: what is stale or due.

    """
    return Ages(
        list_ages(store.lists, now, limits),
        crl_ages(store, now, limits),
        csca_age(store, state, now, limits) if state else None,
    )


def list_ages(
    lists: Iterable[ListRecord], now: datetime, limits: AgeLimits = DEFAULT_LIMITS
) -> Sequence[ListAge]:
    """Return the newest list of each kind and State, by kind and State."""
    newest: dict[tuple[ListKind, str], ListRecord] = {}
    for record in sorted(lists, key=_dated):
        newest[record.kind, record.country] = record
    return [_list_age(newest[key], now, limits) for key in sorted(newest)]


def crl_ages(
    store: Collection, now: datetime, limits: AgeLimits = DEFAULT_LIMITS
) -> Sequence[CrlAge]:
    """Return the newest CRL of each State; one that rests on a word only where no other is."""
    found = []
    for country in sorted(store.countries_of_crls):
        entry = max(store.crl_entries_of(country), key=_rank)
        found.append(_crl_age(entry, now, limits))
    return found


def csca_age(
    store: Collection, state: str, now: datetime, limits: AgeLimits = DEFAULT_LIMITS
) -> CscaAge:
    """Return whether ``state`` has an anchor that is valid now, and until when.

    Args:
        store: what is trusted.
        state: normal spelling.
        now: UTC.
        limits: when the end is near.

    """
    anchors = store.anchors_of(state)
    valid = [entry for entry in anchors if entry.certificate().is_valid_on(now.date())]
    last = max(valid or anchors, key=_end, default=None)
    if last is None:
        return CscaAge(state, 0, None, None, Freshness.MISSING, is_unanchored=False)
    remaining = _end(last) - now
    if valid:
        freshness = Freshness.DUE if remaining < limits.csca_due_before else Freshness.CURRENT
    else:
        freshness = Freshness.NOT_YET if remaining > timedelta() else Freshness.STALE
    on_word = bool(valid) and all(entry.provenance.is_unanchored for entry in valid)
    return CscaAge(state, len(valid), _end(last), remaining, freshness, is_unanchored=on_word)


def _end(entry: Entry) -> datetime:
    return entry.certificate().not_after


def _dated(record: ListRecord) -> datetime:
    return record.signed_at or record.imported_at


def _list_age(record: ListRecord, now: datetime, limits: AgeLimits) -> ListAge:
    age = now - _dated(record)
    if age > limits.list_stale_after:
        freshness = Freshness.STALE
    elif age > limits.list_stale_after - limits.list_due_before:
        freshness = Freshness.DUE
    else:
        freshness = Freshness.CURRENT if age >= timedelta() else Freshness.NOT_YET
    return ListAge(record, age, freshness)


def _rank(entry: Entry) -> tuple[bool, bool, datetime, int]:
    crl = entry.revocation_list()
    return not entry.provenance.is_unanchored, crl.is_complete, crl.this_update, crl.number or 0


def _crl_age(entry: Entry, now: datetime, limits: AgeLimits) -> CrlAge:
    crl = entry.revocation_list()
    return CrlAge(
        country=entry.country,
        fingerprint=entry.fingerprint,
        number=crl.number,
        this_update=crl.this_update,
        next_update=crl.next_update,
        age=now - crl.this_update,
        remaining=None if crl.next_update is None else crl.next_update - now,
        freshness=_freshness_of_crl(crl, now, limits),
    )


def _freshness_of_crl(crl: RevocationList, now: datetime, limits: AgeLimits) -> Freshness:
    if now.date() < crl.this_update.date():
        return Freshness.NOT_YET
    if crl.next_update is None or not crl.is_current(now.date()):
        return Freshness.STALE
    is_due = crl.next_update - now < limits.crl_due_before
    return Freshness.DUE if is_due else Freshness.CURRENT
