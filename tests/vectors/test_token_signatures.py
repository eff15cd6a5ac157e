"""Signatures and keys of tokens: RFC 6979 §A.2.5 (P-256, SHA-256), the one NIST curve we use."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from drivers.key_token.ecdsa import P256, TokenAnswerMalformed, public_key_of, signature_of

UX = "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
UY = "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
SIGNED = {
    b"sample": (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    ),
    b"test": (
        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
    ),
}
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
POINT = bytes.fromhex("04" + UX + UY)
ALGORITHM = ec.ECDSA(hashes.SHA256())


def key() -> ec.EllipticCurvePublicKey:
    made = serialization.load_der_public_key(public_key_of(POINT))
    assert isinstance(made, ec.EllipticCurvePublicKey)
    return made


@pytest.mark.parametrize("message", list(SIGNED))
def test_a_published_signature_verifies_in_its_lower_form(message: bytes) -> None:
    r, s = SIGNED[message]
    signature = signature_of(bytes.fromhex(r + s))
    key().verify(signature, message, ALGORITHM)
    assert decode_dss_signature(signature) == (int(r, 16), min(int(s, 16), ORDER - int(s, 16)))
    with pytest.raises(InvalidSignature):
        key().verify(signature, message + b".", ALGORITHM)


def test_one_of_the_lower_form_is_left_as_it_is() -> None:
    r, s = SIGNED[b"test"]
    # By hand: r has its highest bit set, so DER (X.690 §8.3) puts a zero before it.
    expected = "3045" + "022100" + r + "0220" + s
    assert signature_of(bytes.fromhex(r + s)) == bytes.fromhex(expected)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        bytes(64),
        bytes(63) + b"\x01",
        bytes(31) + b"\x01" + bytes(32),
        bytes.fromhex("".join(SIGNED[b"test"]))[:-1],
        bytes.fromhex("".join(SIGNED[b"test"])) + b"\x00",
        ORDER.to_bytes(32) + b"\x01" * 32,
        b"\x01" * 32 + ORDER.to_bytes(32),
        b"\xff" * 64,
        b"\x01" * 96,  # of P-384
    ],
)
def test_what_is_no_signature_is_refused(raw: bytes) -> None:
    with pytest.raises(TokenAnswerMalformed):
        signature_of(raw)


def test_a_point_is_the_same_key_with_and_without_its_octet_string() -> None:
    assert public_key_of(b"\x04\x41" + POINT) == public_key_of(POINT)
    numbers = key().public_numbers()
    assert (numbers.x, numbers.y) == (int(UX, 16), int(UY, 16))


@pytest.mark.parametrize(
    "point",
    [
        b"",
        POINT[:-1],
        POINT + b"\x00",
        b"\x04\x40" + POINT,
        b"\x04\x41" + POINT[:-1] + b"\x00",
        bytes(65),
        b"\x02" + POINT[1:33],  # compressed: PKCS#11 has it uncompressed
        POINT[:-1] + b"\x98",
    ],
)
def test_what_is_no_point_of_the_curve_is_refused(point: bytes) -> None:
    with pytest.raises(TokenAnswerMalformed):
        public_key_of(point)


def test_the_curve_is_named_as_in_a_public_key() -> None:
    assert P256 in public_key_of(POINT)  # RFC 5480 §2.1.1: the parameters of the algorithm
