"""Arithmetic on elliptic curves by the system's libcrypto, through ctypes.

Its EC_POINT_mul takes a generator of the caller's choice, which PACE needs and which no
binding offers, knows all curves of 9303-11 §9.5.1, and multiplies in constant time.
"""

import ctypes
from functools import lru_cache
from typing import Final

from egate.emrtd.crypto import libcrypto
from egate.emrtd.crypto.ec_domain import Curve
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable

_UNCOMPRESSED: Final = 4
_POINTER: Final = ctypes.c_void_p
_SIZE: Final = ctypes.c_size_t
_FUNCTIONS: Final[libcrypto.Signatures] = {
    "OBJ_txt2nid": (ctypes.c_int, [ctypes.c_char_p]),
    "EC_GROUP_new_by_curve_name": (_POINTER, [ctypes.c_int]),
    "EC_POINT_new": (_POINTER, [_POINTER]),
    "EC_POINT_clear_free": (None, [_POINTER]),
    "EC_POINT_oct2point": (ctypes.c_int, [_POINTER, _POINTER, ctypes.c_char_p, _SIZE, _POINTER]),
    "EC_POINT_point2oct": (
        _SIZE,
        [_POINTER, _POINTER, ctypes.c_int, ctypes.c_char_p, _SIZE, _POINTER],
    ),
    "EC_POINT_mul": (
        ctypes.c_int,
        [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER],
    ),
    "EC_POINT_add": (ctypes.c_int, [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER]),
    "BN_bin2bn": (_POINTER, [ctypes.c_char_p, ctypes.c_int, _POINTER]),
    "BN_clear_free": (None, [_POINTER]),
    "ERR_clear_error": (None, []),
}


class LibcryptoPoints:
    """Multiplies and adds points of one curve; encodings and limits as in ``PlainPoints``.

    The group is only read after construction, so threads may share one object. It is
    never freed: a process makes each of the few it needs once.

    Raises:
        LibcryptoUnavailable: no libcrypto, or one without this curve.

    """

    def __init__(self, curve: Curve) -> None:
        self._library = _load()
        self._curve = curve
        name = self._library.OBJ_txt2nid(curve.oid.encode("ascii"))
        self._group = self._library.EC_GROUP_new_by_curve_name(name)
        if not self._group:
            self._library.ERR_clear_error()
            raise LibcryptoUnavailable(f"libcrypto lacks {curve.name}")

    def multiply(self, scalar: int, point: bytes) -> bytes:
        """Return ``scalar * point``."""
        size = (self._curve.n.bit_length() + 7) // 8
        encoded = scalar.to_bytes(size, "big")
        factor = self._library.BN_bin2bn(encoded, size, None)
        try:
            with _Point(self._library, self._group) as operand:
                operand.load(point)
                operand.multiply(factor)
                return operand.encoded(self._curve.size_bytes)
        finally:
            self._library.BN_clear_free(factor)

    def add(self, first: bytes, second: bytes) -> bytes:
        """Return the sum of two points of the curve."""
        with (
            _Point(self._library, self._group) as left,
            _Point(self._library, self._group) as right,
        ):
            left.load(first)
            right.load(second)
            left.add(right)
            return left.encoded(self._curve.size_bytes)


class _Point:
    """A point in libcrypto's memory, wiped when the block that uses it ends."""

    def __init__(self, library: ctypes.CDLL, group: int) -> None:
        self._library = library
        self._group = group
        self.pointer = library.EC_POINT_new(group)

    def __enter__(self) -> "_Point":
        return self

    def __exit__(self, *_: object) -> None:
        self._library.EC_POINT_clear_free(self.pointer)

    def load(self, encoded: bytes) -> None:
        self._require(
            self._library.EC_POINT_oct2point(self._group, self.pointer, encoded, len(encoded), None)
        )

    def multiply(self, factor: int) -> None:
        self._require(
            self._library.EC_POINT_mul(self._group, self.pointer, None, self.pointer, factor, None)
        )

    def add(self, other: "_Point") -> None:
        self._require(
            self._library.EC_POINT_add(self._group, self.pointer, self.pointer, other.pointer, None)
        )

    def encoded(self, size_bytes: int) -> bytes:
        room = 1 + 2 * size_bytes
        buffer = ctypes.create_string_buffer(room)
        length = self._library.EC_POINT_point2oct(
            self._group, self.pointer, _UNCOMPRESSED, buffer, room, None
        )
        self._require(length)
        return buffer.raw[:length]

    def _require(self, succeeded: int) -> None:
        if not succeeded:
            self._library.ERR_clear_error()
            raise RuntimeError("libcrypto refuses a point or has no memory")


@lru_cache(maxsize=1)
def _load() -> ctypes.CDLL:
    return libcrypto.load(_FUNCTIONS)
