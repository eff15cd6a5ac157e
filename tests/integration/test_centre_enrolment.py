"""A gate gets its certificate by a token, and the next one with the one that it has."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from grpc import aio

from egate.central.alarms import AlarmKind, open_alarms
from egate.central.service import running_centre
from egate.cli.clock import now_utc
from egate.cli.main import main
from egate.cli.service_identity import create_authority
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable
from egate.reporting import credentials
from egate.reporting.authority import make_request
from egate.reporting.client import CentreClient
from egate.reporting.crossing_list import CrossingList
from egate.reporting.enrolment_client import CertificateRenewal, EnrolmentRefused, enrol
from egate.reporting.identity import Identity, Role, identity_of
from egate.reporting.link import Link
from egate.settings import CentralSettings, Tls, load
from egate.wire.v1 import enrolment_pb2 as wire
from egate.wire.v1 import enrolment_pb2_grpc as wire_grpc
from tests.centre_harness import Centre, beside, database_table, pending, record
from tests.integration.test_surface_services import GATE as GATE_SETTINGS
from tests.issuing_centre import GATE, HOUR, WHO, accepted, token

pytestmark = pytest.mark.asyncio(loop_scope="session")


def files(centre: Centre, folder: Path) -> Tls:
    ca = centre.pki / "authority.pem"
    return Tls(ca=ca, certificate=folder / "own.pem", key=folder / "own.key")


async def test_a_gate_enrols_and_sends_its_records(issuing: Centre, tmp_path: Path) -> None:
    tls = files(issuing, tmp_path)
    made = await token(issuing)
    await enrol(issuing.at.enrolment, tls, made, WHO)
    assert identity_of(tls.certificate.read_bytes()) == WHO
    assert tls.key.stat().st_mode & 0o777 == 0o600
    assert not any(tmp_path.glob("*.enrolling"))  # noqa: ASYNC240
    assert credentials.check_at_start(tls, (Role.GATE,), now_utc()) == ""
    assert await accepted(issuing, tls)
    row = await issuing.database.fetchrow("SELECT * FROM peer")
    assert (row["name"], row["border_crossing_point"], row["enrolled_by"]) == (
        GATE,
        "BDDAC",
        "SB-1107",
    )
    kept = await issuing.database.fetchval("SELECT digest FROM enrolment_token")
    assert made.encode() not in kept


@pytest.mark.parametrize("fault", ["used", "too old", "unknown", "empty", "long"])
async def test_a_token_of_no_use(issuing: Centre, tmp_path: Path, fault: str) -> None:
    made = {"unknown": "A" * 43, "empty": "", "long": "A" * 500}.get(fault)
    if made is None:
        made = await token(issuing, HOUR if fault == "used" else -HOUR)
    if fault == "used":
        (tmp_path / "first").mkdir()
        await enrol(issuing.at.enrolment, files(issuing, tmp_path / "first"), made, WHO)
    tls = files(issuing, tmp_path)
    with pytest.raises(EnrolmentRefused, match="unknown, too old, or was used"):
        await enrol(issuing.at.enrolment, tls, made, WHO)
    assert not tls.key.exists()
    assert not tls.certificate.exists()
    (alarm,) = await open_alarms(issuing.database)
    assert alarm.kind == AlarmKind.ENROLMENT_REFUSED


async def test_of_two_who_use_one_token_at_once_one_gets_it(
    issuing: Centre, tmp_path: Path
) -> None:
    made = await token(issuing)
    ends: list[str] = []

    async def attempt(name: str) -> None:
        (tmp_path / name).mkdir()
        try:
            await enrol(issuing.at.enrolment, files(issuing, tmp_path / name), made, WHO)
            ends.append("enrolled")
        except EnrolmentRefused:
            ends.append("refused")

    async with asyncio.TaskGroup() as tasks:
        for name in "abcd":
            tasks.create_task(attempt(name))
    assert sorted(ends) == ["enrolled", "refused", "refused", "refused"]


async def test_when_the_answer_is_lost_the_same_token_and_key_do_again(
    issuing: Centre, tmp_path: Path
) -> None:
    tls, made = files(issuing, tmp_path), await token(issuing)
    await enrol(issuing.at.enrolment, tls, made, WHO)
    # As it was before the answer came.
    tls.key.rename(tmp_path / "own.key.enrolling")
    tls.certificate.unlink()
    await enrol(issuing.at.enrolment, tls, made, WHO)
    assert await accepted(issuing, tls)


async def test_enrolling_again_revokes_the_certificate_before(
    issuing: Centre, tmp_path: Path
) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    old, new = files(issuing, tmp_path / "old"), files(issuing, tmp_path / "new")
    await enrol(issuing.at.enrolment, old, await token(issuing), WHO)
    await enrol(issuing.at.enrolment, new, await token(issuing), WHO)
    with pytest.raises(CentreUnavailable, match="is revoked"):
        await accepted(issuing, old)
    assert await accepted(issuing, new)


async def test_a_token_for_another_gate_is_not_taken(issuing: Centre, tmp_path: Path) -> None:
    other = Identity(Role.GATE, "BDDAC-A-02")
    with pytest.raises(EnrolmentRefused, match="the token is for gate BDDAC-A-02"):
        await enrol(
            issuing.at.enrolment, files(issuing, tmp_path), await token(issuing, who=other), WHO
        )
    assert not (tmp_path / "own.pem").exists()


async def test_a_centre_of_another_authority_gets_no_token(issuing: Centre, tmp_path: Path) -> None:
    create_authority(tmp_path)
    tls = files(issuing, tmp_path).model_copy(update={"ca": tmp_path / "authority.pem"})
    made = await token(issuing)
    with pytest.raises(CentreUnavailable, match="not from our authority"):
        await enrol(issuing.at.enrolment, tls, made, WHO)
    assert await issuing.database.fetchval("SELECT used_at FROM enrolment_token") is None


async def test_a_request_that_proves_nothing_uses_up_no_token(issuing: Centre) -> None:
    made = await token(issuing)
    ca = (issuing.pki / "authority.pem").read_bytes()
    options = [("grpc.ssl_target_name_override", "centre.egate.internal")]
    secret = grpc.ssl_channel_credentials(ca)
    async with aio.secure_channel(issuing.at.enrolment, secret, options) as channel:
        stub = wire_grpc.EnrolmentServiceStub(channel)
        request = make_request(ec.generate_private_key(ec.SECP256R1()))
        for spoilt in (b"", request[:-3], b"\0" * 9000):
            with pytest.raises(aio.AioRpcError) as caught:
                await stub.Enrol(
                    wire.EnrolRequest(token=made, certificate_request=spoilt), timeout=5
                )
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        renewal = wire_grpc.CertificateServiceStub(channel)
        with pytest.raises(aio.AioRpcError) as caught:
            await renewal.Renew(wire.RenewRequest(certificate_request=request), timeout=5)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert await issuing.database.fetchval("SELECT used_at FROM enrolment_token") is None


async def test_a_certificate_is_renewed_after_two_thirds_without_a_pause(
    issuing: Centre, tmp_path: Path
) -> None:
    tls = files(issuing, tmp_path)
    await enrol(issuing.at.enrolment, tls, await token(issuing), WHO)
    first, key = tls.certificate.read_bytes(), tls.key.read_bytes()
    client = CentreClient(issuing.at.grpc, tls)
    assert (await client.submit(pending(record(1)))).accepted
    renewal = CertificateRenewal(client.link, tls)
    assert await renewal.renew_if_due(now_utc() + timedelta(days=6)) is None
    assert tls.certificate.read_bytes() == first
    until = await renewal.renew_if_due(now_utc() + timedelta(days=7))
    assert until is not None
    assert tls.key.read_bytes() == key
    second = x509.load_pem_x509_certificate(tls.certificate.read_bytes())
    assert second.serial_number != x509.load_pem_x509_certificate(first).serial_number
    assert second.not_valid_after_utc == until
    assert (await client.submit(pending(record(2)))).accepted
    await client.close()
    assert await issuing.database.fetchval("SELECT count(*) FROM peer_certificate") == 2


async def test_a_retired_gate_gets_no_further_one(issuing: Centre, tmp_path: Path) -> None:
    tls = files(issuing, tmp_path)
    await enrol(issuing.at.enrolment, tls, await token(issuing), WHO)
    await issuing.database.execute("UPDATE peer SET retired_at = now()")
    link = Link(issuing.at.grpc, tls, Role.CENTRE)
    with pytest.raises(CentreUnavailable, match="not enrolled"):
        await CertificateRenewal(link, tls).renew_if_due(now_utc() + timedelta(days=9))
    await link.close()


async def test_the_commands_of_both_ends(
    issuing: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    central = tmp_path / "central.toml"
    central.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(issuing.address)}"
        '[tls]\nca = "ca.pem"\ncertificate = "c.pem"\nkey = "c.key"\n'
    )
    (tmp_path / "ca.pem").write_bytes((issuing.pki / "authority.pem").read_bytes())
    gate, made = tmp_path / "gate.toml", tmp_path / "token"
    settings = GATE_SETTINGS.replace(
        "[centre]\n", f'[centre]\nenrolment = "{issuing.at.enrolment}"\n'
    )
    gate.write_text(settings)
    capsys.readouterr()
    words = ["--officer", "SB-1107", "--role", "gate", "--name", GATE, "--port", "BDDAC"]
    assert beside(lambda: main(["central", "token", "--config", str(central), *words])) == 0
    made.write_text(capsys.readouterr().out)
    words = ["gate", "enrol", "--config", str(gate), "--token-file", str(made)]
    with ThreadPoolExecutor(1) as threads:  # the centre answers in this one
        running = asyncio.get_running_loop()
        assert await running.run_in_executor(threads, main, words) == 0
        made.write_text("nonsense")
        assert await running.run_in_executor(threads, main, words) == 2
        gate.write_text(GATE_SETTINGS)
        assert await running.run_in_executor(threads, main, words) == 2
    tls = Tls(ca=tmp_path / "ca.pem", certificate=tmp_path / "own.pem", key=tmp_path / "own.key")
    assert await accepted(issuing, tls)


async def test_a_console_enrols_and_is_let_in(issuing: Centre, tmp_path: Path) -> None:
    console, made = tmp_path / "console.toml", tmp_path / "token"
    (tmp_path / "ca.pem").write_bytes((issuing.pki / "authority.pem").read_bytes())
    console.write_text(
        'listen = "127.0.0.1:0"\nstate = "console"\n'
        '[[gates]]\nid = "BDDAC-A-01"\naddress = "127.0.0.1:1"\n'
        f'[enrolment]\nname = "hall-1"\naddress = "{issuing.at.enrolment}"\n'
        f'centre = "{issuing.at.grpc}"\n'
        '[tls]\nca = "ca.pem"\ncertificate = "own.pem"\nkey = "own.key"\n'
    )
    made.write_text(await token(issuing, who=Identity(Role.CONSOLE, "hall-1")))
    words = ["console", "enrol", "--config", str(console), "--token-file", str(made)]
    with ThreadPoolExecutor(1) as threads:  # the centre answers in this one
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(threads, main, words) == 0
        console.write_text(console.read_text().partition("[enrolment]")[0] + "[tls]\n")
        assert await loop.run_in_executor(threads, main, words) == 2
    tls = Tls(ca=tmp_path / "ca.pem", certificate=tmp_path / "own.pem", key=tmp_path / "own.key")
    listing = CrossingList(issuing.at.grpc, tls)
    assert await listing.fetch() == ([], 0)
    await listing.close()


async def test_a_site_makes_its_own_authority_and_takes_a_gate(
    centre: Centre, tmp_path: Path
) -> None:
    (tmp_path / "gate").mkdir()
    file = tmp_path / "central.toml"
    file.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(centre.address)}"
        '[tls]\nca = "ca.pem"\ncertificate = "own.pem"\nkey = "own.key"\n'
        '[enrolment]\nlisten = "127.0.0.1:0"\nauthority = "a.pem"\nkey = "a.key"\n'
    )
    words = ["central", "authority", "--config", str(file), "--name", "dhaka"]
    assert beside(lambda: main(words)) == 0
    kept = [(tmp_path / name).read_bytes() for name in ("a.pem", "a.key", "ca.pem")]
    first = (tmp_path / "own.pem").read_bytes()
    assert beside(lambda: main(words)) == 0  # renewed, by the same authority
    assert [(tmp_path / name).read_bytes() for name in ("a.pem", "a.key", "ca.pem")] == kept
    assert (tmp_path / "own.pem").read_bytes() != first
    for name in ("a.key", "own.key"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    settings = load(CentralSettings, file)
    assert credentials.check_at_start(settings.tls, (Role.CENTRE,), now_utc()) == ""
    async with running_centre(settings, logger()) as at:
        site = replace(centre, at=at, pki=tmp_path)
        tls = files(site, tmp_path / "gate").model_copy(update={"ca": tmp_path / "ca.pem"})
        await enrol(at.enrolment, tls, await token(site), WHO)
        assert await accepted(site, tls)


@pytest.mark.parametrize("fault", ["no enrolment", "no name", "half an authority", "no folder"])
async def test_what_makes_no_authority(tmp_path: Path, fault: str) -> None:
    file = tmp_path / "central.toml"
    folder = "nowhere/" if fault == "no folder" else ""
    enrolment = f'[enrolment]\nlisten = "127.0.0.1:0"\nauthority = "{folder}a.pem"\nkey = "a.key"\n'
    file.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n[database]\ndsn = "x"\n'
        '[tls]\nca = "ca.pem"\ncertificate = "own.pem"\nkey = "own.key"\n'
        + (enrolment if fault != "no enrolment" else "")
    )
    if fault == "half an authority":
        (tmp_path / "a.key").write_text("lost")
    name = "no name" if fault == "no name" else "dhaka"
    assert main(["central", "authority", "--config", str(file), "--name", name]) == 2
    assert not (tmp_path / "own.pem").exists()
