"""Stores a batch of records in one transaction: ids, rows, stays, numbers and links."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from egate.central import gate_sequence, stay_table, supersession
from egate.central.acceptance import CrossingRow
from egate.central.bodies import keys_of
from egate.central.database import Connection
from egate.central.evidence import keeping
from egate.central.key_ring import KeyRing, Sealed
from egate.central.registry import register
from egate.wire.v1 import crossing_pb2 as wire

COLUMNS: Final = (
    "doc_key", "crossing_id", "gate_id", "gate_seq", "occurred_at", "recorded_at",
    "border_crossing_point", "direction", "verdict", "status", "findings", "issuing_state",
    "payload", "key_id", "clock_suspect",
)  # fmt: skip
"""Of the table of crossings, in the order of `lines`."""
_KEEP_CONFLICT: Final = """
INSERT INTO crossing_conflict (crossing_id, content_hash, gate_id, gate_seq, payload, key_id)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
_CLOCKS_DIFFER: Final = timedelta(hours=1)
_BEFORE_ANY_GATE: Final = datetime(2020, 1, 1, tzinfo=UTC)
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
    now = await connection.fetchval("SELECT now()")
    # Copied: an array of each column would cost twice as much on both sides.
    await connection.copy_records_to_table(
        "crossing", records=lines(rows, keys_of(connection), now), columns=COLUMNS
    )
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


def lines(
    rows: Iterable[CrossingRow], keys: KeyRing, now: datetime
) -> Iterator[tuple[object, ...]]:
    """Yield what the table of crossings has of each row, as `COLUMNS` names it.

    Args:
        rows: to be stored.
        keys: of the database.
        now: of the transaction that stores them.

    """
    latest = now + _CLOCKS_DIFFER
    for row in rows:
        yield (
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
            row.findings,
            row.issuing_state,
            keys.seal(Sealed.CROSSING, row.crossing_id, row.payload),
            keys.newest,
            _is_clock_suspect(row, latest),
        )


def _is_clock_suspect(row: CrossingRow, latest: datetime) -> bool:
    """Say whether the clock of the row's gate cannot have been right."""
    return (
        row.recorded_at < row.occurred_at
        or row.recorded_at > latest
        or (row.occurred_at < _BEFORE_ANY_GATE and row.capture_mode <= wire.CAPTURE_MODE_EGATE)
    )
