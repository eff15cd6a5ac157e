"""Active Authentication from the chip's side (9303-11 §6.1)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session

AaKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
LeadingZeros = Literal["as-is", "added", "cut"]

# Trailer fields of ISO/IEC 9796-2 (9303-11 §6.1.2.2).
_TRAILERS: Final = {
    "sha1": b"\xbc",
    "sha224": b"\x38\xcc",
    "sha256": b"\x34\xcc",
    "sha384": b"\x36\xcc",
    "sha512": b"\x35\xcc",
}
_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303  old documents have it
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class AaScheme:
    """How a chip signs.

    Args:
        hash_name: sha1, sha224, sha256, sha384 or sha512.
        der: an ECDSA signature comes as ECDSA-Sig-Value instead of r and s side by side.
        zeros: ``added`` puts a zero byte before the signature, ``cut`` drops the zero bytes it
            starts with and sees to it that there is one (quirk 24).

    """

    hash_name: str = "sha256"
    der: bool = False
    zeros: LeadingZeros = "as-is"


USUAL_SCHEME: Final = AaScheme()


class ActiveAuthentication:
    """INTERNAL AUTHENTICATE with the key that the chip really holds."""

    def __init__(
        self, key: AaKey, random: Callable[[int], bytes], scheme: AaScheme = USUAL_SCHEME
    ) -> None:
        self._key = key
        self._random = random
        self._scheme = scheme

    def answer(self, command: Command, session: Session) -> Reply | None:
        if command.ins != 0x88:
            return None
        if session.application != EMRTD_APPLICATION or not session.access_granted:
            return Reply(0x6982)
        if command.p1p2 != 0:
            return Reply(0x6A86)
        if len(command.data) != 8:
            return Reply(0x6700)
        signature = self._zeroed(command.data)
        if len(signature) > min(command.ne, command.room):
            return Reply(0x6700)
        return Reply(0x9000, signature)

    def _zeroed(self, nonce: bytes) -> bytes:
        signature = self._sign(nonce)
        if self._scheme.zeros == "added":
            return b"\x00" + signature
        if self._scheme.zeros == "cut":
            while signature[0]:
                signature = self._sign(nonce)
            return signature.lstrip(b"\x00")
        return signature

    def _sign(self, nonce: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._sign_rsa(self._key, nonce)
        signature = self._key.sign(nonce, ec.ECDSA(_HASHES[self._scheme.hash_name]))
        if self._scheme.der:
            return signature
        width = (self._key.curve.key_size + 7) // 8
        r, s = decode_dss_signature(signature)
        return r.to_bytes(width, "big") + s.to_bytes(width, "big")

    def _sign_rsa(self, key: rsa.RSAPrivateKey, nonce: bytes) -> bytes:
        size = key.key_size // 8
        hash_name = self._scheme.hash_name
        m1 = self._random(recoverable_bytes(size, hash_name))
        representative = message_representative(m1, nonce, hash_name)
        return _private_operation(key, int.from_bytes(representative, "big")).to_bytes(size, "big")


def recoverable_bytes(key_bytes: int, rsa_hash: str) -> int:
    """The length of M1: c - 4 bits, where c = k - Lh - 8t - 4 (9303-11 §6.1.2.2)."""
    return key_bytes - hashlib.new(rsa_hash).digest_size - len(_TRAILERS[rsa_hash]) - 1


def message_representative(m1: bytes, m2: bytes, rsa_hash: str) -> bytes:
    """Return F = '6A' || M1 || H(M1 || M2) || T: partial recovery (appendix F, steps 7 to 9)."""
    return b"\x6a" + m1 + hashlib.new(rsa_hash, m1 + m2).digest() + _TRAILERS[rsa_hash]


def _private_operation(key: rsa.RSAPrivateKey, message: int) -> int:
    """Raise to the private exponent by the Chinese remainder theorem."""
    numbers = key.private_numbers()
    of_p = pow(message, numbers.dmp1, numbers.p)
    of_q = pow(message, numbers.dmq1, numbers.q)
    return of_q + (of_p - of_q) * numbers.iqmp % numbers.p * numbers.q
