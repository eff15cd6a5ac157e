"""Certificates end, are renewed, revoked and signed by a new authority while a gate works."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from egate.central.alarms import AlarmKind, open_alarms
from egate.central.service import running_centre
from egate.cli.clock import now_utc
from egate.cli.service_identity import create_authority, issue
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable
from egate.ports.supervision import OfficerOrder
from egate.reporting import credentials
from egate.reporting.authority import Authority
from egate.reporting.client import CentreClient
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.gate_service import serve_gate
from egate.reporting.guard import in_force
from egate.reporting.identity import Role, holder_of
from egate.reporting.revocation import Revocations
from egate.reporting.revocation_keeping import RevocationKeeping
from egate.settings import CentralSettings, Listen, Tls
from tests.centre_harness import GATE, Centre, pending, record
from tests.faults.lane import citizen, lane
from tests.gate_lane import CLOCKS
from tests.integration.test_authorisation_service import ALL_SYSTEMS, know
from tests.integration.test_centre_gate_service import FakeGate

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAST = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
NOW = now_utc()


@asynccontextmanager
async def centre_with(centre: Centre, tls: Tls) -> AsyncIterator[Centre]:
    """Another centre on the same database, with files of its own."""
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre.address,
        tls=tls,
    )
    async with running_centre(settings, logger()) as at:
        yield replace(centre, at=at)


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - files and far ends
            await asyncio.sleep(0.02)


async def test_a_gate_whose_certificate_is_over_serves_on_and_its_records_wait(
    centre: Centre, tmp_path: Path
) -> None:
    await know(centre, *ALL_SYSTEMS)
    async with lane(centre, tmp_path) as made:
        await made.passes(citizen(1))
        await made.records(1)
        over = issue(centre.pki, "gate", made.gate_id, validity=PAST)
        assert "expired on 2021-01-01" in credentials.check_at_start(over, (Role.GATE,), NOW)
        await made.passes(citizen(2))
        await until(lambda: not made.hall.gate.supervision.status().centre_reachable)
        await made.passes(citizen(3))
        assert len(await made.records(1)) == 1
        issue(centre.pki, "gate", made.gate_id)
        assert [each.gate_seq for each in await made.records(3)] == [1, 2, 3]


async def test_a_certificate_that_ends_is_refused_on_the_connection_that_it_has(
    centre: Centre,
) -> None:
    gate_id = "BDDAC-E-01"
    centre.tls("gate", gate_id)
    validity = (NOW - timedelta(days=1), now_utc() + timedelta(seconds=3))
    client = CentreClient(centre.at.grpc, issue(centre.pki, "gate", gate_id, validity=validity))
    sent = record(1, gate_id=gate_id)
    assert (await client.submit(pending(sent))).accepted

    async def go_on() -> None:
        while await client.submit(pending(sent)):  # noqa: ASYNC110 - until the clock says so
            await asyncio.sleep(0.1)

    with pytest.raises(CentreUnavailable, match="the time of your certificate is over"):
        await asyncio.wait_for(go_on(), 10)  # noqa: TID251 - nothing is lost with it
    await client.close()
    (alarm,) = await open_alarms(centre.database)
    assert (alarm.kind, alarm.subject) == (AlarmKind.EXPIRED_CERTIFICATE, f"gate {gate_id}")


async def test_a_call_under_way_outlives_its_certificate(centre: Centre) -> None:
    tls = centre.tls()
    client = CentreClient(centre.at.grpc, tls)
    async with (
        asyncio.timeout(10),
        asyncio.TaskGroup() as tasks,
        centre.database.acquire() as connection,
        connection.transaction(),
    ):
        await connection.execute("LOCK TABLE crossing")
        first = tasks.create_task(client.submit(pending(record(1))))
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while not await connection.fetchval(waits):  # noqa: ASYNC110 - in the database
            await asyncio.sleep(0.02)
        issue(centre.pki, "gate", GATE)
        await client.reach(5)  # over a channel with the new one
    assert first.result().accepted
    await client.close()


class Sending:
    """A gate that sends for ever, and counts what was not answered."""

    def __init__(self, address: str, tls: Tls) -> None:
        self._client = CentreClient(address, tls)
        self.ends = False
        self.accepted = 0
        self.lost: list[str] = []

    async def run(self) -> None:
        try:
            while not self.ends:
                try:
                    receipt = await self._client.submit(pending(record(self.accepted + 1)))
                except CentreUnavailable as error:
                    self.lost.append(str(error))
                    await asyncio.sleep(0.01)
                    continue
                assert receipt.accepted
                self.accepted += 1
        finally:
            await self._client.close()

    async def some_more(self) -> None:
        reached = self.accepted + 5
        await until(lambda: self.accepted >= reached)


async def test_rotations_drop_no_record(centre: Centre) -> None:
    sending = Sending(centre.at.grpc, centre.tls())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sending.run())
        for _ in range(10):
            issue(centre.pki, "gate", GATE)
            await sending.some_more()
        sending.ends = True
    assert sending.lost == []
    assert await centre.store.total() == sending.accepted


def take(own: Tls, made: Tls) -> None:
    own.key.write_bytes(made.key.read_bytes())
    own.certificate.write_bytes(made.certificate.read_bytes())


def files(folder: Path, made: Tls) -> Tls:
    folder.mkdir()
    own = Tls(ca=folder / "ca.pem", certificate=folder / "own.pem", key=folder / "own.key")
    own.ca.write_bytes(made.ca.read_bytes())
    take(own, made)
    return own


async def test_a_new_authority_takes_over_and_no_record_is_dropped(
    centre: Centre, tmp_path: Path
) -> None:
    old, new = centre.pki, tmp_path / "new"
    both = (old / "authority.pem").read_bytes() + create_authority(new).read_bytes()
    of_gate = files(tmp_path / "gate", centre.tls())
    of_centre = files(tmp_path / "centre", issue(old, "centre", "rolled"))
    async with centre_with(centre, of_centre) as rolled, asyncio.TaskGroup() as tasks:
        sending = Sending(rolled.at.grpc, of_gate)
        tasks.create_task(sending.run())

        async def is_reached() -> None:
            """Over a connection of before, and over a new one."""
            await sending.some_more()
            fresh = CentreClient(rolled.at.grpc, of_gate)
            await fresh.reach(5)
            await fresh.close()

        await is_reached()
        for own in (of_gate, of_centre):
            own.ca.write_bytes(both)
            await is_reached()
        take(of_centre, issue(new, "centre", "rolled"))
        await is_reached()
        take(of_gate, issue(new, "gate", GATE))
        await is_reached()
        for own in (of_gate, of_centre):
            own.ca.write_bytes((new / "authority.pem").read_bytes())
            await is_reached()
        sending.ends = True
        of_before = CentreClient(rolled.at.grpc, issue(old, "gate", GATE))
        with pytest.raises(CentreUnavailable):
            await of_before.reach(5)
        await of_before.close()
    assert sending.lost == []
    assert await centre.store.total() == sending.accepted


class Listing:
    """The authority's list of revoked certificates, as the centre has it."""

    def __init__(self, pki: Path, file: Path) -> None:
        self.authority = Authority.from_files(pki / "authority.pem", pki / "authority.key")
        self.file = file
        self.put(1)

    def put(self, number: int, *revoked: Tls) -> None:
        serials = [(holder_of(each.certificate.read_bytes()).serial, NOW) for each in revoked]
        validity = (NOW, NOW + timedelta(days=30))
        new = self.file.with_suffix(".new")
        new.write_bytes(self.authority.revocation_list(serials, number, validity))
        new.replace(self.file)


