"""What the certificates, SODs, lists and CRLs of States do otherwise, one line each.

Every line names the file that shows it, how it shows (looked for in the bytes by other code
than ours where that can be) and what must come of it. What no real file shows is forged in
test_trust_certificate.py, test_trust_cms.py, test_trust_signature.py, test_trust_verify.py
and test_trust_ec_domain.py.
"""
# ruff: noqa: E501  a table is read by its lines

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import which

import pytest

from egate.emrtd.checks import CheckId
from egate.emrtd.crypto.public_key import EcPublicKey
from egate.emrtd.lds.sod import unwrap
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.emrtd.passive_authentication.verify import verify
from egate.trust.audit import Occasion
from egate.trust.entry import Kind
from egate.trust.importing import TrustImport
from egate.trust.store import update
from tests.trust_data import Anchors, all_cscas, read_certificate
from tests.trust_forge import NOW
from tests.trust_shapes import (
    AKI,
    BASIC_CONSTRAINTS,
    ECDSA_SHA1,
    ECDSA_SHA256,
    NAME_CHANGE,
    NULL,
    PRIME_FIELD,
    REASON_CODE,
    RSA_PSS,
    RSA_SHA512,
    RSA_UNNAMED,
    SKI_OID,
    TELETEX,
    algorithm,
    allows_no_certificates,
    country,
    curve,
    digest,
    extension,
    has_half_an_issuer,
    is_critical,
    is_version_1,
    lds_version,
    pss_salt,
    recovered,
    rsa_exponent,
    string_tags,
)

SELF = "itself"
CSCA, LINK = Kind.CSCA, Kind.LINK


@dataclass(frozen=True)
class Row:
    """What is odd; the file; how it shows; State and key; who verifies it; what the store says."""

    oddity: str
    file: str
    shows: Callable[[Certificate], object]
    key: str
    signer: str = SELF
    kind: Kind = CSCA


