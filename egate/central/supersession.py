"""Records that take the place of others, and what that changes in the stays."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from egate.central.acceptance import CrossingRow
from egate.central.database import Connection
from egate.central.registry import places_of
from egate.central.stay_table import Changes, Crossed
from egate.central.stays import replaced

# Corrections are rare; two that meet must not both stand. Taken before everything else.
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(x'64736b'::int)"
_NOTE: Final = """
INSERT INTO supersession (crossing_id, supersedes) SELECT * FROM unnest($1::uuid[], $2::uuid[])
"""
_TIED: Final = """
WITH RECURSIVE tied AS (
    SELECT crossing_id, supersedes FROM supersession
    WHERE crossing_id = ANY($1) OR supersedes = ANY($1)
    UNION
    SELECT other.crossing_id, other.supersedes FROM tied JOIN supersession AS other
        ON other.crossing_id = tied.supersedes
        OR other.supersedes IN (tied.crossing_id, tied.supersedes)
)
SELECT crossing_id, supersedes FROM tied
"""
_GONE: Final = "SELECT crossing_id FROM crossing_replaced WHERE crossing_id = ANY($1)"
_STAND: Final = "DELETE FROM crossing_replaced WHERE crossing_id = ANY($1)"
_REPLACE: Final = """
INSERT INTO crossing_replaced SELECT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING
"""
_CROSSINGS: Final = """
SELECT doc_key, crossing_id, occurred_at, issuing_state, direction, status
FROM crossing JOIN unnest($1::uuid[], $2::timestamptz[], $3::uuid[])
    AS place (doc_key, occurred_at, crossing_id) USING (doc_key, occurred_at, crossing_id)
"""


async def take_turns(connection: Connection, rows: Iterable[CrossingRow]) -> None:
    """Wait for the other batch with corrections, if there is one among ``rows``."""
    if any(row.supersedes for row in rows):
        await connection.execute(_ONE_AT_A_TIME)


async def resolve(
    connection: Connection, rows: Sequence[CrossingRow], announced: frozenset[UUID]
) -> Changes:
    """Return what ``rows`` change in the stays, and note which records no longer count.

    Args:
        connection: in the transaction that stored the rows.
        rows: new records.
        announced: of them, those that an earlier record may have replaced.

    """
    changes = Changes()
    before = {row[0] for row in await connection.fetch(_GONE, announced)} if announced else ()
    for row in rows:
        if row.crossing_id not in before and not row.supersedes:
            changes.add(row)
    links = [(row.crossing_id, row.supersedes) for row in rows if row.supersedes]
    if not links:
        return changes
    await connection.execute(_NOTE, *map(list, zip(*links, strict=True)))
    tied = await tied_to(connection, [superseding for superseding, _ in links])
    gone = replaced(tied)
    standing = {*tied, *tied.values()} - gone
    await connection.execute(_STAND, sorted(standing))
    await connection.execute(_REPLACE, sorted(gone))
    places = await places_of(connection, standing | gone)
    for row in await connection.fetch(_CROSSINGS, *map(list, zip(*places, strict=True))):
        crossed = Crossed(**row)
        if crossed.crossing_id in gone:
            changes.remove(crossed)
        else:
            changes.add(crossed)
    return changes


async def tied_to(connection: Connection, crossing_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return what supersedes what, of all that is tied to one of ``crossing_ids``."""
    return dict(await connection.fetch(_TIED, crossing_ids))
