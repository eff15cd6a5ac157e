"""Retention: after its time nothing of a person is in any table or file; what is needed stays."""

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from egate.central.acceptance import CrossingRow, examine
from egate.central.alarms import AlarmKind, open_alarms, raise_alarm, settle_alarm
from egate.central.document_key import document_key
from egate.central.image_store import ImageStore
from egate.central.intake import take
from egate.central.lists.settled import Settled, settle
from egate.central.retention.running import keep_purging, purge_all
from egate.central.statistics.facts import make_all_facts
from egate.cli.main import main
from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.time import UtcSeconds
from egate.lists.kinds import ListKind
from egate.observability.logging import logger
from egate.ports.reporting import PendingRecord
from egate.reporting.decision_client import DecisionClient
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.mapping import encode
from egate.settings import Retention
from tests.centre_harness import GATE, Centre, beside, database_table, record
from tests.list_centre import offload
from tests.list_samples import document
from tests.unit.test_decision import decision

pytestmark = pytest.mark.asyncio(loop_scope="session")
YEARS = dt.timedelta(days=6 * 365)
LATELY = dt.timedelta(days=40)
SHORT = Retention(crossings=1830, images=30, inquiries=365, alarms=365, audit=365)
FACE = b"\xff\xd8\xff a face that nobody may find"
NUMBER = "W5V4U3T21"
LISTED = "L15TEDN0"
TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname <> 'schema_version' ORDER BY 1
"""


def traveller(number: int, **changes: object) -> CrossingRecord:
    document = replace(
        record(1).document,  # type: ignore[type-var]
        primary_identifier="VEXTRAVELLER",
        secondary_identifier="YYBOTGIVEN",
        document_number=NUMBER,
        date_of_birth="1962-03-04",
    )
    given: dict[str, object] = {
        "document": document,
        "status": CrossingStatus.COMPLETED,
        "verdict": RecordVerdict.ADMIT,
    }
    return record(number, **(given | changes))


@dataclass
class Past:
    """A centre, and the means to let time pass in it."""

    centre: Centre
    images: ImageStore
    folder: Path

    async def accept(self, *records: CrossingRecord, ago: dt.timedelta) -> None:
        """Store ``records`` as if they had been accepted ``ago``."""
        rows = [examine(encode(each), GATE) for each in records]
        sound = [row for row in rows if isinstance(row, CrossingRow)]
        assert len(sound) == len(records)
        async with self.centre.database.acquire() as connection, connection.transaction():
            assert not any(await take(connection, sound))
            await connection.execute(
                "UPDATE crossing SET accepted_at = now() - $1::interval"
                " WHERE crossing_id = ANY($2)",
                ago,
                [row.crossing_id for row in sound],
            )

    async def purge(self) -> dict[str, int]:
        await make_all_facts(self.centre.database)
        return await purge_all(self.centre.database, SHORT, self.images)

    async def numbers(self) -> list[int]:
        query = "SELECT gate_seq FROM crossing ORDER BY 1"
        return [number for (number,) in await self.centre.database.fetch(query)]

    async def stays(self) -> list[tuple[int, bool]]:
        """Return kind of each stay and whether it is an absence, in the order of time."""
        query = "SELECT kind, absence FROM stay ORDER BY since"
        return [tuple(row) for row in await self.centre.database.fetch(query)]


@pytest_asyncio.fixture(loop_scope="session")
async def past(centre: Centre, tmp_path: Path) -> AsyncIterator[Past]:
    await centre.database.execute(
        "TRUNCATE case_image, image_look, gate_order, enrolment_token, purge;"
        " UPDATE crossing_fact_mark SET accepted_at = '1970-01-01Z'"
    )
    yield Past(centre, ImageStore(tmp_path / "images"), tmp_path)


def at(days_ago: float) -> UtcSeconds:
    moment = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)  # noqa: TID251 - the database's
    return UtcSeconds(moment.timestamp())


def all_of(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


async def everything_said(centre: Centre) -> dict[str, str]:
    """Return all rows of all tables as texts."""
    said = {}
    for (table,) in await centre.database.fetch(TABLES):
        rows = await centre.database.fetch(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608
        said[table] = "\n".join(text for (text,) in rows)
    return said


async def fill_with_one_person(past: Past) -> list[str]:
    """Let a traveller be in every table that can know one; return what they are known by."""
    centre = past.centre
    entry = traveller(1, occurred_at=at(2300), direction=Direction.ENTRY)
    leaving = traveller(2, occurred_at=at(2290), direction=Direction.EXIT)
    referred = traveller(3, occurred_at=at(2280), status=CrossingStatus.REFERRED)
    await past.accept(entry, leaving, referred, ago=YEARS)
    await past.accept(replace(leaving, gate_seq=3, crossing_id=ids(4)), ago=YEARS)  # a fork
    await centre.submit(replace(entry, verdict=RecordVerdict.REFER))  # a conflict
    client = DecisionClient(centre.at.grpc, centre.tls("console", "hall-1"))
    for text in ("VEXREASON", "VEXREASON and more"):
        sent = decision(crossing_id=referred.crossing_id, reason_text=text)
        await client.submit([PendingRecord(1, sent.decision_id, encode_decision(sent))])
    await client.close()
    digest = hashlib.sha256(FACE).digest()
    past.images.put(digest, FACE)
    key = document_key("UTO", NUMBER)
    assert key
    await centre.database.execute(
        "INSERT INTO case_image (crossing_id, sha256, kind, gate_id) VALUES ($1, $2, 1, $3)",
        *(referred.crossing_id, digest, GATE),
    )
    await centre.database.execute(
        "INSERT INTO inquiry (officer_id, peer, kind, crossing_id, document, criteria, shown)"
        " VALUES ('SB-1', 'x', 'holder', $1, $2, '', 1)",
        *(referred.crossing_id, key),
    )
    await centre.database.execute(
        "INSERT INTO image_look (crossing_id, officer_id, peer, shown) VALUES ($1, 'SB-1', 'x', 1)",
        referred.crossing_id,
    )
    for alarm in await open_alarms(centre.database):
        assert await settle_alarm(centre.database, alarm.kind, alarm.subject, "SB-1")
    await offload(centre, LISTED)
    async with centre.database.acquire() as connection:
        await settle(
            connection,
            Settled("d-9", ListKind.OFFLOAD, "offload d-1", "1", document(LISTED), "SB-1"),
        )
    return [
        *(ids(number) for number in (1, 2, 3, 4)),
        *(str(key), NUMBER, LISTED, decision().decision_id, digest.hex(), "VEX"),
    ]


def ids(number: int) -> str:
    return record(number).crossing_id


async def let_years_pass(past: Past) -> None:
    """Move every time that the centre itself wrote down six years back."""
    columns = {
        "crossing_conflict": ("seen_at",),
        "officer_decision": ("accepted_at",),
        "officer_decision_conflict": ("seen_at",),
        "case_image": ("stored_at",),
        "inquiry": ("inquired_at",),
        "image_look": ("looked_at",),
        "alarm": ("settled_at",),
        "list_entry": ("valid_from", "valid_to"),
        "list_proposal": ("proposed_at",),
        "list_decision": ("decided_at",),
        "list_settled": ("settled_at",),
        "authorisation_act": ("made_at", "in_force_at"),
    }
    async with past.centre.database.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no trigger
        for table, names in columns.items():
            changes = ", ".join(f"{name} = {name} - interval '2190 days'" for name in names)
            await connection.execute(f"UPDATE {table} SET {changes}")  # noqa: S608


async def test_after_its_time_nothing_of_a_person_is_in_any_table_or_file(past: Past) -> None:
    known_by = await fill_with_one_person(past)
    await let_years_pass(past)
    await past.accept(record(9), ago=LATELY)  # life goes on
    await make_all_facts(past.centre.database)
    before = await everything_said(past.centre)
    found = {table for table, said in before.items() if any(each in said for each in known_by)}
    assert found >= {
        *("crossing_registry", "crossing_fact", "crossing_conflict", "gate_fork", "stay"),
        *("officer_decision", "officer_decision_conflict", "case_image", "inquiry", "image_look"),
        *("list_document", "list_settled"),
    }
    folder = Path(await past.centre.database.fetchval("SHOW data_directory"))
    gone = await past.purge()
    assert gone == {"crossings": 4, "inquiries": 2, "alarms": 3, "audit": 5, "images": 1}
    after = await everything_said(past.centre)
    del after["chain_link"]  # of what was there: ids of records, and digests
    for each in known_by:
        assert [table for table, said in after.items() if each in said] == [], each
    assert not [file for file in (past.folder / "images").rglob("*") if file.is_file()]
    noted = await past.centre.database.fetch("SELECT kind, rows FROM purge")
    assert {row["kind"]: row["rows"] for row in noted} == gone
    tables = await past.centre.database.fetch(
        "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relname LIKE 'crossing\\_%'"
        " AND relispartition AND relkind = 'r' AND pg_relation_size(oid) > 0"
    )
    assert len(tables) == 1  # of the months: but for one, no file has a byte
    contents = await asyncio.to_thread(all_of, folder)
    for name in (b"VEX", b"YYBOTGIVEN", NUMBER.encode(), b"1962-03-04", b"a face that nobody"):
        assert not any(name in content for content in contents), name


async def test_what_is_not_over_stays_with_all_that_hangs_on_it(past: Past) -> None:
    young = traveller(1, occurred_at=at(41), status=CrossingStatus.REFERRED)
    await past.accept(young, ago=LATELY)
    await raise_alarm(past.centre.database, AlarmKind.FOREIGN_RECORD, GATE, "1 in a batch")
    await offload(past.centre, LISTED)
    before = await everything_said(past.centre)
    await make_all_facts(past.centre.database)
    assert set((await past.purge()).values()) == {0}
    after = await everything_said(past.centre)
    for table in before.keys() - {"crossing_fact", "crossing_fact_mark", "crossing_tally"}:
        assert after[table] == before[table], table


async def test_the_two_records_of_a_stay_go_together(past: Past) -> None:
    entry = traveller(1, occurred_at=at(1900), direction=Direction.ENTRY)
    leaving = traveller(2, occurred_at=at(1700), direction=Direction.EXIT)
    await past.accept(entry, ago=dt.timedelta(days=1900))
    await past.accept(leaving, ago=dt.timedelta(days=1700))
    assert (await past.purge())["crossings"] == 0
    assert await past.stays() == [(2, False)]
    await past.centre.database.execute(
        "UPDATE crossing SET accepted_at = accepted_at - interval '1 year'"
    )
    await past.centre.database.execute(
        "UPDATE stay SET entry_at = entry_at - interval '1 year',"
        " exit_at = exit_at - interval '1 year'"
    )
    assert (await past.purge())["crossings"] == 2
    assert (await past.numbers(), await past.stays()) == ([], [])


async def test_who_came_and_never_left_stays_and_their_earlier_stays_go(past: Past) -> None:
    records = [
        traveller(1, occurred_at=at(2400), direction=Direction.ENTRY),
        traveller(2, occurred_at=at(2390), direction=Direction.EXIT),
        traveller(3, occurred_at=at(2300), direction=Direction.ENTRY),
    ]
    await past.accept(*records, ago=YEARS)
    assert (await past.purge())["crossings"] == 2
    assert (await past.numbers(), await past.stays()) == ([3], [(1, False)])
    last = await past.centre.store.last_entry(document_key("UTO", NUMBER))  # type: ignore[arg-type]
    assert last
    assert str(last.crossing_id) == ids(3)


async def test_a_citizen_who_never_came_back_is_not_remembered_for_ever(past: Past) -> None:
    own = traveller(1, occurred_at=at(2300), direction=Direction.EXIT)
    assert own.document
    own = replace(own, document=replace(own.document, issuing_state="BGD"))
    await past.accept(own, ago=YEARS)
    assert await past.stays() == [(1, True)]
    assert (await past.purge())["crossings"] == 1
    assert await past.stays() == []


async def test_nothing_goes_that_is_not_counted_or_that_the_special_branch_waits_for(
    past: Past,
) -> None:
    await past.accept(traveller(1, status=CrossingStatus.REFERRED), ago=YEARS)
    assert (await purge_all(past.centre.database, SHORT, None))["crossings"] == 0
    await past.centre.database.execute(
        "INSERT INTO special_branch_outbox (crossing_id, payload, accepted_at)"
        " VALUES ($1, '', now() - interval '7 years')",
        ids(1),
    )
    assert (await past.purge())["crossings"] == 0
    await past.centre.database.execute("TRUNCATE special_branch_outbox")
    assert (await past.purge())["crossings"] == 1


async def test_a_purge_that_is_cut_off_goes_on_and_two_do_not_meet(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egate.central.retention.crossings._AT_ONCE", 2)
    refused = CrossingStatus.REFERRED
    await past.accept(*(traveller(n, status=refused) for n in range(1, 6)), ago=YEARS)
    await make_all_facts(past.centre.database)
    async with past.centre.database.acquire() as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", 0x70757267)
        assert await past.purge() == {}
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(past.purge())
        while len(await past.numbers()) > 3:  # noqa: ASYNC110 - of the database
            await asyncio.sleep(0.01)
        task.cancel()
    assert await past.numbers()
    assert (await past.purge())["crossings"] > 0
    assert await past.numbers() == []


async def test_a_running_centre_purges_and_tries_again_when_the_database_was_away(
    past: Past, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("_FIRST_SECONDS", "_DAY_SECONDS", "_AGAIN_SECONDS"):
        monkeypatch.setattr(f"egate.central.retention.running.{name}", 0.02)
    await past.accept(traveller(1, status=CrossingStatus.REFERRED), ago=YEARS)
    await make_all_facts(past.centre.database)
    await past.centre.database.execute("ALTER TABLE purge RENAME TO moved")
    try:
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            work = keep_purging(past.centre.database, SHORT, past.images, logger())
            purging = tasks.create_task(work)
            said = ""
            while "not purged" not in said:
                said += capsys.readouterr().out
                await asyncio.sleep(0.02)
            await past.centre.database.execute("ALTER TABLE moved RENAME TO purge")
            await past.accept(traveller(2, status=CrossingStatus.REFERRED), ago=YEARS)
            await make_all_facts(past.centre.database)
            while await past.numbers():  # noqa: ASYNC110 - of the database
                await asyncio.sleep(0.02)
            while '"purged"' not in said and "purged  " not in said:
                said += capsys.readouterr().out
                await asyncio.sleep(0.02)
            purging.cancel()
    finally:
        await past.centre.database.execute("ALTER TABLE IF EXISTS moved RENAME TO purge")


async def test_the_command(past: Past, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "central.toml"
    file.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(past.centre.address)}"
        '[tls]\nca = "a.pem"\ncertificate = "c.pem"\nkey = "c.key"\n'
        '[images]\nfolder = "images"\n[retention]\ncrossings = 100\nalarms = 30\n'
    )
    await past.accept(traveller(1, status=CrossingStatus.REFERRED), ago=dt.timedelta(days=101))
    await past.accept(traveller(2, status=CrossingStatus.REFERRED), ago=dt.timedelta(days=99))
    await make_all_facts(past.centre.database)

    def egate(*words: str) -> tuple[int, str]:
        code = beside(lambda: main(["central", "purge", "--config", str(file), *words]))
        return code, capsys.readouterr().out

    code, said = egate("--json")
    assert code == 0
    assert json.loads(said)["purged"] == {
        "crossings": 1,
        "inquiries": 0,
        "alarms": 0,
        "audit": 0,
        "images": 0,
    }
    assert await past.numbers() == [2]
    assert egate() == (0, "crossings: 0\ninquiries: 0\nalarms: 0\naudit: 0\nimages: 0\n")
    file.write_text(file.read_text() + "images = 101\n")
    assert egate()[0] == 2
