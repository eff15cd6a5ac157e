"""ECDSA on curves that ``cryptography`` does not know, through the system's libcrypto.

Documents are signed on brainpoolP160r1, 192r1, 224r1 and 320r1 too. Only a public key
on a standard curve, already compared with our table, ever gets here.
"""

import ctypes
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from egate.emrtd.errors import EmrtdError

_NAMES: Final = ("libcrypto.so.3", "libcrypto.so.1.1")

# Of each function its result and its arguments, as ctypes types.
Signatures = Mapping[str, tuple[object, list[object]]]

_POINTER: Final = ctypes.c_void_p
_SIZE: Final = ctypes.c_size_t
_TEXT: Final = ctypes.c_char_p
_FUNCTIONS: Final[Signatures] = {
    "EVP_get_digestbyname": (_POINTER, [_TEXT]),
    "d2i_PUBKEY": (_POINTER, [_POINTER, _POINTER, ctypes.c_long]),
    "EVP_MD_CTX_new": (_POINTER, []),
    "EVP_DigestVerifyInit": (ctypes.c_int, [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER]),
    "EVP_DigestVerify": (ctypes.c_int, [_POINTER, _TEXT, _SIZE, _TEXT, _SIZE]),
    "EVP_MD_CTX_free": (None, [_POINTER]),
    "EVP_PKEY_free": (None, [_POINTER]),
    "ERR_clear_error": (None, []),
}


class LibcryptoUnavailable(EmrtdError):
    """This machine cannot verify on such a curve; it says nothing about the signature."""


def verify_ecdsa(spki: bytes, signature: bytes, message: bytes, hash_name: str) -> bool:
    """Return whether ``signature`` (DER) over ``message`` is by the key.

    Args:
        spki: SubjectPublicKeyInfo with a *named* curve.
        signature: SEQUENCE of r and s.
        message: what was signed, not hashed.
        hash_name: as hashlib names it.

    Raises:
        LibcryptoUnavailable: no libcrypto, or one without this curve or hash.

    """
    library = _load()
    digest = library.EVP_get_digestbyname(hash_name.encode("ascii"))
    start = ctypes.c_char_p(spki)
    key = library.d2i_PUBKEY(None, ctypes.byref(start), ctypes.c_long(len(spki)))
    context = library.EVP_MD_CTX_new()
    try:
        if not (digest and key and context):
            raise LibcryptoUnavailable("libcrypto lacks the curve or the hash")
        if library.EVP_DigestVerifyInit(context, None, digest, None, key) != 1:
            raise LibcryptoUnavailable("libcrypto refuses the key")
        verified: int = library.EVP_DigestVerify(
            context, signature, len(signature), message, len(message)
        )
        return verified == 1
    finally:
        library.EVP_MD_CTX_free(context)
        library.EVP_PKEY_free(key)
        # A refused signature leaves its reason in the thread's queue, where the next
        # user of the library in this process would take it for its own.
        library.ERR_clear_error()


@lru_cache(maxsize=1)
def _load() -> ctypes.CDLL:
    return load(_FUNCTIONS)


def load(signatures: Signatures) -> ctypes.CDLL:
    """Return the system's libcrypto with the types of these functions declared.

    Raises:
        LibcryptoUnavailable: it is not installed, or lacks one of them.

    """
    for name in _NAMES:
        try:
            # Each call makes an object of its own: declarations do not meet.
            return _declare(ctypes.CDLL(name), signatures)
        except (OSError, AttributeError):
            continue
    raise LibcryptoUnavailable("libcrypto is not installed")


def _declare(library: ctypes.CDLL, signatures: Signatures) -> ctypes.CDLL:
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
