"""Whom the centre takes calls of: the enrolled, and nobody whose certificate is revoked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from cryptography import x509
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from egate.central.alarms import AlarmKind, open_alarms
from egate.central.peers import retire, revoked
from egate.central.service import running_centre
from egate.cli.clock import now_utc
from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable, Receipt
from egate.reporting import credentials
from egate.reporting.authority import Authority
from egate.reporting.channel import open_channel
from egate.reporting.client import CentreClient
from egate.reporting.crossing_list import CrossingList
from egate.reporting.identity import Identity, Role, holder_of
from egate.settings import CentralSettings, Database, Listen, Tls
from egate.wire.v1 import list_entry_pb2 as list_wire
from egate.wire.v1 import list_entry_pb2_grpc as list_grpc
from tests.centre_harness import GATE, Centre, beside, database_table, enrol_peers, pending, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOW = now_utc()


async def submit(address: str, tls: Tls, gate: str = GATE) -> Receipt:
    client = CentreClient(address, tls)
    try:
        return await client.submit(pending(record(1, gate_id=gate)))
    finally:
        await client.close()


async def refusal(address: str, tls: Tls) -> str:
    with pytest.raises(CentreUnavailable) as caught:
        await submit(address, tls)
    return str(caught.value)


async def until_refused(client: CentreClient) -> None:
    """Send until the centre, which looks every two seconds, has looked again."""
    while True:
        await client.submit(pending(record(2, gate_id="BDDAC-R-01")))


async def kinds(centre: Centre) -> dict[str, str]:
    return {alarm.kind: alarm.subject for alarm in await open_alarms(centre.database)}


async def test_a_gate_that_is_not_enrolled_is_refused_and_alarmed(centre: Centre) -> None:
    stranger = issue(centre.pki, "gate", "BDDAC-X-66")
    for _ in range(2):
        with pytest.raises(CentreUnavailable, match="not enrolled"):
            await submit(centre.at.grpc, stranger, "BDDAC-X-66")
    assert await kinds(centre) == {AlarmKind.UNKNOWN_PEER: "gate BDDAC-X-66"}
    assert await centre.store.total() == 0
    enrol_peers(centre.address, "gate:BDDAC-X-66")
    assert (await submit(centre.at.grpc, stranger, "BDDAC-X-66")).accepted


@pytest.mark.parametrize("role", ["console", "officer"])
async def test_consoles_and_officers_are_enrolled_too(centre: Centre, role: str) -> None:
    listing = CrossingList(centre.at.grpc, issue(centre.pki, role, "nobody"))
    with pytest.raises(CentreUnavailable, match="not enrolled"):
        await listing.fetch()
    await listing.close()
    assert await kinds(centre) == {AlarmKind.UNKNOWN_PEER: f"{role} nobody"}


async def test_a_retired_gate_is_refused_on_the_connection_that_it_has(centre: Centre) -> None:
    client = CentreClient(centre.at.grpc, centre.tls("gate", "BDDAC-R-01"))
    assert (await client.submit(pending(record(1, gate_id="BDDAC-R-01")))).accepted
    async with centre.database.acquire() as connection, connection.transaction():
        gone = Identity(Role.GATE, "BDDAC-R-01")
        assert await retire(connection, gone, "SB-1107", "stolen")
    serial = holder_of((centre.pki / "gate-BDDAC-R-01.pem").read_bytes()).serial
    assert [found for found, _ in await revoked(centre.database)] == [serial]
    with pytest.raises(CentreUnavailable, match="is revoked"):
        await until_refused(client)
    await client.close()
    assert await kinds(centre) == {AlarmKind.REVOKED_CERTIFICATE: "gate BDDAC-R-01"}


async def test_health_is_told_to_everybody_with_a_certificate(centre: Centre) -> None:
    tls = issue(centre.pki, "gate", "BDDAC-X-67")
    channel = open_channel(centre.at.grpc, credentials.load(tls), Role.CENTRE)
    async with channel:
        stub = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert await kinds(centre) == {}


@dataclass
class Listing:
    """A centre with a list of revoked certificates."""

    centre: Centre
    authority: Authority
    file: Path

    def put(self, *revoked: Tls, number: int = 1) -> None:
        serials = [(holder_of(each.certificate.read_bytes()).serial, NOW) for each in revoked]
        validity = (NOW, NOW + timedelta(days=1))
        new = self.file.with_suffix(".new")
        new.write_bytes(self.authority.revocation_list(serials, number, validity))
        new.replace(self.file)


@pytest_asyncio.fixture(loop_scope="session")
async def listing(centre: Centre, tmp_path: Path) -> AsyncIterator[Listing]:
    pki = centre.pki
    own = Authority.from_files(pki / "authority.pem", pki / "authority.key")
    made = Listing(centre, own, tmp_path / "revoked.crl")
    made.put()
    tls = issue(pki, "centre", "listing").model_copy(update={"crl": made.file})
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre.address,
        tls=tls,
    )
    async with running_centre(settings, logger()) as at:
        made.centre = replace(centre, at=at)
        yield made


async def test_a_revoked_certificate_is_refused_on_the_connection_that_it_has(
    listing: Listing,
) -> None:
    centre = listing.centre
    tls, other = centre.tls(), centre.tls("gate", "BDDAC-A-02")
    client = CentreClient(centre.at.grpc, tls)
    assert (await client.submit(pending(record(1)))).accepted
    listing.put(tls, number=2)
    with pytest.raises(CentreUnavailable, match="is revoked"):
        await client.submit(pending(record(2)))
    await client.close()
    assert await kinds(centre) == {AlarmKind.REVOKED_CERTIFICATE: f"gate {GATE}"}
    assert (await submit(centre.at.grpc, other, "BDDAC-A-02")).accepted is not None


async def test_a_stream_of_a_revoked_certificate_ends_though_nothing_is_sent_on_it(
    listing: Listing,
) -> None:
    centre = listing.centre
    tls = centre.tls("console", "BDDAC-HALL-1")
    serial = holder_of(tls.certificate.read_bytes()).serial
    taken = "SELECT 1 FROM peer_certificate WHERE serial = $1"

    async def silent() -> AsyncIterator[list_wire.ProposeImportRequest]:
        await asyncio.Event().wait()
        yield list_wire.ProposeImportRequest()

    secret = credentials.load(tls, Role.CONSOLE)
    async with open_channel(centre.at.grpc, secret, Role.CENTRE) as channel:
        call = list_grpc.ListEntryServiceStub(channel).ProposeImport(silent())
        async with asyncio.timeout(20):
            while not await centre.database.fetchval(taken, serial):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            listing.put(tls, number=2)
            with pytest.raises(aio.AioRpcError, match="is revoked") as caught:
                await call
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_forged_list_is_told_and_the_last_good_one_holds(
    listing: Listing, tmp_path: Path
) -> None:
    centre = listing.centre
    tls = centre.tls()
    listing.put(tls, number=2)
    assert "is revoked" in await refusal(centre.at.grpc, tls)
    create_authority(tmp_path / "other")
    forger = Authority.from_files(
        tmp_path / "other" / "authority.pem", tmp_path / "other" / "authority.key"
    )
    Listing(centre, forger, listing.file).put(number=3)
    assert "is revoked" in await refusal(centre.at.grpc, tls)


async def test_a_list_that_is_too_old_lets_the_others_in(listing: Listing) -> None:
    centre = listing.centre
    gone = centre.tls("gate", "BDDAC-R-02")
    past = (NOW - timedelta(days=9), NOW - timedelta(days=1))
    serial = holder_of(gone.certificate.read_bytes()).serial
    listing.file.write_bytes(listing.authority.revocation_list([(serial, NOW)], 5, past))
    with pytest.raises(CentreUnavailable, match="is revoked"):
        await submit(centre.at.grpc, gone, "BDDAC-R-02")
    assert (await submit(centre.at.grpc, centre.tls())).accepted


async def test_at_its_start_the_centre_tells_that_the_list_is_too_old(
    centre: Centre, tmp_path: Path
) -> None:
    pki = centre.pki
    own = Authority.from_files(pki / "authority.pem", pki / "authority.key")
    file = tmp_path / "old.crl"
    file.write_bytes(own.revocation_list([], 1, (NOW - timedelta(9), NOW - timedelta(1))))
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre.address,
        tls=issue(pki, "centre", "late").model_copy(update={"crl": file}),
    )
    async with running_centre(settings, logger()):
        while AlarmKind.REVOCATION_UNKNOWN not in await kinds(centre):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def config(folder: Path, pki: Path, database: Database) -> str:
    file = folder / "central.toml"
    file.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(database)}"
        f'[tls]\nca = "{pki}/authority.pem"\ncertificate = "c.pem"\nkey = "c.key"\n'
        f'crl = "{folder}/revoked.crl"\n'
        f'[enrolment]\nlisten = "127.0.0.1:0"\nauthority = "{pki}/authority.pem"\n'
        f'key = "{pki}/authority.key"\n'
    )
    return str(file)


async def test_the_commands_enrol_and_retire_and_sign_a_list(
    centre: Centre, tmp_path: Path
) -> None:
    file = config(tmp_path, centre.pki, centre.address)

    def egate(*words: str) -> int:
        return beside(lambda: main(["central", *words, "--config", file]))

    by = ("--officer", "SB-1107")
    tls = issue(centre.pki, "gate", "BDDAC-C-01")
    assert egate("enrol", *by, "--role", "gate", "--port", "BDDAC", "BDDAC-C-01") == 0
    assert (await submit(centre.at.grpc, tls, "BDDAC-C-01")).accepted
    assert egate("crl") == 0
    serial = holder_of(tls.certificate.read_bytes()).serial
    assert serial not in serials_of(tmp_path)
    retiring = ("retire", *by, "--reason", "sold", "gate", "BDDAC-C-01")
    assert egate(*retiring) == 0
    assert serial in serials_of(tmp_path)
    assert egate(*retiring) == 1
    for bad in (
        ("enrol", *by, "--role", "gate", "BDDAC-C-01"),
        ("enrol", *by, "--role", "console", "--port", "BDDAC", "hall-1"),
        ("enrol", *by, "--role", "gate", "--port", "BDDAC", "no name"),
        ("enrol", "--officer", "", "--role", "gate", "--port", "BDDAC", "A"),
        ("token", *by, "--role", "gate", "--name", "A", "--port", "BDDAC", "--valid-hours", "0"),
    ):
        assert egate(*bad) == 2


def serials_of(folder: Path) -> list[str]:
    crl = x509.load_pem_x509_crl((folder / "revoked.crl").read_bytes())
    return [f"{each.serial_number:x}" for each in crl]


async def test_a_service_that_nobody_has_is_unimplemented(centre: Centre) -> None:
    channel = open_channel(centre.at.grpc, credentials.load(centre.tls()), Role.CENTRE)
    async with channel:
        call = channel.unary_unary("/dip.egate.v1.Nothing/Nothing")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"", timeout=5)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
