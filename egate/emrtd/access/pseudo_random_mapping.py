"""R(s, t): the pseudo-random number that PACE's integrated mapping encodes (9303-11 §4.4.3.3.2)."""

from typing import Final

from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.crypto.sm_cipher import cbc_of

# c0 and c1 for nonces of 128 bits (3DES, AES-128) and of 256 bits (AES-192, AES-256).
_CONSTANTS: Final = {
    16: (
        bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
        bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
    ),
    32: (
        bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
        bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
    ),
}
_SURPLUS_BITS: Final = 64


def nonce_bytes(cipher: SmAlgorithm) -> int:
    """Return the length of the chip's nonce s: whole blocks that hold a key."""
    return 16 if cipher.key_bytes == 16 else 32


def pseudo_random(s: bytes, t: bytes, cipher: SmAlgorithm, field_bits: int) -> int:
    """Return x1 || x2 || ... as a number, longer than p by at least 64 bits.

    Args:
        s: the chip's nonce, ``nonce_bytes(cipher)`` long.
        t: the terminal's nonce, as long as a key of ``cipher``.
        cipher: the block cipher.
        field_bits: length of p.

    """
    c0, c1 = _CONSTANTS[len(s)]
    key = cbc_of(cipher, t).encrypt(s)
    drawn = b""
    while 8 * len(drawn) < field_bits + _SURPLUS_BITS:
        # Of AES-192 a key is shorter than its nonce: the rest of it is not used.
        block_cipher = cbc_of(cipher, key[: cipher.key_bytes])
        drawn += block_cipher.encrypt(c1)
        key = block_cipher.encrypt(c0)
    return int.from_bytes(drawn, "big")
