"""AES and its MAC as a chip uses them (9303-11 §4.4.3.4, §9.8.7)."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK = 16
_ZERO = bytes(BLOCK)
_MAC_BYTES = 8


def encrypt(key: bytes, blocks: bytes, iv: bytes = _ZERO) -> bytes:
    """Encrypt whole blocks in CBC mode."""
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return cipher.update(blocks) + cipher.finalize()


def decrypt(key: bytes, blocks: bytes, iv: bytes = _ZERO) -> bytes:
    """Decrypt whole blocks in CBC mode."""
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return cipher.update(blocks) + cipher.finalize()


def cmac(key: bytes, message: bytes) -> bytes:
    """The first eight bytes of the CMAC (SP 800-38B)."""
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()[:_MAC_BYTES]
