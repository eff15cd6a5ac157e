"""Migrations: each is applied once, whatever the order in which they came to be there."""

from collections.abc import AsyncIterator
from importlib.resources import files

import asyncpg
import pytest
import pytest_asyncio

from egate.central.database import Connection
from egate.central.migration import DatabaseTooNew, apply, migrate
from egate.settings import Database

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOTE = "CREATE TABLE IF NOT EXISTS noted (number integer); INSERT INTO noted VALUES ({})"


@pytest_asyncio.fixture(loop_scope="session")
async def empty(centre_database: Database) -> AsyncIterator[Connection]:
    """A connection to a database in which nothing is."""
    master = await asyncpg.connect(centre_database.dsn)
    await master.execute("CREATE DATABASE empty")
    connection = await asyncpg.connect(centre_database.dsn, database="empty")
    yield connection
    await connection.close()
    await master.execute("DROP DATABASE empty")
    await master.close()


def of(*numbers: int) -> dict[int, str]:
    return {number: NOTE.format(number) for number in numbers}


async def column(connection: Connection, query: str) -> list[object]:
    return [row[0] for row in await connection.fetch(query)]


async def test_what_is_missing_below_the_highest_number_is_applied_too(empty: Connection) -> None:
    await apply(empty, of(1, 4))
    await apply(empty, of(1, 2, 3, 4, 5))
    await apply(empty, of(1, 2, 3, 4, 5))
    assert await column(empty, "SELECT number FROM noted") == [1, 4, 2, 3, 5]
    assert await column(empty, "SELECT version FROM schema_version ORDER BY 1") == [1, 2, 3, 4, 5]


async def test_a_number_that_is_not_ours_stops_everything(empty: Connection) -> None:
    await apply(empty, of(1, 2, 4))
    with pytest.raises(DatabaseTooNew, match="schema 2"):
        await apply(empty, of(1, 3, 4, 5))
    assert await column(empty, "SELECT number FROM noted") == [1, 2, 4]


async def test_one_that_fails_leaves_nothing_of_its_own_and_what_came_before(
    empty: Connection,
) -> None:
    broken = of(1) | {2: "INSERT INTO noted VALUES (2); SELECT 1 / 0"} | of(3)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await apply(empty, broken)
    assert await column(empty, "SELECT number FROM noted") == [1]
    await apply(empty, of(1, 2, 3))
    assert await column(empty, "SELECT number FROM noted") == [1, 2, 3]


async def test_the_centre_s_own_have_a_number_each_and_are_recorded(empty: Connection) -> None:
    names = sorted(file.name for file in (files("egate.central") / "migrations").iterdir())
    numbers = [int(name[:4]) for name in names]
    assert len(set(numbers)) == len(numbers)
    await migrate(empty)
    assert await column(empty, "SELECT version FROM schema_version ORDER BY 1") == numbers
