"""ECDSA on curves that ``cryptography`` does not know, through the system's libcrypto.

Documents are signed on brainpoolP160r1, 192r1, 224r1 and 320r1 too. Only a public key
on a standard curve, already compared with our table, ever gets here.
"""

import ctypes
from functools import lru_cache
from typing import Final

from egate.emrtd.errors import EmrtdError

_NAMES: Final = ("libcrypto.so.3", "libcrypto.so.1.1")


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
    for name in _NAMES:
        try:
            return _declare(ctypes.CDLL(name))
        except (OSError, AttributeError):
            continue
    raise LibcryptoUnavailable("libcrypto is not installed")


def _declare(library: ctypes.CDLL) -> ctypes.CDLL:
    pointer, size, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    signatures: dict[str, tuple[object, list[object]]] = {
        "EVP_get_digestbyname": (pointer, [text]),
        "d2i_PUBKEY": (pointer, [pointer, pointer, ctypes.c_long]),
        "EVP_MD_CTX_new": (pointer, []),
        "EVP_DigestVerifyInit": (ctypes.c_int, [pointer, pointer, pointer, pointer, pointer]),
        "EVP_DigestVerify": (ctypes.c_int, [pointer, text, size, text, size]),
        "EVP_MD_CTX_free": (None, [pointer]),
        "EVP_PKEY_free": (None, [pointer]),
        "ERR_clear_error": (None, []),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
