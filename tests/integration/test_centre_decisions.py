"""Officers' decisions on real wires: durable when answered, once, with what follows for lists."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from grpc import aio

from egate.central.alarms import open_alarms
from egate.central.lists.offloads import offloads_of
from egate.central.lists.settled import settled
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.decision import Decision, OfficerDecision
from egate.lists.kinds import ListKind
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.decision_client import DecisionClient
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.identity import Role
from egate.wire.v1 import decision_pb2 as wire
from egate.wire.v1 import decision_pb2_grpc as wire_grpc
from tests.centre_harness import Centre
from tests.unit.test_decision import (
    CLEARED,
    ID,
    OTHER_ID,
    REVISION,
    about_entry,
    decision,
    offload,
    somebody_else,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONSOLE = "BDDAC-DESK-1"
HOLDER = DocumentKey("BGD", "BX0123456")
STORED = "SELECT decision_id::text, superseded_by::text FROM officer_decision ORDER BY 1"
CONFLICTS = "SELECT count(*) FROM officer_decision_conflict"


async def put(centre: Centre, *sent: OfficerDecision | bytes, role: str = "console") -> Receipt:
    batch = [
        PendingRecord(seq, f"raw-{seq}", each)
        if isinstance(each, bytes)
        else PendingRecord(seq, each.decision_id, encode_decision(each))
        for seq, each in enumerate(sent, 1)
    ]
    return await put_batch(centre, batch, role)


async def put_batch(centre: Centre, batch: Sequence[PendingRecord], role: str) -> Receipt:
    client = DecisionClient(centre.at.grpc, centre.tls(role, CONSOLE))
    try:
        return await client.submit(batch)
    finally:
        await client.close()


async def stored(centre: Centre) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in await centre.database.fetch(STORED)]


async def test_a_decision_is_stored_once_however_often_it_comes(centre: Centre) -> None:
    for _ in range(2):
        receipt = await put(centre, CLEARED, CLEARED)
        assert (receipt.accepted, receipt.refused) == ({ID}, {})
    assert await stored(centre) == [(ID, None)]


async def test_more_than_a_call_takes_are_several_calls(centre: Centre) -> None:
    many = [decision(decision_id=f"{ID[:-4]}{number:04x}") for number in range(101)]
    assert len((await put(centre, *many)).accepted) == 101


async def test_another_content_is_kept_aside_and_alarmed(centre: Centre) -> None:
    await put(centre, CLEARED)
    other = replace(CLEARED, decision=Decision.SECONDARY)
    assert (await put(centre, other)).refused == {ID: "conflict"}
    assert await centre.database.fetchval(CONFLICTS) == 1
    (alarm,) = await open_alarms(centre.database)
    assert (alarm.kind, alarm.subject) == ("replayed_record", CONSOLE)
    assert (await put(centre, CLEARED)).accepted == {ID}


async def test_what_took_its_place_is_filled_in_once(centre: Centre) -> None:
    later = replace(CLEARED, superseded_by=OTHER_ID)
    for sent in (CLEARED, later, CLEARED):
        assert (await put(centre, sent)).accepted == {ID}
    assert await stored(centre) == [(ID, OTHER_ID)]
    another = replace(CLEARED, superseded_by=OTHER_ID[:-1] + "3")
    assert (await put(centre, another)).refused == {ID: "conflict"}
    assert await stored(centre) == [(ID, OTHER_ID)]


async def test_a_bad_decision_is_refused_with_one_reason_and_the_others_stay(
    centre: Centre,
) -> None:
    bad = decision(decision_id=OTHER_ID, decision=Decision.DENY_EXIT)
    receipt = await put(centre, CLEARED, bad, b"\xff", b"\x0a" + b"\xff" * (17 << 10))
    assert receipt.accepted == {ID}
    assert receipt.refused == {
        OTHER_ID: "legal_basis: missing; nobody is stopped by deny_exit without one",
        "raw-3": "not an officer's decision",
        "raw-4": "larger than 16384 bytes",
    }
    assert await stored(centre) == [(ID, None)]


@pytest.mark.parametrize("role", ["gate", "officer", "centre"])
async def test_only_consoles_send_decisions(centre: Centre, role: str) -> None:
    with pytest.raises(CentreUnavailable, match=f"a {role} may not do this"):
        await put(centre, CLEARED, role=role)
    assert await stored(centre) == []


async def test_an_offload_with_a_second_officer_holds_at_once(centre: Centre) -> None:
    order = offload(second_officer_id="sb-2001", reason_text="no\nticket")
    for _ in range(2):
        assert (await put(centre, order)).accepted == {ID}
    (found,) = await offloads_of(centre.database, [HOLDER])
    assert found.port == "BDDAC"
    assert found.begins < order.decided_at < found.ends
    (entry,) = await centre.database.fetch("SELECT * FROM list_in_force")
    assert (entry["authority"], entry["instruction"]) == ("SB", "no ticket")
    assert entry["contact"] == "SB DAC-D-12"
    assert (entry["proposed_by"], entry["decided_by"]) == ("sb-1042", "sb-2001")


async def test_an_offload_by_one_officer_waits_for_another(centre: Centre) -> None:
    assert (await put(centre, offload())).accepted == {ID}
    assert await offloads_of(centre.database, [HOLDER]) == ()
    assert await centre.database.fetchval("SELECT count(*) FROM list_proposal") == 1


async def test_what_can_be_no_entry_is_no_decision_either(centre: Centre) -> None:
    late = offload(offload_until="2026-11-17")  # the day before, in Dhaka
    assert (await put(centre, late)).refused == {ID: "offload_until: before the decision"}
    nowhere = replace(somebody_else(watchlist="NO_SUCH_LIST"), decision_id=OTHER_ID)
    assert (await put(centre, nowhere)).refused == {OTHER_ID: "watchlist: no list of that name"}
    assert await stored(centre) == []


async def test_somebody_else_is_remembered_for_the_next_version(centre: Centre) -> None:
    await put(centre, about_entry(decision_id=OTHER_ID))
    assert await settled(centre.database, ListKind.EXIT_BAN) == ()
    for _ in range(2):
        assert (await put(centre, somebody_else())).accepted == {ID}
    (one,) = await settled(centre.database, ListKind.EXIT_BAN)
    assert (one.entry_id, one.revision) == ("WP 4437/2021", REVISION)
    assert (one.holder.kind, one.holder.issuing_state, one.holder.number) == (
        "P",
        "BGD",
        "BX0123456",
    )


async def test_the_same_decision_from_many_at_once_is_one(centre: Centre) -> None:
    order = offload(second_officer_id="sb-2001")
    async with asyncio.TaskGroup() as tasks:
        puts = [tasks.create_task(put(centre, order)) for _ in range(4)]
    assert [each.result().accepted for each in puts] == [{ID}] * 4
    assert len(await offloads_of(centre.database, [HOLDER])) == 1


@pytest.mark.parametrize("count", [0, 51])
async def test_a_call_takes_neither_nothing_nor_too_much(centre: Centre, count: int) -> None:
    channel = open_channel(centre.at.grpc, credentials.load(centre.tls("console")), Role.CENTRE)
    async with channel:
        stub = wire_grpc.DecisionServiceStub(channel)
        request = wire.PutDecisionsRequest(decisions=[encode_decision(CLEARED)] * count)
        with pytest.raises(aio.AioRpcError, match="1 to 50 decisions"):
            await stub.PutDecisions(request, timeout=5)
    assert await stored(centre) == []


async def test_without_its_database_the_centre_asks_to_send_again(centre: Centre) -> None:
    await centre.database.execute("ALTER TABLE officer_decision RENAME TO officer_decision_away")
    try:
        with pytest.raises(CentreUnavailable, match=r"UNAVAILABLE.*try again"):
            await put(centre, CLEARED)
    finally:
        await centre.database.execute(
            "ALTER TABLE officer_decision_away RENAME TO officer_decision"
        )
    assert (await put(centre, CLEARED)).accepted == {ID}
