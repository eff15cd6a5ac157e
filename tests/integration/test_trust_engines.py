"""Engines that share no code agree about every signature of the real certificates."""

import shutil
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from cryptography.utils import CryptographyDeprecationWarning

from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.checks import Outcome
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.certificate_path import find_certificate_path
from egate.emrtd.passive_authentication.distinguished_name import is_same_name
from tests.trust_data import Anchors
from tests.trust_engines import ENGINES, Signed, by_command, certificates_of, pairs_of

# States whose CSCA certificate with this key is in no list of the data, and four signers of
# documents: three specimens, and the one of a SOD that must fail.
WITHOUT_ISSUER = {"GR": 1, "PT": 1, "MA": 1, "DE": 3, "NL": 1}


@pytest.fixture(scope="module")
def certificates(shared_data: Path) -> list[Certificate]:
    return certificates_of(shared_data / "trust")


@pytest.fixture(scope="module")
def pairs(certificates: list[Certificate]) -> list[Signed]:
    return list(pairs_of(certificates))


def test_every_signature_whose_issuer_is_there_verifies(
    certificates: list[Certificate], pairs: list[Signed]
) -> None:
    verified = {each.certificate.raw for each in pairs}
    left = [each for each in certificates if each.raw not in verified]
    assert Counter(each.country for each in left) == WITHOUT_ISSUER
    for each in left:
        assert each.aki is not None
        assert not [other for other in certificates if other.ski == each.aki and other is not each]
        assert not [other for other in certificates if is_same_name(other.subject, each.issuer)]
    assert len(pairs) == len(certificates) - sum(WITHOUT_ISSUER.values()) == 834


@pytest.mark.parametrize(
    ("name", "at_least"),
    [("ours", 834), ("cryptography as it is", 690), ("libcrypto, X509_verify", 834)],
)
def test_no_engine_contradicts(pairs: list[Signed], name: str, at_least: int) -> None:
    """An engine may refuse to read a certificate; what it reads, it verifies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        answers = Counter(map(ENGINES[name], pairs))
    assert answers[False] == 0
    assert answers[True] >= at_least


def test_the_openssl_command_contradicts_nothing(
    pairs: list[Signed], require: Callable[[object, str], None]
) -> None:
    require(shutil.which("openssl"), "openssl")
    answers = Counter(by_command(pairs).values())
    assert answers[False] == 0
    assert answers[True] >= 730


def changed(signed: Signed, position: int) -> Signed | None:
    """The same with one bit of the certificate flipped; None if that cannot be read any more."""
    raw = bytearray(signed.certificate.raw)
    raw[position] ^= 1
    try:
        return Signed(Certificate.parse(bytes(raw)), signed.issuer)
    except Asn1Malformed:
        return None


@pytest.mark.parametrize("name", ENGINES)
def test_no_engine_verifies_what_was_changed(pairs: list[Signed], name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for signed in pairs[::8]:
            middle = len(signed.certificate.tbs) // 2
            for position in (-1, middle):
                if other := changed(signed, position):
                    assert not ENGINES[name](other), (signed.certificate.fingerprint, position)


def test_a_real_link_is_no_intermediate(pairs: list[Signed]) -> None:
    """Below a link is what its key signed; above it the older key, which signed none of that.

    With the older key alone nothing below is trusted, whatever else came along. With the link
    as an anchor it is. The day does not matter to the path.
    """
    day = date(2024, 1, 1)
    links = [each for each in pairs if not each.issuer.has_key_of(each.certificate)]
    below = [
        (lower.certificate, link)
        for link in links
        for lower in pairs
        if lower.issuer.ski == link.certificate.ski
        and not (lower.is_self_signed or lower.certificate.extended_key_usages)
        and lower.issuer.has_key_of(link.certificate)
        and not lower.certificate.has_key_of(link.certificate)
    ]
    tried = 0
    for certificate, link in below:
        if certificate.verify_signed_by(link.issuer):
            continue
        above = find_certificate_path(certificate, Anchors([link.issuer]), day)
        assert above.outcome is Outcome.UNDETERMINED, (certificate.fingerprint, above.detail)
        with_link = find_certificate_path(
            certificate, Anchors([link.issuer, link.certificate]), day
        )
        assert with_link.csca == link.certificate
        tried += 1
    assert tried >= 200
