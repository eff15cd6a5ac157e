"""3DES, its MAC and its keys as a chip uses them (9303-11 §4.3.3, §9.7.1, §9.8.6)."""

import hashlib
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from hardware_mocks.chip import padding

BLOCK = 8
_ZERO = bytes(BLOCK)


@dataclass(frozen=True, slots=True)
class Keys:
    """An encryption and a MAC key of 16 bytes each; never in ``repr``."""

    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Derive both keys from a key seed (9303-11 §9.7.1, appendix D.1)."""
        return cls(derive(seed, 1), derive(seed, 2))

    @classmethod
    def from_mrz_information(cls, mrz_information: str) -> Self:
        """Derive the document basic access keys (9303-11 §9.7.2)."""
        return cls.from_seed(hashlib.sha1(mrz_information.encode("ascii")).digest()[:16])  # noqa: S324


def derive(seed: bytes, counter: int) -> bytes:
    """The key derivation function for 3DES, parity adjusted (9303-11 §9.7.1.1)."""
    digest = hashlib.sha1(seed + counter.to_bytes(4, "big")).digest()[:16]  # noqa: S324
    return bytes(_odd_parity(byte) for byte in digest)


def _odd_parity(byte: int) -> int:
    ones = (byte >> 1).bit_count()
    return (byte & 0xFE) | (1 - ones % 2)


def encrypt(key: bytes, blocks: bytes) -> bytes:
    """Encrypt whole blocks: two-key 3DES, CBC, zero IV."""
    cipher = Cipher(TripleDES(key + key[:8]), modes.CBC(_ZERO)).encryptor()
    return cipher.update(blocks) + cipher.finalize()


def decrypt(key: bytes, blocks: bytes) -> bytes:
    """Decrypt whole blocks: two-key 3DES, CBC, zero IV."""
    cipher = Cipher(TripleDES(key + key[:8]), modes.CBC(_ZERO)).decryptor()
    return cipher.update(blocks) + cipher.finalize()


def retail_mac(key: bytes, message: bytes) -> bytes:
    """ISO/IEC 9797-1 MAC algorithm 3 over ``message``, padded here by method 2; 8 bytes."""
    padded = pad(message)
    first, second = key[:8], key[8:]
    chain = Cipher(TripleDES(first * 3), modes.CBC(_ZERO)).encryptor()
    last = (chain.update(padded) + chain.finalize())[-BLOCK:]
    # After the chain of single DES: decrypt by the second key, encrypt by the first.
    middle = Cipher(TripleDES(second * 3), modes.CBC(_ZERO)).decryptor()
    inner = middle.update(last) + middle.finalize()
    outer = Cipher(TripleDES(first * 3), modes.CBC(_ZERO)).encryptor()
    return outer.update(inner) + outer.finalize()


def pad(message: bytes) -> bytes:
    """Add padding method 2 up to whole blocks."""
    return padding.pad(message, BLOCK)


def unpad(padded: bytes) -> bytes:
    """Take padding method 2 away; raises ValueError where there is none."""
    return padding.unpad(padded, BLOCK)
