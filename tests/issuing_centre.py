"""A centre that enrols gates, and how they get in."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest_asyncio

from egate.central.enrolment import make_token
from egate.central.peers import Peer
from egate.central.service import running_centre
from egate.cli.service_identity import issue
from egate.observability.logging import logger
from egate.reporting.client import CentreClient
from egate.reporting.identity import Identity, Role
from egate.settings import CentralSettings, Enrolment, Listen, Tls
from tests.centre_harness import Centre, pending, record

GATE = "BDDAC-A-01"
WHO = Identity(Role.GATE, GATE)
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture(loop_scope="session")
async def issuing(centre: Centre) -> AsyncIterator[Centre]:
    """A centre that makes certificates of ten days; nobody is enrolled with it."""
    await centre.database.execute("TRUNCATE peer, peer_certificate, enrolment_token")
    pki = centre.pki
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre.address,
        tls=issue(pki, "centre", "issuing"),
        enrolment=Enrolment(
            listen="127.0.0.1:0",
            authority=pki / "authority.pem",
            key=pki / "authority.key",
            valid_days=10,
        ),
    )
    async with running_centre(settings, logger()) as at:
        yield replace(centre, at=at)


async def token(centre: Centre, lifetime: timedelta = HOUR, who: Identity = WHO) -> str:
    return await make_token(centre.database, Peer(who, "BDDAC"), "SB-1107", lifetime)


async def accepted(centre: Centre, tls: Tls, number: int = 1) -> bool:
    client = CentreClient(centre.at.grpc, tls)
    try:
        return bool((await client.submit(pending(record(number)))).accepted)
    finally:
        await client.close()
