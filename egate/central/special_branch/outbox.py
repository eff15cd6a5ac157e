"""Records for the Special Branch, from the commit that accepted them until they are taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from egate.central.acceptance import CrossingRow
from egate.central.bodies import keys_of, message_of
from egate.central.database import Connection, Pool
from egate.central.key_ring import KeyRing, Sealed
from egate.ports.special_branch import CrossingMessage, SpecialBranch

_KEEP: Final = """
INSERT INTO special_branch_outbox (crossing_id, payload, key_id)
SELECT crossing_id, payload, $3::smallint FROM unnest($1::uuid[], $2::bytea[])
    WITH ORDINALITY AS taken (crossing_id, payload, place) ORDER BY place
"""
_OLDEST: Final = """
SELECT position, crossing_id, accepted_at, key_id, payload FROM special_branch_outbox
ORDER BY position LIMIT $1
"""
_SETTLE: Final = "DELETE FROM special_branch_outbox WHERE position = ANY($1)"
_WAITING: Final = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(accepted_at)), 0)::float8
FROM special_branch_outbox
"""
_ALONE: Final = "SELECT pg_try_advisory_xact_lock($1)"
_LOCK: Final = 0x73622D6F  # of two centres on one database, one hands over at a time
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that were not taken yet.

    Args:
        count: how many.
        oldest_seconds: since the oldest one was accepted, 0 without any.

    """

    count: int
    oldest_seconds: float


async def waiting(pool: Pool) -> Waiting:
    """Return what waits for the Special Branch."""
    return Waiting(*await pool.fetchrow(_WAITING))


async def keep(connection: Connection, rows: Sequence[CrossingRow]) -> None:
    """Keep ``rows`` for the Special Branch, if the transaction commits.

    Those of one gate come in the order of its numbers; of a gate one batch comes after the
    other's commit.
    """
    ordered = sorted(rows, key=lambda row: (row.gate_id, row.gate_seq))
    keys = keys_of(connection)
    sealed = [keys.seal(Sealed.SPECIAL_BRANCH, row.crossing_id, row.payload) for row in ordered]
    await connection.execute(_KEEP, [row.crossing_id for row in ordered], sealed, keys.newest)


async def hand_over(pool: Pool, system: SpecialBranch) -> int:
    """Hand over the oldest messages; return how many.

    What was taken is forgotten by the commit after it. If that fails they come again: at least
    once, and the receiver knows them by their ids.

    Raises:
        SpecialBranchAway: the system took nothing.
        asyncpg.PostgresError, OSError: the database is away.

    """
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_ALONE, _LOCK):
            return 0
        keys = keys_of(connection)
        messages = [_message(keys, row) for row in await connection.fetch(_OLDEST, _MOST)]
        if messages:
            await system.deliver(messages)
            await connection.execute(_SETTLE, [message.position for message in messages])
    return len(messages)


def _message(keys: KeyRing, row: Any) -> CrossingMessage:  # noqa: ANN401 - asyncpg has no types
    return CrossingMessage(
        position=row["position"],
        crossing_id=str(row["crossing_id"]),
        accepted_at=row["accepted_at"],
        payload=message_of(keys, row),
    )
