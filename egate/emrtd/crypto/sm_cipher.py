"""The two families of algorithms that protect a channel (9303-11 §9.8)."""

from typing import Final, Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.cmac import CMAC

from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_enc, kdf_mac
from egate.emrtd.crypto.padding import pad

_DES_BLOCK: Final = 8
_AES_BLOCK: Final = 16
_MAC_BYTES: Final = 8


class SmCipher(Protocol):
    """The algorithms of one channel: 3DES (BAC) or AES (PACE)."""

    block_size: int

    def encrypt(self, padded: bytes, ssc: int) -> bytes:
        """Encrypt whole blocks."""
        ...

    def decrypt(self, cryptogram: bytes, ssc: int) -> bytes:
        """Decrypt whole blocks."""
        ...

    def mac(self, padded: bytes, ssc: int) -> bytes:
        """Return the 8 bytes that authenticate the counter and the whole blocks of ``padded``."""
        ...


class TdesCbc:
    """Two-key 3DES in CBC mode with IV zero (9303-11 §9.8.6.1).

    Args:
        key: 16 bytes.

    """

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(TripleDES(key + key[:8]), CBC(bytes(_DES_BLOCK)))

    def encrypt(self, padded: bytes) -> bytes:
        return self._cipher.encryptor().update(padded)

    def decrypt(self, cryptogram: bytes) -> bytes:
        return self._cipher.decryptor().update(cryptogram)


class AesCbc:
    """AES in CBC mode.

    Args:
        key: 16, 24 or 32 bytes.
        iv: 16 bytes.

    """

    def __init__(self, key: bytes, iv: bytes = bytes(_AES_BLOCK)) -> None:
        self._cipher = Cipher(AES(key), CBC(iv))

    def encrypt(self, padded: bytes) -> bytes:
        return self._cipher.encryptor().update(padded)

    def decrypt(self, cryptogram: bytes) -> bytes:
        return self._cipher.decryptor().update(cryptogram)


class RetailMac:
    """ISO/IEC 9797-1 MAC algorithm 3 with DES (9303-11 §9.8.6.1).

    Single DES in CBC mode over all blocks but the last, which 3DES takes.

    Args:
        key: 16 bytes.

    """

    def __init__(self, key: bytes) -> None:
        self._single = Cipher(TripleDES(key[:8] * 3), CBC(bytes(_DES_BLOCK)))
        self._last = Cipher(TripleDES(key + key[:8]), ECB()).encryptor()  # noqa: S305 - one block

    def mac(self, padded: bytes) -> bytes:
        """Return the MAC of ``padded``, one or more whole blocks."""
        chain = self._single.encryptor().update(padded[:-_DES_BLOCK])[-_DES_BLOCK:]
        last = int.from_bytes(chain, "big") ^ int.from_bytes(padded[-_DES_BLOCK:], "big")
        return self._last.update(last.to_bytes(_DES_BLOCK, "big"))


class TdesSmCipher:
    """3DES secure messaging: the counter has 8 bytes and enters the MAC only.

    Args:
        ks_enc: 16 bytes.
        ks_mac: 16 bytes.

    """

    block_size = _DES_BLOCK

    def __init__(self, ks_enc: bytes, ks_mac: bytes) -> None:
        self._cbc = TdesCbc(ks_enc)
        self._retail_mac = RetailMac(ks_mac)

    def encrypt(self, padded: bytes, ssc: int) -> bytes:  # noqa: ARG002 - IV is zero for 3DES
        return self._cbc.encrypt(padded)

    def decrypt(self, cryptogram: bytes, ssc: int) -> bytes:  # noqa: ARG002
        return self._cbc.decrypt(cryptogram)

    def mac(self, padded: bytes, ssc: int) -> bytes:
        return self._retail_mac.mac(ssc.to_bytes(_DES_BLOCK, "big") + padded)


class AesSmCipher:
    """AES secure messaging: IV is the encrypted 16-byte counter (9303-11 §9.8.6.2).

    Args:
        ks_enc: 16, 24 or 32 bytes.
        ks_mac: as many.

    """

    block_size = _AES_BLOCK

    def __init__(self, ks_enc: bytes, ks_mac: bytes) -> None:
        self._key = AES(ks_enc)
        self._counter = Cipher(self._key, ECB())  # noqa: S305 - one block, the IV
        self._mac_key = AES(ks_mac)

    def encrypt(self, padded: bytes, ssc: int) -> bytes:
        return Cipher(self._key, CBC(self._iv(ssc))).encryptor().update(padded)

    def decrypt(self, cryptogram: bytes, ssc: int) -> bytes:
        return Cipher(self._key, CBC(self._iv(ssc))).decryptor().update(cryptogram)

    def mac(self, padded: bytes, ssc: int) -> bytes:
        cmac = CMAC(self._mac_key)
        cmac.update(ssc.to_bytes(_AES_BLOCK, "big") + padded)
        return cmac.finalize()[:_MAC_BYTES]

    def _iv(self, ssc: int) -> bytes:
        return self._counter.encryptor().update(ssc.to_bytes(_AES_BLOCK, "big"))


def session_cipher(algorithm: SmAlgorithm, shared_secret: bytes) -> SmCipher:
    """Return the cipher of the channel that a key agreement opens (9303-11 §9.7.1, §9.8.6).

    Args:
        algorithm: 3DES or AES.
        shared_secret: K, the x-coordinate or the number, in full length.

    """
    ks_enc, ks_mac = kdf_enc(shared_secret, algorithm), kdf_mac(shared_secret, algorithm)
    if algorithm is SmAlgorithm.TDES:
        return TdesSmCipher(ks_enc, ks_mac)
    return AesSmCipher(ks_enc, ks_mac)


def cbc_of(algorithm: SmAlgorithm, key: bytes) -> TdesCbc | AesCbc:
    """Return the block cipher in CBC mode with IV zero."""
    return TdesCbc(key) if algorithm is SmAlgorithm.TDES else AesCbc(key)


def authentication_token(algorithm: SmAlgorithm, ks_mac: bytes, message: bytes) -> bytes:
    """Return the 8 bytes that authenticate ``message`` of any length (9303-11 §4.4.3.4)."""
    if algorithm is SmAlgorithm.TDES:
        return RetailMac(ks_mac).mac(pad(message, _DES_BLOCK))
    cmac = CMAC(AES(ks_mac))
    cmac.update(message)
    return cmac.finalize()[:_MAC_BYTES]
