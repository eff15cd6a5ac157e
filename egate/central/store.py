"""The centre's records in PostgreSQL. What a method has returned is committed."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from egate.central import intake
from egate.central.acceptance import CrossingRow
from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.bodies import keys_of, record_of
from egate.central.database import Pool
from egate.central.key_ring import KeyRing
from egate.ports.reporting import Standing

_SUMMARIES: Final = """
SELECT crossing_id, gate_id, gate_seq, occurred_at, verdict, status, findings, key_id,
    payload
FROM crossing WHERE $1 = '' OR gate_id = $1
"""
_MOST: Final = 1000
_TOTAL: Final = "SELECT count(*) FROM crossing WHERE $1 = '' OR gate_id = $1"
_GAPS: Final = """
SELECT gate_id, lower(gap) + 1 AS first, upper(gap) AS last
FROM gate_sequence, unnest(int8multirange(int8range(0, upper(received))) - received) AS gap
ORDER BY gate_id, first LIMIT $1
"""
_FORKS: Final = """
SELECT gate_id, gate_seq, array_agg(crossing_id ORDER BY crossing_id) AS crossing_ids
FROM gate_fork GROUP BY gate_id, gate_seq ORDER BY gate_id, gate_seq LIMIT $1
"""
_WATERMARKS: Final = """
SELECT gate_id, upper(numbers) FROM gate_sequence, unnest(received) AS numbers
WHERE gate_id = ANY($1) AND lower(numbers) = 0
"""
# A record that came without a link has one here too, which the station does not know.
_STANDING: Final = """
SELECT gate_seq, CASE WHEN key_id = '' THEN '' ELSE link END AS link, key_id
FROM chain_link WHERE station_id = $1 ORDER BY gate_seq DESC, position LIMIT 1
"""
_LACKED: Final = """
SELECT 1 FROM chain_link
WHERE station_id = $1 AND gate_seq > $2 AND accepted_at < now() - make_interval(secs => $3) LIMIT 1
"""
_ON_THE_WAY_SECONDS: Final = 30.0
"""Longer than a station waits for the answer how far its records go."""
_LIFE: Final = """
SELECT name::text AS database_life, coalesce((
    SELECT upper(numbers) FROM gate_sequence, unnest(received) AS numbers
    WHERE gate_id = $1 AND lower(numbers) = 0), 0) AS watermark
FROM database_life ORDER BY number DESC LIMIT 1
"""
_LAST_ENTRY: Final = """
SELECT entry_id, entry_at FROM stay
WHERE doc_key = coalesce((SELECT holder FROM document_holder WHERE doc_key = $1), $1)
    AND entry_id IS NOT NULL
