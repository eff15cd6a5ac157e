"""Signature algorithms: the spellings of real certificates, and what is refused."""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from egate.emrtd.asn1 import Asn1Malformed, decode
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable, verify_ecdsa
from egate.emrtd.crypto.public_key import PublicKeyRejected, RsaPublicKey, load_public_key
from egate.emrtd.crypto.signature import (
    Scheme,
    SignatureAlgorithm,
    SignatureAlgorithmRejected,
    parse_hash,
    parse_signature_algorithm,
)
from hardware_mocks.pki import der
from tests.trust_forge import SHA256, key

PRIVATE = rsa.generate_private_key(65537, 2048)
PUBLIC = RsaPublicKey(PRIVATE.public_key().public_numbers().n, 65537)
PKCS1 = SignatureAlgorithm(Scheme.RSA_PKCS1, "sha256")
PSS = "1.2.840.113549.1.1.10"
MGF1 = "1.2.840.113549.1.1.8"


def algorithm(dotted: str, *parameters: bytes) -> SignatureAlgorithm:
    return parse_signature_algorithm(decode(der.sequence(der.oid(dotted), *parameters)))


def raw_rsa(encoded: bytes) -> bytes:
    numbers = PRIVATE.private_numbers()
    value = pow(int.from_bytes(encoded, "big"), numbers.d, PUBLIC.modulus)
    return value.to_bytes(256, "big")


def padded(digest_info: bytes, fill: bytes = b"\xff", block: int = 1) -> bytes:
    return bytes((0, block)) + fill * (256 - 3 - len(digest_info)) + b"\x00" + digest_info


def digest_info(*, null: bool, hash_oid: str = SHA256) -> bytes:
    digest = hashlib.sha256(b"message").digest()
    parameters = b"\x05\x00" if null else b""
    return der.sequence(der.sequence(der.oid(hash_oid), parameters), der.octet_string(digest))


def test_pkcs1_with_and_without_null() -> None:
    usual = PRIVATE.sign(b"message", padding.PKCS1v15(), hashes.SHA256())
    assert PKCS1.verify(PUBLIC, usual, b"message")
    assert raw_rsa(padded(digest_info(null=True))) == usual
    assert PKCS1.verify(PUBLIC, raw_rsa(padded(digest_info(null=False))), b"message")
    assert not PKCS1.verify(PUBLIC, usual, b"massage")


def test_pkcs1_forgeries() -> None:
    info = digest_info(null=True)
    garbage = b"\x00\x01" + b"\xff" * 8 + b"\x00" + info + bytes(256 - 11 - len(info))
    for encoded in (
        garbage,  # Bleichenbacher 2006: the digest in front, anything behind
        padded(info, fill=b"\xfe"),
        padded(info, block=2),
        padded(digest_info(null=True, hash_oid="1.3.14.3.2.26")),
        padded(der.octet_string(hashlib.sha256(b"message").digest())),
    ):
        assert not PKCS1.verify(PUBLIC, raw_rsa(encoded), b"message")
    usual = PRIVATE.sign(b"message", padding.PKCS1v15(), hashes.SHA256())
    beyond = (int.from_bytes(usual, "big") + PUBLIC.modulus).to_bytes(257, "big")
    for signature in (b"", usual[1:], usual + b"\x00", b"\xff" * 256, beyond):
        assert not PKCS1.verify(PUBLIC, signature, b"message")


def test_a_scheme_and_a_key_of_another_kind() -> None:
    ecdsa = SignatureAlgorithm(Scheme.ECDSA, "sha256")
    assert not ecdsa.verify(PUBLIC, b"\x30\x00", b"message")
    assert not PKCS1.verify(load_public_key(key("signer").public_info()), b"", b"message")


@pytest.mark.parametrize(
    ("dotted", "scheme", "hash_name"),
    [
        ("1.2.840.113549.1.1.11", Scheme.RSA_PKCS1, "sha256"),
        ("1.3.14.3.2.29", Scheme.RSA_PKCS1, "sha1"),
        ("1.2.840.10045.4.3.3", Scheme.ECDSA, "sha384"),
        ("1.2.840.10045.4.1", Scheme.ECDSA, "sha1"),
    ],
)
def test_with_and_without_null(dotted: str, scheme: Scheme, hash_name: str) -> None:
    for parameters in ((), (b"\x05\x00",)):
        found = algorithm(dotted, *parameters)
        assert (found.scheme, found.hash_name) == (scheme, hash_name)


def test_ecdsa_with_specified_hash() -> None:
    found = algorithm("1.2.840.10045.4.3", der.sequence(der.oid(SHA256)))
    assert found == SignatureAlgorithm(Scheme.ECDSA, "sha256")


def test_the_hash_beside_the_signature() -> None:
    bare = decode(der.sequence(der.oid("1.2.840.113549.1.1.1"), b"\x05\x00"))
    assert parse_signature_algorithm(bare, "sha512").hash_name == "sha512"
    with pytest.raises(SignatureAlgorithmRejected):
        parse_signature_algorithm(bare)


