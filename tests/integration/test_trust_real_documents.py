"""Real certificates, real master lists, SODs of genuine documents."""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import which

import pytest
from asn1crypto import x509

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.crypto.public_key import EcPublicKey
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.verify import PassiveAuthentication, verify
from tests.trust_data import Anchors, all_cscas, read_certificate, read_master_list

SUCCESSFUL, FAILED, UNDETERMINED, NOT_SUPPORTED = (
    Outcome.SUCCESSFUL,
    Outcome.FAILED,
    Outcome.UNDETERMINED,
    Outcome.NOT_SUPPORTED,
)


@pytest.fixture(scope="module")
def trust(shared_data: Path) -> Path:
    return shared_data / "trust"


@pytest.fixture(scope="module")
def anchors(trust: Path) -> Anchors:
    return Anchors(all_cscas(trust))


def outcome(answer: PassiveAuthentication, check_id: CheckId) -> Outcome:
    (found,) = [check.outcome for check in answer.checks if check.check_id is check_id]
    return found


def test_every_certificate_loads_with_a_key_and_as_asn1crypto_reads_it(trust: Path) -> None:
    odd = [read_certificate(file) for file in sorted((trust / "certs").iterdir())]
    for certificate in (*odd, *all_cscas(trust)):
        certificate.public_key()
        certificate.algorithm()
        oracle = x509.Certificate.load(certificate.raw)["tbs_certificate"]
        assert certificate.tbs == oracle.dump()
        assert certificate.serial == oracle["serial_number"].native
        assert certificate.issuer == oracle["issuer"].dump()
        assert certificate.subject == oracle["subject"].dump()
        assert certificate.not_before == oracle["validity"]["not_before"].native
        assert certificate.not_after == oracle["validity"]["not_after"].native
        assert certificate.spki == oracle["subject_public_key_info"].dump()


def test_the_certificates_of_bangladesh(trust: Path) -> None:
    old = read_certificate(trust / "certs/csca_bd_2022_self_1ef07fb289.der")
    new = read_certificate(trust / "certs/csca_bd_2025_self_1de6eea75a.der")
    link = read_certificate(trust / "certs/csca_bd_2025_link_b032493d8f.der")
    key = old.public_key()
    assert isinstance(key, EcPublicKey)
    assert key.curve.name == "brainpoolP384r1"
    assert old.is_self_signed()
    assert new.is_self_signed()
    assert link.verify_signed_by(old)
    assert link.spki == new.spki
    assert not link.verify_signed_by(new)
    assert not new.verify_signed_by(old)
    assert {each.country for each in (old, new, link)} == {"BD"}
    assert old.subject == new.subject == link.subject  # so no name may ever choose a key


def test_openssl_agrees_about_bangladesh(
    trust: Path, require: Callable[[object, str], None], tmp_path: Path
) -> None:
    openssl = which("openssl")
    require(openssl, "openssl")

    def verifies(name: str, issuer: str) -> bool:
        certificate = read_certificate(trust / "certs" / name)
        (tmp_path / "signed").write_bytes(certificate.tbs)
        (tmp_path / "signature").write_bytes(certificate.signature)
        key = [str(openssl), "x509", "-inform", "DER", "-in", str(trust / "certs" / issuer)]
        pem = subprocess.run([*key, "-noout", "-pubkey"], check=True, capture_output=True).stdout
        (tmp_path / "key").write_bytes(pem)
        command = [str(openssl), "dgst", "-sha384", "-verify", "key", "-signature", "signature"]
        run = subprocess.run(
            [*command, "signed"], check=False, cwd=tmp_path, capture_output=True, text=True
        )
        return run.stdout == "Verified OK\n"

    old, new, link = (
        "csca_bd_2022_self_1ef07fb289.der",
        "csca_bd_2025_self_1de6eea75a.der",
        "csca_bd_2025_link_b032493d8f.der",
    )
    for name, issuer in ((old, old), (new, new), (link, old), (link, new), (new, old)):
        ours = read_certificate(trust / "certs" / name).verify_signed_by(
            read_certificate(trust / "certs" / issuer)
        )
        assert verifies(name, issuer) is ours, (name, issuer)


def test_every_self_signed_certificate_of_the_lists_verifies(trust: Path) -> None:
    count = 0
    for certificate in all_cscas(trust):
        if certificate.is_self_issued and certificate.aki in (None, certificate.ski):
            assert certificate.is_self_signed(), certificate.fingerprint
            count += 1
    assert count > 450


