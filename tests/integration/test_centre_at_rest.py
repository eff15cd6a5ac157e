"""Bodies at rest: sealed from the first moment, under keys apart, and rows of before in time."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from egate.central.acceptance import CrossingRow, examine
from egate.central.bodies import keys_of
from egate.central.database import DatabaseUnavailable, Pool, open_database
from egate.central.key_ring import KeyRing, KeysUnusable, Sealed
from egate.central.resealing import keep_sealing, keys_in_use, seal_all
from egate.central.special_branch.outbox import keep
from egate.central.statistics.facts import make_all_facts
from egate.central.store import Store
from egate.cli.main import main
from egate.domain.record import CrossingRecord, RecordVerdict
from egate.observability.logging import logger
from egate.outbox.sealing import SealBroken
from egate.ports.reporting import PendingRecord
from egate.reporting.decision_client import DecisionClient
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.inquiry_client import InquiryClient, InquiryRefused
from egate.reporting.mapping import encode
from egate.settings import Database
from tests.centre_harness import GATE, Centre, beside, database_table, record
from tests.unit.test_decision import decision

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECRETS = (b"QUXTRAVELLER", b"ZZTOPGIVEN", b"X9Y8Z7W65", b"1961-02-03", b"QUXREASONTEXT")
ROW_IDS = {
    Sealed.CROSSING: "crossing_id",
    Sealed.CROSSING_CONFLICT: "crossing_id",
    Sealed.DECISION: "decision_id",
    Sealed.DECISION_CONFLICT: "decision_id",
    Sealed.SPECIAL_BRANCH: "crossing_id",
}
Found = dict[Sealed, list[bytes]]


def secret(number: int, **changes: object) -> CrossingRecord:
    document = replace(
        record(1).document,  # type: ignore[type-var]
        primary_identifier="QUXTRAVELLER",
        secondary_identifier="ZZTOPGIVEN",
        document_number="X9Y8Z7W65",
        date_of_birth="1961-02-03",
    )
    return record(number, document=document, **changes)


@pytest_asyncio.fixture(loop_scope="session")
async def full(centre: Centre) -> Centre:
    """A centre with a body in every place that has any."""
    await centre.submit(secret(1), secret(2))
    await centre.submit(secret(1, verdict=RecordVerdict.ADMIT))
    await Store(centre.database, also=(keep,)).put(rows(3))
    client = DecisionClient(centre.at.grpc, centre.tls("console", "hall-1"))
    for text in ("QUXREASONTEXT", "QUXREASONTEXT, but another"):
        sent = decision(reason_text=text)
        await client.submit([PendingRecord(1, sent.decision_id, encode_decision(sent))])
    await client.close()
    return centre


async def stored(database: Pool, of: Sealed) -> list[Any]:
    table = of.partition(".")[0]
    rows: list[Any] = await database.fetch(f"SELECT * FROM {table} ORDER BY {ROW_IDS[of]}")  # noqa: S608 - of constants
    return rows


async def opened(database: Pool) -> Found:
    async with database.acquire() as connection:
        keys = keys_of(connection)
    return {
        of: [
            keys.unseal(of, row[row_id], row["key_id"], row["payload"])
            for row in await stored(database, of)
        ]
        for of, row_id in ROW_IDS.items()
    }


async def make_clear(centre: Centre) -> Found:
    """Let all rows be as an older centre stored them; return their bodies."""
    plain = await opened(centre.database)
    for of, row_id in ROW_IDS.items():
        table = of.partition(".")[0]
        for row, body in zip(await stored(centre.database, of), plain[of], strict=True):
            await centre.database.execute(
                f"UPDATE {table} SET payload = $1, key_id = NULL WHERE {row_id} = $2"  # noqa: S608 - of constants
                " AND payload = $3",
                *(body, row[row_id], row["payload"]),
            )
    return plain


def all_of(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


async def test_no_file_of_the_database_ever_holds_a_name_a_number_or_a_birth_date(
    full: Centre,
) -> None:
    assert [len(bodies) for bodies in (await opened(full.database)).values()] == [3, 1, 1, 1, 1]
    folder = Path(await full.database.fetchval("SHOW data_directory"))
    contents = await asyncio.to_thread(all_of, folder)
    assert any(secret(2).crossing_id.encode() in each or b"UTO" in each for each in contents)
    for each in SECRETS:
        assert not any(each in content for content in contents), each


async def test_a_body_opens_only_where_it_was_stored_and_unchanged(full: Centre) -> None:
    async with full.database.acquire() as connection:
        keys = keys_of(connection)
    one, two, _ = await stored(full.database, Sealed.CROSSING)
    with pytest.raises(SealBroken):
        keys.unseal(Sealed.CROSSING, two["crossing_id"], one["key_id"], one["payload"])
    with pytest.raises(SealBroken):
        keys.unseal(Sealed.SPECIAL_BRANCH, one["crossing_id"], one["key_id"], one["payload"])
    for place in range(0, len(one["payload"]), 97):
        changed = bytearray(one["payload"])
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            keys.unseal(Sealed.CROSSING, one["crossing_id"], one["key_id"], bytes(changed))


async def test_rows_of_before_are_read_and_sealed(full: Centre) -> None:
    before = await make_clear(full)
    assert await opened(full.database) == before
    assert await seal_all(full.database) == 7
    for of in ROW_IDS:
        for row in await stored(full.database, of):
            assert row["key_id"] is not None
            assert not [each for each in SECRETS if each in row["payload"]]
    assert await opened(full.database) == before
    assert await seal_all(full.database) == 0


async def test_sealing_that_was_cut_off_goes_on_where_it_was(
    full: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await make_clear(full)
    monkeypatch.setattr("egate.central.resealing._AT_ONCE", 1)
    await full.database.execute(
        """CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'cut' USING ERRCODE = 'data_exception'; END $$;
        CREATE TRIGGER cut BEFORE UPDATE ON officer_decision
        FOR EACH ROW EXECUTE FUNCTION cut()"""
    )
    with pytest.raises(asyncpg.DataError):
        await seal_all(full.database)
    await full.database.execute("DROP FUNCTION cut CASCADE")
    sealed = [row["key_id"] for row in await stored(full.database, Sealed.CROSSING)]
    assert None not in sealed
    assert await opened(full.database) == before
    assert await seal_all(full.database) == 3
    assert await opened(full.database) == before


@pytest_asyncio.fixture(loop_scope="session")
async def alone(centre_database: Database, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with keys of its own, that no centre runs on."""
    master = await asyncpg.connect(centre_database.dsn)
    await master.execute("CREATE DATABASE keyed")
    assert centre_database.dsn
    address = centre_database.dsn.replace("/postgres?", "/keyed?", 1)
    yield Database(dsn=address, keys=tmp_path / "keys")
    await master.execute("DROP DATABASE keyed")
    await master.close()


