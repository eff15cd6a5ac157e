"""What the simulated chip signs, verified with the public key that its DG15 shows."""

import hashlib
from datetime import UTC, datetime

import pytest
from asn1crypto.keys import PublicKeyInfo
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hardware_mocks.chip.active_authentication import (
    AaScheme,
    ActiveAuthentication,
    recoverable_bytes,
)
from hardware_mocks.chip.apdu import Command
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.document_keys import AA_CURVES
from hardware_mocks.chip.order import Order
from hardware_mocks.chip.personaliser import issue
from hardware_mocks.chip.profiles import usual_holder
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session
from hardware_mocks.pki.pki import Pki
from hardware_mocks.tlv import elements

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
NONCE = bytes.fromhex("F173589974BF40C6")
TRAILERS = {
    "sha1": "BC", "sha224": "38CC", "sha256": "34CC", "sha384": "36CC", "sha512": "35CC",
}  # fmt: skip
# ecdsa-plain-SHA224 and on (BSI TR-03111), ecdsa-with-SHA224 and on (RFC 5758).
PLAIN = {"sha224": "02", "sha256": "03", "sha384": "04", "sha512": "05"}
DER = {"sha224": "01", "sha256": "02", "sha384": "03", "sha512": "04"}


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki.make(NOW)


@pytest.fixture(scope="module")
def small_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505  quick, and old documents have it


def signed(chip: ActiveAuthentication) -> bytes:
    session = Session(EMRTD_APPLICATION, access_granted=True)
    reply = chip.answer(Command(0, 0x88, 0, 0, NONCE, ne=65536), session)
    assert reply is not None
    assert reply.sw == 0x9000
    return reply.data


def recovered(key: rsa.RSAPrivateKey, signature: bytes) -> bytes:
    public = key.public_key().public_numbers()
    opened = pow(int.from_bytes(signature, "big"), public.e, public.n)
    return opened.to_bytes(key.key_size // 8, "big")


@pytest.mark.parametrize("hash_name", TRAILERS)
def test_every_hash_with_its_trailer(small_key: rsa.RSAPrivateKey, hash_name: str) -> None:
    chip = ActiveAuthentication(small_key, lambda count: b"\xa5" * count, AaScheme(hash_name))
    opened = recovered(small_key, signed(chip))
    trailer = bytes.fromhex(TRAILERS[hash_name])
    m1 = b"\xa5" * recoverable_bytes(128, hash_name)
    digest = hashlib.new(hash_name, m1 + NONCE).digest()
    assert opened == b"\x6a" + m1 + digest + trailer


def test_a_zero_too_many(small_key: rsa.RSAPrivateKey) -> None:
    scheme = AaScheme(zeros="added")
    signature = signed(ActiveAuthentication(small_key, bytes, scheme))
    assert len(signature) == 129
    assert signature[0] == 0
    assert recovered(small_key, signature)[0] == 0x6A


def test_zeros_that_are_cut(small_key: rsa.RSAPrivateKey) -> None:
    counted = iter(range(1, 1 << 16))
    random = lambda count: next(counted).to_bytes(count, "big")  # noqa: E731
    signature = signed(ActiveAuthentication(small_key, random, AaScheme(zeros="cut")))
    assert len(signature) < 128
    assert signature[0] != 0
    assert recovered(small_key, signature)[0] == 0x6A


def public_key(document: Document) -> ec.EllipticCurvePublicKey:
    """The key of DG15: its explicit parameters are those of the key that the chip holds."""
    info = PublicKeyInfo.load(elements(document.files[0x010F])[0].value)
    key = document.active_authentication
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    assert info["public_key"].native == point
    name, parameters = info["algorithm"]["parameters"].name, info["algorithm"]["parameters"].chosen
    assert name == "specified"
    assert int.from_bytes(parameters["base"].native, "big") != 0
    assert parameters["order"].native.bit_length() == key.curve.key_size
    return key.public_key()


@pytest.mark.parametrize("curve", AA_CURVES)
@pytest.mark.parametrize("hash_name", PLAIN)
def test_ecdsa_in_both_forms_with_its_name_in_dg14(pki: Pki, curve: str, hash_name: str) -> None:
    chosen = {
        "sha224": hashes.SHA224(), "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
    }[hash_name]  # fmt: skip
    for der in (False, True):
        order = Order(active_authentication="ecdsa", aa_curve=curve, aa_hash=hash_name, aa_der=der)
        document = issue(usual_holder(NOW), pki, order)
        key = document.active_authentication
        assert key is not None
        signature = signed(ActiveAuthentication(key, bytes, document.aa_scheme))
        if not der:
            half = len(signature) // 2
            r, s = signature[:half], signature[half:]
            signature = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        public_key(document).verify(signature, NONCE, ec.ECDSA(chosen))
        plain_oid, der_oid = "060A04007F000701010401", "06082A8648CE3D0403"
        named = der_oid + DER[hash_name] if der else plain_oid + PLAIN[hash_name]
        assert bytes.fromhex(named) in document.files[0x010E]


@pytest.mark.parametrize("bits", [1024, 1536, 3072])
def test_rsa_keys_of_every_size(pki: Pki, bits: int) -> None:
    document = issue(usual_holder(NOW), pki, Order(aa_bits=bits, aa_hash="sha512"))
    key = document.active_authentication
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = signed(ActiveAuthentication(key, bytes, document.aa_scheme))
    assert len(signature) == bits // 8
    assert recovered(key, signature).endswith(b"\x35\xcc")
    modulus = key.public_key().public_numbers().n
    assert modulus.to_bytes(bits // 8, "big") in document.files[0x010F]
