"""Keeps the table of stays equal to what `stays.pair` says of all completed crossings."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from egate.central.acceptance import CrossingRow
from egate.central.database import Connection
from egate.central.holders import Holder, holders_of
from egate.central.stays import Movement, Stay, StayKind, opening_direction, pair
from egate.domain.record import Direction
from egate.wire.v1 import crossing_pb2 as wire

_DIRECTIONS: Final = {
    int(wire.DIRECTION_ENTRY): Direction.ENTRY,
    int(wire.DIRECTION_EXIT): Direction.EXIT,
}
_LOCK: Final = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key"
# Stays follow one another, so what is before the last one that began before the earliest changed
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
    exit_id = EXCLUDED.exit_id, exit_at = EXCLUDED.exit_at, kind = EXCLUDED.kind,
    judged_by = NULL
"""
_SUCCESSIONS: Final = 0x73756363
_SHARE: Final = "SELECT pg_advisory_xact_lock_shared($1)"
_HOLD: Final = "SELECT pg_advisory_xact_lock($1)"
_SECONDS: Final = 600.0
_FORGET: Final = "DELETE FROM stay WHERE doc_key = ANY($1)"
_CROSSINGS: Final = """
SELECT doc_key, crossing_id, occurred_at, issuing_state, direction, status FROM crossing
WHERE doc_key = ANY($1) AND status = 1
"""
_REPLACED: Final = "SELECT crossing_id FROM crossing_replaced WHERE crossing_id = ANY($1)"


@dataclass(frozen=True, slots=True)
class Crossed:
    """What stays depend on, of a record that was here before.

    Args:
        doc_key: of the document; the record's own id when it has none.
        crossing_id: of the record.
        occurred_at: when.
        issuing_state: of the document, as far as it is known.
        direction: number of the wire's enum.
        status: likewise.

    """

    doc_key: UUID = field(repr=False)
    crossing_id: UUID
    occurred_at: datetime
    issuing_state: str | None = field(repr=False)
    direction: int
    status: int


class Changes:
    """Movements that count from now on, and those that no longer do; of each document."""

    def __init__(self) -> None:
        self.added: dict[UUID, set[Movement]] = defaultdict(set)
        self.removed: dict[UUID, set[Movement]] = defaultdict(set)
        self.opening: dict[UUID, Direction] = {}

    def add(self, crossed: Crossed | CrossingRow) -> None:
        """Count ``crossed``, if it was completed with a document."""
        self._note(self.added, crossed)

    def remove(self, crossed: Crossed) -> None:
        """Count ``crossed`` no longer; it may never have counted."""
        self._note(self.removed, crossed)

    def of_holders(self, holders: Mapping[UUID, Holder]) -> "Changes":
        """Return what changes for holders, where successions connect their documents."""
        if not holders:
            return self
        found = Changes()
        for key, opening in self.opening.items():
            holder = holders.get(key)
            place = holder.key if holder else key
            found.added[place] |= self.added[key]
            found.removed[place] |= self.removed[key]
            found.opening[place] = holder.opening if holder else opening
        return found

    def _note(self, movements: dict[UUID, set[Movement]], crossed: Crossed | CrossingRow) -> None:
        key, state = crossed.doc_key, crossed.issuing_state
        direction = _DIRECTIONS.get(crossed.direction)
        completed = crossed.status == wire.CROSSING_STATUS_COMPLETED
        if completed and direction and state and key != crossed.crossing_id:
            movements[key].add(Movement(crossed.occurred_at, crossed.crossing_id, direction))
            self.opening[key] = opening_direction(state)


async def link(connection: Connection, changes: Changes) -> None:
    """Pair the documents of ``changes`` anew, inside the transaction that stored the records.

    Documents that successions connect are paired as one, under their holder's key. Nobody else
    pairs them until that transaction has ended. Locks are taken in order, so two batches with
    the same documents wait for one another and never for ever.

    Args:
        connection: in that transaction.
        changes: what its records changed.

    """
    if not changes.opening:
        return
    await connection.execute(_SHARE, _SUCCESSIONS)
    changes = changes.of_holders(await holders_of(connection, changes.opening))
    await connection.execute(_LOCK, sorted(_lock_of(key) for key in changes.opening))
    await _write(connection, await _around(connection, changes), changes)


async def hold_up_everybody(connection: Connection) -> None:
    """Let nobody else pair stays until this transaction has ended: holders are about to change."""
    await connection.execute(_HOLD, _SUCCESSIONS, timeout=_SECONDS)


async def pair_anew(
    connection: Connection, documents: Collection[UUID], holders: Mapping[UUID, Holder]
) -> None:
    """Make the stays of ``documents`` from all their records, whatever they were before.

    Args:
        connection: in a transaction that holds up everybody.
        documents: keys of all that a change of holders touches.
        holders: of those that are connected with others now.

    """
    keys = list(documents)
    await connection.execute(_FORGET, keys, timeout=_SECONDS)
    found = await connection.fetch(_CROSSINGS, keys, timeout=_SECONDS)
    ids = [row["crossing_id"] for row in found]
    gone = {key for (key,) in await connection.fetch(_REPLACED, ids, timeout=_SECONDS)}
    changes = Changes()
    for row in found:
        if row["crossing_id"] not in gone:
            changes.add(Crossed(**row))
    await _write(connection, {}, changes.of_holders(holders))


def _lock_of(key: UUID) -> int:
    return int.from_bytes(key.bytes[:8], signed=True)


async def _around(connection: Connection, changes: Changes) -> dict[UUID, set[Stay]]:
    keys = list(changes.opening)
    earliest = [min(changes.added[key] | changes.removed[key]).at for key in keys]
    found: dict[UUID, set[Stay]] = defaultdict(set)
    for row in await connection.fetch(_AROUND, keys, earliest):
        found[row["doc_key"]].add(_stay(row))
    return found


async def _write(
    connection: Connection, before: Mapping[UUID, set[Stay]], changes: Changes
) -> None:
    gone: list[tuple[object, ...]] = []
    made: list[tuple[object, ...]] = []
    for key, opening in changes.opening.items():
        old = before.get(key, set())
        movements = changes.added[key].union(*(stay.movements for stay in old))
        new = set(pair(movements - changes.removed[key], opening))
        kept = {stay.first for stay in new}
        gone += [_place(key, stay) for stay in old if stay.first not in kept]
        made += [_line(key, stay, opening) for stay in new - old]
    if gone:
        await connection.execute(_REMOVE, *map(list, zip(*gone, strict=True)))
    if made:
        await connection.execute(_WRITE, *map(list, zip(*made, strict=True)))


def _place(key: UUID, stay: Stay) -> tuple[object, ...]:
    return key, stay.first.at, stay.first.crossing_id


def _line(key: UUID, stay: Stay, opening: Direction) -> tuple[object, ...]:
    ends = (*_end(stay.entry), *_end(stay.exit))
    return (*_place(key, stay), *ends, stay.kind, opening is Direction.EXIT)


def _end(movement: Movement | None) -> tuple[UUID | None, datetime | None]:
    return (movement.crossing_id, movement.at) if movement else (None, None)


def _stay(row: asyncpg.Record) -> Stay:
    movements = sorted(
        Movement(row[f"{direction}_at"], row[f"{direction}_id"], direction)
        for direction in Direction
        if row[f"{direction}_id"] is not None
    )
    last = movements[1] if len(movements) > 1 else None
    return Stay(movements[0], last, StayKind(row["kind"]))