# fmt: off
CERTIFICATES = (
    Row("explicit curve parameters", "csca_bd_2022_self", lambda c: PRIME_FIELD in c.spki, "BD brainpoolP384r1"),
    Row("new key, same name", "csca_bd_2025_link", lambda c: c.is_self_issued, "BD brainpoolP384r1", "csca_bd_2022_self", LINK),
    Row("ECDSA with NULL", "de_ecdsa_sigalg_null", lambda c: ECDSA_SHA256 + NULL in c.raw, "DE brainpoolP256r1"),
    Row("RSA without NULL", "is_rsa_sigalg_without_null", lambda c: RSA_SHA512 in c.raw and RSA_SHA512 + NULL not in c.raw, "IS RSA 4096"),
    Row("SKI that cannot be read", "lt_broken_ski_ext", lambda c: SKI_OID in c.raw and c.ski is None, "LT brainpoolP256r1", "issuer_of_lt", LINK),
    Row("BOOLEAN neither 00 nor FF", "ua_bad_boolean", lambda c: extension(c, BASIC_CONSTRAINTS)[4] not in (0, 255), "UA RSA 4096"),
    Row("path length, cA FALSE", "it_pathlen_with_ca_false", lambda c: extension(c, BASIC_CONSTRAINTS) == b"0\x03\x02\x01\x00", "IT RSA 4096", "issuer_of_it", LINK),
    Row("negative serial number", "kz_negative_serial", lambda c: c.serial < 0, "KZ RSA 4096"),
    Row("serial number zero", "be_zero_serial", lambda c: c.serial == 0, "BE RSA 4096"),
    Row("no keyCertSign", "pt_ku_without_keycertsign", allows_no_certificates, "PT RSA 4096", "issuer_of_pt", LINK),
    Row("version 1, no extensions", "gb_x509v1_noext", is_version_1, "GB RSA 4096"),
    Row("TeletexString in a name", "it_teletex_string_dn", lambda c: TELETEX in string_tags(c.subject), "CZ RSA 3072"),
    Row("country of three letters", "ltu_three_letter_country", lambda c: country(c) == "LTU", "LT brainpoolP256r1"),
    Row("country in lower case", "issuer_of_ro_lowercase", lambda c: country(c) == "ro", "RO RSA 4096"),
    Row("country changes its case", "ro_lowercase_to_RO_link", lambda c: country(c) == "RO", "RO RSA 4096", "issuer_of_ro", LINK),
    Row("no country", "no_country_in_subject", lambda c: country(c) == "", " RSA 2048"),
    Row("PSS, salt beyond its hash", "cn_pss_salt64", lambda c: pss_salt(c) == 64, "CN brainpoolP384r1", "issuer_of_cn", LINK),
    Row("PSS, salt below its hash", "se_pss_salt20", lambda c: pss_salt(c) == 20, "SE RSA 2048"),
    Row("link without AKI", "lv_link_without_aki", lambda c: extension(c, AKI) == b"", "LV brainpoolP256r1", "issuer_of_lv", LINK),
    Row("joined by a name only", "es_link_name_only", lambda c: extension(c, AKI) == b"", "ES RSA 4096", "issuer_of_es"),
    Row("AKI agrees, name does not", "ph_link_aki_ok", lambda c: c.aki != c.ski, "PH RSA 4096", "issuer_of_ph", LINK),
    Row("half an AKI", "list 8bfe4f0760", has_half_an_issuer, "UA RSA 4096", "ua_bad_boolean", Kind.DSC),
    Row("critical name change", "lu_critical_namechange", lambda c: is_critical(c, NAME_CHANGE), "LU RSA 4096", "issuer_of_lu", LINK),
    Row("link into another country", "gb_to_bm_namechange_link", lambda c: country(c) == "BM", "BM P-384", "issuer_of_gb", LINK),
    Row("one SKI, two certificates", "il_same_ski_a", lambda c: PRIME_FIELD in c.spki, "IL P-384"),
    Row("the other, its curve named", "il_same_ski_b", lambda c: PRIME_FIELD not in c.spki, "IL P-384", "issuer_of_il", LINK),
    Row("RSA exponent of no rule", "list c8d2452d09", lambda c: rsa_exponent(c) == 38129, "AT RSA 4096"),
)
# fmt: on


@pytest.fixture(scope="module")
def trust(shared_data: Path) -> Path:
    return shared_data / "trust"


@pytest.fixture(scope="module")
def listed(trust: Path) -> dict[str, Certificate]:
    return {certificate.fingerprint[:10]: certificate for certificate in all_cscas(trust)}


@pytest.fixture(scope="module")
def anchors(listed: dict[str, Certificate]) -> Anchors:
    return Anchors(list(listed.values()))


def shown(certificate: Certificate) -> str:
    key = certificate.public_key()
    size = key.curve.name if isinstance(key, EcPublicKey) else f"RSA {key.modulus.bit_length()}"
    return f"{certificate.country} {size}"


@pytest.mark.parametrize("row", CERTIFICATES, ids=lambda row: row.oddity)
def test_a_certificate_loads_verifies_and_becomes_an_anchor(
    trust: Path, listed: dict[str, Certificate], tmp_path: Path, row: Row
) -> None:
    def named(name: str) -> Certificate:
        if name.startswith("list "):
            return listed[name.removeprefix("list ")]
        (file,) = (trust / "certs").glob(f"{name}*")
        return read_certificate(file)

    certificate = named(row.file)
    assert row.shows(certificate)
    assert shown(certificate) == row.key
    issuer = certificate if row.signer is SELF else named(row.signer)
    assert certificate.verify_signed_by(issuer)
    with update(tmp_path) as change:
        taking = TrustImport(change, occasion=Occasion(NOW), anchors=[issuer])
        report = taking.add_files([(row.file, certificate.raw)])
    assert (report.imported, report.rejected) == ({row.kind: 1}, [])


