"""What officers look up, and what they are told, as messages of the wire and back."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.ports.inquiries import (
    CrossingFound,
    CrossingKept,
    CrossingSearch,
    CrossingsFound,
    DecisionKept,
    HeldDocument,
    HolderEntry,
    HolderKnown,
    HolderStay,
    StayKind,
)
from egate.reporting.decision_mapping import decode_decision
from egate.reporting.mapping import (
    capture_mode_of,
    decode,
    number_of_status,
    number_of_verdict,
    status_of,
    verdict_of,
)
from egate.reporting.wire_values import (
    DIRECTIONS,
    RecordMalformed,
    decode_document,
    decode_moment,
    encode_moment,
    named,
)
from egate.wire.v1 import crossing_pb2
from egate.wire.v1 import inquiry_pb2 as wire

_Value = TypeVar("_Value")
_Number = TypeVar("_Number", bound=int)
_STAYS: Final = MappingProxyType(
    {
        StayKind.OPEN: wire.STAY_KIND_OPEN,
        StayKind.MATCHED: wire.STAY_KIND_MATCHED,
        StayKind.ENTRY_WITHOUT_EXIT: wire.STAY_KIND_ENTRY_WITHOUT_EXIT,
        StayKind.EXIT_WITHOUT_ENTRY: wire.STAY_KIND_EXIT_WITHOUT_ENTRY,
    }
)


def encode_search(
    search: CrossingSearch, officer_id: str, limit: int, cursor: bytes
) -> wire.FindCrossingsRequest:
    return wire.FindCrossingsRequest(
        officer_id=officer_id,
        crossing_id=search.crossing_id,
        issuing_state=search.issuing_state,
        document_number=search.document_number,
        gate_id=search.gate_id,
        border_crossing_point=search.border_crossing_point,
        since=None if search.since is None else encode_moment(search.since),
        until=None if search.until is None else encode_moment(search.until),
        statuses=map(number_of_status, search.statuses),
        verdicts=map(number_of_verdict, search.verdicts),
        direction=(
            DIRECTIONS[search.direction] if search.direction else crossing_pb2.DIRECTION_UNSPECIFIED
        ),
        limit=limit,
        cursor=cursor,
    )


def decode_page(message: wire.FindCrossingsResponse) -> CrossingsFound:
    return CrossingsFound(tuple(map(_found, message.crossings)), message.cursor)


def decode_crossing(message: wire.GetCrossingResponse) -> CrossingKept:
    """Return what ``message`` says; raises RecordMalformed for what only a newer version knows."""
    return CrossingKept(
        record=decode(message.record),
        accepted_at=decode_moment(message.accepted_at),
        clock_suspect=message.clock_suspect,
        decisions=tuple(map(_decision, message.decisions)),
        superseded_by=tuple(message.superseded_by),
        standing_id=message.standing_crossing_id,
        stay=_stay(message.stay) if message.HasField("stay") else None,
    )


def decode_holder(message: wire.GetHolderResponse) -> HolderKnown:
    return HolderKnown(
        documents=tuple(
            HeldDocument(each.issuing_state, each.document_number) for each in message.documents
        ),
        stays=tuple(map(_stay, message.stays)),
        more_stays=message.more_stays,
        crossings=tuple(map(_found, message.crossings)),
        more_crossings=message.more_crossings,
        entries=tuple(map(_entry, message.entries)),
        more_entries=message.more_entries,
    )


def _found(message: wire.CrossingFound) -> CrossingFound:
    return CrossingFound(
        crossing_id=message.crossing_id,
        gate_id=message.gate_id,
        border_crossing_point=message.border_crossing_point,
        direction=_known(_direction_of, message.direction),
        occurred_at=decode_moment(message.occurred_at),
        verdict=_known(verdict_of, message.verdict),
        status=_known(status_of, message.status),
        capture_mode=_known(capture_mode_of, message.capture_mode),
        findings=tuple(message.findings),
        document=decode_document(message.document) if message.HasField("document") else None,
        replaced=message.replaced,
    )


def _decision(message: wire.DecisionKept) -> DecisionKept:
    return DecisionKept(
        decision=decode_decision(message.decision),
        superseded_by=message.superseded_by,
        accepted_at=decode_moment(message.accepted_at),
        console_id=message.console_id,
    )


def _stay(message: wire.HolderStay) -> HolderStay:
    return HolderStay(
        kind=_known(_stay_kind_of, message.kind),
        absence=message.absence,
        entry_id=message.entry_crossing_id,
        entry_at=_moment(message, "entry_at"),
        exit_id=message.exit_crossing_id,
        exit_at=_moment(message, "exit_at"),
        entry_port=message.entry_border_crossing_point,
        allowed_until=message.allowed_until,
        unlimited=message.unlimited,
        overstay_days=message.overstay_days,
    )


def _entry(message: wire.HolderEntry) -> HolderEntry:
    return HolderEntry(
        subject=message.subject,
        columns=dict(message.columns),
        in_force_at=decode_moment(message.in_force_at),
        retired_at=_moment(message, "retired_at"),
        legal_basis=message.legal_basis,
        source_system=message.source_system,
        made_by=message.made_by,
        approved_by=message.approved_by,
    )


def _moment(message: wire.HolderStay | wire.HolderEntry, name: str) -> UtcSeconds | None:
    if not message.HasField(name):  # type: ignore[arg-type]
        return None
    moment: Timestamp = getattr(message, name)
    return decode_moment(moment)


def _known(find: Callable[[_Number], _Value], number: _Number) -> _Value | None:
    """Return what ``number`` stands for, None if only a newer version knows."""
    try:
        return find(number)
    except RecordMalformed:
        return None


def _direction_of(number: crossing_pb2.Direction.ValueType) -> Direction:
    return named("direction", DIRECTIONS, number)


def _stay_kind_of(number: wire.StayKind.ValueType) -> StayKind:
    return named("kind", _STAYS, number)