ORDER BY since DESC, first_id DESC LIMIT 1
"""
# A citizen who comes home without a known exit went by a checkpoint that does not report yet.
_MAKE_MONTHS: Final = """
SELECT crossing_make_months(
    (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months')::date)
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


@dataclass(frozen=True, slots=True)
class LastEntry:
    """When a document last came in, and the record of it."""

    crossing_id: uuid.UUID
    occurred_at: datetime


class Store:
    """Records, over a pool of connections.

    Args:
        pool: of the centre's database.
        also: what else is done with new records, in the transaction that stores them.

    """

    def __init__(self, pool: Pool, also: Sequence[intake.Also] = ()) -> None:
        self._pool = pool
        self._also = also

    async def put(self, rows: Sequence[CrossingRow]) -> list[str | None]:
        """Store ``rows``; for each, None when it is durable, else why it never will be.

        Storing a row again changes nothing. A known id with other content is kept aside
        and refused.
        """
        if not rows:
            return []
        try:
            return await self._put(rows)
        except asyncpg.DataError:
            if len(rows) == 1:
                return ["the database cannot hold it"]
        half = len(rows) // 2  # one row spoils the batch: find it
        return [*await self.put(rows[:half]), *await self.put(rows[half:])]

    async def _put(self, rows: Sequence[CrossingRow]) -> list[str | None]:
        async with self._pool.acquire() as connection, connection.transaction():
            return await intake.take(connection, rows, self._also)

    async def watermarks(self, gate_ids: Collection[str]) -> dict[str, int]:
        """Return of each gate the highest number up to which none is missing.

        Gates whose first is missing are left out.
        """
        return dict(await self._pool.fetch(_WATERMARKS, list(gate_ids)))

    async def standing(self, station_id: str) -> Standing:
        """Return how far a station's records go."""
        end = await self._pool.fetchrow(_STANDING, station_id) or {"gate_seq": 0}
        life = await self._pool.fetchrow(_LIFE, station_id) or {}
        return Standing(**end, **life)

    async def is_behind(self, station_id: str, last_gate_seq: int) -> bool:
        """Say whether more is here than the station says that it has given.

        What came in the last half minute does not count: it may have been sent after the station
        asked, and have overtaken its question. Who is behind asks again.
        """
        return bool(await self._pool.fetch(_LACKED, station_id, last_gate_seq, _ON_THE_WAY_SECONDS))

    async def last_entry(self, doc_key: uuid.UUID) -> LastEntry | None:
        """Return the newest completed entry of a document's holder, None without one."""
        row = await self._pool.fetchrow(_LAST_ENTRY, doc_key)
        return None if row is None else LastEntry(row["entry_id"], row["entry_at"])

    async def make_months(self) -> None:
        """Make the partitions of the coming months that are still missing."""
        async with self._pool.acquire() as connection, connection.transaction():
            # Gates wait meanwhile; better to try again than to let them wait for a long query.
            await connection.execute("SET LOCAL lock_timeout = '2s'")
            await connection.execute(_MAKE_MONTHS)

    async def oldest(self, gate_id: str, limit: int) -> list[StoredCrossing]:
        """Return the first ``limit`` records of a gate, "" for all gates, oldest first."""
        query = f"{_SUMMARIES} ORDER BY occurred_at, crossing_id LIMIT $2"
        return await self._summaries(query, gate_id, limit)

    async def latest(self, limit: int) -> list[StoredCrossing]:
        """Return the last ``limit`` records of all gates that came, newest first."""
        query = f"{_SUMMARIES} ORDER BY accepted_at DESC, crossing_id DESC LIMIT $2"
        return await self._summaries(query, "", limit)

    async def _summaries(self, query: str, gate_id: str, limit: int) -> list[StoredCrossing]:
        async with self._pool.acquire() as connection:
            rows = await connection.fetch(query, gate_id, limit)
            return [_stored(keys_of(connection), row) for row in rows]

    async def total(self, gate_id: str = "") -> int:
        """Return how many records there are of a gate, "" for all gates."""
        count: int = await self._pool.fetchval(_TOTAL, gate_id)
        return count

    async def gaps(self) -> list[Gap]:
        """Return the first numbers that are missing in the sequences of gates."""
        return [Gap(**row) for row in await self._pool.fetch(_GAPS, _MOST)]

    async def forks(self) -> list[Fork]:
        """Return the first numbers that were used more than once by a gate."""
        return [
            Fork(row["gate_id"], row["gate_seq"], tuple(row["crossing_ids"]))
            for row in await self._pool.fetch(_FORKS, _MOST)
        ]

    async def conflicts(self) -> int:
        """Return how many contents were kept aside because their id was taken."""
        count: int = await self._pool.fetchval("SELECT count(*) FROM crossing_conflict")
        return count

    async def alarm(self, kind: AlarmKind, subject: str, detail: str) -> None:
        """Keep that something happened; see `raise_alarm`."""
        await raise_alarm(self._pool, kind, subject, detail)

    async def ping(self) -> None:
        """Return if the database answers; raise one of `CONNECTION_FAULTS` if it does not."""
        await self._pool.fetchval("SELECT 1")


def _stored(keys: KeyRing, row: asyncpg.Record) -> StoredCrossing:
    values = dict(row) | {"findings": tuple(row["findings"]), "payload": record_of(keys, row)}
    del values["key_id"]
    return StoredCrossing(**values)