def test_one_key_written_in_two_ways(listed: dict[str, Certificate]) -> None:
    """Israel and Turkey certified a key with its curve named and spelled out.

    That two keys share an identifier, as other lists show, is forged in test_trust_verify.py.
    """
    by_identifier: dict[bytes, list[Certificate]] = {}
    for certificate in listed.values():
        if certificate.ski:
            by_identifier.setdefault(certificate.ski, []).append(certificate)
    shared = {
        group[0].country: len({each.public_key() for each in group})
        for group in by_identifier.values()
        if len({each.spki for each in group}) > 1
    }
    assert shared == {"IL": 1, "TR": 1}


@dataclass(frozen=True)
class SodRow:
    """What is odd, the file, how it shows, a day within validity, and what comes of it.

    The outcomes: of the signature, of the path to a CSCA of the lists.
    """

    oddity: str
    file: str
    shows: Callable[[bytes, SignedData], object]
    day: date
    outcomes: str = "successful successful"


UNDETERMINED = "successful undetermined"  # its CSCA is in none of the lists


# fmt: off
SODS = (
    SodRow("signed as plain data", "cn_sod", lambda _, s: s.content_type == "1.2.840.113549.1.7.1", date(2024, 1, 1)),
    SodRow("indefinite lengths", "nz_sod", lambda raw, _: b"\x30\x80" in raw, date(2012, 1, 1)),
    SodRow("rsaEncryption as signature", "us_sod", lambda _, s: RSA_UNNAMED in algorithm(s), date(2024, 1, 1)),
    SodRow("the same, hash with NULL", "nz_sod", lambda _, s: RSA_UNNAMED in algorithm(s) and digest(s).endswith("0500"), date(2012, 1, 1)),
    SodRow("ECDSA with SHA-1", "ru_sod", lambda _, s: ECDSA_SHA1 in algorithm(s), date(2024, 1, 1)),
    SodRow("brainpoolP512r1, SHA-512", "fi_sod", lambda _, s: curve(s) == "brainpoolP512r1", date(2024, 1, 1)),
    SodRow("hash without NULL", "fi_sod", lambda _, s: not digest(s).endswith("0500"), date(2024, 1, 1)),
    SodRow("security object version 1", "de_sod_14", lambda _, s: lds_version(s) == "0108", date(2024, 1, 1)),
    SodRow("security object version 0", "si_sod", lambda _, s: lds_version(s) is None, date(2015, 1, 1)),
    SodRow("brainpoolP224r1", "xx_sod", lambda _, s: curve(s) == "brainpoolP224r1", date(2008, 6, 1), UNDETERMINED),
    SodRow("key identifier of 32 octets", "nl_sod", lambda _, s: len(s.certificates[0].aki or b"") == 32, date(2008, 6, 1), UNDETERMINED),
    SodRow("RSA-PSS", "de_sod_97", lambda _, s: RSA_PSS in algorithm(s), date(2012, 1, 1), UNDETERMINED),
    SodRow("other content type", "gb_sod", lambda _, s: s.content_type == "2.23.136.2.2.2", date(2024, 1, 1), "failed successful"),
    SodRow("other messageDigest", "de_sod_20", lambda _, s: s.content[3:6] == b"\x02\x01\xff", date(2014, 6, 1), "failed undetermined"),
)
# fmt: on


@pytest.mark.parametrize("row", SODS, ids=lambda row: row.oddity)
def test_a_sod_verifies_and_chains(trust: Path, anchors: Anchors, row: SodRow) -> None:
    (file,) = (trust / "sods").glob(f"{row.file}*")
    raw = file.read_bytes()
    assert row.shows(raw, SignedData.parse(unwrap(raw)))
    assert outcomes(raw, anchors, row.day) == row.outcomes


