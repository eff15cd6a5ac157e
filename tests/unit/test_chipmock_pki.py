"""The throw-away PKI and its documents, judged by OpenSSL and by a real certificate."""

import hashlib
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms, core, crl, x509
from cryptography import x509 as crypto_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from hardware_mocks.chip import data_groups as lds
from hardware_mocks.chip.order import Order
from hardware_mocks.chip.personaliser import issue
from hardware_mocks.chip.profile import PHOTOGRAPHS
from hardware_mocks.chip.profiles import usual_holder
from hardware_mocks.pki.keys import DOMAINS
from hardware_mocks.pki.pki import Pki
from hardware_mocks.tlv import elements

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki.make(NOW)


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("openssl")
    assert program is not None, "the openssl program is absent"
    return subprocess.run([program, *map(str, arguments)], capture_output=True, check=False)


def signed_by(raw: bytes, issuer: bytes) -> bool:
    """Verify a certificate with the domain parameters replaced by the curve's name."""
    certificate = x509.Certificate.load(raw)
    point = x509.Certificate.load(issuer).public_key["public_key"].native
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.BrainpoolP384R1(), point)
    body = certificate["tbs_certificate"].dump()
    key.verify(certificate["signature_value"].native, body, ec.ECDSA(hashes.SHA384()))
    return True


@pytest.mark.parametrize("name", sorted(DOMAINS))
def test_domain_parameters_are_those_of_openssl(name: str) -> None:
    written = openssl("ecparam", "-name", name, "-param_enc", "explicit", "-outform", "DER")
    assert written.stdout == DOMAINS[name].explicit()


def test_domain_parameters_are_those_of_the_real_csca(shared_data: Path) -> None:
    folder = shared_data / "trust"
    needle = DOMAINS["brainpoolP384r1"].explicit()
    real = [
        path for path in folder.rglob("*") if path.is_file() and b"CSCA-BGD" in path.read_bytes()
    ]
    assert real, "no file with the CSCA of Bangladesh"
    assert any(needle in path.read_bytes() for path in real)


def test_the_csca_follows_its_profile(pki: Pki) -> None:
    csca = x509.Certificate.load(pki.authorities["BGD"].csca.certificate.raw)
    assert csca.subject.native["country_name"] == "BD"
    assert "TEST" in csca.subject.native["common_name"]
    assert csca.basic_constraints_value.native == {"ca": True, "path_len_constraint": 0}
    assert csca.key_usage_value.native == {"key_cert_sign", "crl_sign"}
    assert csca["signature_algorithm"]["algorithm"].native == "sha384_ecdsa"
    assert csca.public_key["algorithm"]["parameters"].name == "specified"
    assert csca.key_identifier == csca.authority_key_identifier
    assert csca.not_valid_before < NOW < csca.not_valid_after


@pytest.mark.parametrize("state", ["BGD", "UTO"])
def test_every_certificate_is_signed_by_its_issuer(pki: Pki, state: str) -> None:
    authority = pki.authorities[state]
    csca, previous = authority.csca.certificate.raw, authority.previous.certificate.raw
    issuers = {"previous": previous, "expired": previous, "unknown": authority.unlisted.raw}
    assert signed_by(csca, csca)
    assert signed_by(previous, previous)
    assert signed_by(authority.link.raw, previous)
    for name, signer in authority.signers.items():
        assert signed_by(signer.certificate.raw, issuers.get(name, csca))


def test_openssl_accepts_the_anchor(pki: Pki, tmp_path: Path) -> None:
    pki.save(tmp_path)
    openssl("x509", "-inform", "DER", "-in", tmp_path / "anchor.cer", "-out", tmp_path / "a.pem")
    when = str(int(NOW.timestamp()))
    ended = openssl("verify", "-attime", when, "-CAfile", tmp_path / "a.pem", tmp_path / "a.pem")
    assert ended.returncode == 0, ended.stderr


def test_the_revocation_list_names_the_revoked_signer(pki: Pki, tmp_path: Path) -> None:
    authority = pki.authorities["BGD"]
    revoked = crl.CertificateList.load(authority.crl)["tbs_cert_list"]["revoked_certificates"]
    assert [each["user_certificate"].native for each in revoked] == [
        authority.signers["revoked"].certificate.serial
    ]
    (tmp_path / "crl").write_bytes(authority.crl)
    pki.save(tmp_path)
    openssl("x509", "-inform", "DER", "-in", tmp_path / "anchor.cer", "-out", tmp_path / "a.pem")
    ended = openssl(
        "crl", "-inform", "DER", "-in", tmp_path / "crl", "-noout", "-CAfile", tmp_path / "a.pem"
    )
    assert b"verify OK" in ended.stderr


