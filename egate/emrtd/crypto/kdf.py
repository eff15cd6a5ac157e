"""Key derivation (9303-11 §9.7.1)."""

from enum import Enum
from hashlib import sha1, sha256
from typing import Final


class SmAlgorithm(Enum):
    """A symmetric cipher with the length of its key in bytes."""

    TDES = ("3DES", 16)
    AES_128 = ("AES-128", 16)
    AES_192 = ("AES-192", 24)
    AES_256 = ("AES-256", 32)

    @property
    def key_bytes(self) -> int:
        return self.value[1]

    def __str__(self) -> str:
        return self.value[0]


_ENC: Final = 1
_MAC: Final = 2
_PI: Final = 3


def kdf_enc(secret: bytes, algorithm: SmAlgorithm) -> bytes:
    """Return the key for encryption that follows from ``secret``."""
    return _kdf(secret, _ENC, algorithm)


def kdf_mac(secret: bytes, algorithm: SmAlgorithm) -> bytes:
    """Return the key for authentication that follows from ``secret``."""
    return _kdf(secret, _MAC, algorithm)


def kdf_pi(secret: bytes, algorithm: SmAlgorithm) -> bytes:
    """Return the key that encrypts the nonce of PACE (9303-11 §4.4.3.3)."""
    return _kdf(secret, _PI, algorithm)


def _kdf(secret: bytes, counter: int, algorithm: SmAlgorithm) -> bytes:
    source = secret + counter.to_bytes(4, "big")
    if algorithm is SmAlgorithm.TDES:
        return with_odd_parity(sha1(source, usedforsecurity=False).digest()[:16])
    if algorithm is SmAlgorithm.AES_128:
        return sha1(source, usedforsecurity=False).digest()[:16]
    return sha256(source).digest()[: algorithm.key_bytes]


def with_odd_parity(key: bytes) -> bytes:
    """Return ``key`` with the lowest bit of each byte set for odd parity, as DES wants."""
    return bytes(byte & 0xFE | (byte >> 1).bit_count() % 2 ^ 1 for byte in key)
