"""Key agreement on the standard curves (ECKA of BSI TR-03111 §4.3, 9303-11 §9.6)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from egate.emrtd.crypto.ec_domain import Curve
from egate.emrtd.crypto.key_agreement_errors import MappingNotPossible, PublicKeyInvalid
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.crypto.libcrypto_points import LibcryptoPoints
from egate.emrtd.crypto.modular_power import power
from egate.emrtd.crypto.plain_points import IDENTITY, PlainPoints
from egate.emrtd.crypto.private_key import draw_private_key

_UNCOMPRESSED: Final = 0x04


class _Points(Protocol):
    def multiply(self, scalar: int, point: bytes) -> bytes: ...

    def add(self, first: bytes, second: bytes) -> bytes: ...


@lru_cache(maxsize=32)
def _points_of(curve: Curve) -> _Points:
    try:
        return LibcryptoPoints(curve)
    except LibcryptoUnavailable:
        return PlainPoints(curve)


@dataclass(frozen=True, slots=True)
class EcKeyAgreement:
    """ECDH on one curve; public keys are ``04 || x || y``.

    The cofactor of every standard curve is 1: a point of the curve other than the
    identity generates the whole group, so there are no small subgroups to look for.
    """

    curve: Curve

    @property
    def name(self) -> str:
        return self.curve.name

    @property
    def public_key_tag(self) -> int:
        """Tag of the public point in a public key data object (9303-11 §9.4.4)."""
        return 0x86

    @property
    def size_bytes(self) -> int:
        """Length of one coordinate."""
        return self.curve.size_bytes

    @property
    def field_bits(self) -> int:
        return self.curve.p.bit_length()

    @property
    def strength_bits(self) -> int:
        """Half the order's length (SP 800-57 part 1 §5.6.1)."""
        return self.curve.n.bit_length() // 2

    @property
    def has_integrated_mapping(self) -> bool:
        """Appendix B.1 takes square roots in one power, which needs p to be 3 modulo 4."""
        return self.curve.p % 4 == 3

    @property
    def order(self) -> int:
        return self.curve.n

    @property
    def generator(self) -> bytes:
        return self._encode(self.curve.x, self.curve.y)

    def private_key(self, random: Callable[[int], bytes]) -> int:
        """Return a number from 1 to the order less 1."""
        return draw_private_key(self.curve.n, random)

    def public_key(self, private: int, generator: bytes | None = None) -> bytes:
        """Return ``private * generator``.

        Raises:
            PublicKeyInvalid: ``generator`` is no point of the curve.

        """
        base = self.generator if generator is None else generator
        self.validate(base)
        return self._multiply(private, base)

    def validate(self, public: bytes) -> None:
        """Check that ``public`` is a point of the curve (TR-03111 §4.1.3).

        Raises:
            PublicKeyInvalid: another form or length, a coordinate beyond p, or off the curve.

        """
        curve, size = self.curve, self.curve.size_bytes
        if len(public) != 1 + 2 * size or public[0] != _UNCOMPRESSED:
            raise PublicKeyInvalid(f"not an uncompressed point of {curve.name}")
        x, y = (int.from_bytes(part, "big") for part in (public[1 : 1 + size], public[1 + size :]))
        if x >= curve.p or y >= curve.p:
            raise PublicKeyInvalid(f"a coordinate beyond the field of {curve.name}")
        if (y * y - (x * x + curve.a) * x - curve.b) % curve.p:
            raise PublicKeyInvalid(f"a point that is not on {curve.name}")

    def shared_secret(self, private: int, public: bytes) -> bytes:
        """Return the x-coordinate of ``private * public`` in full length (9303-11 §9.7.1).

        Raises:
            PublicKeyInvalid: ``public`` is no point of the curve.

        """
        self.validate(public)
        return self._multiply(private, public)[1 : 1 + self.curve.size_bytes]

    def generic_mapping(self, nonce: bytes, private: int, public: bytes) -> bytes:
        """Return the mapped generator ``nonce * G + private * public`` (9303-11 §4.4.3.3.1).

        Raises:
            PublicKeyInvalid: ``public`` is no point of the curve.
            MappingNotPossible: the sum is the identity.

        """
        self.validate(public)
        points = _points_of(self.curve)
        h = self._multiply(private, public)
        s = int.from_bytes(nonce, "big") % self.curve.n
        mapped = points.add(points.multiply(s, self.generator), h)
        if mapped == IDENTITY:
            raise MappingNotPossible("the generic mapping ends in the identity")
        return mapped

    def integrated_mapping(self, field_element: int) -> bytes:
        """Return the point that encodes ``field_element`` (9303-11 appendix B.2).

        Raises:
            MappingNotPossible: p is not 3 modulo 4 (P-224), or one of the few numbers
                that encode nothing.

        """
        p, a, b = self.curve.p, self.curve.a, self.curve.b
        if not self.has_integrated_mapping:
            raise MappingNotPossible(f"{self.curve.name} has no integrated mapping")
        t = field_element % p
        alpha = -t * t % p
        denominator = a * (alpha + alpha * alpha) % p
        if denominator == 0:
            raise MappingNotPossible("the nonces encode no point")
        # Inverse and root as powers (appendix B.2): their time tells nothing of the nonces.
        x2 = -b * (1 + alpha + alpha * alpha) * power(denominator, p - 2, p) % p
        x3 = alpha * x2 % p
        h2 = (x2**3 + a * x2 + b) % p
        root = power(h2, p - 1 - (p + 1) // 4, p)
        if root * root * h2 % p == 1:
            return self._encode(x2, root * h2 % p)
        return self._encode(x3, root * t**3 * h2 % p)

    def as_data_object(self, public: bytes) -> bytes:
        """Return ``public`` as data objects carry it (9303-11 §9.4.1): a point stays as it is."""
        return public

    def _multiply(self, private: int, point: bytes) -> bytes:
        product = _points_of(self.curve).multiply(private % self.curve.n, point)
        if product == IDENTITY:
            raise PublicKeyInvalid("the product is the identity")
        return product

    def _encode(self, x: int, y: int) -> bytes:
        size = self.curve.size_bytes
        return bytes((_UNCOMPRESSED,)) + x.to_bytes(size, "big") + y.to_bytes(size, "big")
