"""Crossings by document, gate, port, time and outcome: page after page, the newest first.

A page goes on after the last record of the one before, by time and id, so records that come
in meanwhile move nothing: what was there is shown once and left out never.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from egate.central.bodies import keys_of, record_of
from egate.central.database import Connection
from egate.central.document_key import document_key
from egate.central.inquiries.cursors import Place
from egate.central.registry import places_of
from egate.central.uuids import to_uuid
from egate.domain.desk_record import RECORD_ID
from egate.reporting.mapping import parse
from egate.wire.v1 import crossing_pb2
from egate.wire.v1 import inquiry_pb2 as wire

MAX_FOUND: Final = 100
MOST_DAYS: Final = timedelta(days=92)
"""Of one search by other things than a document: a quarter."""
COLUMNS: Final = """crossing_id, doc_key, gate_id, border_crossing_point, occurred_at, direction,
    verdict, status, findings, key_id, payload"""
NEWEST: Final = "ORDER BY occurred_at DESC, crossing_id DESC"
_REPLACED: Final = "SELECT crossing_id FROM crossing_replaced WHERE crossing_id = ANY($1)"
_GATE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PORT: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
_STATE: Final = re.compile(r"[A-Z]{1,3}")
_NUMBER: Final = re.compile(r"[ -~]{1,40}")
_MOST_VALUES: Final = 16
_MAX_ENUM: Final = 2**15 - 1
_MAX_SECONDS: Final = 253_402_300_799  # the end of the year 9999
_LONGEST_FIELD: Final = 100
_DOCUMENT_FIELDS: Final = tuple(each.name for each in crossing_pb2.TravelDocument.DESCRIPTOR.fields)


class InquiryRefused(ValueError):
    """What was asked cannot be answered; names the field, and never its value."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for.

    Args:
        crossing_id: one record, None for any.
        document: key of the document, None for any.
        conditions: terms about columns, to the values that they are about.

    """

    crossing_id: UUID | None
    document: UUID | None = field(repr=False)
    conditions: Mapping[str, object]

    @property
    def criteria(self) -> str:
        """What was asked for, but for the document and the record: nothing personal."""
        return "; ".join(term.format(value) for term, value in self.conditions.items())


def searched(request: wire.FindCrossingsRequest, now: datetime) -> Search:
    """Return what ``request`` looks for.

    Raises:
        InquiryRefused: it cannot be looked for.

    """
    faults = {
        "gate_id: not a gate's id": _fits(_GATE, request.gate_id),
        "border_crossing_point: not a UN/LOCODE": _fits(_PORT, request.border_crossing_point),
        "crossing_id: not a UUID version 7 in lower case": _fits(RECORD_ID, request.crossing_id),
        "statuses: not statuses": _are_numbers(request.statuses),
        "verdicts: not verdicts": _are_numbers(request.verdicts),
        "direction: not a direction": 0 <= request.direction <= _MAX_ENUM,
        "since: not a time": _is_time(request.since),
        "until: not a time": _is_time(request.until),
    }
    for fault, holds in faults.items():
        if not holds:
            raise InquiryRefused(fault)
    crossing_id = to_uuid(request.crossing_id) if request.crossing_id else None
    document = key_of(request.issuing_state, request.document_number)
    since = _moment(request.since) if request.HasField("since") else None
    until = _moment(request.until) if request.HasField("until") else None
    # A page that follows is of a search that was not too long when it began.
    if document is None and crossing_id is None and not request.cursor:
        _not_too_long(since, until, now)
    conditions: dict[str, object] = {
        "gate_id = {}": request.gate_id or None,
        "border_crossing_point = {}": request.border_crossing_point or None,
        "occurred_at >= {}": since,
        "occurred_at < {}": until,
        "status = ANY({})": sorted(request.statuses) or None,
        "verdict = ANY({})": sorted(request.verdicts) or None,
        "direction = {}": request.direction or None,
    }
    asked = {name: value for name, value in conditions.items() if value is not None}
    return Search(crossing_id, document, asked)


def key_of(issuing_state: str, document_number: str) -> UUID | None:
    """Return the key of a document, None when none is given.

    Raises:
        InquiryRefused: half of it is given, or it is no document's.

    """
    if not issuing_state and not document_number:
        return None
    if not _STATE.fullmatch(issuing_state):
        raise InquiryRefused("issuing_state: not one to three letters")
    sound = _NUMBER.fullmatch(document_number)
    key = document_key(issuing_state, document_number) if sound else None
    if key is None:
        raise InquiryRefused("document_number: not a number of a document")
    return key


async def find(
    connection: Connection, search: Search, after: Place | None, limit: int
) -> list[Any]:
    """Return up to ``limit`` rows, the newest first.

    Args:
        connection: to the centre's database.
        search: what is looked for.
        after: the last record of the page before, None for the first page.
        limit: the most.

    """
    exact: dict[str, object] = {"doc_key = {}": search.document} if search.document else {}
    if search.crossing_id:
        places = await places_of(connection, [search.crossing_id])
        if not places or search.document not in {None, places[0][0]}:
            return []
        names = ("doc_key = {}", "occurred_at = {}", "crossing_id = {}")
        exact = dict(zip(names, places[0], strict=True))
    wanted = [*exact.items(), *search.conditions.items()]
    if after:
        # The time alone as well: by it months are left out that have nothing to show.
        wanted += [("occurred_at <= {}", after.occurred_at)]
    terms = [term.format(f"${number}") for number, (term, _) in enumerate(wanted, 1)]
    values = [value for _, value in wanted]
    if after:
        last = len(values)
        terms.append(f"(occurred_at, crossing_id) < (${last}, ${last + 1})")
        values.append(after.crossing_id)
    query = f"""SELECT {COLUMNS} FROM crossing WHERE {" AND ".join(terms)} {NEWEST} LIMIT {limit}"""  # noqa: S608 - of constants
    found: list[Any] = await connection.fetch(query, *values)
    return found


async def shown(connection: Connection, rows: Sequence[Any]) -> list[wire.CrossingFound]:
    """Return ``rows`` as officers see them in a list."""
    ids = [row["crossing_id"] for row in rows]
    gone = {key for (key,) in await connection.fetch(_REPLACED, ids)} if ids else set()
    keys = keys_of(connection)
    return [
        _found(row, parse(record_of(keys, row)), replaced=row["crossing_id"] in gone)
        for row in rows
    ]


def stamp(moment: datetime) -> Timestamp:
    """Return ``moment`` for the wire."""
    made = Timestamp()
    made.FromDatetime(moment)
    return made


def _found(
    row: Any,  # noqa: ANN401 - asyncpg
    record: crossing_pb2.CrossingRecord,
    *,
    replaced: bool,
) -> wire.CrossingFound:
    found = wire.CrossingFound(
        crossing_id=str(row["crossing_id"]),
        gate_id=row["gate_id"],
        border_crossing_point=row["border_crossing_point"],
        direction=crossing_pb2.Direction.ValueType(row["direction"]),
        occurred_at=stamp(row["occurred_at"]),
        verdict=crossing_pb2.Verdict.ValueType(row["verdict"]),
        status=crossing_pb2.CrossingStatus.ValueType(row["status"]),
        capture_mode=record.capture_mode,
        findings=row["findings"],
        replaced=replaced,
    )
    if record.HasField("document"):
        for name in _DOCUMENT_FIELDS:
            setattr(found.document, name, getattr(record.document, name)[:_LONGEST_FIELD])
    return found


def _not_too_long(since: datetime | None, until: datetime | None, now: datetime) -> None:
    if since is None:
        raise InquiryRefused("since: missing, and neither a document nor a crossing is given")
    if (until or now) - since > MOST_DAYS:
        raise InquiryRefused(f"since: more than {MOST_DAYS.days} days before the end")


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    return not text or pattern.fullmatch(text) is not None


def _are_numbers(numbers: Collection[int]) -> bool:
    return len(numbers) <= _MOST_VALUES and all(0 <= each <= _MAX_ENUM for each in numbers)


def _is_time(timestamp: Timestamp) -> bool:
    return 0 <= timestamp.seconds <= _MAX_SECONDS and 0 <= timestamp.nanos < 10**9


def _moment(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(UTC)
