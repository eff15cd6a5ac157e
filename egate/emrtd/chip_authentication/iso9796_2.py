"""ISO/IEC 9796-2 digital signature scheme 1, with message recovery (9303-11 §6.1.2.2)."""

import hashlib
from hmac import compare_digest
from typing import Final

from egate.emrtd.crypto.public_key import RsaPublicKey

_TRAILER_SHA1: Final = 0xBC
_TRAILER_OPTION_2: Final = 0xCC
_HASHES: Final = {
    0x33: "sha1",
    0x34: "sha256",
    0x35: "sha512",
    0x36: "sha384",
    0x38: "sha224",
}
_PARTIAL_RECOVERY: Final = 0x6A
_PARTIAL_RECOVERY_PADDED: Final = 0x6B
_PADDING: Final = 0xBB
_END_OF_PADDING: Final = 0xBA


class SignatureWrong(Exception):
    """The signature is not one of this key over this message. Says what is wrong."""


def verify(key: RsaPublicKey, signature: bytes, non_recoverable: bytes) -> None:
    """Check ``signature`` whose message ends in ``non_recoverable``.

    Args:
        key: of the signer.
        signature: as long as the modulus; leading zeros may be missing.
        non_recoverable: M2, which the signature does not hold.

    Raises:
        SignatureWrong: it is not right.

    """
    m1, digest, hash_name = _split(_recover(key, signature))
    expected = hashlib.new(hash_name, m1 + non_recoverable, usedforsecurity=False).digest()
    if not compare_digest(digest, expected):
        raise SignatureWrong("the signature is not over this challenge")


def _recover(key: RsaPublicKey, signature: bytes) -> bytes:
    value = int.from_bytes(signature, "big")
    if value >= key.modulus:
        raise SignatureWrong("the signature is longer than the key")
    representative = pow(value, key.exponent, key.modulus)
    if representative & 0x0F != 0x0C:  # §B.4: the signer took the smaller of two values
        representative = key.modulus - representative
    recovered = representative.to_bytes(key.size_bytes, "big").lstrip(b"\x00")
    # The header stands at the top: a number that is short all the same was not made by padding,
    # and is easier to find. One byte is for moduli that do not fill their first.
    if len(recovered) < key.size_bytes - 1:
        raise SignatureWrong("the signature is not one of this key")
    return recovered


def _split(recovered: bytes) -> tuple[bytes, bytes, str]:
    """Return M1, the digest and the name of its hash."""
    if recovered[0] not in (_PARTIAL_RECOVERY, _PARTIAL_RECOVERY_PADDED):
        raise SignatureWrong("the signature is not one of this key")
    if recovered[-1] == _TRAILER_SHA1:
        hash_name, trailer = "sha1", 1
    elif recovered[-1] == _TRAILER_OPTION_2 and recovered[-2] in _HASHES:
        hash_name, trailer = _HASHES[recovered[-2]], 2
    else:
        raise SignatureWrong("the trailer of the signature names no known hash")
    body = recovered[_header_bytes(recovered) : -trailer]
    digest_bytes = hashlib.new(hash_name, usedforsecurity=False).digest_size
    if len(body) < digest_bytes:
        raise SignatureWrong("the signature is too short for its hash")
    return body[:-digest_bytes], body[-digest_bytes:], hash_name


def _header_bytes(recovered: bytes) -> int:
    if recovered[0] == _PARTIAL_RECOVERY:
        return 1
    position = 1
    while recovered[position] == _PADDING:
        position += 1
    if recovered[position] != _END_OF_PADDING:
        raise SignatureWrong("the padding of the signature has no end")
    return position + 1
