"""Lets go of crossings, and of all that hangs on them, a batch at a time.

The time of a record begins when the centre accepts it: no gate's clock shortens or lengthens it.
A record stays longer while its stay is not over, while nobody has counted it, and while the
Special Branch waits for it.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from egate.central.database import Connection, Pool
from egate.central.holders import holders_of
from egate.central.stay_table import hold_up_everybody, pair_anew

_AT_ONCE: Final = 200
_PAUSE_SECONDS: Final = 0.2
"""Between batches, in which nobody pairs stays: gates hardly notice."""
_SECONDS: Final = 600.0
_HORIZON: Final = """
SELECT least(now() - $1::interval,
    (SELECT min(new.accepted_at) FROM crossing AS new, crossing_fact_mark AS mark
        WHERE new.accepted_at >= mark.accepted_at
            AND (new.accepted_at, new.crossing_id) > (mark.accepted_at, mark.crossing_id)),
    (SELECT min(accepted_at) FROM special_branch_outbox))
"""
# The two records of a stay go together, and those of a foreigner who has not left stay.
_OLD: Final = """
SELECT doc_key, crossing_id, occurred_at, gate_id, accepted_at FROM crossing
WHERE accepted_at < $1 AND (accepted_at, crossing_id) > ($2, $3) AND NOT EXISTS (
    SELECT FROM stay WHERE crossing.crossing_id IN (stay.entry_id, stay.exit_id)
        AND stay.doc_key = coalesce((SELECT holder FROM document_holder
            WHERE document_holder.doc_key = crossing.doc_key), crossing.doc_key)
        AND (stay.kind = 1 AND NOT stay.absence OR greatest(stay.entry_at, stay.exit_at) >= $1))
ORDER BY accepted_at, crossing_id LIMIT $4
"""
_DELETE: Final = """
DELETE FROM crossing USING unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
    AS gone (doc_key, crossing_id, occurred_at)
WHERE crossing.doc_key = gone.doc_key AND crossing.occurred_at = gone.occurred_at
    AND crossing.crossing_id = gone.crossing_id
"""
_DELETE_FACTS: Final = """
DELETE FROM crossing_fact USING unnest($1::uuid[], $2::text[], $3::timestamptz[])
    AS gone (crossing_id, gate_id, occurred_at)
WHERE crossing_fact.crossing_id = gone.crossing_id AND crossing_fact.gate_id = gone.gate_id
    AND crossing_fact.occurred_at = gone.occurred_at
"""
_HANGING: Final = (
    # Ids that they announced, and whose records never came.
    """DELETE FROM crossing_registry WHERE content_hash = '' AND crossing_id IN (
        SELECT supersedes FROM supersession WHERE crossing_id = ANY($1))""",
    "DELETE FROM supersession WHERE crossing_id = ANY($1) OR supersedes = ANY($1)",
    "DELETE FROM crossing_replaced WHERE crossing_id = ANY($1)",
    "DELETE FROM crossing_registry WHERE crossing_id = ANY($1)",
    "DELETE FROM crossing_conflict WHERE crossing_id = ANY($1)",
    "DELETE FROM gate_fork WHERE crossing_id = ANY($1)",
)
_LEFT_ALONE: Final = (
    """DELETE FROM officer_decision WHERE accepted_at < $1 AND NOT EXISTS (
        SELECT FROM crossing_registry AS known WHERE known.crossing_id
            = officer_decision.crossing_id)""",
    "DELETE FROM officer_decision_conflict WHERE seen_at < $1",
    "DELETE FROM crossing_conflict WHERE seen_at < $1",
)
_PARTITIONS: Final = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = 'crossing'::regclass AND pg_relation_size(inhrelid) > 0 ORDER BY 1
"""
_Last = tuple[datetime, UUID]


async def purge_crossings(pool: Pool, keep: timedelta) -> tuple[datetime, int]:
    """Let go of what was accepted more than ``keep`` ago.

    What a batch has done stays done, whenever this ends.

    Args:
        pool: of the centre's database.
        keep: how long records stay.

    Returns:
        The moment before which records went, and how many went.

    """
    before: datetime = await pool.fetchval(_HORIZON, keep)
    last: _Last | None = None
    count = 0
    while True:
        async with pool.acquire() as connection, connection.transaction():
            rows = await _purge_batch(connection, before, last)
        if not rows:
            break
        count += len(rows)
        last = rows[-1]["accepted_at"], rows[-1]["crossing_id"]
        await asyncio.sleep(_PAUSE_SECONDS)
    for query in _LEFT_ALONE:
        await pool.execute(query, before, timeout=_SECONDS)
    await _give_files_back(pool)
    return before, count


async def _purge_batch(
    connection: Connection, before: datetime, last: _Last | None
) -> Sequence[Any]:
    await hold_up_everybody(connection)
    nothing = datetime.min.replace(tzinfo=before.tzinfo), UUID(int=0)
    rows = await connection.fetch(_OLD, before, *(last or nothing), _AT_ONCE, timeout=_SECONDS)
    if rows:
        ids = [row["crossing_id"] for row in rows]
        times = [row["occurred_at"] for row in rows]
        await connection.execute(_DELETE, [row["doc_key"] for row in rows], ids, times)
        await connection.execute(_DELETE_FACTS, ids, [row["gate_id"] for row in rows], times)
        for query in _HANGING:
            await connection.execute(query, ids)
        await _pair_what_is_left(connection, {row["doc_key"] for row in rows})
    found: Sequence[Any] = rows
    return found


async def _pair_what_is_left(connection: Connection, documents: set[UUID]) -> None:
    holders = await holders_of(connection, documents)
    members = {key: holder for holder in holders.values() for key in holder.members}
    await pair_anew(connection, documents | members.keys(), members)


async def _give_files_back(pool: Pool) -> None:
    """Give empty months new files: the old ones go from the disk with all that was in them."""
    for (partition,) in await pool.fetch(_PARTITIONS):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '2s'")
            try:
                left = f"SELECT EXISTS (SELECT FROM {partition})"  # noqa: S608 - of the catalogue
                if not await connection.fetchval(left, timeout=_SECONDS):
                    await connection.execute(f"TRUNCATE {partition}")
            except asyncpg.LockNotAvailableError:
                return  # tomorrow