async def refused(address: str, tls: Tls) -> str:
    """Return why a gate at ``address`` refuses an officer's console, "" if it does not."""
    link = GateLink(address, tls)
    try:
        await link.order(OfficerOrder.RESET, "SB-1107")
    except GateUnavailable as error:
        return str(error)
    else:
        return ""
    finally:
        await link.close()


@asynccontextmanager
async def kept_by(handing: Centre, own: Tls, revocations: Revocations) -> AsyncIterator[None]:
    """Let a gate with ``own`` keep ``revocations`` as new as the centre's inside the block."""
    client = CentreClient(handing.at.grpc, own)
    keeping = RevocationKeeping(
        client.link, revocations, CLOCKS.utc_now, sleep=lambda _: asyncio.sleep(0.05)
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(keeping.run())
        yield
        running.cancel()
    await client.close()


async def test_a_gate_knows_who_is_revoked_also_without_the_centre(
    centre: Centre, tmp_path: Path
) -> None:
    pki = centre.pki
    listing = Listing(pki, tmp_path / "revoked.crl")
    own, stolen, other = centre.tls(), *(issue(pki, "console", f"hall-{n}") for n in (8, 9))
    kept = tmp_path / "journal.crl"
    revocations = Revocations(kept, own.ca)
    tls = issue(pki, "centre", "handing").model_copy(update={"crl": listing.file})
    watched = FakeGate()
    async with serve_gate(
        watched, "127.0.0.1:0", own, admission=in_force(revocations, CLOCKS.utc)
    ) as gate:
        assert await refused(gate, stolen) == ""
        watching = GateLink(gate, stolen)
        seen = watching.changes()
        await anext(seen)
        async with centre_with(centre, tls) as handing, kept_by(handing, own, revocations):
            await until(lambda: revocations.number == 1)
            assert await refused(gate, stolen) == ""
            listing.put(2, stolen)
            await until(lambda: revocations.number == 2)
        assert "is revoked" in await refused(gate, stolen)
        assert await refused(gate, other) == ""
        with pytest.raises(GateUnavailable, match="is revoked"):
            await anext(seen)  # also on the stream that it had, which was silent
        await until(lambda: watched.consoles == 0)
        await watching.close()
    # The centre is away, and the gate starts anew.
    again = Revocations(kept, own.ca)
    async with serve_gate(
        FakeGate(), "127.0.0.1:0", own, admission=in_force(again, CLOCKS.utc)
    ) as gate:
        assert "is revoked" in await refused(gate, stolen)
        assert await refused(gate, other) == ""


async def test_a_gate_tells_of_a_list_that_its_centre_should_not_have(
    centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The centre trusts an authority that the gate does not know."""
    other = create_authority(tmp_path / "other")
    listing = Listing(tmp_path / "other", tmp_path / "revoked.crl")
    of_centre = files(tmp_path / "centre", issue(centre.pki, "centre", "lying"))
    of_centre.ca.write_bytes(of_centre.ca.read_bytes() + other.read_bytes())
    own = centre.tls()
    revocations = Revocations(tmp_path / "journal.crl", own.ca)
    handing = of_centre.model_copy(update={"crl": listing.file})
    async with centre_with(centre, handing) as lying, kept_by(lying, own, revocations):
        await until(lambda: "not signed by an authority" in capsys.readouterr().out)
    assert revocations.number == -1
    assert not (tmp_path / "journal.crl").exists()


async def test_a_gate_refuses_a_console_whose_time_is_over(centre: Centre, tmp_path: Path) -> None:
    console, ahead = issue(centre.pki, "console", "hall-7"), timedelta(days=20_000)
    admission = in_force(Revocations(tmp_path / "none.crl", console.ca), (NOW + ahead).timestamp)
    async with serve_gate(FakeGate(), "127.0.0.1:0", centre.tls(), admission=admission) as gate:
        assert "the time of your certificate is over" in await refused(gate, console)


async def test_a_centre_without_a_list_hands_out_none_which_is_no_fault(
    centre: Centre, tmp_path: Path
) -> None:
    own = centre.tls()
    revocations = Revocations(tmp_path / "journal.crl", own.ca)
    client = CentreClient(centre.at.grpc, own)
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise asyncio.CancelledError

    with suppress(asyncio.CancelledError), capture_logs() as lines:
        await RevocationKeeping(client.link, revocations, CLOCKS.utc_now, sleep=sleep).run()
    await client.close()
    assert [(line["log_level"], line["event"]) for line in lines] == [
        ("info", "no list of revoked certificates yet")
    ]
    assert pauses == [10.0, 10.0]
    assert revocations.number == -1
    assert not revocations.is_revoked("a1")
