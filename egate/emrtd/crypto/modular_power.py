"""Powers modulo a large prime: by the system's libcrypto where it is, by Python elsewhere.

``pow`` takes ten times as long for the groups of 2048 bits, and its time depends on the
exponent, which is a secret of ours.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from egate.emrtd.crypto import libcrypto
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable

_POINTER: Final = ctypes.c_void_p
_FUNCTIONS: Final[libcrypto.Signatures] = {
    "BN_bin2bn": (_POINTER, [ctypes.c_char_p, ctypes.c_int, _POINTER]),
    "BN_bn2binpad": (ctypes.c_int, [_POINTER, ctypes.c_char_p, ctypes.c_int]),
    "BN_clear_free": (None, [_POINTER]),
    "BN_CTX_new": (_POINTER, []),
    "BN_CTX_free": (None, [_POINTER]),
    "BN_mod_exp_mont_consttime": (ctypes.c_int, [_POINTER] * 6),
    "ERR_clear_error": (None, []),
}


def power(base: int, exponent: int, modulus: int) -> int:
    """Return ``base ** exponent % modulus``.

    Args:
        base: 0 or more.
        exponent: 0 or more; may be secret.
        modulus: odd.

    """
    library = _library()
    if library is None:
        return pow(base, exponent, modulus)
    with (
        _number(library, base % modulus) as a,
        _number(library, exponent) as p,
        _number(library, modulus) as m,
        _number(library, 0) as result,
        _context(library) as context,
    ):
        if library.BN_mod_exp_mont_consttime(result, a, p, m, context, None) != 1:
            library.ERR_clear_error()
            raise RuntimeError("libcrypto refuses the modulus or has no memory")
        size = (modulus.bit_length() + 7) // 8
        buffer = ctypes.create_string_buffer(size)
        library.BN_bn2binpad(result, buffer, size)
        return int.from_bytes(buffer.raw, "big")


@contextmanager
def _number(library: ctypes.CDLL, value: int) -> Iterator[int]:
    encoded = value.to_bytes((value.bit_length() + 7) // 8, "big")
    number = library.BN_bin2bn(encoded, len(encoded), None)
    try:
        yield number
    finally:
        library.BN_clear_free(number)


@contextmanager
def _context(library: ctypes.CDLL) -> Iterator[int]:
    context = library.BN_CTX_new()
    try:
        yield context
    finally:
        library.BN_CTX_free(context)


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL | None:
    try:
        return libcrypto.load(_FUNCTIONS)
    except LibcryptoUnavailable:
        return None
