"""Who says nothing, too much or nothing to the end takes little of a server, and from nobody."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import grpc
import pytest
import pytest_asyncio
from grpc import aio

from egate.central.service import running_centre
from egate.cli.service_identity import issue
from egate.observability.logging import logger
from egate.reporting.channel import OF_STRANGERS
from egate.reporting.client import CentreClient
from egate.settings import CentralSettings, Enrolment, Listen
from egate.wire.v1 import enrolment_pb2 as wire
from egate.wire.v1 import enrolment_pb2_grpc as wire_grpc
from tests.centre_harness import Centre, pending, record

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]
HANDSHAKE_SECONDS = 10.0


@pytest_asyncio.fixture(loop_scope="session")
async def enrolling(centre: Centre) -> AsyncIterator[str]:
    """The address where a centre gives first certificates."""
    pki = centre.pki
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre.address,
        tls=issue(pki, "centre", "bounded"),
        enrolment=Enrolment(
            listen="127.0.0.1:0", authority=pki / "authority.pem", key=pki / "authority.key"
        ),
    )
    async with running_centre(settings, logger()) as at:
        yield at.enrolment


def silent(stack: AsyncExitStack, address: str) -> socket.socket:
    """Connect, and never say a word."""
    host, _, port = address.rpartition(":")
    made = stack.enter_context(socket.create_connection((host, int(port))))
    made.setblocking(False)
    return made


async def hung_up(end: socket.socket) -> None:
    """Return when the other end has gone; what it says before is nothing to us."""
    with suppress(ConnectionError):
        while await asyncio.get_running_loop().sock_recv(end, 1024):
            pass


async def test_who_says_nothing_is_hung_up_and_gates_are_served_meanwhile(centre: Centre) -> None:
    async with AsyncExitStack() as stack:
        lorises = [silent(stack, centre.at.grpc) for _ in range(150)]
        client = CentreClient(centre.at.grpc, centre.tls())
        stack.push_async_callback(client.close)
        assert (await client.submit(pending(record(1)))).accepted
        async with asyncio.timeout(2 * HANDSHAKE_SECONDS):
            for each in lorises:
                await hung_up(each)
        assert (await client.submit(pending(record(2)))).accepted


async def test_strangers_get_no_more_connections_than_are_meant_for_them(enrolling: str) -> None:
    async with AsyncExitStack() as stack:
        many = OF_STRANGERS.connections + 5
        strangers = [silent(stack, enrolling) for _ in range(many)]
        async with asyncio.timeout(HANDSHAKE_SECONDS / 2):
            for each in strangers[OF_STRANGERS.connections :]:
                await hung_up(each)


async def test_a_stranger_cannot_send_much(enrolling: str, centre: Centre) -> None:
    secret = grpc.ssl_channel_credentials((centre.pki / "authority.pem").read_bytes())
    options = [("grpc.ssl_target_name_override", "centre.egate.internal")]
    async with aio.secure_channel(enrolling, secret, options) as channel:
        stub = wire_grpc.EnrolmentServiceStub(channel)
        with pytest.raises(aio.AioRpcError) as caught:
            await stub.Enrol(wire.EnrolRequest(token="A" * (17 << 10)), timeout=5)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
