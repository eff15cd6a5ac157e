"""The crossing record as bytes: ``dip.egate.v1.CrossingRecord``.

``decode(encode(record)) == record`` for every record whose times lie after 1970-04
(a nanosecond on the wire is finer than a float there).
"""

from types import MappingProxyType
from typing import Final

from google.protobuf.message import DecodeError, EncodeError

from egate.domain.evidence import AccessProtocol
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    RecordVerdict,
    StepDuration,
)
from egate.reporting.wire_values import (
    DIRECTIONS,
    RecordMalformed,
    decode_checks,
    decode_document,
    decode_grant,
    decode_lists_used,
    decode_moment,
    decode_visas,
    encode_checks,
    encode_document,
    encode_grant,
    encode_lists_used,
    encode_moment,
    encode_visas,
    member,
    named,
)
from egate.wire.v1 import crossing_pb2 as wire

__all__ = [
    "RecordMalformed",
    "capture_mode_of",
    "decode",
    "decode_record",
    "encode",
    "encode_record",
    "number_of_status",
    "number_of_verdict",
    "parse",
    "status_of",
    "verdict_of",
]

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
        CrossingStatus.REFUSED_ENTRY: wire.CROSSING_STATUS_REFUSED_ENTRY,
        CrossingStatus.DENIED_EXIT: wire.CROSSING_STATUS_DENIED_EXIT,
        CrossingStatus.OFFLOADED: wire.CROSSING_STATUS_OFFLOADED,
    }
)
_CAPTURE_MODES: Final = MappingProxyType(
    {
        CaptureMode.EGATE: wire.CAPTURE_MODE_EGATE,
        CaptureMode.DESK: wire.CAPTURE_MODE_DESK,
        CaptureMode.MOBILE: wire.CAPTURE_MODE_MOBILE,
        CaptureMode.MANUAL_RETROSPECTIVE: wire.CAPTURE_MODE_MANUAL_RETROSPECTIVE,
    }
)


def encode(record: CrossingRecord) -> bytes:
    """Return the bytes of ``record``, the same for the same record.

    Raises:
        RecordMalformed: a number is out of the range of its field, or a text is no Unicode.

    """
    try:
        return encode_record(record).SerializeToString(deterministic=True)
    except (ValueError, OverflowError, TypeError, EncodeError) as error:
        # Not chained: protobuf quotes the value in its message.
        raise RecordMalformed(f"a field does not fit: {type(error).__name__}") from None


def decode(payload: bytes) -> CrossingRecord:
    """Return the record that ``payload`` holds.

    Raises:
        RecordMalformed: the bytes are no record, or a value is unknown to this version.

    """
    return decode_record(parse(payload))


def decode_record(message: wire.CrossingRecord) -> CrossingRecord:
    """Return the record that ``message`` is; raises RecordMalformed as `decode` does."""
    return CrossingRecord(
        crossing_id=message.crossing_id,
        gate_id=message.gate_id,
        gate_seq=message.gate_seq,
        direction=named("direction", DIRECTIONS, message.direction),
        border_crossing_point=message.border_crossing_point,
        occurred_at=decode_moment(message.occurred_at),
        recorded_at=decode_moment(message.recorded_at),
        verdict=named("verdict", _VERDICTS, message.verdict),
        status=named("status", _STATUSES, message.status),
        policy_version=message.policy_version,
        software_version=message.software_version,
        document=decode_document(message.document) if message.HasField("document") else None,
        access=member("access", AccessProtocol, message.access) if message.access else None,
        signer=message.signer,
        csca_ski=message.csca_ski,
        trust_store_version=message.trust_store_version,
        checks=decode_checks(message.checks),
        similarity=message.similarity if message.HasField("similarity") else None,
        threshold=message.threshold if message.HasField("threshold") else None,
        findings=tuple(message.findings),
        passage_confirmed=message.passage_confirmed,
        attempts=message.attempts,
        steps=tuple(
            StepDuration(step.step, step.seconds, step.gate_seconds) for step in message.steps
        ),
        prepared_crossing_id=message.prepared_crossing_id,
        capture_mode=capture_mode_of(message.capture_mode),
        fallback_reasons=tuple(message.fallback_reasons),
        lists_used=decode_lists_used(message.lists_used),
        grant=decode_grant(message.grant) if message.HasField("grant") else None,
        supersedes=message.supersedes,
        decision_id=message.decision_id,
        entered_by=message.entered_by,
        visas=decode_visas(message.visas),
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


def encode_record(record: CrossingRecord) -> wire.CrossingRecord:
    return wire.CrossingRecord(
        crossing_id=record.crossing_id,
        gate_id=record.gate_id,
        gate_seq=record.gate_seq,
        direction=DIRECTIONS[record.direction],
        border_crossing_point=record.border_crossing_point,
        occurred_at=encode_moment(record.occurred_at),
        recorded_at=encode_moment(record.recorded_at),
        verdict=_VERDICTS[record.verdict],
        status=_STATUSES[record.status],
        document=encode_document(record.document),
        access=record.access or "",
        signer=record.signer,
        csca_ski=record.csca_ski,
        trust_store_version=record.trust_store_version,
        checks=encode_checks(record.checks),
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
        prepared_crossing_id=record.prepared_crossing_id,
        capture_mode=_CAPTURE_MODES[record.capture_mode],
        entered_under_fallback=bool(record.fallback_reasons),
        fallback_reasons=record.fallback_reasons,
        lists_used=encode_lists_used(record.lists_used),
        grant=encode_grant(record.grant),
        supersedes=record.supersedes,
        decision_id=record.decision_id,
        entered_by=record.entered_by,
        visas=encode_visas(record.visas),
    )


def number_of_verdict(verdict: RecordVerdict) -> wire.Verdict.ValueType:
    return _VERDICTS[verdict]


def number_of_status(status: CrossingStatus) -> wire.CrossingStatus.ValueType:
    return _STATUSES[status]


def verdict_of(number: wire.Verdict.ValueType) -> RecordVerdict:
    """Return the verdict with the wire's ``number``; raises RecordMalformed when unknown."""
    return named("verdict", _VERDICTS, number)


def status_of(number: wire.CrossingStatus.ValueType) -> CrossingStatus:
    """Return the status with the wire's ``number``; raises RecordMalformed when unknown."""
    return named("status", _STATUSES, number)


def capture_mode_of(number: wire.CaptureMode.ValueType) -> CaptureMode:
    """Return the mode with the wire's ``number``; raises RecordMalformed when unknown.

    A record without one is by a gate of before there were others.
    """
    return named("capture_mode", _CAPTURE_MODES, number or wire.CAPTURE_MODE_EGATE)
