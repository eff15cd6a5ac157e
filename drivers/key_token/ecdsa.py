"""Signatures and public keys on P-256 as PKCS#11 has them, and as everybody else has them."""

from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

P256: Final = bytes.fromhex("06082a8648ce3d030107")
"""CKA_EC_PARAMS: the object identifier of the curve in DER (RFC 5480 §2.1.1.1)."""
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_NUMBER_BYTES: Final = 32
_POINT_BYTES: Final = 65
_OCTET_STRING: Final = b"\x04\x41"  # of a point's length


class TokenAnswerMalformed(Exception):
    """A token answers with what is no signature or no key on P-256."""


def signature_of(raw: bytes) -> bytes:
    """Return the signature ``raw`` in DER (RFC 3279 §2.2.3), in the lower of its two forms.

    With (r, s) also (r, n - s) verifies; of each link of a chain there shall be one form.

    Args:
        raw: r and s side by side, each as long as the curve's order (PKCS#11 2.40 §2.3.1).

    Raises:
        TokenAnswerMalformed: it is of another length, or a number is out of its range.

    """
    if len(raw) != 2 * _NUMBER_BYTES:
        raise TokenAnswerMalformed(f"a signature of {len(raw)} bytes")
    r, s = (int.from_bytes(half) for half in (raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]))
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        raise TokenAnswerMalformed("a signature out of its range")
    return encode_dss_signature(r, min(s, _ORDER - s))


def public_key_of(point: bytes) -> bytes:
    """Return the public key at ``point`` as SubjectPublicKeyInfo in DER.

    Args:
        point: CKA_EC_POINT: uncompressed, in a DER OCTET STRING (PKCS#11 2.40 §2.3.3), which
            some tokens leave out.

    Raises:
        TokenAnswerMalformed: it is not on P-256.

    """
    if len(point) == len(_OCTET_STRING) + _POINT_BYTES and point.startswith(_OCTET_STRING):
        point = point[len(_OCTET_STRING) :]
    if len(point) != _POINT_BYTES:
        raise TokenAnswerMalformed(f"a public key of {len(point)} bytes")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise TokenAnswerMalformed("a public key that is not on P-256") from None
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
