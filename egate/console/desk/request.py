"""What is entered at a desk, by a file or a page: checked, with every fault by its field."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from egate import __version__
from egate.domain.decision import (
    BiometricVeto,
    Decision,
    DocumentSeen,
    IdentityConfirmed,
    Notice,
    OfficerDecision,
    decision_faults,
)
from egate.domain.desk_record import desk_record_faults
from egate.domain.evidence import TravelDocument
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
)
from egate.domain.time import UtcSeconds
from egate.outbox.desk_book import DeskEntry

MAX_FILE_BYTES: Final = 1 << 20
_MOST: Final = 500
_MOST_FAULTS: Final = 100
"""That are told at once: a file can have a hundred thousand."""
_FIRST: Final = datetime(1971, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)

_Port = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]{3}$")]
_Moment = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST)]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who enters, where, and when.

    Args:
        console_id: of the certificate.
        officer_id: who enters.
        authority: whose officer that is.
        border_crossing_point: the port, a UN/LOCODE.
        station: the desk.
        now: the wall clock.
        new_id: makes a UUID version 7.

    """

    console_id: str
    officer_id: str
    authority: str
    border_crossing_point: str
    station: str
    now: UtcSeconds
    new_id: Callable[[], str]


class DeskRequestBad(Exception):
    """Nothing was entered; ``faults`` are lines, each of a field and what is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(faults[0])
        self.faults = tuple(faults)


class _Part(BaseModel):
    """A part of the request: an unknown key is an error, and no fault quotes what it was given."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class _Document(_Part):
    document_code: str
    issuing_state: str
    document_number: str
    date_of_expiry: str = ""
    primary_identifier: str
    secondary_identifier: str = ""
    nationality: str
    date_of_birth: str
    sex: str = ""


class _Seen(_Part):
    document_code: str
    issuing_state: str
    document_number: str


class _Decision(_Part):
    crossing_id: str = ""
    officer_id: str = ""
    officer_authority: str = ""
    border_crossing_point: str = ""
    station: str = ""
    decision: Decision
    reason_code: str
    seen_at: _Moment | None = None
    decided_at: _Moment | None = None
    biometric_veto: BiometricVeto | None = None
    reason_text: str = ""
    legal_basis: str = ""
    documents_seen: Annotated[tuple[_Seen, ...], Field(max_length=_MOST)] = ()
    watchlist: str = ""
    watchlist_entry_id: str = ""
    watchlist_revision: str = ""
    identity_confirmed: IdentityConfirmed | None = None
    second_officer_id: str = ""
    offload_until: str = ""
    notice_given: Notice | None = None

    def value(self, desk: Desk, about: CrossingRecord | None) -> OfficerDecision:
        """Return the decision; what it leaves out is the desk's, and the crossing's."""
        decided = _utc(self.decided_at) if self.decided_at else desk.now
        if about and not self.decided_at:
            decided = about.occurred_at
        of_crossing = _seen(about.document) if about and about.document else ()
        return OfficerDecision(
            **{
                **dict(self),
                "decision_id": desk.new_id(),
                "crossing_id": self.crossing_id or _subject(about),
                "officer_id": self.officer_id or desk.officer_id,
                "officer_authority": self.officer_authority or desk.authority,
                "border_crossing_point": self.border_crossing_point or desk.border_crossing_point,
                "station": self.station or desk.station,
                "seen_at": _utc(self.seen_at) if self.seen_at else decided,
                "decided_at": decided,
                "documents_seen": tuple(DocumentSeen(**dict(each)) for each in self.documents_seen)
                or of_crossing,
            }
        )


