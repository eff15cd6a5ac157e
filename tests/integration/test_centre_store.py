"""The centre's lists, its page, its health, and a database that goes away."""

import asyncio
import uuid
from pathlib import Path

import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from egate.central.acceptance import CrossingRow, examine
from egate.central.database import DatabaseUnavailable, open_database
from egate.central.statistics.facts import make_all_facts
from egate.central.status.figures import verdicts
from egate.central.status.overview import Overviews
from egate.central.store import Fork, Gap
from egate.domain.record import RecordVerdict, StepDuration
from egate.ports.reporting import CentreUnavailable
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.crossing_list import CrossingList
from egate.reporting.identity import Role
from egate.reporting.mapping import encode
from egate.settings import Database
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import gate_pb2
from tests.centre_harness import GATE, Centre, record

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_officers_list_without_personal_data(centre: Centre) -> None:
    await centre.submit(record(2))
    await centre.submit(record(1))  # later, though it happened earlier
    await centre.submit(record(3, gate_id="BDDAC-A-02"), gate="BDDAC-A-02")
    listing = CrossingList(centre.at.grpc, centre.tls("officer", "SB-1107"))
    found, total = await listing.fetch()
    assert (total, [one.gate_seq for one in found]) == (3, [1, 2, 3])
    found, total = await listing.fetch(GATE)
    assert (total, [one.gate_seq for one in found]) == (2, [1, 2])
    assert found[0].steps == record(1).steps
    assert found[0].passage_confirmed
    assert "ERIKSSON" not in repr(found)
    await listing.close()


async def test_a_gate_that_talks_too_much_hides_no_other_from_officers(centre: Centre) -> None:
    long = StepDuration("x" * 1000, 1.0)
    many = tuple(StepDuration(f"step {number}", 1.0) for number in range(2000))
    await centre.submit(*(record(n, steps=(long,) * 60) for n in range(2, 80)))
    await centre.submit(*(record(n, steps=many) for n in range(80, 120)), record(1))
    listing = CrossingList(centre.at.grpc, centre.tls("officer", "SB-1107"))
    found, _ = await listing.fetch()
    assert [one.gate_seq for one in found] == list(range(1, 120))
    assert found[0].steps == record(1).steps
    await listing.close()


async def test_gaps_and_forks_are_found(centre: Centre) -> None:
    twin = record(5, crossing_id=str(uuid.UUID(int=7 << 76 | 8 << 60 | 5)))
    await centre.submit(record(2), record(5), record(9), twin)
    assert await centre.store.gaps() == [Gap(GATE, 1, 1), Gap(GATE, 3, 4), Gap(GATE, 6, 8)]
    (fork,) = await centre.store.forks()
    assert fork == Fork(GATE, 5, (uuid.UUID(twin.crossing_id), uuid.UUID(record(5).crossing_id)))


async def test_the_highest_number_twice_does_not_end_the_counting(centre: Centre) -> None:
    last = [record(number, gate_seq=2**63 - 1) for number in (2, 3)]
    assert not (await centre.submit(record(1), *last)).refused
    assert await centre.store.gaps() == [Gap(GATE, 2, 2**63 - 2)]
    assert len(await centre.store.forks()) == 1


async def test_a_row_the_database_cannot_hold_blocks_no_other(centre: Centre) -> None:
    good, bad = examine(encode(record(1)), GATE), examine(encode(record(2)), GATE)
    assert isinstance(good, CrossingRow)
    assert isinstance(bad, CrossingRow)
    outcome = await centre.store.put([good, bad._replace(issuing_state="\0")])
    assert outcome == [None, "the database cannot hold it"]


async def test_health_says_serving(centre: Centre) -> None:
    channel = open_channel(centre.at.grpc, credentials.load(centre.tls()), Role.CENTRE)
    async with channel:
        stub = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_database_that_goes_away_is_unavailable(centre: Centre) -> None:
    await centre.submit(record(1))
    await centre.database.execute("ALTER TABLE crossing RENAME TO moved")
    try:
        with pytest.raises(CentreUnavailable, match="the database is away"):
            await centre.submit(record(2))
        async with httpx.AsyncClient() as browser:
            url = f"http://{centre.at.page}/?language=en"
            await page_with(browser, url, "The database does not answer")
    finally:
        await centre.database.execute("ALTER TABLE moved RENAME TO crossing")
    assert (await centre.submit(record(2))).accepted


async def page_with(browser: httpx.AsyncClient, url: str, words: str) -> httpx.Response:
    """Return the page once it shows ``words``; it may be a second old."""
    async with asyncio.timeout(10):
        while words not in (shown := await browser.get(url)).text:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.1)
    return shown