def explicit(number: int, content: bytes) -> bytes:
    return bytes((0xA0 + number, len(content))) + content


def test_pss_parameters_and_their_defaults() -> None:
    assert algorithm(PSS) == SignatureAlgorithm(Scheme.RSA_PSS, "sha1", "sha1", 20)
    digest = der.sequence(der.oid(SHA256))
    full = der.sequence(
        explicit(0, digest),
        explicit(1, der.sequence(der.oid(MGF1), digest)),
        explicit(2, der.integer(64)),
        explicit(3, der.integer(1)),
    )
    assert algorithm(PSS, full) == SignatureAlgorithm(Scheme.RSA_PSS, "sha256", "sha256", 64)
    for salt in (0, 32, 64):
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
        signature = PRIVATE.sign(b"message", scheme, hashes.SHA256())
        found = SignatureAlgorithm(Scheme.RSA_PSS, "sha256", "sha256", salt)
        assert found.verify(PUBLIC, signature, b"message")
        assert not found.verify(PUBLIC, signature, b"massage")
        other = SignatureAlgorithm(Scheme.RSA_PSS, "sha256", "sha256", salt + 1)
        assert not other.verify(PUBLIC, signature, b"message")


@pytest.mark.parametrize(
    "parameters",
    [
        explicit(1, der.sequence(der.oid("1.2.3"), der.sequence(der.oid(SHA256)))),
        explicit(2, b"\x02\x01\xff"),
        explicit(2, der.integer(9999)),
        explicit(3, der.integer(2)),
        explicit(4, der.integer(1)),
        explicit(0, der.sequence(der.oid("1.2.840.113549.2.5"))),
    ],
)
def test_pss_parameters_that_are_refused(parameters: bytes) -> None:
    # Salt and trailer are fields of explicit tags, so each is wrapped like the others.
    with pytest.raises((SignatureAlgorithmRejected, Asn1Malformed)):
        algorithm(PSS, der.sequence(parameters))


@pytest.mark.parametrize("dotted", ["1.2.840.113549.1.1.4", "1.3.101.112"])
def test_algorithms_no_state_may_use(dotted: str) -> None:
    with pytest.raises(SignatureAlgorithmRejected):
        algorithm(dotted)
    with pytest.raises(SignatureAlgorithmRejected):
        parse_hash(decode(der.sequence(der.oid(dotted))))


def spki(dotted: str, public: bytes, parameters: bytes = b"\x05\x00") -> bytes:
    return der.sequence(der.sequence(der.oid(dotted), parameters), der.bit_string(public))


RSA = "1.2.840.113549.1.1.1"


def rsa_numbers(modulus: int, exponent: int) -> bytes:
    return der.sequence(der.integer(modulus), der.integer(exponent))


def test_rsa_keys_of_both_kinds() -> None:
    public = rsa_numbers(PUBLIC.modulus, 65537)
    assert load_public_key(spki(RSA, public)) == PUBLIC
    assert load_public_key(spki(PSS, public, b"")) == PUBLIC


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [(15, 3), (1 << 2047, 3), ((1 << 9000) + 1, 3), (PUBLIC.modulus, 1), (PUBLIC.modulus, 65536),
     (PUBLIC.modulus, (1 << 100) + 1)],
    ids=lambda number: f"{number.bit_length()} bits",  # the key is another one each time
)  # fmt: skip
def test_rsa_keys_that_cannot_be(modulus: int, exponent: int) -> None:
    with pytest.raises(PublicKeyRejected):
        load_public_key(spki(RSA, rsa_numbers(modulus, exponent)))


@pytest.mark.parametrize("point", [b"", b"\x04", b"\x00", b"\x02" + bytes(64), b"\x06" + bytes(64)])
def test_points_that_cannot_be(point: bytes) -> None:
    with pytest.raises(PublicKeyRejected):
        load_public_key(spki("1.2.840.10045.2.1", point, der.oid("1.2.840.10045.3.1.7")))


def test_a_point_beside_the_curve_verifies_nothing() -> None:
    found = load_public_key(
        spki("1.2.840.10045.2.1", b"\x04" + bytes(64), der.oid("1.2.840.10045.3.1.7"))
    )
    assert not SignatureAlgorithm(Scheme.ECDSA, "sha256").verify(found, b"\x30\x00", b"message")


def test_another_kind_of_key() -> None:
    with pytest.raises(PublicKeyRejected, match="kind"):
        load_public_key(spki("1.3.101.112", bytes(32), b""))


def test_what_libcrypto_does_not_know() -> None:
    with pytest.raises(LibcryptoUnavailable):
        verify_ecdsa(b"no key", b"", b"", "sha256")
    with pytest.raises(LibcryptoUnavailable):
        verify_ecdsa(key("signer").public_info(), b"", b"", "no hash")
