"""What an officer decided about a crossing, by which law, and who stood beside them."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from egate.domain.desk_record import DOCUMENT_CODE, DOCUMENT_NUMBER, OFFICER_ID, RECORD_ID, STATE
from egate.domain.time import UtcSeconds

_PORT: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
_AUTHORITY: Final = re.compile(r"[A-Z][A-Z0-9_-]{0,15}")
_REASON_CODE: Final = re.compile(r"[A-Z][A-Z0-9_.]{0,63}")
_LIST: Final = re.compile(r"[A-Z][A-Z0-9_]{0,31}")
_REVISION: Final = re.compile(r"[0-9a-f]{16}")
_LONGEST_TEXT: Final = 500
_LONGEST_LINE: Final = 200
_LONGEST_ENTRY_ID: Final = 64
_MOST_DOCUMENTS: Final = 8
_LONGEST_OFFLOAD_DAYS: Final = 31
_DAY_SECONDS: Final = 86_400
_MAX_SECONDS: Final = 253_370_764_800.0  # the year 9999, in no zone of which a calendar ends
# Bangla is written with these two, which Python takes for unprintable; lines may be broken.
_PRINTABLE_TOO: Final = {0x200C: None, 0x200D: None, 0x0A: None}


class Decision(StrEnum):
    """What the officer decided."""

    CLEAR = "clear"
    """The traveller goes on."""
    SECONDARY = "secondary"
    """Somebody else looks closer."""
    REFUSE_ENTRY = "refuse_entry"
    DENY_EXIT = "deny_exit"
    OFFLOAD = "offload"
    """The traveller is taken off the journey, at whatever port it is tried again."""
    RETRY = "retry"
    """The traveller tries the gate again."""
    RELEASE = "release"
    """Whoever stood between the barriers was let out."""


class BiometricVeto(StrEnum):
    """What the officer's own eyes say of the face."""

    OK = "ok"
    NOK = "nok"


class IdentityConfirmed(StrEnum):
    """Whether the traveller is whom an entry of a list names."""

    SAME = "same"
    NOT_SAME_PERSON = "not_same_person"
    UNSURE = "unsure"


class Notice(StrEnum):
    """How the traveller learnt of the decision."""

    TOLD = "told"
    PAPER = "paper"


_NEEDS_LEGAL_BASIS: Final = frozenset({Decision.REFUSE_ENTRY, Decision.DENY_EXIT, Decision.OFFLOAD})


@dataclass(frozen=True, slots=True)
class DocumentSeen:
    """A document that lay before the officer. Personal."""

    document_code: str
    issuing_state: str
    document_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OfficerDecision:
    """One decision; a later one takes its place, and nothing in it is changed.

    Args:
        decision_id: UUID version 7, made at the console: the idempotency key.
        crossing_id: the record that it is about; it may come later.
        officer_id: who decided.
        officer_authority: whose officer that is, as ``SB`` or ``DIP``.
        border_crossing_point: the port, a UN/LOCODE.
        station: the desk, or the console of the hall.
        decision: what was decided.
        reason_code: in a word of the office's table.
        seen_at: when the officer opened the case.
        decided_at: when they decided.
        biometric_veto: what their own eyes say; None when no face was compared.
        reason_text: in their words (personal).
        legal_basis: statute or order; mandatory for refusing, denying and offloading.
        documents_seen: what lay before them; the holder's first.
        watchlist: the list of the entry at hand, as ``EXIT_BAN``; "" for none.
        watchlist_entry_id: the entry at hand; "" for none.
        watchlist_revision: of its persons as the officer saw them; "" when none was shown.
        identity_confirmed: whether the traveller is whom the entry names; None for no entry.
        second_officer_id: somebody else, who agreed; mandatory for an entry; "" for none.
        offload_until: last day of an offload, ISO 8601; "" for other decisions.
        notice_given: how the traveller learnt of it; None when not.
        superseded_by: the decision that took the place of this one; "" for none. It may be
            filled in once, later.

    """

    decision_id: str
    crossing_id: str
    officer_id: str
    officer_authority: str
    border_crossing_point: str
    station: str
    decision: Decision
    reason_code: str
    seen_at: UtcSeconds
    decided_at: UtcSeconds
    biometric_veto: BiometricVeto | None = None
    reason_text: str = field(default="", repr=False)
    legal_basis: str = field(default="", repr=False)
    documents_seen: tuple[DocumentSeen, ...] = field(default=(), repr=False)
    watchlist: str = ""
    watchlist_entry_id: str = ""
    watchlist_revision: str = ""
    identity_confirmed: IdentityConfirmed | None = None
    second_officer_id: str = ""
    offload_until: str = ""
    notice_given: Notice | None = None
    superseded_by: str = ""


def decision_faults(decision: OfficerDecision) -> tuple[str, ...]:
    """Return what is wrong with ``decision``; () when nothing is.

    Each names the field and the rule, and never the value.
    """
    return (
        *_about_ids(decision),
        *_about_reasons(decision),
        *_about_list(decision),
        *_about_documents(decision),
        *_about_offload(decision),
    )


