"""The crossing record as bytes: ``dip.egate.v1.CrossingRecord``.

``decode(encode(record)) == record`` for every record whose times lie after 1970-04
(a nanosecond on the wire is finer than a float there).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from google.protobuf.message import DecodeError, EncodeError
from google.protobuf.timestamp_pb2 import Timestamp

from egate.domain.evidence import AccessProtocol, CheckId, CheckResult, Outcome, TravelDocument
from egate.domain.record import (
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
    StepDuration,
)
from egate.domain.time import UtcSeconds
from egate.wire.v1 import crossing_pb2 as wire

_Value = TypeVar("_Value", bound=StrEnum)
_Number = TypeVar("_Number", bound=int)

_NANOS: Final = 1_000_000_000

_DIRECTIONS: Final = MappingProxyType(
    {
        Direction.ENTRY: wire.DIRECTION_ENTRY,
        Direction.EXIT: wire.DIRECTION_EXIT,
    }
)
_VERDICTS: Final = MappingProxyType(
    {
        RecordVerdict.NONE: wire.VERDICT_UNSPECIFIED,
        RecordVerdict.ADMIT: wire.VERDICT_ADMIT,
        RecordVerdict.REFER: wire.VERDICT_REFER,
    }
)
_STATUSES: Final = MappingProxyType(
    {
        CrossingStatus.COMPLETED: wire.CROSSING_STATUS_COMPLETED,
        CrossingStatus.REFERRED: wire.CROSSING_STATUS_REFERRED,
        CrossingStatus.ABANDONED: wire.CROSSING_STATUS_ABANDONED,
        CrossingStatus.INTERRUPTED: wire.CROSSING_STATUS_INTERRUPTED,
        CrossingStatus.ABORTED: wire.CROSSING_STATUS_ABORTED,
        CrossingStatus.PREPARED: wire.CROSSING_STATUS_PREPARED,
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
    """A record does not fit the wire format, or bytes are no record of it.

    The message names the field, never its value.
    """


def encode(record: CrossingRecord) -> bytes:
    """Return the bytes of ``record``, the same for the same record.

    Raises:
        RecordMalformed: a number is out of the range of its field, or a text is no Unicode.

    """
    try:
        return _to_wire(record).SerializeToString(deterministic=True)
    except (ValueError, OverflowError, TypeError, EncodeError) as error:
        # Not chained: protobuf quotes the value in its message.
        raise RecordMalformed(f"a field does not fit: {type(error).__name__}") from None


def decode(payload: bytes) -> CrossingRecord:
    """Return the record that ``payload`` holds.

    Raises:
        RecordMalformed: the bytes are no record, or a value is unknown to this version.

    """
    message = parse(payload)
    return CrossingRecord(
        crossing_id=message.crossing_id,
        gate_id=message.gate_id,
        gate_seq=message.gate_seq,
        direction=_named("direction", _DIRECTIONS, message.direction),
        border_crossing_point=message.border_crossing_point,
        occurred_at=_to_seconds(message.occurred_at),
        recorded_at=_to_seconds(message.recorded_at),
        verdict=_named("verdict", _VERDICTS, message.verdict),
        status=_named("status", _STATUSES, message.status),
        policy_version=message.policy_version,
        software_version=message.software_version,
        document=_document(message),
        access=_member("access", AccessProtocol, message.access) if message.access else None,
        signer=message.signer,
        csca_ski=message.csca_ski,
        trust_store_version=message.trust_store_version,
        checks=tuple(_check(check) for check in message.checks),
        similarity=message.similarity if message.HasField("similarity") else None,
        threshold=message.threshold if message.HasField("threshold") else None,
        findings=tuple(message.findings),
        passage_confirmed=message.passage_confirmed,
        attempts=message.attempts,
        steps=tuple(
            StepDuration(step.step, step.seconds, step.gate_seconds) for step in message.steps
        ),
    )


def parse(payload: bytes) -> wire.CrossingRecord:
    """Return the message in ``payload``, its values not yet looked at.

    Raises:
        RecordMalformed: the bytes are no protobuf message of this kind.

    """
    try:
        return wire.CrossingRecord.FromString(payload)
    except DecodeError:
        raise RecordMalformed("not a crossing record") from None


def _to_wire(record: CrossingRecord) -> wire.CrossingRecord:
    document = record.document
    return wire.CrossingRecord(
        crossing_id=record.crossing_id,
        gate_id=record.gate_id,
        gate_seq=record.gate_seq,
        direction=_DIRECTIONS[record.direction],
        border_crossing_point=record.border_crossing_point,
        occurred_at=_to_timestamp(record.occurred_at),
        recorded_at=_to_timestamp(record.recorded_at),
        verdict=_VERDICTS[record.verdict],
        status=_STATUSES[record.status],
        document=None
        if document is None
        else wire.TravelDocument(**{name: getattr(document, name) for name in _DOCUMENT_FIELDS}),
        access=record.access or "",
        signer=record.signer,
        csca_ski=record.csca_ski,
        trust_store_version=record.trust_store_version,
        checks=[
            wire.CheckResult(
                check_id=check.check_id,
                outcome=_OUTCOMES[check.outcome],
                detail=check.detail,
                duration_ms=check.duration_ms,
            )
            for check in record.checks
        ],
        similarity=record.similarity,
        threshold=record.threshold,
        findings=record.findings,
        passage_confirmed=record.passage_confirmed,
        policy_version=record.policy_version,
        software_version=record.software_version,
        attempts=record.attempts,
        steps=[
            wire.StepDuration(step=step.step, seconds=step.seconds, gate_seconds=step.gate_seconds)
            for step in record.steps
        ],
    )


def _document(message: wire.CrossingRecord) -> TravelDocument | None:
    if not message.HasField("document"):
        return None
    return TravelDocument(**{name: getattr(message.document, name) for name in _DOCUMENT_FIELDS})


def _check(check: wire.CheckResult) -> CheckResult:
    return CheckResult(
        check_id=_member("check_id", CheckId, check.check_id),
        outcome=_named("outcome", _OUTCOMES, check.outcome),
        detail=check.detail,
        duration_ms=check.duration_ms,
    )


def _to_timestamp(moment: UtcSeconds) -> Timestamp:
    numerator, denominator = moment.as_integer_ratio()
    nanos = (2 * numerator * _NANOS + denominator) // (2 * denominator)  # to the nearest
    return Timestamp(seconds=nanos // _NANOS, nanos=nanos % _NANOS)


def verdict_of(number: wire.Verdict.ValueType) -> RecordVerdict:
    """Return the verdict with the wire's ``number``; raises RecordMalformed when unknown."""
    return _named("verdict", _VERDICTS, number)


def status_of(number: wire.CrossingStatus.ValueType) -> CrossingStatus:
    """Return the status with the wire's ``number``; raises RecordMalformed when unknown."""
    return _named("status", _STATUSES, number)


def _to_seconds(timestamp: Timestamp) -> UtcSeconds:
    return UtcSeconds((timestamp.seconds * _NANOS + timestamp.nanos) / _NANOS)


def _named(field: str, values: Mapping[_Value, _Number], number: _Number) -> _Value:
    for value, known in values.items():
        if known == number:
            return value
    raise RecordMalformed(f"{field}: {number} is unknown")


def _member(field: str, kind: type[_Value], text: str) -> _Value:
    try:
        return kind(text)
    except ValueError:
        raise RecordMalformed(f"{field}: a value that is unknown") from None