class _Crossing(_Part):
    capture_mode: CaptureMode
    direction: Direction
    status: CrossingStatus
    occurred_at: _Moment
    border_crossing_point: _Port | None = None
    document: _Document | None = None
    supersedes: str = ""
    fallback_reasons: Annotated[tuple[str, ...], Field(max_length=_MOST)] = ()
    decision: _Decision | None = None

    def value(self, desk: Desk) -> CrossingRecord:
        """Return the record, without the id of its decision."""
        completed = self.status is CrossingStatus.COMPLETED
        return CrossingRecord(
            crossing_id=desk.new_id(),
            gate_id=desk.console_id,
            gate_seq=0,
            direction=self.direction,
            border_crossing_point=self.border_crossing_point or desk.border_crossing_point,
            occurred_at=_utc(self.occurred_at),
            recorded_at=desk.now,
            verdict=RecordVerdict.ADMIT if completed else RecordVerdict.NONE,
            status=self.status,
            policy_version="",
            software_version=__version__,
            document=TravelDocument(**dict(self.document)) if self.document else None,
            capture_mode=self.capture_mode,
            fallback_reasons=tuple(sorted(set(self.fallback_reasons))),
            supersedes=self.supersedes,
            entered_by=desk.officer_id,
        )


class _Request(_Part):
    crossings: Annotated[tuple[_Crossing, ...], Field(max_length=_MOST)] = ()
    decisions: Annotated[tuple[_Decision, ...], Field(max_length=_MOST)] = ()


def desk_entries(raw: bytes, desk: Desk) -> list[tuple[str, DeskEntry]]:
    """Return what ``raw`` enters, each under its place in the file.

    Raises:
        DeskRequestBad: it is not to be entered; names every field that is wrong, and no value.

    """
    try:
        request = _Request.model_validate_json(raw)
    except ValidationError as error:
        raise _bad(error) from None
    entries = [
        *((f"crossings.{n}", _of_crossing(each, desk)) for n, each in enumerate(request.crossings)),
        *((f"decisions.{n}", _of_decision(each, desk)) for n, each in enumerate(request.decisions)),
    ]
    if faults := [fault for place, entry in entries for fault in _faults(f"{place}.", entry)]:
        raise DeskRequestBad(faults)
    if not entries:
        raise DeskRequestBad(["request: neither crossings nor decisions"])
    return entries


def desk_entry(given: Mapping[str, object], desk: Desk, content: bytes) -> DeskEntry:
    """Return one crossing, as a page gives it.

    Args:
        given: as a crossing of the file.
        desk: who enters it, and where.
        content: by which it is told again when it is entered again.

    Raises:
        DeskRequestBad: it is not to be entered; names every field that is wrong, and no value.

    """
    try:
        crossing = _Crossing.model_validate_json(json.dumps(given))
    except ValidationError as error:
        raise _bad(error) from None
    entry = replace(_of_crossing(crossing, desk), content=content)
    if faults := list(_faults("", entry)):
        raise DeskRequestBad(faults)
    return entry


def _of_crossing(given: _Crossing, desk: Desk) -> DeskEntry:
    crossing = given.value(desk)
    decision = given.decision.value(desk, crossing) if given.decision else None
    if decision:
        crossing = replace(crossing, decision_id=decision.decision_id)
    return DeskEntry(_content(given, desk), crossing, decision)


def _of_decision(given: _Decision, desk: Desk) -> DeskEntry:
    return DeskEntry(_content(given, desk), decision=given.value(desk, None))


def _content(given: _Part, desk: Desk) -> bytes:
    return f"{desk.officer_id} {given.model_dump_json(exclude_defaults=True)}".encode()


def _bad(error: ValidationError) -> DeskRequestBad:
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    return DeskRequestBad([_line(fault) for fault in faults[:_MOST_FAULTS]])


def _faults(place: str, entry: DeskEntry) -> Iterator[str]:
    if entry.crossing:
        yield from (f"{place}{fault}" for fault in desk_record_faults(entry.crossing))
    if entry.decision:
        within = f"{place}decision." if entry.crossing else place
        yield from (f"{within}{fault}" for fault in decision_faults(entry.decision))


def _subject(about: CrossingRecord | None) -> str:
    """Return which record a decision is about: the referral that it settles, else the crossing."""
    return (about.supersedes or about.crossing_id) if about else ""


def _seen(document: TravelDocument) -> tuple[DocumentSeen, ...]:
    return (DocumentSeen(document.document_code, document.issuing_state, document.document_number),)


def _line(fault: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    reason = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"]
    return f"{key[:200] or 'request'}: {reason}"


def _utc(moment: datetime) -> UtcSeconds:
    return UtcSeconds(moment.timestamp())