def _about_ids(decision: OfficerDecision) -> Iterator[str]:
    sound = {
        "decision_id: not a UUID version 7 in lower case": RECORD_ID.fullmatch(
            decision.decision_id
        ),
        "crossing_id: not the id of a crossing": RECORD_ID.fullmatch(decision.crossing_id),
        "officer_id: not the id of an officer": OFFICER_ID.fullmatch(decision.officer_id),
        "officer_authority: not an authority, such as SB": _AUTHORITY.fullmatch(
            decision.officer_authority
        ),
        "border_crossing_point: not a UN/LOCODE": _PORT.fullmatch(decision.border_crossing_point),
        "station: not the id of a desk": OFFICER_ID.fullmatch(decision.station),
        "superseded_by: not the id of another decision": (
            not decision.superseded_by
            or (
                RECORD_ID.fullmatch(decision.superseded_by)
                and decision.superseded_by != decision.decision_id
            )
        ),
        "decided_at: not a time": 0.0 <= decision.decided_at <= _MAX_SECONDS,
        "seen_at: not a time before decided_at": 0.0 <= decision.seen_at <= decision.decided_at,
    }
    return (fault for fault, holds in sound.items() if not holds)


def _about_reasons(decision: OfficerDecision) -> Iterator[str]:
    if not _REASON_CODE.fullmatch(decision.reason_code):
        yield "reason_code: not a word in capital letters"
    if not _is_text(decision.reason_text, _LONGEST_TEXT):
        yield f"reason_text: more than {_LONGEST_TEXT} characters, or not printable"
    if not _is_text(decision.legal_basis, _LONGEST_LINE):
        yield f"legal_basis: more than {_LONGEST_LINE} characters, or not printable"
    if decision.decision in _NEEDS_LEGAL_BASIS and not decision.legal_basis.strip():
        yield f"legal_basis: missing; nobody is stopped by {decision.decision} without one"


def _about_list(decision: OfficerDecision) -> Iterator[str]:
    entry, second = decision.watchlist_entry_id, decision.second_officer_id
    if second and not OFFICER_ID.fullmatch(second):
        yield "second_officer_id: not the id of an officer"
    if second and second.casefold() == decision.officer_id.casefold():
        yield "second_officer_id: not another than the officer"
    if entry and not second:
        yield "second_officer_id: missing; two decide about an entry of a list"
    if len(entry) > _LONGEST_ENTRY_ID or not entry.isprintable():
        yield "watchlist_entry_id: not the id of an entry"
    if bool(entry) != bool(decision.watchlist) or (
        decision.watchlist and not _LIST.fullmatch(decision.watchlist)
    ):
        yield "watchlist: not the list of the entry"
    if decision.watchlist_revision and not (
        entry and _REVISION.fullmatch(decision.watchlist_revision)
    ):
        yield "watchlist_revision: not the revision of the entry"
    if bool(entry) != (decision.identity_confirmed is not None):
        yield "identity_confirmed: to be said of an entry, and of nothing else"
    if _is_somebody_else(decision) and not decision.watchlist_revision:
        yield "watchlist_revision: missing; say which persons of the entry were seen"


def _about_documents(decision: OfficerDecision) -> Iterator[str]:
    seen = decision.documents_seen
    if len(seen) > _MOST_DOCUMENTS or not all(map(_is_document, seen)):
        yield f"documents_seen: more than {_MOST_DOCUMENTS}, or one without code, State or number"
    if not seen and decision.decision is Decision.OFFLOAD:
        yield "documents_seen: missing; the offload is put on the holder's document"
    if not seen and _is_somebody_else(decision):
        yield "documents_seen: missing; the holder of it is the other person"


def _about_offload(decision: OfficerDecision) -> Iterator[str]:
    until = decision.offload_until
    if (decision.decision is Decision.OFFLOAD) != bool(until):
        yield "offload_until: the last day of an offload, and of nothing else"
    elif until and not _is_soon(until, decision.decided_at):
        yield f"offload_until: not a day within {_LONGEST_OFFLOAD_DAYS} days of the decision"


def _is_somebody_else(decision: OfficerDecision) -> bool:
    return decision.identity_confirmed is IdentityConfirmed.NOT_SAME_PERSON


def _is_document(document: DocumentSeen) -> bool:
    return bool(
        DOCUMENT_CODE.fullmatch(document.document_code)
        and STATE.fullmatch(document.issuing_state)
        and DOCUMENT_NUMBER.fullmatch(document.document_number)
    )


def _is_text(text: str, longest: int) -> bool:
    return len(text) <= longest and text.translate(_PRINTABLE_TOO).isprintable()


def _is_soon(day: str, decided_at: UtcSeconds) -> bool:
    """Say whether ``day`` is a date, not before the decision, whatever the time zone."""
    try:
        ends = dt.date.fromisoformat(day)
    except ValueError:
        return False
    days = (ends - dt.date(1970, 1, 1)).days - decided_at // _DAY_SECONDS
    return ends.isoformat() == day and -1 <= days <= _LONGEST_OFFLOAD_DAYS
