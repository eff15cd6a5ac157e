"""A database that was restored, or put elsewhere, is told from the one of before."""

import pytest
import pytest_asyncio

from egate.central.alarms import Alarm, open_alarms
from egate.central.database_life import begin_life
from egate.reporting.client import CentreClient
from tests.centre_harness import Centre, record

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def lives(centre: Centre) -> list[str]:
    rows = await centre.database.fetch("SELECT name::text FROM database_life ORDER BY number")
    return [row["name"] for row in rows]


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(centre: Centre) -> Centre:
    """The centre, whose database says that it was noted on another timeline."""
    await centre.database.execute("UPDATE database_life SET server = '1/00000001'")
    return centre


async def alarms(centre: Centre) -> list[Alarm]:
    return [each for each in await open_alarms(centre.database) if each.kind == "centre_restored"]


async def test_a_start_with_the_same_database_is_no_other_life(centre: Centre) -> None:
    before = await lives(centre)
    await begin_life(centre.database)
    assert await lives(centre) == before
    assert await alarms(centre) == []


async def test_a_restored_database_begins_a_life_once_and_says_so(elsewhere: Centre) -> None:
    before = await lives(elsewhere)
    await elsewhere.database.execute(
        "INSERT INTO backup VALUES ('2027-01-31T00:15:00Z', 9, 99) ON CONFLICT DO NOTHING"
    )
    await begin_life(elsewhere.database)
    await begin_life(elsewhere.database)
    assert len(await lives(elsewhere)) == len(before) + 1
    [alarm] = await alarms(elsewhere)
    assert alarm.times == 1
    assert alarm.detail == "the last backup that it knows began at 2027-01-31 00:15 UTC"
    await elsewhere.database.execute("TRUNCATE backup")


async def test_stations_hear_of_it_and_of_what_is_missing(elsewhere: Centre) -> None:
    await elsewhere.submit(record(1), record(2), record(4))
    client = CentreClient(elsewhere.at.grpc, elsewhere.tls())
    before = await client.standing(4)
    await begin_life(elsewhere.database)
    after = await client.standing(4)
    await client.close()
    assert (after.gate_seq, after.watermark) == (4, 2)
    assert after.database_life == (await lives(elsewhere))[-1] != before.database_life


async def test_no_number_of_a_list_and_no_token_is_used_again(elsewhere: Centre) -> None:
    database = elsewhere.database
    await database.execute("INSERT INTO list_version VALUES ('EXIT_BAN', 7, 3)")
    await database.execute(
        "INSERT INTO enrolment_token"
        " (digest, role, name, border_crossing_point, made_by, expires_at)"
        " VALUES ('\\x01', 'gate', 'A', 'BDDAC', 'x', now() + interval '1 day')"
    )
    await begin_life(database)
    assert await database.fetchval("SELECT max(version) FROM list_version") == 1_000_007
    assert await database.fetchval("SELECT every(expires_at <= now()) FROM enrolment_token")
    await database.execute("DELETE FROM enrolment_token")
