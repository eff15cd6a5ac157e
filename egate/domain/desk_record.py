"""What a record must say that no gate made: entered at a desk, on the way, or later from paper.

A gate's record is taken whatever its document said, since a forged document would choose
otherwise whether its record arrives. An officer can be asked to look again.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from egate.domain.evidence import InspectedVisa, TravelDocument
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
)

_DESK_MODES: Final = frozenset(CaptureMode) - {CaptureMode.EGATE}
RECORD_ID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
)
"""UUID version 7, lower case with hyphens."""
OFFICER_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DOCUMENT_NUMBER: Final = re.compile(r"[ -~]{0,39}[A-Za-z0-9][ -~]{0,39}")
STATE: Final = re.compile(r"[A-Z]{1,3}")
DOCUMENT_CODE: Final = re.compile(r"[A-Z][A-Z0-9]?")
MOST_VISAS: Final = 8
"""More of one traveller at one desk were not laid down by hand."""
_STOPPED: Final = frozenset(
    {CrossingStatus.REFUSED_ENTRY, CrossingStatus.DENIED_EXIT, CrossingStatus.OFFLOADED}
)
"""An officer's decision, with its legal basis, ended the journey."""

_LATE_SECONDS: Final = 24 * 3600.0
_LONGEST_NAME: Final = 100
_LONGEST_NUMBER: Final = 40
_MOST_REASONS: Final = 8
_REASON: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BIRTH: Final = re.compile(r"(?:[0-9]{4}|XXXX)-(?:[0-9]{2}-(?:[0-9]{2}|XX)|XX-XX)")
_SEXES: Final = frozenset({"", "M", "F", "X"})
_ENDINGS: Final[Mapping[CrossingStatus, frozenset[Direction]]] = MappingProxyType(
    {
        CrossingStatus.COMPLETED: frozenset(Direction),
        CrossingStatus.ABANDONED: frozenset(Direction),
        CrossingStatus.ABORTED: frozenset(Direction),
        CrossingStatus.REFUSED_ENTRY: frozenset({Direction.ENTRY}),
        CrossingStatus.DENIED_EXIT: frozenset({Direction.EXIT}),
        CrossingStatus.OFFLOADED: frozenset({Direction.EXIT}),
    }
)


def desk_record_faults(record: CrossingRecord) -> tuple[str, ...]:
    """Return what is wrong with a record that no gate made; () when nothing is.

    Each names the field and the rule, and never the value.
    """
    faults = [*_about_entering(record), *_about_the_end(record), *_about_time(record)]
    faults += _about_visas(record.visas)
    if record.document is not None:
        faults += _about_document(record.document)
    elif record.status not in _STOPPED:
        faults.append("document: missing; only who is refused may have none")
    return tuple(faults)


def _about_entering(record: CrossingRecord) -> Iterator[str]:
    if record.capture_mode not in _DESK_MODES:
        yield f"capture_mode: none of {', '.join(sorted(_DESK_MODES))}"
    if not OFFICER_ID.fullmatch(record.entered_by):
        yield "entered_by: not the id of the officer who enters it"
    if record.supersedes and not RECORD_ID.fullmatch(record.supersedes):
        yield "supersedes: not the id of a crossing"
    if record.supersedes == record.crossing_id:
        yield "supersedes: a record cannot take its own place"
    reasons = record.fallback_reasons
    if len(reasons) > _MOST_REASONS or not all(map(_REASON.fullmatch, reasons)):
        yield "fallback_reasons: not words such as centre_away"
    if record.capture_mode is CaptureMode.MANUAL_RETROSPECTIVE and not reasons:
        yield "fallback_reasons: missing; say why it was written on paper"


def _about_the_end(record: CrossingRecord) -> Iterator[str]:
    status = record.status
    if status not in _ENDINGS:
        yield f"status: none of {', '.join(_ENDINGS)}"
    elif record.direction not in _ENDINGS[status]:
        yield f"status: {status} is not of the direction {record.direction}"
    completed = status is CrossingStatus.COMPLETED
    if completed != (record.verdict is RecordVerdict.ADMIT):
        yield "verdict: admit for a completed crossing, and for no other"
    if record.verdict is RecordVerdict.REFER:
        yield "verdict: a desk refers nobody to itself"
    if record.decision_id and not RECORD_ID.fullmatch(record.decision_id):
        yield "decision_id: not the id of a decision"
    if status in _STOPPED and not record.decision_id:
        yield f"decision_id: missing; {status} rests on an officer's decision"


def _about_time(record: CrossingRecord) -> Iterator[str]:
    if record.occurred_at > record.recorded_at:
        yield "occurred_at: after it was recorded"
    late = record.recorded_at - record.occurred_at > _LATE_SECONDS
    # What is corrected may lie as far back as it likes.
    may_be_late = record.supersedes or record.capture_mode is CaptureMode.MANUAL_RETROSPECTIVE
    if late and not may_be_late:
        yield "occurred_at: more than a day ago; that is manual_retrospective"


def _about_document(document: TravelDocument) -> Iterator[str]:
    sound = {
        "document_code: not one or two letters, such as P or PD": DOCUMENT_CODE.fullmatch(
            document.document_code
        ),
        "issuing_state: not one to three letters": STATE.fullmatch(document.issuing_state),
        "document_number: without a letter or a digit, or too long": (
            len(document.document_number) <= _LONGEST_NUMBER
            and DOCUMENT_NUMBER.fullmatch(document.document_number)
        ),
        "primary_identifier: missing or too long": _is_name(document.primary_identifier),
        "secondary_identifier: too long": (
            not document.secondary_identifier or _is_name(document.secondary_identifier)
        ),
        "nationality: not one to three letters": STATE.fullmatch(document.nationality),
        "date_of_birth: not a day such as 1974-08-12, 1974-08-XX or 1974-XX-XX": _is_birth(
            document.date_of_birth
        ),
        "date_of_expiry: not a day such as 2032-04-15, nor empty": (
            not document.date_of_expiry or _is_day(document.date_of_expiry)
        ),
        "sex: none of M, F, X and nothing": document.sex in _SEXES,
    }
    return (f"document.{fault}" for fault, holds in sound.items() if not holds)


def _about_visas(visas: Sequence[InspectedVisa]) -> Iterator[str]:
    if len(visas) > MOST_VISAS:
        yield f"visas: more than {MOST_VISAS}"
    # What cannot be in an MRZ; an altered one may say anything else, and is to be recorded.
    lengths = ((2, "document_code"), (3, "issuing_state"), (_LONGEST_NUMBER, "document_number"))
    for longest, name in lengths:
        told = [getattr(each, name) for each in visas]
        if not all(len(text) <= longest and text.isprintable() for text in told):
            yield f"visas.{name}: not as in an MRZ"
    if not all(each.document_code.startswith("V") for each in visas):
        yield "visas.document_code: not of a visa, which begins with V"


def _is_name(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= _LONGEST_NAME


def _is_birth(text: str) -> bool:
    if not _BIRTH.fullmatch(text):
        return False
    # What is unknown is as good as a first of January.
    return _is_day(text.replace("XXXX", "2000").replace("XX", "01"))


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
