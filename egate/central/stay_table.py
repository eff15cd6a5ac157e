"""Keeps the table of stays equal to what `stays.pair` says of all completed crossings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

import asyncpg

from egate.central.acceptance import CrossingRow
from egate.central.database import Connection
from egate.central.stays import Movement, Stay, StayKind, opening_direction, pair
from egate.domain.record import Direction
from egate.wire.v1 import crossing_pb2 as wire

_DIRECTIONS: Final = {
    int(wire.DIRECTION_ENTRY): Direction.ENTRY,
    int(wire.DIRECTION_EXIT): Direction.EXIT,
}
_LOCK: Final = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key"
# Stays follow one another, so what is before the last one that began before the earliest new
# movement stays as it is, however long the history.
_AROUND: Final = """
SELECT stay.* FROM unnest($1::uuid[], $2::timestamptz[]) AS sent (doc_key, earliest)
CROSS JOIN LATERAL (
    SELECT * FROM stay
    WHERE stay.doc_key = sent.doc_key AND stay.since >= coalesce(
        (SELECT max(since) FROM stay AS before
            WHERE before.doc_key = sent.doc_key AND before.since < sent.earliest), '-infinity')
) AS stay
"""
_REMOVE: Final = """
DELETE FROM stay USING unnest($1::uuid[], $2::timestamptz[], $3::uuid[])
    AS gone (doc_key, since, first_id)
WHERE stay.doc_key = gone.doc_key AND stay.since = gone.since AND stay.first_id = gone.first_id
"""
_WRITE: Final = """
INSERT INTO stay (doc_key, since, first_id, entry_id, entry_at, exit_id, exit_at, kind, absence)
SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::timestamptz[],
    $6::uuid[], $7::timestamptz[], $8::smallint[], $9::boolean[])
ON CONFLICT (doc_key, since, first_id) DO UPDATE SET
    entry_id = EXCLUDED.entry_id, entry_at = EXCLUDED.entry_at,
    exit_id = EXCLUDED.exit_id, exit_at = EXCLUDED.exit_at, kind = EXCLUDED.kind
"""


async def link(connection: Connection, rows: Iterable[CrossingRow]) -> None:
    """Pair the documents of ``rows`` anew, inside the transaction that stored the rows.

    Nobody else pairs one of these documents until that transaction has ended. Locks are taken
    in order, so two batches with the same documents wait for one another and never for ever.

    Args:
        connection: in that transaction.
        rows: new records; those without a completed crossing or a document do not matter.

    """
    arrived: dict[UUID, set[Movement]] = defaultdict(set)
    opening: dict[UUID, Direction] = {}
    for row in rows:
        direction = _DIRECTIONS.get(row.direction)
        completed = row.status == wire.CROSSING_STATUS_COMPLETED
        if completed and direction is not None and row.issuing_state and row.has_document:
            arrived[row.doc_key].add(Movement(row.occurred_at, row.crossing_id, direction))
            opening[row.doc_key] = opening_direction(row.issuing_state)
    if not arrived:
        return
    await connection.execute(_LOCK, sorted(_lock_of(key) for key in arrived))
    before = await _around(connection, arrived)
    await _write(connection, before, arrived, opening)


def _lock_of(key: UUID) -> int:
    return int.from_bytes(key.bytes[:8], signed=True)


async def _around(
    connection: Connection, arrived: Mapping[UUID, set[Movement]]
) -> dict[UUID, set[Stay]]:
    earliest = [min(movements).at for movements in arrived.values()]
    found: dict[UUID, set[Stay]] = defaultdict(set)
    for row in await connection.fetch(_AROUND, list(arrived), earliest):
        found[row["doc_key"]].add(_stay(row))
    return found


async def _write(
    connection: Connection,
    before: Mapping[UUID, set[Stay]],
    arrived: Mapping[UUID, set[Movement]],
    opening: Mapping[UUID, Direction],
) -> None:
    gone: list[tuple[object, ...]] = []
    made: list[tuple[object, ...]] = []
    for key, movements in arrived.items():
        old = before.get(key, set())
        new = set(pair(movements.union(*(stay.movements for stay in old)), opening[key]))
        kept = {stay.first for stay in new}
        gone += [_place(key, stay) for stay in old if stay.first not in kept]
        made += [_line(key, stay, opening[key]) for stay in new - old]
    if gone:
        await connection.execute(_REMOVE, *map(list, zip(*gone, strict=True)))
    await connection.execute(_WRITE, *map(list, zip(*made, strict=True)))


def _place(key: UUID, stay: Stay) -> tuple[object, ...]:
    return key, stay.first.at, stay.first.crossing_id


def _line(key: UUID, stay: Stay, opening: Direction) -> tuple[object, ...]:
    ends = [
        value
        for movement in (stay.entry, stay.exit)
        for value in ((movement.crossing_id, movement.at) if movement else (None, None))
    ]
    return (*_place(key, stay), *ends, stay.kind, opening is Direction.EXIT)


def _stay(row: asyncpg.Record) -> Stay:
    movements = sorted(
        Movement(row[f"{direction}_at"], row[f"{direction}_id"], direction)
        for direction in Direction
        if row[f"{direction}_id"] is not None
    )
    last = movements[1] if len(movements) > 1 else None
    return Stay(movements[0], last, StayKind(row["kind"]))
