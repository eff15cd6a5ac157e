"""The centre's records in PostgreSQL. What a method has returned is committed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from egate.central.acceptance import CrossingRow
from egate.central.database import Pool

# One array a column; findings have no line feed (see acceptance).
_INSERT: Final = """
INSERT INTO crossing (
    crossing_id, gate_id, gate_seq, occurred_at, recorded_at, border_crossing_point,
    direction, verdict, status, findings, issuing_state, document_number,
    content_hash, payload, clock_suspect)
SELECT crossing_id, gate_id, gate_seq, occurred_at, recorded_at, border_crossing_point,
    direction, verdict, status, string_to_array(findings, E'\\n'), issuing_state,
    document_number, content_hash, payload,
    recorded_at < occurred_at OR recorded_at > now() + interval '1 hour'
        OR occurred_at < '2020-01-01Z'
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[], $5::timestamptz[],
    $6::text[], $7::smallint[], $8::smallint[], $9::smallint[], $10::text[], $11::text[],
    $12::text[], $13::bytea[], $14::bytea[])
    AS sent (crossing_id, gate_id, gate_seq, occurred_at, recorded_at, border_crossing_point,
        direction, verdict, status, findings, issuing_state, document_number,
        content_hash, payload)
ON CONFLICT (crossing_id) DO NOTHING
"""
_STORED: Final = "SELECT crossing_id, content_hash FROM crossing WHERE crossing_id = ANY($1)"
_KEEP_CONFLICT: Final = """
INSERT INTO crossing_conflict (crossing_id, content_hash, gate_id, gate_seq, payload)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
_SUMMARIES: Final = """
SELECT crossing_id, gate_id, gate_seq, occurred_at, verdict, status, findings, payload
FROM crossing WHERE $1 = '' OR gate_id = $1
"""
_TOTAL: Final = "SELECT count(*) FROM crossing WHERE $1 = '' OR gate_id = $1"
_GAPS: Final = """
SELECT gate_id, before + 1 AS first, gate_seq - 1 AS last
FROM (SELECT gate_id, gate_seq,
        lag(gate_seq, 1, 0::bigint) OVER (PARTITION BY gate_id ORDER BY gate_seq) AS before
    FROM crossing) AS numbered
WHERE gate_seq - 1 > before ORDER BY gate_id, first
"""
_FORKS: Final = """
SELECT gate_id, gate_seq, array_agg(crossing_id ORDER BY crossing_id) AS crossing_ids
FROM crossing GROUP BY gate_id, gate_seq HAVING count(*) > 1 ORDER BY gate_id, gate_seq
"""


@dataclass(frozen=True, slots=True)
class StoredCrossing:
    """A record as it lies here; numbers are those of the wire's enums."""

    crossing_id: uuid.UUID
    gate_id: str
    gate_seq: int
    occurred_at: datetime
    verdict: int
    status: int
    findings: tuple[str, ...]
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers ``first`` to ``last`` of a gate that never came though later ones did."""

    gate_id: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Fork:
    """One number that a gate gave to several records: a restored disk, or a second gate."""

    gate_id: str
    gate_seq: int
    crossing_ids: tuple[uuid.UUID, ...]


class Store:
    """Records, over a pool of connections."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def put(self, rows: Sequence[CrossingRow]) -> list[str | None]:
        """Store ``rows``; for each, None when it is durable, else why it never will be.

        Storing a row again changes nothing. A known id with other content is kept aside
        and refused.
        """
        try:
            return await self._put(rows)
        except asyncpg.DataError:
            if len(rows) == 1:
                return ["the database cannot hold it"]
        # One row spoils the batch: find it.
        return [(await self.put([row]))[0] for row in rows]

    async def _put(self, rows: Sequence[CrossingRow]) -> list[str | None]:
        # In the order of their ids, so that two batches with the same records cannot deadlock.
        ordered = sorted(rows, key=lambda row: row.crossing_id)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_INSERT, *_columns(ordered))
            ids = [row.crossing_id for row in ordered]
            stored = dict(await connection.fetch(_STORED, ids))
            conflicts = [row for row in rows if stored[row.crossing_id] != row.content_hash]
            for row in conflicts:
                await connection.execute(
                    _KEEP_CONFLICT,
                    row.crossing_id,
                    row.content_hash,
                    row.gate_id,
                    row.gate_seq,
                    row.payload,
                )
        return ["conflict" if row in conflicts else None for row in rows]

    async def oldest(self, gate_id: str, limit: int) -> list[StoredCrossing]:
        """Return the first ``limit`` records of a gate, "" for all gates, oldest first."""
        query = f"{_SUMMARIES} ORDER BY occurred_at, crossing_id LIMIT $2"
        return [_stored(row) for row in await self._pool.fetch(query, gate_id, limit)]

    async def latest(self, limit: int) -> list[StoredCrossing]:
        """Return the last ``limit`` records of all gates that came, newest first."""
        query = f"{_SUMMARIES} ORDER BY accepted_at DESC, crossing_id DESC LIMIT $2"
        return [_stored(row) for row in await self._pool.fetch(query, "", limit)]

    async def total(self, gate_id: str = "") -> int:
        """Return how many records there are of a gate, "" for all gates."""
        count: int = await self._pool.fetchval(_TOTAL, gate_id)
        return count

    async def verdicts(self) -> dict[int, int]:
        """Return how many records have each verdict."""
        return dict(
            await self._pool.fetch("SELECT verdict, count(*) FROM crossing GROUP BY verdict")
        )

    async def gaps(self) -> list[Gap]:
        """Return the numbers that are missing in the sequence of any gate."""
        return [Gap(**row) for row in await self._pool.fetch(_GAPS)]

    async def forks(self) -> list[Fork]:
        """Return the numbers that were used more than once by a gate."""
        return [
            Fork(row["gate_id"], row["gate_seq"], tuple(row["crossing_ids"]))
            for row in await self._pool.fetch(_FORKS)
        ]

    async def conflicts(self) -> int:
        """Return how many contents were kept aside because their id was taken."""
        count: int = await self._pool.fetchval("SELECT count(*) FROM crossing_conflict")
        return count

    async def ping(self) -> None:
        """Return if the database answers; raise one of `CONNECTION_FAULTS` if it does not."""
        await self._pool.fetchval("SELECT 1")


def _columns(rows: Sequence[CrossingRow]) -> list[list[object]]:
    return [
        list(column)
        for column in zip(
            *(
                (
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
                    row.document_number,
                    row.content_hash,
                    row.payload,
                )
                for row in rows
            ),
            strict=True,
        )
    ]


def _stored(row: asyncpg.Record) -> StoredCrossing:
    values = dict(row)
    return StoredCrossing(**(values | {"findings": tuple(values["findings"])}))
