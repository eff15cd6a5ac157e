"""What the centre takes for a pool of PostgreSQL: `Tables`, one transaction at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

from egate.central.key_ring import Sealed
from tests.simulation.processes import Acts
from tests.simulation.tables import ANSWERS, Row, Rows, Tables

_COMMIT_SECONDS: Final = 0.005
"""While it lasts others come, and wait."""


class OpenKeys:
    """Keys of a database without any; sealing has tests of its own."""

    newest = 1

    def seal(self, _: Sealed, __: UUID, plain: bytes) -> bytes:
        return plain


class MemoryConnection:
    keys = OpenKeys()

    def __init__(self, tables: Tables, acts: Acts) -> None:
        self._tables = tables
        self._acts = acts

    async def fetch(self, statement: str, *values: object) -> Rows:
        self._acts.act()
        return ANSWERS[statement](self._tables, *values)

    async def execute(self, statement: str, *values: object) -> None:
        await self.fetch(statement, *values)

    async def fetchrow(self, statement: str, *values: object) -> Row | None:
        return next(iter(await self.fetch(statement, *values)), None)

    async def fetchval(self, statement: str, *values: object) -> Any:  # noqa: ANN401
        row = await self.fetchrow(statement, *values)
        return None if row is None else next(iter(row))

    async def copy_records_to_table(
        self, table: str, *, records: Iterable[Sequence[object]], columns: Sequence[str]
    ) -> None:
        self._acts.act()
        add = {"crossing": self._tables.add_crossing, "chain_link": self._tables.add_link}[table]
        for values in records:
            add(columns, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        try:
            yield
            await asyncio.sleep(_COMMIT_SECONDS)
            self._acts.act()
        except BaseException:
            self._tables.roll_back()
            raise
        self._tables.commit()
        self._acts.act()


class MemoryPool:
    """A process's way to the database.

    Args:
        tables: that outlive the process.
        acts: of the process; the database itself never fails.

    """

    def __init__(self, tables: Tables, acts: Acts) -> None:
        self._connection = MemoryConnection(tables, acts)
        self._tables = tables
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[MemoryConnection]:
        async with self._turn:
            yield self._connection

    async def fetch(self, statement: str, *values: object) -> Rows:
        async with self._turn:
            found = await self._connection.fetch(statement, *values)
            self._tables.commit()
            return found

    async def fetchrow(self, statement: str, *values: object) -> Row | None:
        return next(iter(await self.fetch(statement, *values)), None)

    async def fetchval(self, statement: str, *values: object) -> Any:  # noqa: ANN401
        row = await self.fetchrow(statement, *values)
        return None if row is None else next(iter(row))

    async def execute(self, statement: str, *values: object) -> None:
        await self.fetch(statement, *values)
