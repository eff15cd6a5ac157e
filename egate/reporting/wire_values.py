"""Parts that several messages of the wire have in common, and what cannot be understood."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from egate.domain.evidence import (
    CheckId,
    CheckResult,
    InspectedVisa,
    ListUsed,
    Outcome,
    StayGrant,
    TravelDocument,
)
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.wire.v1 import crossing_pb2 as wire

_Value = TypeVar("_Value", bound=StrEnum)
_Number = TypeVar("_Number", bound=int)

_NANOS: Final = 1_000_000_000

DIRECTIONS: Final = MappingProxyType(
    {
        Direction.ENTRY: wire.DIRECTION_ENTRY,
        Direction.EXIT: wire.DIRECTION_EXIT,
    }
)
_OUTCOMES: Final = MappingProxyType(
    {
        Outcome.SUCCESSFUL: wire.OUTCOME_SUCCESSFUL,
        Outcome.FAILED: wire.OUTCOME_FAILED,
        Outcome.UNDETERMINED: wire.OUTCOME_UNDETERMINED,
        Outcome.NOT_SUPPORTED: wire.OUTCOME_NOT_SUPPORTED,
        Outcome.ABORTED: wire.OUTCOME_ABORTED,
    }
)
_DOCUMENT_FIELDS: Final = tuple(field.name for field in wire.TravelDocument.DESCRIPTOR.fields)


class RecordMalformed(ValueError):
    """A value does not fit the wire format, or bytes are no message of it.

    The message names the field, never its value.
    """


def encode_document(document: TravelDocument | None) -> wire.TravelDocument | None:
    if document is None:
        return None
    return wire.TravelDocument(**{name: getattr(document, name) for name in _DOCUMENT_FIELDS})


def decode_document(message: wire.TravelDocument) -> TravelDocument:
    return TravelDocument(**{name: getattr(message, name) for name in _DOCUMENT_FIELDS})


def encode_checks(checks: Iterable[CheckResult]) -> list[wire.CheckResult]:
    return [
        wire.CheckResult(
            check_id=check.check_id,
            outcome=_OUTCOMES[check.outcome],
            detail=check.detail,
            duration_ms=check.duration_ms,
        )
        for check in checks
    ]


def decode_checks(messages: Iterable[wire.CheckResult]) -> tuple[CheckResult, ...]:
    """Return the results in ``messages``; raises RecordMalformed when one is unknown."""
    return tuple(
        CheckResult(
            check_id=member("check_id", CheckId, check.check_id),
            outcome=named("outcome", _OUTCOMES, check.outcome),
            detail=check.detail,
            duration_ms=check.duration_ms,
        )
        for check in messages
    )


def encode_lists_used(lists: Iterable[ListUsed]) -> list[wire.ListUsed]:
    return [
        wire.ListUsed(
            name=each.name,
            version=each.version,
            made_at=encode_moment(each.made_at),
            sha256=each.sha256,
        )
        for each in lists
    ]


def decode_lists_used(messages: Iterable[wire.ListUsed]) -> tuple[ListUsed, ...]:
    return tuple(
        ListUsed(each.name, each.version, decode_moment(each.made_at), each.sha256)
        for each in messages
    )


def encode_grant(grant: StayGrant | None) -> wire.StayGrant | None:
    if grant is None:
        return None
    return wire.StayGrant(
        kind=grant.kind,
        number=grant.number,
        max_stay_days=grant.max_stay_days,
        authorised_until=grant.authorised_until,
    )


def decode_grant(message: wire.StayGrant) -> StayGrant:
    days = message.max_stay_days if message.HasField("max_stay_days") else None
    return StayGrant(message.kind, message.number, days, message.authorised_until)


def encode_visas(visas: Iterable[InspectedVisa]) -> list[wire.InspectedVisa]:
    return [
        wire.InspectedVisa(
            document_code=each.document_code,
            issuing_state=each.issuing_state,
            document_number=each.document_number,
            checks=encode_checks(each.checks),
        )
        for each in visas
    ]


def decode_visas(messages: Iterable[wire.InspectedVisa]) -> tuple[InspectedVisa, ...]:
    """Return the visas in ``messages``; raises RecordMalformed when a check is unknown."""
    return tuple(
        InspectedVisa(
            each.document_code,
            each.issuing_state,
            each.document_number,
            decode_checks(each.checks),
        )
        for each in messages
    )


def encode_moment(moment: UtcSeconds) -> Timestamp:
    numerator, denominator = moment.as_integer_ratio()
    nanos = (2 * numerator * _NANOS + denominator) // (2 * denominator)  # to the nearest
    return Timestamp(seconds=nanos // _NANOS, nanos=nanos % _NANOS)


def decode_moment(timestamp: Timestamp) -> UtcSeconds:
    return UtcSeconds((timestamp.seconds * _NANOS + timestamp.nanos) / _NANOS)


def named(field: str, values: Mapping[_Value, _Number], number: _Number) -> _Value:
    """Return what ``number`` stands for in ``values``; raises RecordMalformed when nothing."""
    for value, known in values.items():
        if known == number:
            return value
    raise RecordMalformed(f"{field}: {number} is unknown")


def member(field: str, kind: type[_Value], text: str) -> _Value:
    """Return the ``kind`` that ``text`` names; raises RecordMalformed when it names none."""
    try:
        return kind(text)
    except ValueError:
        raise RecordMalformed(f"{field}: a value that is unknown") from None