async def test_the_page_tells_which_trust_store_a_gate_used(centre: Centre) -> None:
    await centre.submit(
        record(1, trust_store_version="0123abcd" * 8),
        record(2, trust_store_version="<b>no version</b>"),
    )
    async with httpx.AsyncClient(base_url=f"http://{centre.at.page}") as browser:
        shown = await page_with(browser, "/", "<code>0123abcd</code>")
    assert "no version" not in shown.text


async def test_the_page_shows_records_and_nothing_personal(centre: Centre) -> None:
    await centre.submit(record(1), record(3))
    async with httpx.AsyncClient(base_url=f"http://{centre.at.page}") as browser:
        shown = await page_with(browser, "/?language=en", "<b>Records missing</b>")
        bangla = await browser.get("/")
        assert (await browser.get("/status.json")).json() == {"records": 2, "conflicts": 0}
        for style in ("/page.css", "/status.css"):
            assert (await browser.get(style)).headers["content-type"].startswith("text/css")
    assert (shown.status_code, bangla.status_code) == (200, 200)
    for word in (GATE, "Referred", "The face does not match", "BIOMETRIC.FACE"):
        assert word in shown.text
    for word in (GATE, "কর্মকর্তার নিকট প্রেরিত", "রেকর্ড অনুপস্থিত", '<b id="total">২</b>'):
        assert word in bangla.text
    for word in ("ERIKSSON", "ANNA", "L898902C3", "1974"):
        assert word not in shown.text + bangla.text
    assert "http://" not in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]


async def test_the_page_shows_how_gates_and_lists_stand(centre: Centre) -> None:
    status = gate_pb2.GateStatus(mode="degraded", conditions=["lists_stale"], outbox_depth=14)
    status.lists.add(name="EXIT_BAN", version=41)
    database = centre.database
    centre.tls("gate", GATE)
    try:
        await database.execute(
            "INSERT INTO gate_report VALUES ($1, now(), $2) ON CONFLICT (gate_id) DO UPDATE"
            " SET seen_at = excluded.seen_at, status = excluded.status",
            GATE,
            status.SerializeToString(),
        )
        await database.execute(
            "INSERT INTO list_version (list, version, changes) VALUES ('EXIT_BAN', 9043, 1)"
        )
        overview = await Overviews(centre.store, database, tells=False).newest()
    finally:
        await database.execute("ALTER TABLE list_version DISABLE TRIGGER never_edited")
        await database.execute("DELETE FROM list_version WHERE version = 9043")
        await database.execute("ALTER TABLE list_version ENABLE TRIGGER never_edited")
        await database.execute("DELETE FROM gate_report WHERE gate_id = $1", GATE)
    (gate,) = (one for one in overview.gates if one.gate_id == GATE)
    assert (gate.style, gate.mode.en, gate.unsent) == ("poor", "Limited", 14)
    assert [condition.en for condition in gate.conditions] == ["lists stale"]
    (bans,) = (one for one in overview.lists if one.version == 9043)
    assert (bans.name.en, bans.behind) == ("Exit bans", (GATE,))
    assert overview.untold is None


async def test_counts_are_the_same_before_and_after_facts_were_made(centre: Centre) -> None:
    await centre.submit(record(1), record(2), record(3, verdict=RecordVerdict.ADMIT))
    refer, admit = int(wire.VERDICT_REFER), int(wire.VERDICT_ADMIT)
    assert await verdicts(centre.database) == {refer: 2, admit: 1}
    await centre.database.execute("UPDATE crossing SET accepted_at = now() - interval '1 minute'")
    await make_all_facts(centre.database)
    assert await verdicts(centre.database) == {refer: 2, admit: 1}
    tallied = "SELECT sum(count) FROM crossing_tally"
    assert await centre.database.fetchval(tallied) == 3
    await centre.submit(record(4))
    assert await verdicts(centre.database) == {refer: 3, admit: 1}


async def test_migrating_twice_changes_nothing_and_a_newer_schema_is_refused(
    centre: Centre, centre_database: Database
) -> None:
    await centre.database.execute("INSERT INTO schema_version (version) VALUES (9999)")
    try:
        with pytest.raises(DatabaseUnavailable, match="schema 9999"):
            async with open_database(centre_database):
                pass
    finally:
        await centre.database.execute("DELETE FROM schema_version WHERE version = 9999")


async def test_a_wrong_address_of_a_database_is_one_line() -> None:
    with pytest.raises(DatabaseUnavailable, match="no connection") as caught:
        async with open_database(
            Database(dsn="postgresql://u:secret@127.0.0.1:1/x", keys=Path("keys"))
        ):
            pass
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
