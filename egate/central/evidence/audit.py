"""Goes through all that was accepted, and says whether it is still so.

What is trusted is the authority's certificate and, where one was kept elsewhere, a head. All
else is in the database: links, signatures, certificates, trees and heads have to fit together.
The whole is read as of one moment, so that a centre may run meanwhile.
"""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from egate.central.bodies import keys_of as ring_of
from egate.central.bodies import record_of
from egate.central.database import Connection, Pool
from egate.central.evidence.links import Link
from egate.central.evidence.signatures import Keys, keys_of
from egate.central.evidence.station_walk import Break, StationWalk, StoredLink, StoredRecord
from egate.central.evidence.trees import ClosedTree, closed_trees, tree_between, tree_of_days
from egate.central.key_ring import KeyRing
from egate.central.peers import certificates_of
from egate.outbox.sealing import SealBroken
from egate.reporting.credentials import has_issued
from egate.reporting.identity import IdentityMissing, identity_of
from egate.reporting.tree_heads import HeadRefused, SignedHead

_PAGE: Final = 1000
_LONG_SECONDS: Final = 600.0
_MOST_BREAKS: Final = 100
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_EVER: Final = 2**63 - 1
_STATIONS: Final = """
SELECT station_id, min(gate_seq) AS first, max(gate_seq) AS last FROM (
    SELECT station_id, gate_seq FROM chain_link WHERE position > $1 AND position <= $2
    UNION ALL
    SELECT gate_id, gate_seq FROM crossing WHERE accepted_at >= $3 AND accepted_at < $4
) AS known GROUP BY station_id ORDER BY station_id
"""
_LINKS: Final = """
SELECT position, gate_seq, crossing_id, digest, link, previous, signature, key_id,
    fault
FROM chain_link WHERE station_id = $1 AND gate_seq BETWEEN $2 AND $3
ORDER BY gate_seq FETCH FIRST 1000 ROWS WITH TIES
"""
_COLUMNS: Final = (
    *("gate_seq", "doc_key", "occurred_at", "recorded_at", "border_crossing_point", "direction"),
    *("verdict", "status", "findings", "issuing_state"),
)
_RECORDS: Final = """
SELECT crossing_id, gate_seq, key_id, payload, doc_key, occurred_at, recorded_at,
    border_crossing_point, direction, verdict, status, findings, issuing_state
FROM crossing WHERE gate_id = $1 AND gate_seq BETWEEN $2 AND $3
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be looked at.

    Args:
        authorities: whose certificates stations and centre have.
        keep: how long records stay; older ones may have been deleted.
        first: day in UTC, None for all from the beginning.
        last: day in UTC, None for all up to now.
        kept: a head that was kept elsewhere.

    """

    authorities: Sequence[x509.Certificate]
    keep: timedelta
    first: date | None = None
    last: date | None = None
    kept: SignedHead | None = None


@dataclass
class Findings:
    """What was found.

    Args:
        breaks: the first hundred of what does not hold.
        count: of all that does not hold.
        records: that were looked at.
        gone: of them, those that had been deleted in due time.
        stations: that were looked at.
        trees: that were looked at.
        newest: the last head that there is.

    """

    breaks: list[Break] = field(default_factory=list)
    count: int = 0
    records: int = 0
    gone: int = 0
    stations: int = 0
    trees: int = 0
    newest: SignedHead | None = None

    def add(self, found: Break) -> None:
        """Note something that does not hold."""
        self.count += 1
        if len(self.breaks) < _MOST_BREAKS:
            self.breaks.append(found)


async def audit(pool: Pool, question: Question) -> Findings:
    """Return what does not hold: records in the order of stations and numbers, then trees.

    Raises:
        what ``CONNECTION_FAULTS`` names: the database is away.

    """
    findings = Findings()
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        closed = await closed_trees(connection)
        span = _span(closed, question, await connection.fetchval("SELECT now()"))
        async for found in _of_stations(connection, question, span, findings):
            findings.add(found)
        async for found in _of_trees(connection, question, closed):
            findings.add(found)
        findings.trees = sum(_is_asked(each, question) for each in closed)
        findings.newest = closed[-1].signed if closed else None
    return findings


@dataclass(frozen=True, slots=True)
class _Span:
    """Positions and times of acceptance that are in question, and what each tree ends with."""

    after: int
    until: int
    since: datetime
    before: datetime
    ends: Sequence[int]
    are_old: Sequence[bool]

    def may_be_gone(self, position: int) -> bool:
        """Whether a record's time is over: by its day's head, not by a time that stands beside."""
        place = bisect_left(self.ends, position)
        return place < len(self.ends) and self.are_old[place]


