"""A gate's service over mutual TLS: who may watch, who may order, what a lost gate looks like."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from grpc import aio

from egate.cli.service_identity import create_authority, issue
from egate.domain.time import UtcSeconds
from egate.ports.supervision import (
    GateState,
    GateStatus,
    OfficerOrder,
    TravellerMessage,
    TrustStatus,
)
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.gate_service import serve_gate
from egate.reporting.identity import IdentityMissing, parse_urn
from egate.reporting.server import CannotListen
from egate.settings import SettingsError, Tls
from egate.wire.v1 import gate_pb2 as wire
from egate.wire.v1 import gate_pb2_grpc as wire_grpc

IDLE = GateStatus("BDDAC-A-01", GateState.IDLE, TravellerMessage.WELCOME)
REFERRED = GateStatus(
    "BDDAC-A-01",
    GateState.AWAITING_OFFICER,
    TravellerMessage.OFFICER_WILL_HELP,
    crossing_id="0197f000-0000-7000-8000-000000000001",
    findings=("BIOMETRIC.FACE", "ELECTRONIC.PA.DG_HASHES"),
    outbox_depth=3,
    outbox_oldest_seconds=12.5,
    centre_reachable=False,
    sessions=41,
    software_version="0.1.0",
    trust=TrustStatus("5a" * 32, 0, "BD", "2039-05-12", ("DE",), ("IN", "IT"), ("crl_due", "new")),
    mode="degraded",
    conditions=("centre_away", "new"),
    flow="two_step",
    direction="exit",
    direction_ordered=True,
    alarms=("silent_hit", "new"),
    since=UtcSeconds(1_790_000_000.25),
)


class FakeGate:
    """Supervision of a gate that changes when the test says so."""

    def __init__(self) -> None:
        self.now = IDLE
        self.orders: list[tuple[OfficerOrder, str]] = []
        self.consoles = 0
        self.settled: list[str | None] = []
        self.changed = asyncio.Event()

    def status(self) -> GateStatus:
        return self.now

    async def changes(self) -> AsyncIterator[GateStatus]:
        while True:
            yield self.now
            await self.changed.wait()
            self.changed.clear()

    @contextmanager
    def attended(self) -> Iterator[None]:
        self.consoles += 1
        try:
            yield
        finally:
            self.consoles -= 1

    def order(self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None) -> bool:
        self.orders.append((order, officer_id))
        self.settled.append(crossing_id)
        return order is OfficerOrder.RESET

    def become(self, status: GateStatus) -> None:
        self.now = status
        self.changed.set()


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    create_authority(folder)
    return folder


@pytest.fixture
def gate() -> FakeGate:
    return FakeGate()


@pytest.fixture
async def address(gate: FakeGate, pki: Path) -> AsyncIterator[str]:
    async with serve_gate(gate, "127.0.0.1:0", issue(pki, "gate", "BDDAC-A-01")) as bound:
        yield bound


@pytest.fixture
async def console(address: str, pki: Path) -> AsyncIterator[GateLink]:
    link = GateLink(address, issue(pki, "console", "hall-1"))
    yield link
    await link.close()


async def test_a_console_sees_the_status_and_every_change(
    gate: FakeGate, console: GateLink
) -> None:
    async with asyncio.timeout(5):
        changes = console.changes()
        assert await anext(changes) == IDLE
        gate.become(REFERRED)
        assert await anext(changes) == REFERRED


@pytest.mark.parametrize(("role", "count"), [("console", 1), ("officer", 1), ("centre", 0)])
async def test_watching_by_a_console_of_before_is_an_officers_eye(
    gate: FakeGate, address: str, pki: Path, role: str, count: int
) -> None:
    tls = issue(pki, role, "hall-2")
    secret = grpc.ssl_channel_credentials(
        tls.ca.read_bytes(), tls.key.read_bytes(), tls.certificate.read_bytes()
    )
    options = (("grpc.ssl_target_name_override", "gate.egate.internal"),)
    async with asyncio.timeout(5), aio.secure_channel(address, secret, options) as channel:
        watching = wire_grpc.GateServiceStub(channel).Watch(wire.WatchRequest())
        await watching.read()
        assert gate.consoles == count
        watching.cancel()
        while gate.consoles:  # noqa: ASYNC110 - the service has no event for it
            await asyncio.sleep(0.01)


async def test_a_console_that_watches_attends_no_lane_by_that(
    gate: FakeGate, console: GateLink
) -> None:
    async with asyncio.timeout(5):
        changes = console.changes()
        await anext(changes)
        assert gate.consoles == 0
        await changes.aclose()


async def test_an_officer_attends_while_the_call_lives(gate: FakeGate, console: GateLink) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        attending = tasks.create_task(console.attend("officer-1"))
        while gate.consoles != 1:  # noqa: ASYNC110 - the service has no event for it
            await asyncio.sleep(0.01)
        attending.cancel()
        while gate.consoles:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("role", "officer_id", "fault"),
    [("console", "", "who attends"), ("centre", "officer-1", "may not do this")],
)
async def test_nobody_attends_without_a_name_or_from_afar(
    gate: FakeGate, address: str, pki: Path, role: str, officer_id: str, fault: str
) -> None:
    link = GateLink(address, issue(pki, role, "hall-3"))
    with pytest.raises(GateUnavailable, match=fault):
        await link.attend(officer_id)
    await link.close()
    assert gate.consoles == 0


@pytest.mark.parametrize("order", OfficerOrder)
async def test_an_order_arrives_with_the_officers_name(
    gate: FakeGate, console: GateLink, order: OfficerOrder
) -> None:
    assert await console.order(order, "SB-1107") is (order is OfficerOrder.RESET)
    assert gate.orders == [(order, "SB-1107")]


async def test_an_officers_own_certificate_is_the_name(
    gate: FakeGate, address: str, pki: Path
) -> None:
    link = GateLink(address, issue(pki, "officer", "SB-2000"))
    await link.order(OfficerOrder.EVACUATE, "somebody-else")
    await link.close()
    assert gate.orders == [(OfficerOrder.EVACUATE, "SB-2000")]


async def test_an_order_without_an_officer_is_refused(gate: FakeGate, console: GateLink) -> None:
    with pytest.raises(GateUnavailable, match="who gives the order"):
        await console.order(OfficerOrder.RESET, "")
    assert gate.orders == []


@pytest.mark.parametrize("crossing_id", [None, "", "0197f000-0000-7000-8000-000000000001"])
async def test_a_reset_says_which_crossing_it_settles(
    gate: FakeGate, console: GateLink, crossing_id: str | None
) -> None:
    await console.order(OfficerOrder.RESET, "SB-1107", crossing_id)
    assert gate.settled == [crossing_id]


async def test_an_order_with_no_crossing_id_is_refused(gate: FakeGate, console: GateLink) -> None:
    with pytest.raises(GateUnavailable, match="crossing_id: too long"):
        await console.order(OfficerOrder.RESET, "SB-1107", 37 * "a")
    assert gate.orders == []


@pytest.mark.parametrize("role", ["gate", "centre"])
async def test_others_may_not_order(gate: FakeGate, address: str, pki: Path, role: str) -> None:
    link = GateLink(address, issue(pki, role, "BDDAC-A-02"))
    with pytest.raises(GateUnavailable, match=f"a {role} may not do this"):
        await link.order(OfficerOrder.OPEN_LANE, "SB-1107")
    await link.close()
    assert gate.orders == []


async def test_a_gate_that_goes_away_ends_the_watch(gate: FakeGate, pki: Path) -> None:
    async with asyncio.timeout(10):
        async with serve_gate(gate, "127.0.0.1:0", issue(pki, "gate", "BDDAC-A-01")) as bound:
            link = GateLink(bound, issue(pki, "console", "hall-1"))
            changes = link.changes()
            await anext(changes)
        with pytest.raises(GateUnavailable):
            await anext(changes)
        await link.close()


async def test_a_gate_of_another_authority_is_not_trusted(address: str, tmp_path: Path) -> None:
    create_authority(tmp_path)
    stranger = GateLink(address, issue(tmp_path, "console", "hall-1"))
    with pytest.raises(GateUnavailable, match="not from our authority"):
        await stranger.order(OfficerOrder.RESET, "SB-1107")
    await stranger.close()


async def test_a_busy_port_is_named(gate: FakeGate, address: str, pki: Path) -> None:
    with pytest.raises(CannotListen, match=address):
        async with serve_gate(gate, address, issue(pki, "gate", "BDDAC-A-01")):
            pass


async def test_a_gate_needs_a_certificate_of_a_gate(gate: FakeGate, pki: Path) -> None:
    with pytest.raises(SettingsError, match="a certificate for a console, and this is a gate"):
        async with serve_gate(gate, "127.0.0.1:0", issue(pki, "console", "hall-1")):
            pass


def test_missing_and_wrong_files_are_named(pki: Path, tmp_path: Path) -> None:
    mine, other = issue(pki, "console", "hall-1"), issue(pki, "console", "hall-2")
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")
    wrong = {
        "absent.pem: No such file": mine.model_copy(update={"ca": tmp_path / "absent.pem"}),
        "hall-1.pem": mine.model_copy(update={"key": other.key}),
        "junk.pem: no PEM certificate": mine.model_copy(update={"certificate": junk}),
        "junk.pem: no PEM private key": mine.model_copy(update={"key": junk}),
        "authority.pem: no subject alternative name": Tls(
            ca=mine.ca, certificate=mine.ca, key=pki / "authority.key"
        ),
    }
    for fault, tls in wrong.items():
        with pytest.raises(SettingsError, match=fault) as caught:
            GateLink("127.0.0.1:1", tls)
        assert "\n" not in str(caught.value)


def test_keys_are_for_their_owner_only(pki: Path) -> None:
    issue(pki, "gate", "BDDAC-A-09")
    assert {key.stat().st_mode & 0o777 for key in pki.glob("*.key")} == {0o600}


async def test_closing_ends_a_watch_under_way(console: GateLink) -> None:
    watching = asyncio.Event()

    async def watch() -> None:
        changes = console.changes()
        await anext(changes)
        watching.set()
        with pytest.raises(GateUnavailable, match="closed"):
            await anext(changes)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(watch())
        await watching.wait()
        await console.close()
    assert not task.cancelled()


async def test_cancelling_a_watch_is_no_failure_of_the_gate(console: GateLink) -> None:
    watching = asyncio.Event()

    async def watch() -> None:
        async for _ in console.changes():
            watching.set()

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(watch())
        await watching.wait()
        task.cancel()
    assert task.cancelled()


async def test_a_gate_serves_its_renewed_certificate(gate: FakeGate, tmp_path: Path) -> None:
    create_authority(tmp_path / "old")
    create_authority(tmp_path / "new")
    old = issue(tmp_path / "old", "gate", "BDDAC-A-01")
    new = issue(tmp_path / "new", "gate", "BDDAC-A-01")
    async with serve_gate(gate, "127.0.0.1:0", old) as bound:

        async def answers(authority: str) -> bool:
            link = GateLink(bound, issue(tmp_path / authority, "console", "hall-1"))
            try:
                return await link.order(OfficerOrder.RESET, "SB-1107")
            except GateUnavailable:
                return False
            finally:
                await link.close()

        assert (await answers("old"), await answers("new")) == (True, False)
        old.key.write_bytes(new.key.read_bytes())  # half replaced: the old pair stays in use
        assert (await answers("old"), await answers("new")) == (True, False)
        old.certificate.write_bytes(new.certificate.read_bytes())
        old.ca.write_bytes(new.ca.read_bytes())
        assert await answers("new")


async def test_a_certificate_without_a_role_may_nothing(
    gate: FakeGate, address: str, pki: Path
) -> None:
    tls = issue(pki, "console", "hall-3")
    secret = grpc.ssl_channel_credentials(tls.ca.read_bytes(), *nameless(pki))
    options = [("grpc.ssl_target_name_override", "gate.egate.internal")]
    async with aio.secure_channel(address, secret, options) as channel:
        with pytest.raises(aio.AioRpcError) as caught:
            await wire_grpc.GateServiceStub(channel).Order(
                wire.OrderRequest(order=wire.OFFICER_ORDER_OPEN_LANE, officer_id="SB-1"), timeout=5
            )
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert gate.orders == []


def nameless(folder: Path) -> tuple[bytes, bytes]:
    """Return key and certificate of our authority for a host, and for no role."""
    issuer = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    secret = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    assert isinstance(secret, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(issuer.not_valid_before_utc)
        .not_valid_after(issuer.not_valid_after_utc)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("officer.egate.internal")]), critical=True
        )
        .sign(secret, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem, certificate.public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize(
    "urn",
    [
        "urn:egate:admin:x",
        "urn:egate:gate:",
        "urn:egate:gate:a b",
        "urn:egate:gate:a:officer",
        "urn:egate:officer:" + "x" * 65,
        "URN:EGATE:gate:a",
    ],
)
def test_what_is_no_identity(urn: str) -> None:
    with pytest.raises(IdentityMissing):
        parse_urn(urn)
