"""ECDH over short Weierstrass curves in plain integers (BSI TR-03111 §4.3, 9303-11 §9.6).

Written for a chip that is only simulated: quick enough, and not in constant time.
"""

from typing import Final

from hardware_mocks.chip.key_agreement import InvalidPublicKey
from hardware_mocks.pki.keys import Domain

Point = tuple[int, int]
# X, Y, Z with x = X / Z^2 and y = Y / Z^3; the neutral element has Z = 0.
Jacobian = tuple[int, int, int]

_NEUTRAL: Final = (1, 1, 0)
_WINDOW_BITS: Final = 5


class Curve:
    """One set of elliptic curve domain parameters with cofactor one."""

    public_key_tag: Final = 0x86

    def __init__(self, name: str, domain: Domain) -> None:
        self.name = name
        self.domain = domain
        self.order = domain.q
        self.field_prime = domain.p
        self.generator = self.encode(domain.g)

    @property
    def size_bytes(self) -> int:
        """The length of one coordinate."""
        return (self.domain.p.bit_length() + 7) // 8

    def encode(self, point: Point) -> bytes:
        """Return 04 || x || y."""
        x, y = (value.to_bytes(self.size_bytes, "big") for value in point)
        return b"\x04" + x + y

    def decode(self, public: bytes) -> Point:
        """Read 04 || x || y of a point on the curve; raises InvalidPublicKey."""
        size = self.size_bytes
        if len(public) != 1 + 2 * size or public[0] != 0x04:
            raise InvalidPublicKey("no uncompressed point of the right length")
        x, y = (int.from_bytes(public[at : at + size], "big") for at in (1, 1 + size))
        p = self.domain.p
        if max(x, y) >= p or (y * y - (x * x + self.domain.a) * x - self.domain.b) % p:
            raise InvalidPublicKey("the point is not on the curve")
        return x, y

    def public_key(self, private: int, generator: bytes | None = None) -> bytes:
        """Multiply the generator, by default that of the domain parameters."""
        return self.multiply(private, self.generator if generator is None else generator)

    def multiply(self, scalar: int, public: bytes) -> bytes:
        """Multiply a point; raises InvalidPublicKey for one off the curve or a neutral result."""
        return self.encode(self._affine(self._multiplied(scalar, self.decode(public))))

    def combine(self, one: bytes, other: bytes) -> bytes:
        """Add two points; raises InvalidPublicKey where the sum is neutral."""
        x, y = self.decode(one)
        return self.encode(self._affine(self._add((x, y, 1), self.decode(other))))

    def shared_secret(self, agreed: bytes) -> bytes:
        """What keys are derived from: the x-coordinate of the agreed point."""
        return agreed[1 : 1 + self.size_bytes]

    def compressed(self, public: bytes) -> bytes:
        """Comp(PK), as Terminal Authentication binds it: the x-coordinate (9303-11 §7.1.4.2.3)."""
        return public[1 : 1 + self.size_bytes]

    def integrated_mapping(self, value: int) -> bytes:
        """Encode a field element as a point (9303-11 appendix B.2); raises InvalidPublicKey.

        Only for p = 3 (mod 4), so not on P-224.
        """
        p, a, b = self.domain.p, self.domain.a, self.domain.b
        alpha = -value * value % p
        sum_of_powers = (alpha + alpha * alpha) % p
        if p % 4 != 3 or not sum_of_powers:
            raise InvalidPublicKey("the field element has no point")
        x2 = -b * pow(a, -1, p) * (1 + pow(sum_of_powers, -1, p)) % p
        x3 = alpha * x2 % p
        h2 = (x2 * x2 * x2 + a * x2 + b) % p
        u = pow(value, 3, p) * h2 % p
        root = pow(h2, p - 1 - (p + 1) // 4, p)
        if root * root * h2 % p == 1:
            return self.encode((x2, root * h2 % p))
        return self.encode((x3, root * u % p))

    def _multiplied(self, scalar: int, point: Point) -> Jacobian:
        """Left to right over the signed digits of width five."""
        multiples = self._odd_multiples(point)
        product: Jacobian = _NEUTRAL
        for digit in reversed(_signed_digits(scalar % self.order)):
            product = self._double(product)
            if digit > 0:
                product = self._add(product, multiples[digit >> 1])
            elif digit < 0:
                x, y = multiples[-digit >> 1]
                product = self._add(product, (x, self.domain.p - y))
        return product

    def _odd_multiples(self, point: Point) -> list[Point]:
        """P, 3P, 5P .. 15P, made affine at the cost of two inversions."""
        twice = self._affine(self._double((*point, 1)))
        found: list[Jacobian] = [(*point, 1)]
        while len(found) < 1 << _WINDOW_BITS - 2:
            found.append(self._add(found[-1], twice))
        return self._all_affine(found)

    def _all_affine(self, points: list[Jacobian]) -> list[Point]:
        """Invert the product of all Z once, and peel the factors off (Montgomery's trick)."""
        p = self.domain.p
        products = [1]
        for _, _, z in points:
            products.append(products[-1] * z % p)
        inverse = pow(products[-1], -1, p)
        affine = []
        for (x, y, z), before in zip(reversed(points), reversed(products[:-1]), strict=True):
            of_z = inverse * before % p
            inverse = inverse * z % p
            square = of_z * of_z % p
            affine.append((x * square % p, y * square * of_z % p))
        return affine[::-1]

    def _affine(self, point: Jacobian) -> Point:
        if not point[2]:
            raise InvalidPublicKey("the neutral element is no public key")
        return self._all_affine([point])[0]

    def _double(self, point: Jacobian) -> Jacobian:
        x, y, z = point
        p = self.domain.p
        y2 = y * y % p
        s = 4 * x * y2 % p
        z2 = z * z % p
        m = (3 * x * x + self.domain.a * (z2 * z2 % p)) % p
        x3 = (m * m - 2 * s) % p
        return x3, (m * (s - x3) - 8 * y2 * y2) % p, 2 * y * z % p

    def _add(self, one: Jacobian, other: Point) -> Jacobian:
        """Add an affine point."""
        x1, y1, z1 = one
        x2, y2 = other
        if not z1:
            return x2, y2, 1
        p = self.domain.p
        z1z1 = z1 * z1 % p
        h = (x2 * z1z1 - x1) % p
        r = (y2 * z1 * z1z1 - y1) % p
        if not h:
            return _NEUTRAL if r else self._double(one)
        h2 = h * h % p
        h3 = h * h2 % p
        v = x1 * h2 % p
        x3 = (r * r - h3 - 2 * v) % p
        return x3, (r * (v - x3) - y1 * h3) % p, h * z1 % p


def _signed_digits(scalar: int) -> list[int]:
    """The non-adjacent form of width five: odd digits from -15 to 15, and zeros between."""
    digits = []
    full, half = 1 << _WINDOW_BITS, 1 << _WINDOW_BITS - 1
    while scalar:
        digit = 0
        if scalar & 1:
            digit = scalar & full - 1
            if digit >= half:
                digit -= full
            scalar -= digit
        digits.append(digit)
        scalar >>= 1
    return digits
