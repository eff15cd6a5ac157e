"""Stores a batch of records in one transaction: ids, rows, stays, numbers and links."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

from egate.central import gate_sequence, stay_table, supersession
from egate.central.acceptance import CrossingRow
from egate.central.bodies import keys_of
from egate.central.database import Connection
from egate.central.evidence import keeping
from egate.central.key_ring import KeyRing, Sealed
from egate.central.registry import register

# One array a column; findings have no line feed (see acceptance).
INSERT: Final = """
INSERT INTO crossing (
    doc_key, crossing_id, gate_id, gate_seq, occurred_at, recorded_at, border_crossing_point,
    direction, verdict, status, findings, issuing_state, payload, key_id, clock_suspect)
SELECT doc_key, crossing_id, gate_id, gate_seq, occurred_at, recorded_at, border_crossing_point,
    direction, verdict, status, string_to_array(findings, E'\\n'), issuing_state,
    payload, $15::smallint,
    recorded_at < occurred_at OR recorded_at > now() + interval '1 hour'
        OR (occurred_at < '2020-01-01Z' AND capture_mode <= 1)
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::timestamptz[],
    $6::timestamptz[], $7::text[], $8::smallint[], $9::smallint[], $10::smallint[], $11::text[],
    $12::text[], $13::bytea[], $14::smallint[])
    AS sent (doc_key, crossing_id, gate_id, gate_seq, occurred_at, recorded_at,
        border_crossing_point, direction, verdict, status, findings, issuing_state,
        payload, capture_mode)
"""
_KEEP_CONFLICT: Final = """
INSERT INTO crossing_conflict (crossing_id, content_hash, gate_id, gate_seq, payload, key_id)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
CONFLICT: Final = "conflict"
"""Why a record with a known id and other content is refused."""

Also = Callable[[Connection, Sequence[CrossingRow]], Awaitable[None]]
"""What else is done with rows that are new, in the transaction that stores them."""


async def take(
    connection: Connection, rows: Sequence[CrossingRow], also: Sequence[Also] = ()
) -> list[str | None]:
    """Store ``rows``; for each, None when it will be durable, else why it never will be.

    The registry decides which ids are new, so nothing else happens for a record that is sent
    again. Everyone locks in one order (corrections, ids, documents, gates; each of them sorted),
    so that batches may wait for one another and never for ever.

    Args:
        connection: in a transaction of the batch's own.
        rows: in the order in which the gate sent them.
        also: done with those that are new.

    """
    first: dict[UUID, CrossingRow] = {}
    for row in rows:
        first.setdefault(row.crossing_id, row)
    ordered = [first[crossing_id] for crossing_id in sorted(first)]
    await supersession.take_turns(connection, ordered)
    registered = await register(connection, ordered)
    new = [row for row in ordered if row.crossing_id in registered.new]
    await _store(connection, new, registered.announced, also)
    conflicts = [row for row in rows if registered.known[row.crossing_id] != row.content_hash]
    await _keep(connection, conflicts)
    return [CONFLICT if row in conflicts else None for row in rows]


async def _store(
    connection: Connection,
    rows: Sequence[CrossingRow],
    announced: frozenset[UUID],
    also: Sequence[Also],
) -> None:
    if not rows:
        return
    await connection.execute(INSERT, *columns(rows, keys_of(connection)))
    await stay_table.link(connection, await supersession.resolve(connection, rows, announced))
    await gate_sequence.note(connection, [(row.gate_id, row.gate_seq) for row in rows])
    await keeping.keep(connection, rows)
    for each in also:
        await each(connection, rows)


async def _keep(connection: Connection, conflicts: Iterable[CrossingRow]) -> None:
    keys = keys_of(connection)
    for row in conflicts:
        await connection.execute(
            _KEEP_CONFLICT,
            row.crossing_id,
            row.content_hash,
            row.gate_id,
            row.gate_seq,
            keys.seal(Sealed.CROSSING_CONFLICT, row.crossing_id, row.payload),
            keys.newest,
        )


def columns(rows: Iterable[CrossingRow], keys: KeyRing) -> list[object]:
    """Return the arguments of `INSERT`: one list a column, and the number of the key.

    Args:
        rows: to be stored.
        keys: of the database.

    """
    values = zip(*(_values(row, keys) for row in rows), strict=True)
    return [*map(list, values), keys.newest]


def _values(row: CrossingRow, keys: KeyRing) -> tuple[object, ...]:
    return (
        row.doc_key,
        row.crossing_id,
        row.gate_id,
        row.gate_seq,
        row.occurred_at,
        row.recorded_at,
        row.border_crossing_point,
        row.direction,
        row.verdict,
        row.status,
        "\n".join(row.findings),
        row.issuing_state,
        keys.seal(Sealed.CROSSING, row.crossing_id, row.payload),
        row.capture_mode,
    )
