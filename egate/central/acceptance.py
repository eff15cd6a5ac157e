"""Which records the centre takes: bytes of a gate in, a row or the reason against it out.

What is refused is refused for ever, so only what can never be right is: a value that a
newer gate may know is kept as it is, and a wrong clock is a remark. What a document said
is never a reason: a forged one would choose whether its record arrives.
"""

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from egate.central.document_key import document_key
from egate.central.evidence.links import Link, link_of
from egate.central.uuids import to_uuid
from egate.domain.desk_record import RECORD_ID
from egate.domain.evidence.chain import ChainLink
from egate.reporting.channel import MAX_RECORD_BYTES
from egate.reporting.mapping import RecordMalformed, parse
from egate.wire.v1 import crossing_pb2 as wire

_PORT: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
_FINDING: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_DOCUMENT_NUMBER: Final = re.compile(r"[ -~]{1,40}")
_ISSUING_STATE: Final = re.compile(r"[A-Z]{1,3}")
_MAX_FINDINGS: Final = 64
_MAX_SEQ: Final = 2**63 - 1
_MAX_ENUM: Final = 2**15 - 1
_MAX_SECONDS: Final = 253_402_300_799  # the end of the year 9999
_OF_GATES: Final = (wire.CAPTURE_MODE_UNSPECIFIED, wire.CAPTURE_MODE_EGATE)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FOREIGN: Final = "gate_id: not the gate of the certificate"
"""Why a record in another gate's name is refused."""
NOT_A_GATES: Final = "capture_mode: a gate records as EGATE, and corrects nothing"
"""Why a record is refused that a gate could not have made."""
Rule = Callable[[wire.CrossingRecord, bytes], str | None]
"""What else a sender has to keep to: the fault of a record, None when it has none."""


class CrossingRow(NamedTuple):
    """A record as the table has it. Holds personal data.

    ``doc_key`` is its document's key, and its own id when no document can be told.
    """

    doc_key: uuid.UUID
    crossing_id: uuid.UUID
    gate_id: str
    gate_seq: int
    occurred_at: datetime
    recorded_at: datetime
    border_crossing_point: str
    direction: int
    verdict: int
    status: int
    findings: tuple[str, ...]
    issuing_state: str | None
    content_hash: bytes
    payload: bytes
    link: Link
    capture_mode: int = wire.CAPTURE_MODE_EGATE
    supersedes: uuid.UUID | None = None

    def __repr__(self) -> str:
        """Return which record it is, and nothing of whom."""
        return f"CrossingRow({self.crossing_id}, {self.gate_id}, {self.gate_seq})"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record can never be stored; names the field, not its value.

    Args:
        crossing_id: as the record has it, "" when that is unreadable.
        reason: for the gate's technician.

    """

    crossing_id: str
    reason: str


def examine(payload: bytes, gate_id: str, link: ChainLink | None = None) -> CrossingRow | Refusal:
    """Return the row of one record, or the reason against it.

    Args:
        payload: the record, as the gate sent it.
        gate_id: whose certificate sent it.
        link: that came with it.

    """
    return examine_by(_fault_of_gate, payload, gate_id, link)


def examine_by(
    rule: Rule, payload: bytes, sender: str, link: ChainLink | None
) -> CrossingRow | Refusal:
    """Return the row of one record, or the reason against it.

    Args:
        rule: of whoever sends such records.
        payload: the record, as it was sent.
        sender: whose certificate sent it.
        link: that came with it.

    """
    if len(payload) > MAX_RECORD_BYTES:
        return Refusal("", f"larger than {MAX_RECORD_BYTES} bytes")
    try:
        record = parse(payload)
    except RecordMalformed as error:
        return Refusal("", str(error))
    if not RECORD_ID.fullmatch(record.crossing_id):
        return Refusal("", "crossing_id: not a UUID version 7 in lower case")
    fault = _fault(record, sender) or rule(record, payload)
    return _row(record, payload, link) if fault is None else Refusal(record.crossing_id, fault)


def _fault_of_gate(record: wire.CrossingRecord, _: bytes) -> str | None:
    is_own = record.capture_mode in _OF_GATES and not record.supersedes
    return None if is_own else NOT_A_GATES


def _fault(record: wire.CrossingRecord, sender: str) -> str | None:
    sound = {
        FOREIGN: record.gate_id == sender,
        "gate_seq: not 1, 2, 3...": 1 <= record.gate_seq <= _MAX_SEQ,
        "border_crossing_point: not a UN/LOCODE": _PORT.fullmatch(record.border_crossing_point),
        "direction: missing": 1 <= record.direction <= _MAX_ENUM,
        "verdict: not a verdict": 0 <= record.verdict <= _MAX_ENUM,
        "status: missing": 1 <= record.status <= _MAX_ENUM,
        "occurred_at: not a time": _is_time(record, "occurred_at"),
        "recorded_at: not a time": _is_time(record, "recorded_at"),
        "findings: not ids of checks": len(record.findings) <= _MAX_FINDINGS
        and all(_FINDING.fullmatch(finding) for finding in record.findings),
    }
    return next((fault for fault, holds in sound.items() if not holds), None)


def _is_time(record: wire.CrossingRecord, name: str) -> bool:
    if not record.HasField(name):  # type: ignore[arg-type]
        return False
    timestamp: Timestamp = getattr(record, name)
    return 0 <= timestamp.seconds <= _MAX_SECONDS and 0 <= timestamp.nanos < 10**9


def _row(record: wire.CrossingRecord, payload: bytes, link: ChainLink | None) -> CrossingRow:
    crossing_id = to_uuid(record.crossing_id)
    digest = hashlib.sha256(payload).digest()
    issuing_state = _sound(_ISSUING_STATE, record.document.issuing_state)
    document_number = _sound(_DOCUMENT_NUMBER, record.document.document_number)
    key = (
        document_key(issuing_state, document_number) if issuing_state and document_number else None
    )
    return CrossingRow(
        doc_key=key or crossing_id,
        crossing_id=crossing_id,
        gate_id=record.gate_id,
        gate_seq=record.gate_seq,
        occurred_at=_moment(record.occurred_at),
        recorded_at=_moment(record.recorded_at),
        border_crossing_point=record.border_crossing_point,
        direction=record.direction,
        verdict=record.verdict,
        status=record.status,
        findings=tuple(record.findings),
        issuing_state=issuing_state,
        content_hash=digest,
        payload=payload,
        link=link_of(record.gate_id, record.gate_seq, digest, link),
        capture_mode=record.capture_mode,
        supersedes=to_uuid(record.supersedes) if record.supersedes else None,
    )


def _sound(pattern: re.Pattern[str], text: str) -> str | None:
    """Return what can be searched for; the payload keeps what the document really said."""
    return text if pattern.fullmatch(text) else None


def _moment(timestamp: Timestamp) -> datetime:
    return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)