def rows(*numbers: int) -> list[CrossingRow]:
    made = [examine(encode(secret(number)), GATE) for number in numbers]
    return [row for row in made if isinstance(row, CrossingRow)]


@pytest.mark.parametrize("fault", ["missing", "another", "half", "not readable"])
async def test_a_centre_without_the_keys_of_its_database_does_not_start(
    alone: Database, tmp_path: Path, fault: str
) -> None:
    async with open_database(alone):
        pass
    key = tmp_path / "keys" / "1.key"
    content = key.read_bytes()
    key.unlink()
    if fault == "not readable":
        key.mkdir()
    elif fault != "missing":
        key.write_bytes({"another": bytes(32), "half": content[:16]}[fault])
    with pytest.raises(DatabaseUnavailable, match=r"^database: .*key"):
        async with open_database(alone):
            pass
    key.rmdir() if fault == "not readable" else key.unlink(missing_ok=True)
    key.write_bytes(content)
    async with open_database(alone):
        pass


async def test_a_key_takes_over_while_the_centre_runs_and_the_old_one_is_destroyed(
    alone: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "central.toml"
    config.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(alone)}"
        '[tls]\nca = "a.pem"\ncertificate = "c.pem"\nkey = "c.key"\n'
    )

    def egate(action: str, *words: str) -> tuple[int, str]:
        line = ["central", "keys", action, "--config", str(config), *words]
        code = beside(lambda: main(line))
        return code, capsys.readouterr().out

    async with open_database(alone) as running:
        await Store(running).put(rows(1, 2))
        before = await opened(running)
        assert egate("drop", "1")[0] == 2
        assert egate("new") == (0, "key 2\n")
        await Store(running).put(rows(3))  # by the old key: the centre has not looked yet
        assert egate("drop", "1")[0] == 2
        assert egate("seal") == (0, "3 rows sealed\n")
        assert egate("drop", "1")[0] == 2  # somebody may not have met the new one
        await running.execute("UPDATE seal_key SET made_at = now() - interval '1 hour'")
        # The running centre meets a key that it has not seen, and goes on with it.
        assert (await opened(running))[Sealed.CROSSING][:2] == before[Sealed.CROSSING]
        await Store(running).put(rows(4))
        code, said = egate("show", "--json")
        assert code == 0
        assert json.loads(said)["keys"] == [{"number": 1, "rows": 0}, {"number": 2, "rows": 4}]
        assert egate("show")[1] == "key 1: 0 rows\nkey 2: 4 rows\n"
        assert egate("drop", "1")[0] == 0
        assert [file.name for file in (tmp_path / "keys").iterdir()] == ["2.key"]
        assert egate("drop", "1")[0] == 2
    async with open_database(alone) as again:
        assert len((await opened(again))[Sealed.CROSSING]) == 4


