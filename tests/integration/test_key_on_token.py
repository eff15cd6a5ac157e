"""A lane whose key is on a token of SoftHSM2: at a real centre over mutual TLS, and in its hall."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from egate.cli.clock import now_utc
from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from egate.domain.session import model as m
from egate.ports.reporting import CentreUnavailable
from egate.ports.signing import SignerUnavailable
from egate.reporting import credentials
from egate.reporting.client import CentreClient
from egate.reporting.enrolment_client import CertificateRenewal, EnrolmentRefused, enrol
from egate.reporting.identity import Role
from egate.reporting.key_on_token import OnToken
from egate.reporting.link import Link
from egate.reporting.station_key import StationKey
from egate.settings import Tls
from tests.centre_harness import Centre, beside, database_table
from tests.gate_lane import hall
from tests.integration.test_chain_to_centre import faults, station, work
from tests.integration.test_surface_services import GATE as GATE_SETTINGS
from tests.issuing_centre import GATE, WHO, accepted, token
from tests.key_tokens import TokenOfTests, certify, lane_on, new_token

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenOfTests:
    return new_token(tmp_path / "hsm", monkeypatch)


@pytest.fixture
def tls(hsm: TokenOfTests, issuing: Centre, tmp_path: Path) -> Iterator[OnToken]:
    with lane_on(hsm, tmp_path, issuing.pki) as made:
        yield made


async def enrolled(issuing: Centre, tls: OnToken) -> OnToken:
    await enrol(issuing.at.enrolment, tls, await token(issuing), WHO)
    return tls


def only_serving(tls: OnToken) -> Tls:
    """What a thief of the disk has."""
    return Tls(ca=tls.ca, certificate=tls.certificate, key=tls.key)


async def test_a_gate_enrols_with_a_key_made_on_its_token(
    issuing: Centre, tls: OnToken, tmp_path: Path
) -> None:
    await enrolled(issuing, tls)
    assert credentials.check_at_start(tls, (Role.GATE,), now_utc()) == ""
    assert await accepted(issuing, tls)
    assert tls.opened.public_keys() == [StationKey(tls).public_key]
    assert tls.key.stat().st_mode & 0o777 == 0o600
    assert not any(tmp_path.glob("*.enrolling"))  # noqa: ASYNC240


async def test_who_has_the_disk_alone_is_not_answered(issuing: Centre, tls: OnToken) -> None:
    await enrolled(issuing, tls)
    with pytest.raises(CentreUnavailable):
        await accepted(issuing, only_serving(tls))
    assert await accepted(issuing, tls)


async def test_a_chain_signed_on_the_token_is_whole_also_after_a_new_key(
    issuing: Centre, tls: OnToken, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await issuing.database.execute("TRUNCATE chain_link RESTART IDENTITY")
    await enrolled(issuing, tls)
    before, client = StationKey(tls).key_id, CentreClient(issuing.at.grpc, tls)
    with station(tmp_path / "journal.sqlite", tls) as outbox:
        await work(outbox, client, 1, 2, 3)
        await enrolled(issuing, tls)  # while it runs
        await work(outbox, client, 4, 5)
    await client.close()
    after = StationKey(tls)
    assert tls.opened.public_keys() == [after.public_key]
    assert await faults(issuing) == [(number, "") for number in range(1, 6)]
    keys = await issuing.database.fetch("SELECT key_id FROM chain_link ORDER BY position")
    assert [row["key_id"] for row in keys] == [before] * 3 + [after.key_id] * 2
    config, own = tmp_path / "central.toml", issue(issuing.pki, "centre", "dhaka")
    config.write_text(
        f'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(issuing.address)}"
        f'[tls]\nca = "{own.ca}"\ncertificate = "{own.certificate}"\nkey = "{own.key}"\n'
    )
    capsys.readouterr()
    code = beside(lambda: main(["audit", "verify", "--config", str(config)]))
    assert (code, capsys.readouterr().out) == (0, "whole: 5 records of 1 stations, 0 trees\n")


async def test_a_record_signed_with_the_serving_key_is_known_for_false(
    issuing: Centre, tls: OnToken, tmp_path: Path
) -> None:
    await issuing.database.execute("TRUNCATE chain_link RESTART IDENTITY")
    await enrolled(issuing, tls)
    client = CentreClient(issuing.at.grpc, tls)
    with station(tmp_path / "journal.sqlite", only_serving(tls)) as outbox:
        await work(outbox, client, 1)
    await client.close()
    assert await faults(issuing) != [(1, "")]


async def test_when_the_answer_is_lost_the_same_keys_do_again(
    issuing: Centre, tls: OnToken, tmp_path: Path
) -> None:
    made = await token(issuing)
    await enrol(issuing.at.enrolment, tls, made, WHO)
    own = StationKey(tls).public_key
    # As it was before the answer came.
    tls.key.rename(tmp_path / "serving.key.enrolling")
    (tmp_path / "own.pem.enrolling").write_bytes(own)
    tls.key_token.certificate.unlink()
    await enrol(issuing.at.enrolment, tls, made, WHO)
    assert tls.opened.public_keys() == [own]
    assert await accepted(issuing, tls)
    with pytest.raises(EnrolmentRefused, match="was used with another key"):
        await enrol(issuing.at.enrolment, tls, made, WHO)
    assert await accepted(issuing, tls)  # what was refused changed nothing


async def test_both_certificates_are_renewed_for_the_keys_that_are_there(
    issuing: Centre, tls: OnToken
) -> None:
    await enrolled(issuing, tls)
    files = (tls.key_token.certificate, tls.certificate)
    before = [x509.load_pem_x509_certificate(file.read_bytes()) for file in files]
    client = CentreClient(issuing.at.grpc, tls)
    renewal = CertificateRenewal(client.link, tls)
    assert await renewal.renew_if_due(now_utc() + timedelta(days=6)) is None
    assert await renewal.renew_if_due(now_utc() + timedelta(days=7)) is not None
    after = [x509.load_pem_x509_certificate(file.read_bytes()) for file in files]
    for old, new in zip(before, after, strict=True):
        assert old.serial_number != new.serial_number
        assert old.public_key() == new.public_key()
    await client.close()
    assert await accepted(issuing, tls)
    with pytest.raises(CentreUnavailable):
        await accepted(issuing, only_serving(tls))


async def test_without_the_token_no_peer_is_reached_until_it_is_back(
    issuing: Centre, tls: OnToken, hsm: TokenOfTests
) -> None:
    await enrolled(issuing, tls)
    hsm.take_away()
    with pytest.raises(CentreUnavailable):
        await accepted(issuing, tls)
    hsm.bring_back()
    assert await accepted(issuing, tls)


async def test_a_lane_closes_without_its_token_and_opens_when_it_is_back(
    hsm: TokenOfTests, tmp_path: Path
) -> None:
    create_authority(tmp_path / "pki")
    with lane_on(hsm, tmp_path, tmp_path / "pki") as tls:
        certify(tls, tmp_path / "pki")
        async with hall(tmp_path, signer=StationKey(tls)) as h:
            await h.until_state(m.Idle)
            hsm.take_away()
            await h.walk_up()
            await h.go_back()
            await h.until_state(m.OutOfService)
            assert h.centre.records == []
            hsm.bring_back()
            await h.until_state(m.Idle)
            await h.walk_up()
            await h.go_back()
            await h.records(1)


async def test_enrolling_by_the_command_with_a_token(
    issuing: Centre, hsm: TokenOfTests, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ca.pem").write_bytes((issuing.pki / "authority.pem").read_bytes())
    config, secret = tmp_path / "gate.toml", tmp_path / "token"
    config.write_text(
        GATE_SETTINGS.replace("[centre]\n", f'[centre]\nenrolment = "{issuing.at.enrolment}"\n')
        + f'[tls.key_token]\ndriver = "pkcs11"\naddress = "{hsm.uri}"\n'
        'certificate = "records.pem"\n'
    )
    secret.write_text(await token(issuing))
    words = ["gate", "enrol", "--config", str(config), "--token-file", str(secret)]
    hsm.take_away()
    with ThreadPoolExecutor(1) as threads:  # the centre answers in this one
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(threads, main, words) == 3
        said = capsys.readouterr().err.strip()
        assert said.endswith("token BDDAC-A-01: is not there")
        hsm.bring_back()
        assert await loop.run_in_executor(threads, main, words) == 0
    assert f"{tmp_path / 'records.pem'}: enrolled as gate {GATE}" in capsys.readouterr().out
    config.write_text(config.read_text().replace("pin-source=", "pin-value="))
    assert main(words) == 2
    assert "a PIN is no setting" in capsys.readouterr().err
    own = x509.load_pem_x509_certificate((tmp_path / "records.pem").read_bytes())
    assert isinstance(own.public_key(), ec.EllipticCurvePublicKey)


async def test_a_token_that_does_not_sign_renews_nothing(
    issuing: Centre, tls: OnToken, hsm: TokenOfTests
) -> None:
    await enrolled(issuing, tls)
    link = Link(issuing.at.grpc, tls, Role.CENTRE)
    present = tls.key_token.certificate.read_bytes()
    hsm.take_away()
    with pytest.raises(SignerUnavailable):
        await CertificateRenewal(link, tls).renew_if_due(now_utc() + timedelta(days=9))
    hsm.bring_back()
    await link.close()
    assert tls.key_token.certificate.read_bytes() == present
