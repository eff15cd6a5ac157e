"""Links of records at the centre: kept as they came, compared, and never a reason to lose one."""

import hashlib
from dataclasses import replace

import grpc
import pytest

from egate.central.alarms import AlarmKind, open_alarms
from egate.domain.evidence.chain import FIRST, ChainLink, link_hash
from egate.domain.record import CaptureMode, CrossingStatus, RecordVerdict
from egate.reporting.mapping import encode
from egate.wire.v1 import crossing_pb2 as wire
from tests.centre_harness import GATE, Centre, raw, record
from tests.chain_station import Sent, Station

pytestmark = pytest.mark.asyncio(loop_scope="session")
LINKS = "SELECT * FROM chain_link ORDER BY gate_seq, position"


async def faults(centre: Centre) -> dict[int, str]:
    rows = await centre.database.fetch(LINKS)
    return {row["gate_seq"]: row["fault"] for row in rows if row["fault"]}


async def alarms(centre: Centre) -> dict[str, str]:
    return {alarm.kind: alarm.detail for alarm in await open_alarms(centre.database)}


async def test_links_are_kept_as_they_came_in_the_order_of_acceptance(centre: Centre) -> None:
    station = Station.at(centre)
    sent = station.made(1, 2, 3)
    assert len((await station.send(sent)).accepted) == 3
    rows = await centre.database.fetch("SELECT * FROM chain_link ORDER BY position")
    before = FIRST
    for number, (row, each) in enumerate(zip(rows, sent, strict=True), 1):
        assert (row["station_id"], row["gate_seq"]) == (GATE, number)
        assert row["previous"] == before
        assert row["link"] == (before := link_hash(GATE, number, before, each.record))
        assert row["digest"] == hashlib.sha256(each.record).digest()
        assert ChainLink(row["previous"], row["signature"], row["key_id"]) == each.link
    assert (await faults(centre), await alarms(centre)) == ({}, {})


async def test_a_record_that_is_sent_again_has_one_link(centre: Centre) -> None:
    station = Station.at(centre)
    sent = station.made(1, 2)
    await station.send(sent)
    await station.send(sent)
    assert await centre.database.fetchval("SELECT count(*) FROM chain_link") == 2


async def test_a_desk_s_records_have_links_too(centre: Centre) -> None:
    desk = Station.at(centre, "hall-1", "console")
    typed = {"capture_mode": CaptureMode.DESK, "entered_by": "sb-1042", "gate_id": "hall-1"}
    payload = encode(
        record(1, status=CrossingStatus.COMPLETED, verdict=RecordVerdict.ADMIT, **typed)
    )
    answer = await desk.send([Sent(payload, desk.link(1, payload))])
    assert [refusal.reason for refusal in answer.refused] == []
    assert await alarms(centre) == {}


@pytest.mark.parametrize("order", [(1, 2, 3, 4), (4, 3, 2, 1), (2, 4, 1, 3), (3, 1, 4, 2)])
async def test_a_chain_is_whole_in_whatever_order_it_comes(
    centre: Centre, order: tuple[int, ...]
) -> None:
    station = Station.at(centre)
    sent = station.made(1, 2, 3, 4)
    for number in order:
        await station.send([sent[number - 1]])
    assert (await faults(centre), await alarms(centre)) == ({}, {})


@pytest.mark.parametrize("order", [(1, 2, 3, 4), (4, 3, 2, 1), (3, 2, 4, 1), (2, 1, 3, 4)])
@pytest.mark.parametrize("size", [1, 4])
async def test_a_record_that_does_not_hang_on_the_one_before(
    centre: Centre, order: tuple[int, ...], size: int
) -> None:
    station = Station.at(centre)
    sent = station.made(1, 2)
    station.head = b"\x11" * 32  # something was there that the centre does not get
    sent += station.made(3, 4)
    ordered = [sent[number - 1] for number in order]
    for start in range(0, 4, size):
        assert not (await station.send(ordered[start : start + size])).refused
    assert await faults(centre) == {3: AlarmKind.CHAIN_BROKEN}
    assert await alarms(centre) == {AlarmKind.CHAIN_BROKEN: "number 3"}


async def test_the_first_record_of_all_hangs_on_nothing(centre: Centre) -> None:
    station = Station.at(centre)
    station.head = b"\x11" * 32
    await station.send(station.made(1))
    assert await faults(centre) == {1: AlarmKind.CHAIN_BROKEN}


async def test_links_that_a_stranger_signed_are_kept_and_told(centre: Centre) -> None:
    station, stranger = Station.at(centre), Station.at(centre, "BDDAC-A-02")
    sent = station.made(1, 2, 3)
    stranger.name, stranger.head = GATE, sent[0].link.previous if sent[0].link else FIRST
    forged = stranger.made(1, 2, 3)
    assert len((await station.send([sent[0], forged[1], sent[2]])).accepted) == 3
    assert await faults(centre) == {2: AlarmKind.SIGNATURE_WRONG}
    assert await alarms(centre) == {AlarmKind.SIGNATURE_WRONG: "number 2"}
    assert await centre.store.total() == 3


async def test_a_signature_of_something_else(centre: Centre) -> None:
    station = Station.at(centre)
    first, second = station.made(1, 2)
    assert first.link
    assert second.link
    swapped = replace(second.link, signature=first.link.signature)
    await station.send([first, Sent(second.record, swapped)])
    assert await faults(centre) == {2: AlarmKind.SIGNATURE_WRONG}


async def test_the_chain_goes_on_under_the_next_certificate(centre: Centre) -> None:
    old = Station.at(centre)
    first, second = old.made(1, 2)
    await old.send([first])
    new = old.renewed()
    third = new.made(3)
    await new.send([second, *third])  # the second was signed with the key of before
    assert (await faults(centre), await alarms(centre)) == ({}, {})


async def test_a_station_may_begin_to_sign_and_not_end(centre: Centre) -> None:
    station = Station.at(centre)
    for number in (1, 2):
        await station.send([Sent(raw(number), None)])
    await station.send(station.made(3, 4))
    assert (await faults(centre), await alarms(centre)) == ({}, {})
    await station.send([Sent(raw(5), None), Sent(raw(6), None)])
    assert await faults(centre) == dict.fromkeys((5, 6), AlarmKind.LINK_MISSING)
    assert await alarms(centre) == {AlarmKind.LINK_MISSING: "number 5 and 1 more"}


@pytest.mark.parametrize(
    "link",
    [
        ChainLink(b"", b"", bytes(32)),
        ChainLink(bytes(31), bytes(70), bytes(32)),
        ChainLink(bytes(32), bytes(1_000), bytes(32)),
        ChainLink(bytes(32), bytes(70), bytes(32)),
    ],
)
async def test_a_link_that_is_none(centre: Centre, link: ChainLink) -> None:
    assert (await Station.at(centre).send([Sent(raw(1), link)])).accepted
    assert await faults(centre) == {1: AlarmKind.SIGNATURE_WRONG}


async def test_there_is_one_link_a_record_or_none_at_all(centre: Centre) -> None:
    request = wire.PutBatchRequest(records=[raw(1), raw(2)], links=[wire.ChainLink()])
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await centre.call(request, "gate")
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert await centre.store.total() == 0


async def test_records_of_before_have_the_links_that_they_would_have_begun_a_chain_with(
    centre: Centre,
) -> None:
    await centre.submit(raw(7))
    row = await centre.database.fetchrow(LINKS)
    assert row["link"] == link_hash(GATE, 7, FIRST, raw(7))
    assert (row["signature"], row["key_id"], row["previous"]) == (b"", b"", FIRST)