async def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, full: Centre) -> None:
    (tmp_path / "file").write_text("")
    async with full.database.acquire() as connection:
        with pytest.raises(KeysUnusable, match="Not a directory"):
            await KeyRing(tmp_path / "file" / "keys").make_next(connection)


async def test_a_running_centre_takes_a_new_key_and_goes_on_when_the_database_was_away(
    alone: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("egate.central.resealing._LOOK_SECONDS", 0.02)
    held = "SELECT count(*) FROM crossing WHERE key_id = 2"
    async with open_database(alone) as running, open_database(alone) as command:
        await Store(running).put(rows(1, 2))
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            sealing = tasks.create_task(keep_sealing(running, logger()))
            await running.execute("ALTER TABLE crossing RENAME TO moved")
            async with command.acquire() as connection:
                assert await keys_of(connection).make_next(connection) == 2
            said = ""
            while "bodies not sealed" not in said:
                said += capsys.readouterr().out
                await asyncio.sleep(0.02)
            await running.execute("ALTER TABLE moved RENAME TO crossing")
            while await running.fetchval(held) < 2:  # noqa: ASYNC110 - of the database
                await asyncio.sleep(0.02)
            sealing.cancel()
        await Store(running).put(rows(3))
        assert await running.fetchval(held) == 3


async def test_one_changed_body_stops_nobody_and_is_told(
    full: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    await full.database.execute(
        "UPDATE crossing SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1)"
        " WHERE gate_seq = 2"
    )
    await full.database.execute("UPDATE crossing SET accepted_at = now() - interval '1 minute'")
    await make_all_facts(full.database)
    assert await full.database.fetchval("SELECT count(*) FROM crossing_fact") == 3
    async with full.linked() as link:
        inquiries = InquiryClient(link)
        with pytest.raises(InquiryRefused, match="changed where it lies"):
            await inquiries.crossing(secret(2).crossing_id, "SB-1")
        assert await inquiries.crossing(secret(1).crossing_id, "SB-1")
    assert "body changed where it lies" in capsys.readouterr().out


async def test_what_is_not_sealed_is_counted(full: Centre) -> None:
    await make_clear(full)
    async with full.database.acquire() as connection:
        counted = {each.number: each.rows for each in await keys_in_use(connection)}
    assert counted[None] == 7
    await seal_all(full.database)
