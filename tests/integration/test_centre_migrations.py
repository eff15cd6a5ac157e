"""Migrations: each is applied once, whatever the order in which they came to be there."""

import hashlib
from collections.abc import AsyncIterator
from importlib.resources import files
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from egate.central.database import Connection
from egate.central.migration import DatabaseTooNew, apply, migrate
from egate.domain.evidence.chain import FIRST, link_hash
from egate.settings import Database

pytestmark = pytest.mark.asyncio(loop_scope="session")
ID = UUID("0197f000-0000-7000-8000-000000000007")
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


async def test_records_of_before_there_were_links_get_the_links_that_begin_a_chain(
    empty: Connection,
) -> None:
    folder = files("egate.central") / "migrations"
    scripts = {int(each.name[:4]): each.read_text("utf-8") for each in folder.iterdir()}
    await apply(empty, {number: text for number, text in scripts.items() if number < 12})
    digest = hashlib.sha256(b"record").digest()
    await empty.execute(
        "INSERT INTO crossing_registry (crossing_id, content_hash) VALUES ($1, $2)", ID, digest
    )
    await empty.execute(
        "INSERT INTO crossing (doc_key, crossing_id, gate_id, gate_seq, occurred_at, recorded_at,"
        " clock_suspect, border_crossing_point, direction, verdict, status, findings, payload)"
        " VALUES ($1, $1, 'BDDAC-A-01', 7, now(), now(), false, 'BDDAC', 1, 1, 1, '{}', 'record')",
        ID,
    )
    await apply(empty, scripts)
    (row,) = await empty.fetch("SELECT * FROM chain_link")
    assert row["link"] == link_hash("BDDAC-A-01", 7, FIRST, b"record")
    assert (row["previous"], row["digest"], row["crossing_id"]) == (FIRST, digest, ID)
    assert (row["station_id"], row["gate_seq"]) == ("BDDAC-A-01", 7)
    assert (row["signature"], row["key_id"], row["fault"]) == (b"", b"", "")
