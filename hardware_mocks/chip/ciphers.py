"""The symmetric algorithms of PACE and Chip Authentication, with their keys (9303-11 §9.7)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from hardware_mocks.chip import aes, des
from hardware_mocks.chip.padding import pad, unpad

CipherName = Literal["3DES", "AES-128", "AES-192", "AES-256"]
_ENC, _MAC, _PASSWORD = 1, 2, 3


class SessionCipher(Protocol):
    """A cipher with the keys of one session; ``ssc`` is the send sequence counter."""

    @property
    def block_bytes(self) -> int: ...

    def encrypt(self, data: bytes, ssc: int) -> bytes:
        """Pad and encrypt."""
        ...

    def decrypt(self, cryptogram: bytes, ssc: int) -> bytes:
        """Decrypt whole blocks and take the padding away; raises ValueError."""
        ...

    def checksum(self, message: bytes, ssc: int) -> bytes:
        """The eight bytes of DO'8E' over the counter and the message."""
        ...

    def token(self, message: bytes) -> bytes:
        """The eight bytes of an authentication token (9303-11 §4.4.3.4)."""
        ...


@dataclass(frozen=True, slots=True)
class TripleDesSession:
    """Two-key 3DES with the retail MAC (9303-11 §9.8.6)."""

    keys: des.Keys
    block_bytes: int = des.BLOCK

    def encrypt(self, data: bytes, ssc: int) -> bytes:  # noqa: ARG002  the IV is always zero
        return des.encrypt(self.keys.enc, des.pad(data))

    def decrypt(self, cryptogram: bytes, ssc: int) -> bytes:  # noqa: ARG002
        return des.unpad(des.decrypt(self.keys.enc, cryptogram))

    def checksum(self, message: bytes, ssc: int) -> bytes:
        return des.retail_mac(self.keys.mac, ssc.to_bytes(des.BLOCK, "big") + message)

    def token(self, message: bytes) -> bytes:
        return des.retail_mac(self.keys.mac, message)


@dataclass(frozen=True, slots=True)
class AesSession:
    """AES in CBC mode with an IV from the counter, and CMAC (9303-11 §9.8.7)."""

    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    block_bytes: int = aes.BLOCK

    def encrypt(self, data: bytes, ssc: int) -> bytes:
        return aes.encrypt(self.enc, pad(data, aes.BLOCK), self._iv(ssc))

    def decrypt(self, cryptogram: bytes, ssc: int) -> bytes:
        return unpad(aes.decrypt(self.enc, cryptogram, self._iv(ssc)), aes.BLOCK)

    def checksum(self, message: bytes, ssc: int) -> bytes:
        padded = pad(message, aes.BLOCK)  # by secure messaging, so CMAC itself pads nothing
        return aes.cmac(self.mac, ssc.to_bytes(aes.BLOCK, "big") + padded)

    def token(self, message: bytes) -> bytes:
        return aes.cmac(self.mac, message)

    def chip_authentication_data(self, data: bytes) -> bytes:
        """Encrypt the Chip Authentication Data of PACE-CAM (9303-11 §4.4.3.5)."""
        iv = aes.encrypt(self.enc, b"\xff" * aes.BLOCK)
        return aes.encrypt(self.enc, pad(data, aes.BLOCK), iv)

    def _iv(self, ssc: int) -> bytes:
        return aes.encrypt(self.enc, ssc.to_bytes(aes.BLOCK, "big"))


class Suite(Protocol):
    """One symmetric algorithm: its sizes and what it makes of a shared secret."""

    @property
    def key_bytes(self) -> int: ...
    @property
    def nonce_bytes(self) -> int:
        """The least number of whole blocks as long as a key (9303-11 §4.4.3.3)."""
        ...

    def password_key(self, password: bytes) -> bytes:
        """K_pi of an encoded password (9303-11 §9.7.3)."""
        ...

    def encrypt(self, key: bytes, blocks: bytes) -> bytes:
        """CBC mode, zero IV, no padding."""
        ...

    def session(self, secret: bytes) -> SessionCipher:
        """Derive KS_Enc and KS_MAC (9303-11 §9.7.4)."""
        ...


@dataclass(frozen=True, slots=True)
class TripleDes:
    """3DES with two keys, 112 bits."""

    key_bytes: int = 16
    nonce_bytes: int = 16

    def password_key(self, password: bytes) -> bytes:
        return des.derive(password, _PASSWORD)

    def encrypt(self, key: bytes, blocks: bytes) -> bytes:
        return des.encrypt(key, blocks)

    def session(self, secret: bytes) -> TripleDesSession:
        return TripleDesSession(des.Keys.from_seed(secret))


@dataclass(frozen=True, slots=True)
class Aes:
    """AES with keys of 16, 24 or 32 bytes."""

    key_bytes: int

    @property
    def nonce_bytes(self) -> int:
        return -(-self.key_bytes // aes.BLOCK) * aes.BLOCK

    def password_key(self, password: bytes) -> bytes:
        return self._derive(password, _PASSWORD)

    def encrypt(self, key: bytes, blocks: bytes) -> bytes:
        return aes.encrypt(key, blocks)

    def session(self, secret: bytes) -> AesSession:
        return AesSession(self._derive(secret, _ENC), self._derive(secret, _MAC))

    def _derive(self, secret: bytes, counter: int) -> bytes:
        chosen = "sha1" if self.key_bytes == 16 else "sha256"
        return hashlib.new(chosen, secret + counter.to_bytes(4, "big")).digest()[: self.key_bytes]


SUITES: Final[Mapping[CipherName, Suite]] = {
    "3DES": TripleDes(),
    "AES-128": Aes(16),
    "AES-192": Aes(24),
    "AES-256": Aes(32),
}