def outcomes(raw: bytes, anchors: Anchors, day: date) -> str:
    answer = verify(raw, {}, anchors, day, clock=lambda: 0.0)
    found = {check.check_id: check.outcome.value for check in answer.checks}
    return f"{found[CheckId.SOD_SIGNATURE]} {found[CheckId.CERTIFICATE_PATH]}"


def test_a_signer_that_is_named_otherwise(trust: Path, anchors: Anchors) -> None:
    """Malaysia and Ukraine: what names the signer is not signed, so a real SOD is respelled."""
    (file,) = (trust / "sods").glob("de_sod_14*")
    raw = file.read_bytes()
    front, name, behind = raw.rpartition(b"csca-germany")
    assert name in front
    renamed = front + b"CSCA-OTHER!!" + behind
    signed = SignedData.parse(unwrap(renamed))
    assert not signed.signers[0].names(signed.certificates[0])
    assert outcomes(renamed, anchors, date(2024, 1, 1)) == "successful successful"


@dataclass(frozen=True)
class ListRow:
    """What is odd, the file, how it shows, and whether OpenSSL verifies it."""

    oddity: str
    file: str
    shows: Callable[[SignedData], object]
    openssl: bool


# fmt: off
LISTS = (
    ListRow("DigestInfo without NULL", "ICAO_ml_March2023.ml", lambda s: recovered(s)[-49:-47] == b"\x30\x2f", openssl=False),
    ListRow("signer named by identifier", "DE_ML_2025-03-05.ml", lambda s: s.signers[0].issuer is None, openssl=True),
    ListRow("RSA-PSS with SHA-512", "IT_MasterListCSCA_2023.ml", lambda s: RSA_PSS in algorithm(s), openssl=True),
)
# fmt: on


@pytest.mark.parametrize("row", LISTS, ids=lambda row: row.oddity)
def test_a_list_verifies(trust: Path, row: ListRow, require: Callable[[object, str], None]) -> None:
    file = trust / "masterlists" / row.file
    signed = SignedData.parse(file.read_bytes())
    (signer,) = signed.signers
    certificate = next(each for each in signed.certificates if signer.names(each))
    assert row.shows(signed)
    signed.check_signature(signer, certificate)
    openssl = which("openssl")
    require(openssl, "openssl")
    command = [str(openssl), "cms", "-verify", "-noverify", "-inform", "DER", "-in", str(file)]
    ended = subprocess.run([*command, "-out", os.devnull], check=False, capture_output=True)
    assert (ended.returncode == 0) is row.openssl


@dataclass(frozen=True)
class CrlRow:
    """What is odd, the file, how it shows, how many it revokes, who signed it."""

    oddity: str
    file: str
    shows: Callable[[RevocationList], object]
    revoked: int
    signers: set[str]


# fmt: off
CRLS = (
    CrlRow("ECDSA with NULL", "crl_de", lambda crl: crl.signature_algorithm.endswith(NULL), 0, {"b2cc0083cd", "9af53fa20e"}),
    CrlRow("entries with a reason", "crl_ca", lambda crl: REASON_CODE in crl.raw, 18, {"fcdf2a3637", "2b4a778c08"}),
    CrlRow("signed by a link's key", "crl_cn", lambda crl: not crl.revoked, 0, {"a32b70d078", "42a5411193"}),
)
# fmt: on


@pytest.mark.parametrize("row", CRLS, ids=lambda row: row.oddity)
def test_a_crl_verifies(trust: Path, listed: dict[str, Certificate], row: CrlRow) -> None:
    """By a CSCA and by the link that certifies the same key, and by no other of its State."""
    (file,) = (trust / "crls").glob(f"{row.file}*")
    crl = RevocationList.parse(file.read_bytes())
    assert row.shows(crl)
    assert len(crl.revoked) == row.revoked
    of_state = {name: each for name, each in listed.items() if each.country == crl.country}
    assert {name for name, each in of_state.items() if crl.verify_signed_by(each)} == row.signers
