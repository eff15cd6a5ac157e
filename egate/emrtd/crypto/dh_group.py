"""Key agreement modulo a prime (PKCS#3, RFC 2631, 9303-11 §9.6)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from egate.emrtd.crypto.dh_domain import DhGroup
from egate.emrtd.crypto.key_agreement_errors import MappingNotPossible, PublicKeyInvalid
from egate.emrtd.crypto.modular_power import power
from egate.emrtd.crypto.private_key import draw_private_key

# Lengths of p and what they are worth in bits (SP 800-57 part 1 §5.6.1).
_STRENGTHS: Final = ((1024, 80), (2048, 112), (3072, 128))


@dataclass(frozen=True, slots=True)
class DhKeyAgreement:
    """Diffie-Hellman in one group; public keys are big-endian and as long as p."""

    group: DhGroup

    @property
    def name(self) -> str:
        return self.group.name

    @property
    def public_key_tag(self) -> int:
        """Tag of the public value in a public key data object (9303-11 §9.4.3)."""
        return 0x84

    @property
    def size_bytes(self) -> int:
        """Length of p."""
        return self.group.size_bytes

    @property
    def field_bits(self) -> int:
        return self.group.p.bit_length()

    @property
    def strength_bits(self) -> int:
        """What the length of p is worth, and no more than half the length of the order."""
        p_bits, q_bits = self.group.p.bit_length(), self.group.q.bit_length()
        return min(q_bits // 2, max(s for bits, s in _STRENGTHS if bits <= p_bits))

    @property
    def has_integrated_mapping(self) -> bool:
        return True

    @property
    def order(self) -> int:
        """Order of the subgroup."""
        return self.group.q

    @property
    def generator(self) -> bytes:
        return self._encode(self.group.g)

    def private_key(self, random: Callable[[int], bytes]) -> int:
        """Return a number from 1 to the order less 1."""
        return draw_private_key(self.group.q, random)

    def public_key(self, private: int, generator: bytes | None = None) -> bytes:
        """Return ``generator ** private``.

        Raises:
            PublicKeyInvalid: ``generator`` is not of the subgroup, or trivial.

        """
        base = self.group.g if generator is None else self._decode(generator)
        return self._encode(power(base, private, self.group.p))

    def validate(self, public: bytes) -> None:
        """Check that ``public`` is of the subgroup (RFC 2631 §2.1.5).

        Raises:
            PublicKeyInvalid: too long, 0, 1, p-1 or more, or outside the subgroup.

        """
        self._decode(public)

    def shared_secret(self, private: int, public: bytes) -> bytes:
        """Return ``public ** private``, as long as p.

        Raises:
            PublicKeyInvalid: ``public`` is not of the subgroup, or trivial.

        """
        return self._encode(power(self._decode(public), private, self.group.p))

    def generic_mapping(self, nonce: bytes, private: int, public: bytes) -> bytes:
        """Return the mapped generator ``g ** nonce * public ** private`` (9303-11 §4.4.3.3.1).

        Raises:
            PublicKeyInvalid: ``public`` is not of the subgroup, or trivial.
            MappingNotPossible: the product is 1.

        """
        p, s = self.group.p, int.from_bytes(nonce, "big")
        h = power(self._decode(public), private, p)
        return self._mapped(power(self.group.g, s, p) * h % p)

    def integrated_mapping(self, field_element: int) -> bytes:
        """Return ``field_element ** ((p-1)/q)`` (9303-11 §4.4.3.3.2).

        Raises:
            MappingNotPossible: the result is 0 or 1.

        """
        p, q = self.group.p, self.group.q
        return self._mapped(power(field_element, (p - 1) // q, p))

    def as_data_object(self, public: bytes) -> bytes:
        """Return ``public`` as data objects carry it (9303-11 §9.4.1): without leading zeros."""
        return public.lstrip(b"\x00")

    def _mapped(self, element: int) -> bytes:
        if element <= 1:
            raise MappingNotPossible("the mapping ends in no generator")
        return self._encode(element)

    def _decode(self, public: bytes) -> int:
        p, q = self.group.p, self.group.q
        # One zero more than p is long: an integer of ASN.1 shows its sign that way.
        if not 0 < len(public) <= self.group.size_bytes + 1:
            raise PublicKeyInvalid(f"a public value of a length that {self.group.name} has not")
        y = int.from_bytes(public, "big")
        if not 1 < y < p - 1 or power(y, q, p) != 1:
            raise PublicKeyInvalid(f"a public value outside the subgroup of {self.group.name}")
        return y

    def _encode(self, number: int) -> bytes:
        return number.to_bytes(self.group.size_bytes, "big")
