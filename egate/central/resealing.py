"""Brings every body under the newest key: rows of before the seal, and rows of older keys."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from egate.central.bodies import keys_of, whole_or_none
from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.key_ring import KeyRing, Sealed
from egate.observability.logging import Logger

_AT_ONCE: Final = 500
_PAUSE_SECONDS: Final = 0.2
"""Between batches: 2500 rows a second hold up no gate."""
_LOOK_SECONDS: Final = 60.0
_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Table:
    """Where bodies lie.

    Args:
        column: of a table.
        row_id: the column with the id that the seal is bound to.
        key: the primary key, in whose order the table is walked.

    """

    column: Sealed
    row_id: str
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.column.partition(".")[0]


_TABLES: Final = (
    _Table(Sealed.CROSSING, "crossing_id", ("doc_key", "occurred_at", "crossing_id")),
    _Table(Sealed.CROSSING_CONFLICT, "crossing_id", ("crossing_id", "content_hash")),
    _Table(Sealed.DECISION, "decision_id", ("decision_id",)),
    _Table(Sealed.DECISION_CONFLICT, "decision_id", ("decision_id", "content_hash")),
    _Table(Sealed.SPECIAL_BRANCH, "crossing_id", ("position",)),
)


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """How much a key holds.

    Args:
        number: of the key; None: what is not sealed yet.
        rows: sealed by it.

    """

    number: int | None
    rows: int


async def seal_all(pool: Pool, pause_seconds: float = 0.0) -> int:
    """Seal by the newest key whatever is not, a batch at a time; return how many rows were not.

    What a batch has done stays done, whenever this ends.

    Args:
        pool: of the centre's database.
        pause_seconds: after each batch.

    """
    sealed = 0
    for table in _TABLES:
        last: Sequence[Any] | None = None
        while True:
            async with pool.acquire() as connection:
                rows = await _batch(connection, table, last)
                await _seal(connection, table, rows)
            if not rows:
                break
            last = [rows[-1][name] for name in table.key]
            sealed += len(rows)
            await asyncio.sleep(pause_seconds)
    return sealed


async def keep_sealing(pool: Pool, log: Logger) -> None:
    """Take new keys, and seal what the newest does not hold, beside all other work, for ever."""
    done_with = 0
    while True:
        try:
            newest = await _newest(pool)
            if newest != done_with:
                if count := await seal_all(pool, _PAUSE_SECONDS):
                    log.info("bodies sealed", count=count)
                done_with = newest
        except CONNECTION_FAULTS as error:
            log.warning("bodies not sealed", error=type(error).__name__)
        await asyncio.sleep(_LOOK_SECONDS)


async def _newest(pool: Pool) -> int:
    async with pool.acquire() as connection:
        keys = keys_of(connection)
        keys.refresh()
        return keys.newest


async def keys_in_use(connection: Connection) -> list[KeyInUse]:
    """Return how many rows each key holds, the oldest key first; reads every table."""
    counts = " UNION ALL ".join(
        f"SELECT key_id FROM {table.name}"  # noqa: S608 - of constants
        for table in _TABLES
    )
    query = f"SELECT key_id, count(*) FROM ({counts}) AS bodies GROUP BY 1 ORDER BY 1"  # noqa: S608
    found = dict(await connection.fetch(query, timeout=3600.0))
    known = {number for (number,) in await connection.fetch("SELECT key_id FROM seal_key")}
    numbers = sorted(known | found.keys() - {None})
    kept = [KeyInUse(number, found.get(number, 0)) for number in numbers]
    return [*kept, *(KeyInUse(None, rows) for number, rows in found.items() if number is None)]


async def _batch(connection: Connection, table: _Table, last: Sequence[Any] | None) -> list[Any]:
    columns = ", ".join(dict.fromkeys((*table.key, table.row_id, "key_id", "payload")))
    order = ", ".join(table.key)
    wanted = [keys_of(connection).newest, *(last or ())]
    after = ""
    if last is not None:
        places = ", ".join(f"${number}" for number in range(2, len(wanted) + 1))
        after = f"AND ({order}) > ({places})"
    query = f"""SELECT {columns} FROM {table.name} WHERE key_id IS DISTINCT FROM $1 {after}
        ORDER BY {order} LIMIT {_AT_ONCE}"""  # noqa: S608 - of constants
    rows: list[Any] = await connection.fetch(query, *wanted, timeout=_SECONDS)
    return rows


async def _seal(connection: Connection, table: _Table, rows: Sequence[Any]) -> None:
    """Seal ``rows``; one that somebody else sealed meanwhile stays as it is."""
    keys = keys_of(connection)
    places = " AND ".join(f"{name} = ${number}" for number, name in enumerate(table.key, 4))
    query = f"""UPDATE {table.name} SET payload = $1, key_id = $2
        WHERE key_id IS NOT DISTINCT FROM $3 AND {places}"""  # noqa: S608 - of constants
    changes = [
        (sealed, keys.newest, row["key_id"], *(row[name] for name in table.key))
        for row in rows
        if (sealed := _sealed(keys, table, row)) is not None
    ]
    await connection.executemany(query, changes, timeout=_SECONDS)


def _sealed(keys: KeyRing, table: _Table, row: Any) -> bytes | None:  # noqa: ANN401 - asyncpg
    """Return the body of a row under the newest key, None if it was changed where it lies."""
    row_id = row[table.row_id]
    plain = whole_or_none(keys, table.column, row_id, row)
    return None if plain is None else keys.seal(table.column, row_id, plain)
