"""Who may talk to the centre, and what a gate is told when it may not."""

import asyncio
from pathlib import Path

import grpc
import pytest
from grpc import aio

from egate.central.alarms import open_alarms
from egate.cli.service_identity import create_authority, issue
from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from egate.reporting.crossing_list import CrossingList
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.mapping import encode
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from tests.centre_harness import GATE, Centre, pending, record

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_client_names_the_refused_record_of_a_foreign_gate(centre: Centre) -> None:
    receipt = await centre.submit(record(1), gate="BDDAC-A-02")
    assert receipt.refused == {record(1).crossing_id: "gate_id: not the gate of the certificate"}
    assert await centre.store.total() == 0


@pytest.mark.parametrize("role", ["officer", "centre"])
async def test_only_gates_and_consoles_send(centre: Centre, role: str) -> None:
    client = CentreClient(centre.at.grpc, centre.tls(role, GATE))
    with pytest.raises(CentreUnavailable, match=rf"a {role} may not do this.*tls.certificate"):
        await client.submit(pending(record(1)))
    await client.close()
    assert await centre.store.total() == 0


async def test_gates_do_not_read(centre: Centre) -> None:
    listing = CrossingList(centre.at.grpc, centre.tls("gate"))
    with pytest.raises(CentreUnavailable, match="a gate may not do this"):
        await listing.fetch()
    await listing.close()


async def test_a_client_without_a_certificate_is_turned_away(centre: Centre) -> None:
    secret = grpc.ssl_channel_credentials((centre.pki / "authority.pem").read_bytes())
    options = [("grpc.ssl_target_name_override", "centre.egate.internal")]
    async with aio.secure_channel(centre.at.grpc, secret, options) as channel:
        stub = wire_grpc.CrossingServiceStub(channel)
        with pytest.raises(aio.AioRpcError) as caught:
            await stub.PutBatch(wire.PutBatchRequest(records=[encode(record(1))]), timeout=5)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert await centre.store.total() == 0


async def test_a_gate_of_another_authority_is_turned_away(centre: Centre, tmp_path: Path) -> None:
    create_authority(tmp_path)
    stranger = issue(tmp_path, "gate", GATE)
    mixed = stranger.model_copy(update={"ca": centre.pki / "authority.pem"})
    client = CentreClient(centre.at.grpc, mixed)
    with pytest.raises(CentreUnavailable):
        await client.submit(pending(record(1)))
    await client.close()
    client = CentreClient(centre.at.grpc, stranger)
    with pytest.raises(CentreUnavailable, match="not from our authority"):
        await client.submit(pending(record(1)))
    await client.close()
    assert await centre.store.total() == 0
    # It ended in the handshake: nothing of it came to our code, so there is nothing to alarm of.
    assert await open_alarms(centre.database) == []


async def test_a_centre_is_not_taken_for_a_gate(centre: Centre) -> None:
    link = GateLink(centre.at.grpc, centre.tls("console", "hall-1"))
    with pytest.raises(GateUnavailable, match="the server there is not a gate"):
        await anext(link.changes())
    await link.close()


async def test_a_renewed_certificate_is_used_without_a_restart(centre: Centre) -> None:
    tls = centre.tls("gate", "BDDAC-A-07")
    client = CentreClient(centre.at.grpc, tls)
    assert (await client.submit(pending(record(1)))).refused
    now = centre.tls("gate", GATE)
    tls.key.write_bytes(now.key.read_bytes())  # half replaced: the old pair stays in use
    assert (await client.submit(pending(record(1)))).refused
    tls.certificate.write_bytes(now.certificate.read_bytes())
    assert (await client.submit(pending(record(1)))).accepted
    await client.close()


async def test_nobody_there_is_unavailable(centre: Centre) -> None:
    client = CentreClient("127.0.0.1:1", centre.tls())
    with pytest.raises(CentreUnavailable, match=r"127\.0\.0\.1:1: UNAVAILABLE"):
        await client.submit(pending(record(1)))
    await client.close()
    with pytest.raises(CentreUnavailable, match="closed"):
        await client.submit(pending(record(1)))


async def test_closing_ends_a_call_under_way(centre: Centre) -> None:
    client = CentreClient(centre.at.grpc, centre.tls())

    async def submit() -> None:
        with pytest.raises(CentreUnavailable, match="closed"):
            await client.submit(pending(record(1)))

    async with (
        asyncio.timeout(10),
        centre.database.acquire() as connection,
        connection.transaction(),
        asyncio.TaskGroup() as tasks,
    ):
        await connection.execute("LOCK TABLE crossing")
        task = tasks.create_task(submit())
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while not await connection.fetchval(waits):  # noqa: ASYNC110 - in the database
            await asyncio.sleep(0.02)
        await client.close()
    assert not task.cancelled()