def test_the_master_list_holds_listed_cscas_only(pki: Pki, tmp_path: Path) -> None:
    path = tmp_path / "list.ml"
    path.write_bytes(pki.master_list)
    ended = openssl("cms", "-verify", "-inform", "DER", "-noverify", "-binary", "-in", path)
    assert ended.returncode == 0, ended.stderr
    content = core.Sequence.load(ended.stdout)
    listed = set(core.SetOf.load(content[1].dump(), spec=x509.Certificate))
    subjects = {certificate.dump() for certificate in listed}
    home = pki.authorities["BGD"]
    assert {home.csca.certificate.raw, home.previous.certificate.raw, home.link.raw} < subjects
    assert home.unlisted.raw not in subjects
    assert len(subjects) == 6


def test_a_saved_pki_is_loaded_back(pki: Pki, tmp_path: Path) -> None:
    pki.save(tmp_path)
    loaded = Pki.load(tmp_path)
    assert loaded.master_list == pki.master_list
    for name, signer in pki.authorities["UTO"].signers.items():
        other = loaded.signer("UTO", name)
        assert other.certificate == signer.certificate
        assert other.key.public_info() == signer.key.public_info()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.p8")} == {0o600}


@pytest.mark.parametrize("signer", ["standard", "rsa-pss", "revoked", "unknown", "previous"])
def test_openssl_verifies_the_document_security_object(
    pki: Pki, tmp_path: Path, signer: str
) -> None:
    document = issue(usual_holder(NOW), pki, Order(signer=signer, active_authentication=None))
    path = tmp_path / "sod"
    path.write_bytes(elements(document.files[lds.EF_SOD])[0].value)
    ended = openssl("cms", "-verify", "-inform", "DER", "-noverify", "-binary", "-in", path)
    assert ended.returncode == 0, ended.stderr
    for name in (lds.DG1, lds.DG2):
        assert hashlib.sha256(document.files[name]).digest() in ended.stdout


def sod_hashes(document_sod: bytes) -> dict[int, bytes]:
    signed = cms.ContentInfo.load(elements(document_sod)[0].value)["content"]
    content = core.Sequence.load(signed["encap_content_info"]["content"].parsed.dump())
    return {each[0].native: each[1].native for each in core.SequenceOf.load(
        content[2].dump(), spec=core.Sequence)}  # fmt: skip


def test_spoiled_documents_differ_from_what_was_signed(pki: Pki) -> None:
    holder = usual_holder(NOW)
    tampered = issue(holder, pki, Order(tampered=True))
    other = PHOTOGRAPHS / "P008" / "portrait.jpg"
    substituted = issue(holder, pki, Order(substituted_portrait=other))
    altered = issue(holder, pki, Order(altered_surname="IMPOSTOR"))
    for document, spoiled in ((tampered, {2}), (substituted, {2}), (altered, {1})):
        hashes_ = sod_hashes(document.files[lds.EF_SOD])
        wrong = {
            number
            for number, expected in hashes_.items()
            if hashlib.sha256(document.files[0x0100 | number]).digest() != expected
        }
        assert wrong == spoiled
        assert "".join(document.mrz).encode() in document.files[lds.DG1]
    assert holder.portrait.read_bytes() in tampered.files[lds.DG2]


def test_a_clone_has_the_public_key_of_another(pki: Pki) -> None:
    clone = issue(usual_holder(NOW), pki, Order(cloned=True, active_authentication="ecdsa"))
    genuine = issue(usual_holder(NOW), pki, Order(active_authentication="ecdsa"))
    for document, same in ((clone, False), (genuine, True)):
        key = document.active_authentication
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        x = key.public_key().public_numbers().x.to_bytes(32, "big")
        assert (x in document.files[lds.DG15]) is same


def test_a_specimen_of_utopia_is_signed_by_utopia(pki: Pki) -> None:
    holder = replace(usual_holder(NOW), issuing_state="UTO", nationality="UTO")
    document = issue(holder, pki)
    signed = cms.ContentInfo.load(elements(document.files[lds.EF_SOD])[0].value)["content"]
    certificate = signed["certificates"][0].chosen
    assert certificate.issuer.native["country_name"] == "UT"


def test_the_portrait_carries_its_size() -> None:
    assert lds.jpeg_size((PHOTOGRAPHS / "P001" / "portrait.jpg").read_bytes()) == (360, 480)
    with pytest.raises(lds.NoJpeg):
        lds.jpeg_size(b"\x89PNG")


def test_names_that_cannot_be_printed_are_refused(pki: Pki) -> None:
    with pytest.raises(ValueError, match="letters A to Z"):
        issue(replace(usual_holder(NOW), surname="MÜLLER"), pki)


def test_an_rsa_signer_is_readable_by_cryptography(pki: Pki) -> None:
    raw = pki.signer("BGD", "rsa-pss").certificate.raw
    assert crypto_x509.load_der_x509_certificate(raw).public_key() is not None