def _span(closed: Sequence[ClosedTree], question: Question, now: datetime) -> _Span:
    asked = [each for each in closed if _is_asked(each, question)]
    ended = [each for each in closed if question.first and each.signed.head.day < question.first]
    after = asked[0].after if asked else max((each.until for each in ended), default=0)
    until = _EVER if question.last is None else max((each.until for each in asked), default=after)
    since = _midnight(question.first) if question.first else _NEVER
    before = datetime.max.replace(tzinfo=UTC)
    if question.last and question.last < date.max:
        before = _midnight(date.fromordinal(question.last.toordinal() + 1))
    oldest = (now - question.keep).astimezone(UTC).date()
    are_old = [each.signed.head.day <= oldest for each in closed]
    return _Span(after, until, since, before, [each.until for each in closed], are_old)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _is_asked(closed: ClosedTree, question: Question) -> bool:
    day = closed.signed.head.day
    return (question.first or date.min) <= day <= (question.last or date.max)


async def _of_stations(
    connection: Connection, question: Question, span: _Span, findings: Findings
) -> AsyncIterator[Break]:
    stations = await connection.fetch(
        _STATIONS, span.after, span.until, span.since, span.before, timeout=_LONG_SECONDS
    )
    for station_id, first, last in stations:
        keys = await _keys(connection, station_id, question.authorities)
        # Without a period everything is there from number 1 on.
        walk = StationWalk(station_id, keys, first - 1 if question.first else 0)
        following = first
        while following <= last:
            links, upto = await _links(connection, span, (station_id, following, last))
            records = await _records(connection, (station_id, following, upto))
            for found in await asyncio.to_thread(list, walk.page(links, records)):
                yield found
            following = upto + 1
        findings.stations += 1
        findings.records += walk.records
        findings.gone += walk.gone


async def _keys(
    connection: Connection, station_id: str, authorities: Sequence[x509.Certificate]
) -> Keys:
    """Return the keys of ``station_id`` by certificates that are of our authority."""
    encoded = await certificates_of(connection, station_id)
    certificates = [x509.load_der_x509_certificate(each) for each in encoded]
    return keys_of(
        each
        for each in certificates
        if _names(each, station_id) and any(has_issued(one, each) for one in authorities)
    )


def _names(certificate: x509.Certificate, station_id: str) -> bool:
    try:
        return identity_of(certificate.public_bytes(Encoding.PEM)).name == station_id
    except IdentityMissing:
        return False


_Numbers = tuple[str, int, int]
"""A station, and the first and last of its numbers."""


async def _links(
    connection: Connection, span: _Span, numbers: _Numbers
) -> tuple[list[StoredLink], int]:
    """Return the next links, and up to which number they are all."""
    rows = await connection.fetch(_LINKS, *numbers, timeout=_LONG_SECONDS)
    links = [
        StoredLink(
            row["gate_seq"],
            row["crossing_id"],
            Link(row["link"], row["previous"], row["signature"], row["key_id"], row["fault"]),
            row["digest"],
            span.after < row["position"] <= span.until,
            span.may_be_gone(row["position"]),
        )
        for row in rows
    ]
    return links, links[-1].gate_seq if len(links) >= _PAGE else numbers[2]


async def _records(connection: Connection, numbers: _Numbers) -> dict[UUID, StoredRecord]:
    """Return the records with ``numbers``. Here, and nowhere else, the audit reads bodies."""
    rows = await connection.fetch(_RECORDS, *numbers, timeout=_LONG_SECONDS)
    ring = ring_of(connection)
    return {
        row["crossing_id"]: StoredRecord(row["gate_seq"], _body(ring, row), _columns(row))
        for row in rows
    }


def _body(ring: KeyRing, row: Mapping[str, Any]) -> bytes | None:
    try:
        return record_of(ring, row)
    except SealBroken:
        return None


def _columns(row: Mapping[str, Any]) -> dict[str, object]:
    return {name: row[name] for name in _COLUMNS} | {"findings": tuple(row["findings"])}


async def _of_trees(
    connection: Connection, question: Question, closed: Sequence[ClosedTree]
) -> AsyncIterator[Break]:
    days = tree_of_days(each.signed.head for each in closed)
    for place, each in enumerate(closed, 1):
        if each.signed.head.number != place:
            yield Break("is gone", "", place)
            return  # of all after it no place is right
        if _is_asked(each, question) and not await _has_its_links(connection, each):
            yield _of_day(each, "has not the links that were accepted")
        if each.signed.head.days_root != days.root_of_first(place):
            yield _of_day(each, "does not continue the trees before")
        try:
            each.signed.check(question.authorities)
        except HeadRefused as refused:
            yield _of_day(each, f"has a head that is not ours: {refused}")
    if question.kept and (fault := _fault_of_kept(question.kept, closed)):
        yield Break(fault, "", question.kept.head.number)


async def _has_its_links(connection: Connection, closed: ClosedTree) -> bool:
    tree = await tree_between(connection, closed.after, closed.until)
    head = closed.signed.head
    return (tree.size, tree.root) == (head.size, head.root)


def _of_day(closed: ClosedTree, what: str) -> Break:
    head = closed.signed.head
    return Break(f"of {head.day} {what}", "", head.number)


def _fault_of_kept(kept: SignedHead, closed: Sequence[ClosedTree]) -> str:
    if kept.head.number > len(closed):
        return "is gone, and its head was kept"
    stored = closed[kept.head.number - 1].signed.head
    return "" if stored == kept.head else "is not the one whose head was kept"