# Day inside both validities -> the outcomes of signature, path and validity.
GENUINE = {
    "us_sod_02ca3a6965": (date(2024, 1, 1), "US"),
    "de_sod_14672d8d59": (date(2024, 1, 1), "DE"),
    "cn_sod_3d92117315": (date(2024, 1, 1), "CN"),
    "nz_sod_600001542a": (date(2012, 1, 1), "NZ"),
    "fi_sod_e66f75f1ff": (date(2024, 1, 1), "FI"),
    "ru_sod_f89509f1a3": (date(2024, 1, 1), "RU"),
    "si_sod_454cb206e7": (date(2015, 1, 1), "SI"),
}


@pytest.mark.parametrize("name", GENUINE)
def test_genuine_sods_chain_to_the_master_lists(trust: Path, anchors: Anchors, name: str) -> None:
    day, state = GENUINE[name]
    sod = (trust / "sods" / f"{name}.bin").read_bytes()
    answer = verify(sod, {}, anchors, day, clock=lambda: 0.0)
    assert outcome(answer, CheckId.SOD_SIGNATURE) is SUCCESSFUL
    assert outcome(answer, CheckId.CERTIFICATE_PATH) is SUCCESSFUL
    assert outcome(answer, CheckId.DS_VALIDITY) is SUCCESSFUL
    assert outcome(answer, CheckId.DS_REVOCATION) is UNDETERMINED
    assert outcome(answer, CheckId.DG_HASHES) is NOT_SUPPORTED
    assert answer.outcome is UNDETERMINED
    assert answer.csca is not None
    assert answer.csca.country == state
    assert answer.signer is not None
    assert answer.signer.country == state
    late = verify(sod, {}, anchors, date(2040, 1, 1), clock=lambda: 0.0)
    assert outcome(late, CheckId.DS_VALIDITY) is FAILED
    early = verify(sod, {}, anchors, date(2000, 1, 1), clock=lambda: 0.0)
    assert outcome(early, CheckId.DS_VALIDITY) is FAILED


@pytest.mark.parametrize("name", ["nl_sod_911afa57a0", "xx_sod_3d920b7e58", "de_sod_9712ab147b"])
def test_without_a_csca_the_path_is_undetermined(trust: Path, anchors: Anchors, name: str) -> None:
    sod = (trust / "sods" / f"{name}.bin").read_bytes()
    answer = verify(sod, {}, anchors, date(2008, 6, 1), clock=lambda: 0.0)
    assert outcome(answer, CheckId.SOD_SIGNATURE) is SUCCESSFUL
    assert outcome(answer, CheckId.CERTIFICATE_PATH) is UNDETERMINED
    assert answer.outcome in (UNDETERMINED, FAILED)
    assert answer.csca is None


@pytest.mark.parametrize("name", ["de_sod_208be068f6", "gb_sod_12277a62f2"])
def test_tampered_sods_fail(trust: Path, anchors: Anchors, name: str) -> None:
    sod = (trust / "sods" / f"{name}.bin").read_bytes()
    answer = verify(sod, {}, anchors, date(2024, 1, 1), clock=lambda: 0.0)
    assert outcome(answer, CheckId.SOD_SIGNATURE) is FAILED
    assert answer.outcome is FAILED


def test_the_bsi_specimen_and_its_data_groups(trust: Path, anchors: Anchors) -> None:
    sod = (trust / "sods/xx_sod_3d920b7e58.bin").read_bytes()
    groups = {
        number: (trust / f"lds_bsi2008/Datagroup{number}.bin").read_bytes() for number in (1, 14)
    }
    day = date(2008, 6, 1)
    answer = verify(sod, groups, anchors, day, clock=lambda: 0.0)
    assert outcome(answer, CheckId.DG_HASHES) is SUCCESSFUL
    assert outcome(answer, CheckId.COUNTRY) is SUCCESSFUL  # D<< in DG1, DE in the certificate
    changed = groups | {14: groups[14][:-1] + b"\x00"}
    answer = verify(sod, changed, anchors, day, clock=lambda: 0.0)
    assert outcome(answer, CheckId.DG_HASHES) is FAILED
    unlisted = groups | {15: b"\x6f\x00"}
    answer = verify(sod, unlisted, anchors, day, clock=lambda: 0.0)
    assert outcome(answer, CheckId.DG_HASHES) is FAILED
    other = verify(sod, groups, anchors, day, issuing_state="FRA", clock=lambda: 0.0)
    assert outcome(other, CheckId.COUNTRY) is FAILED


def test_lists_hold_the_numbers_of_certificates_they_should(trust: Path) -> None:
    list_of_germany: list[Certificate] = read_master_list(trust / "masterlists/DE_ML_2025-03-05.ml")
    assert len(list_of_germany) == 557
