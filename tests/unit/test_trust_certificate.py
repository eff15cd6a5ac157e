"""Certificates whose parts are odd: what decides is read, the rest is tolerated."""

import ctypes
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.crypto import libcrypto
from egate.emrtd.crypto.public_key import EcPublicKey
from egate.emrtd.passive_authentication.certificate import MAX_CERTIFICATE_BYTES, Certificate
from egate.emrtd.passive_authentication.revocation import MAX_CRL_BYTES, RevocationList
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from tests.trust_forge import Forge, key

BD = Forge()
SKI, AKI, CONSTRAINTS, USAGES, TYPES = (
    "2.5.29.14",
    "2.5.29.35",
    "2.5.29.19",
    "2.5.29.37",
    "2.23.136.1.1.6.2",
)


def certificate(*extensions: bytes, serial: bytes = b"\x02\x01\x01") -> Certificate:
    """A certificate of version 3 with these extensions and no true signature."""
    name = mock.name(C="BD", CN="X")
    validity = der.sequence(
        der.time(datetime(2020, 1, 1, tzinfo=UTC)), der.time(datetime(2030, 1, 1, tzinfo=UTC))
    )
    algorithm = key("signer").algorithm()
    tbs = der.sequence(
        b"\xa0\x03\x02\x01\x02",
        serial,
        algorithm,
        name,
        validity,
        name,
        key("signer").public_info(),
        b"\x81\x02\x00\x01",  # issuerUniqueID: obsolete, and it occurs
        _explicit(0xA3, der.sequence(*extensions)),
    )
    return Certificate.parse(der.sequence(tbs, algorithm, der.bit_string(b"\x30\x00")))


def _explicit(tag: int, content: bytes) -> bytes:
    return bytes((tag, 0x82)) + len(content).to_bytes(2, "big") + content


def extension(kind: str, content: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.octet_string(content))


@pytest.mark.parametrize("broken", [b"", b"\xff", b"\x04", b"\x05\x00", b"\x30\x03\x02\x01"])
def test_broken_extensions_are_as_good_as_none(broken: bytes) -> None:
    odd = certificate(*(extension(kind, broken) for kind in (SKI, AKI, CONSTRAINTS, USAGES, TYPES)))
    assert (odd.ski, odd.aki, odd.is_ca) == (None, None, False)
    assert (odd.extended_key_usages, odd.document_types) == ((), ())
    assert odd.country == "BD"


def test_an_extension_that_is_none_does_not_hide_the_others() -> None:
    odd = certificate(b"\x05\x00", der.sequence(), extension(SKI, b"\x04\x02ab"))
    assert odd.ski == b"ab"
    without_identifier = certificate(extension(AKI, der.sequence(b"\x82\x01\x05")))
    assert without_identifier.aki is None


@pytest.mark.parametrize(
    ("content", "is_ca"),
    [
        (der.sequence(b"\x01\x01\xff"), True),
        (der.sequence(b"\x01\x01\x01"), True),
        (der.sequence(b"\x01\x01\x00"), False),
        (der.sequence(b"\x01\x01\x00", b"\x02\x01\x00"), True),
        (der.sequence(b"\x02\x01\x00"), True),
        (der.sequence(), False),
    ],
)
def test_basic_constraints_of_real_csca_certificates(content: bytes, *, is_ca: bool) -> None:
    assert certificate(extension(CONSTRAINTS, content)).is_ca is is_ca


@pytest.mark.parametrize(
    ("content", "may_certify"),
    [
        (b"\x03\x02\x01\x06", True),
        (b"\x03\x02\x07\x80", False),
        (b"\x03\x01\x00", None),
        (b"\x04\x02\x07\x80", None),
        (b"\x03\x05", None),
        (None, None),
    ],
)
def test_key_usage(content: bytes | None, *, may_certify: bool | None) -> None:
    extensions = () if content is None else (extension("2.5.29.15", content),)
    assert certificate(*extensions).may_certify is may_certify


def test_what_a_document_signer_says_of_itself() -> None:
    assert Certificate.parse(BD.signer().certificate.raw).is_document_signer
    assert not BD.csca().is_document_signer
    assert not certificate(extension("2.5.29.15", b"\x03\x02\x07\x80")).is_document_signer


@pytest.mark.parametrize(
    ("serial", "shown"),
    [(b"\x02\x01\x00", "0"), (b"\x02\x01\x80", "-80"), (b"\x02\x02\x00\xff", "ff")],
)
def test_serial_numbers(serial: bytes, shown: str) -> None:
    assert certificate(serial=serial).serial_hex == shown


def test_a_signature_that_is_none_verifies_nothing() -> None:
    assert not certificate().verify_signed_by(BD.csca())
    assert not certificate().is_self_signed()


def test_sizes_are_limited() -> None:
    with pytest.raises(Asn1Malformed, match="more than"):
        Certificate.parse(bytes(MAX_CERTIFICATE_BYTES + 1))
    with pytest.raises(Asn1Malformed, match="more than"):
        RevocationList.parse(bytes(MAX_CRL_BYTES + 1))


def test_a_machine_without_libcrypto(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> ctypes.CDLL:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", absent)
    libcrypto._load.cache_clear()
    try:
        with pytest.raises(libcrypto.LibcryptoUnavailable, match="not installed"):
            libcrypto.verify_ecdsa(b"", b"", b"", "sha256")
    finally:
        libcrypto._load.cache_clear()


def test_a_key_that_libcrypto_cannot_verify_with() -> None:
    x25519 = bytes.fromhex("302a300506032b656e032100") + b"\x09" + bytes(31)
    with pytest.raises(libcrypto.LibcryptoUnavailable, match="refuses"):
        libcrypto.verify_ecdsa(x25519, b"", b"", "sha256")


def test_a_build_of_cryptography_without_brainpool(monkeypatch: pytest.MonkeyPatch) -> None:
    public = BD.csca().public_key()
    assert isinstance(public, EcPublicKey)
    signature = BD.csca_key.sign(b"message")

    class Brainpool(ec.EllipticCurve):
        name, key_size, group_order = "unknown", 256, 1

    monkeypatch.setattr("egate.emrtd.crypto.public_key._CURVES", {public.curve.name: Brainpool()})
    assert public.verify(signature, b"message", "sha256")
    assert not public.verify(signature, b"massage", "sha256")


def test_one_key_with_named_and_with_explicit_parameters() -> None:
    explicit = BD.csca()
    public = explicit.public_key()
    assert isinstance(public, EcPublicKey)
    named = replace(explicit, spki=public.named_spki())
    assert named.spki != explicit.spki
    assert named.has_key_of(explicit)
    assert not named.has_key_of(certificate())
    assert not named.has_key_of(replace(explicit, spki=b"\x30\x00"))
