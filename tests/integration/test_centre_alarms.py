"""What a gate does that no honest one does is refused, kept, counted and shown."""

import json
from pathlib import Path

import httpx
import pytest

from egate.central.alarm_texts import ALARM_TEXTS
from egate.central.alarms import (
    Alarm,
    AlarmKind,
    count_alarms,
    open_alarms,
    raise_alarm,
    settle_alarm,
)
from egate.cli.main import main
from egate.ports.reporting import Standing
from egate.reporting.client import CentreClient
from egate.settings import Database
from tests.centre_harness import (
    GATE,
    Centre,
    beside,
    database_table,
    half_a_minute_later,
    raw,
    record,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")
OTHER = "BDDAC-A-02"


async def alarms(centre: Centre) -> dict[tuple[str, str], Alarm]:
    return {(alarm.kind, alarm.subject): alarm for alarm in await open_alarms(centre.database)}


async def test_records_that_are_as_they_should_be_raise_none(centre: Centre) -> None:
    await centre.submit(record(1), record(2))
    await centre.submit(record(2), record(1))  # an acknowledgement was lost
    await centre.submit(raw(3, direction=0))  # refused, and nobody's trick
    assert await alarms(centre) == {}


async def test_a_replayed_id_with_other_content(centre: Centre) -> None:
    await centre.submit(record(1))
    assert (await centre.submit(raw(1, attempts=5))).refused
    (alarm,) = (await alarms(centre)).values()
    assert (alarm.kind, alarm.subject, alarm.times) == (AlarmKind.REPLAYED_RECORD, GATE, 1)
    assert record(1).crossing_id in alarm.detail
    await centre.submit(raw(1, attempts=6))
    assert [each.times for each in (await alarms(centre)).values()] == [2]


async def test_a_station_that_lost_what_it_had_sent(centre: Centre) -> None:
    await centre.submit(record(1), record(3))
    client = CentreClient(centre.at.grpc, centre.tls())
    try:
        here = await client.standing(3)
        assert here == Standing(3, database_life=here.database_life, watermark=1)
        assert here.database_life
        assert (await client.standing(2)).gate_seq == 3
        assert await alarms(centre) == {}  # 3 may have overtaken the question
        await half_a_minute_later(centre)
        assert (await client.standing(3)).gate_seq == 3
        assert await alarms(centre) == {}
        assert (await client.standing(2)).gate_seq == 3
    finally:
        await client.close()
    (alarm,) = (await alarms(centre)).values()
    assert (alarm.kind, alarm.subject) == (AlarmKind.STATION_BEHIND, GATE)
    assert alarm.detail == "its last number is 2, and 3 is here"


async def test_a_station_without_records_stands_at_none(centre: Centre) -> None:
    client = CentreClient(centre.at.grpc, centre.tls())
    try:
        assert (await client.standing(0)).gate_seq == 0
    finally:
        await client.close()


async def test_a_record_of_another_gate(centre: Centre) -> None:
    assert (await centre.submit(record(1), record(2), gate=OTHER)).refused
    (alarm,) = (await alarms(centre)).values()
    assert (alarm.kind, alarm.subject) == (AlarmKind.FOREIGN_RECORD, OTHER)
    assert alarm.detail == f"2 in a batch, first {record(1).crossing_id}"


@pytest.mark.parametrize("batches", [1, 2])
async def test_a_number_that_was_used_twice(centre: Centre, batches: int) -> None:
    both = (record(1), record(9, gate_seq=1))
    if batches == 1:
        await centre.submit(*both)
    else:
        await centre.submit(both[0])
        await centre.submit(both[1])
    (alarm,) = (await alarms(centre)).values()
    assert (alarm.kind, alarm.detail) == (AlarmKind.NUMBER_USED_TWICE, "number 1")
    await centre.submit(*both)
    assert [each.times for each in (await alarms(centre)).values()] == [1]


async def test_an_alarm_of_a_transaction_that_fails_is_not_kept(centre: Centre) -> None:
    async with centre.database.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await raise_alarm(connection, AlarmKind.LIST_REFUSED, "", "torn")
        await transaction.rollback()
    assert await alarms(centre) == {}


async def test_what_cannot_be_shown_is_cut_out(centre: Centre) -> None:
    await raise_alarm(centre.database, AlarmKind.LIST_REFUSED, "a\0b" * 99, "x\n\x1b" * 200)
    (alarm,) = (await alarms(centre)).values()
    assert alarm.subject.startswith("a?ba?b")
    assert len(alarm.subject) == 64
    assert alarm.detail.startswith("x??x??")
    assert len(alarm.detail) == 200


async def test_a_settled_alarm_opens_again_when_it_happens_again(centre: Centre) -> None:
    await raise_alarm(centre.database, AlarmKind.LIST_REFUSED, GATE, "torn")
    assert await count_alarms(centre.database) == {"list_refused": 1}
    assert not await settle_alarm(centre.database, "list_refused", OTHER, "SB-1107")
    assert await settle_alarm(centre.database, "list_refused", GATE, "SB-1107")
    assert not await settle_alarm(centre.database, "list_refused", GATE, "SB-1107")
    assert await alarms(centre) == {}
    await raise_alarm(centre.database, AlarmKind.LIST_REFUSED, GATE, "forged")
    (alarm,) = (await alarms(centre)).values()
    assert (alarm.detail, alarm.times) == ("forged", 2)


async def test_page_and_gauge_show_it(centre: Centre) -> None:
    await raise_alarm(centre.database, AlarmKind.UNKNOWN_PEER, "<b>X", "not enrolled")
    async with httpx.AsyncClient(base_url=f"http://{centre.at.page}") as client:
        page = (await client.get("/?language=en")).text
        while "not enrolled" not in page:  # counted once a second for all who look
            page = (await client.get("/?language=en")).text
    assert f"<b>{ALARM_TEXTS[AlarmKind.UNKNOWN_PEER][0]}</b>" in page
    assert '<span class="id">&lt;b&gt;X</span>' in page
    assert set(ALARM_TEXTS) == set(AlarmKind)


@pytest.fixture
def config(centre_database: Database, tmp_path: Path) -> str:
    file = tmp_path / "central.toml"
    file.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(centre_database)}"
        '[tls]\nca = "a.pem"\ncertificate = "c.pem"\nkey = "c.key"\n'
    )
    return str(file)


async def test_the_commands(
    centre: Centre, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await raise_alarm(centre.database, AlarmKind.UNKNOWN_PEER, GATE, "not enrolled")

    def egate(*words: str) -> tuple[int, str]:
        code = beside(lambda: main(["central", *words, "--config", config]))
        return code, capsys.readouterr().out

    capsys.readouterr()
    code, text = egate("alarms", "--json")
    (alarm,) = json.loads(text)["alarms"]
    assert (code, alarm["kind"], alarm["subject"], alarm["times"]) == (1, "unknown_peer", GATE, 1)
    code, text = egate("alarms")
    assert f"unknown_peer {GATE}: not enrolled (1 times)" in text
    settle = ("settle", "--officer", "SB-1107", "unknown_peer", GATE)
    assert [egate(*settle)[0] for _ in range(2)] == [0, 1]
    assert egate("alarms")[0] == 0
    assert egate("settle", "--officer", "", "unknown_peer", GATE)[0] == 2
