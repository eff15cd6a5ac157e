"""Reflection: off unless the settings say so, and then it tells what is really served."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from google.protobuf import descriptor_pool
from grpc import aio
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from egate.central.service import running_centre
from egate.cli.service_identity import issue
from egate.observability.logging import logger
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.settings import CentralSettings, Enrolment, ImageKeeping, Listen
from tests.centre_harness import Centre

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def services(centre: Centre) -> set[str]:
    loaded = credentials.load(centre.tls("console", "workshop"))
    async with open_channel(centre.at.grpc, loaded, Role.CENTRE) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        question = reflection_pb2.ServerReflectionRequest(list_services="")
        call = stub.ServerReflectionInfo(iter([question]), timeout=5)
        answers = [answer async for answer in call]
    return {each.name for each in answers[0].list_services_response.service}


@pytest_asyncio.fixture(loop_scope="session")
async def workshop(centre: Centre, tmp_path: Path) -> AsyncIterator[Centre]:
    pki = centre.pki
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre.address,
        tls=issue(pki, "centre", "workshop"),
        enrolment=Enrolment(
            listen="127.0.0.1:0", authority=pki / "authority.pem", key=pki / "authority.key"
        ),
        images=ImageKeeping(folder=tmp_path / "images"),
        reflection=True,
    )
    async with running_centre(settings, logger()) as at:
        yield replace(centre, at=at)


async def test_in_production_there_is_none(centre: Centre) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await services(centre)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_in_a_workshop_every_service_that_is_named_is_there(workshop: Centre) -> None:
    named = await services(workshop)
    assert {
        "grpc.health.v1.Health",
        "dip.egate.v1.CrossingService",
        "dip.egate.v1.CommandService",
        "dip.egate.v1.CertificateService",
        "dip.egate.v1.ImageService",
    } <= named
    assert "dip.egate.v1.EnrolmentService" not in named  # it is at an address of its own
    loaded = credentials.load(workshop.tls("gate"))
    async with open_channel(workshop.at.grpc, loaded, Role.CENTRE) as channel:
        for name in named:
            if name.startswith("dip."):
                call = descriptor_pool.Default().FindServiceByName(name).methods[0].name
                assert await code_of(channel, f"/{name}/{call}") != "UNIMPLEMENTED", name
        assert await code_of(channel, "/dip.egate.v1.ListService/GetVersions") == "UNIMPLEMENTED"


async def code_of(channel: aio.Channel, method: str) -> str:
    """Return how a call with an empty request ends."""
    try:
        async for _ in channel.unary_stream(method)(b"", timeout=5):
            pass
    except aio.AioRpcError as error:
        return error.code().name
    return "OK"
