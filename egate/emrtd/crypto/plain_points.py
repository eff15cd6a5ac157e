"""Arithmetic on elliptic curves in plain Python, for machines whose libcrypto lacks a curve.

The addition is complete (Renes, Costello and Batina 2016, algorithm 1): one formula for
every pair of points of a curve of odd order, doubling and the identity included. So the
ladder below does the same steps for every scalar. Python's integers are still not constant
in time; ADR 0009 says why that is acceptable here.
"""

from typing import Final

from egate.emrtd.crypto.ec_domain import Curve

IDENTITY: Final = b"\x00"
_Projective = tuple[int, int, int]


class PlainPoints:
    """Multiplies and adds points of one curve.

    Points are encoded uncompressed, ``04 || x || y``; the identity is one zero byte.
    """

    def __init__(self, curve: Curve) -> None:
        self._curve = curve

    def multiply(self, scalar: int, point: bytes) -> bytes:
        """Return ``scalar * point``.

        Args:
            scalar: 0 to the order of the curve.
            point: on the curve, checked by the caller.

        """
        low: _Projective = (0, 1, 0)
        high = self._decode(point)
        for position in reversed(range(self._curve.n.bit_length())):
            between = self._sum(low, high)
            if scalar >> position & 1:
                low, high = between, self._sum(high, high)
            else:
                low, high = self._sum(low, low), between
        return self._encode(low)

    def add(self, first: bytes, second: bytes) -> bytes:
        """Return the sum of two points of the curve."""
        return self._encode(self._sum(self._decode(first), self._decode(second)))

    def _sum(self, first: _Projective, second: _Projective) -> _Projective:
        p, a, b3 = self._curve.p, self._curve.a, 3 * self._curve.b
        x1, y1, z1 = first
        x2, y2, z2 = second
        xx, yy, zz = x1 * x2 % p, y1 * y2 % p, z1 * z2 % p
        xy = (x1 * y2 + x2 * y1) % p
        xz = (x1 * z2 + x2 * z1) % p
        yz = (y1 * z2 + y2 * z1) % p
        twist = (a * xz + b3 * zz) % p
        slope = (3 * xx + a * zz) % p
        rest = (a * (xx - a * zz) + b3 * xz) % p
        return (
            (xy * (yy - twist) - yz * rest) % p,
            ((yy + twist) * (yy - twist) + slope * rest) % p,
            (yz * (yy + twist) + xy * slope) % p,
        )

    def _decode(self, point: bytes) -> _Projective:
        if point == IDENTITY:
            return 0, 1, 0
        middle = 1 + self._curve.size_bytes
        x, y = (int.from_bytes(part, "big") for part in (point[1:middle], point[middle:]))
        return x, y, 1

    def _encode(self, point: _Projective) -> bytes:
        x, y, z = point
        if z == 0:
            return IDENTITY
        p, size = self._curve.p, self._curve.size_bytes
        inverse = pow(z, -1, p)
        coordinates = (coordinate * inverse % p for coordinate in (x, y))
        return b"\x04" + b"".join(number.to_bytes(size, "big") for number in coordinates)
