"""Diffie-Hellman in a subgroup of prime order modulo p (RFC 5114, RFC 2631, 9303-11 §9.6)."""

import hashlib
from typing import Final

from hardware_mocks.chip.key_agreement import InvalidPublicKey
from hardware_mocks.chip.modp_groups import Modp


class ModularGroup:
    """One MODP group; its elements go out without leading zero bytes (9303-11 §9.4.1)."""

    public_key_tag: Final = 0x84

    def __init__(self, name: str, domain: Modp) -> None:
        self.name = name
        self.domain = domain
        self.order = domain.q
        self.field_prime = domain.p
        self.generator = _encode(domain.g)

    @property
    def size_bytes(self) -> int:
        """The length of p."""
        return (self.domain.p.bit_length() + 7) // 8

    def decode(self, public: bytes) -> int:
        """Read an element and validate it (RFC 2631 §2.1.5); raises InvalidPublicKey."""
        value = int.from_bytes(public, "big")
        if len(public) > self.size_bytes or not 1 < value < self.domain.p - 1:
            raise InvalidPublicKey("the number is not between 2 and p - 2")
        if pow(value, self.domain.q, self.domain.p) != 1:
            raise InvalidPublicKey("the number is not in the subgroup")
        return value

    def public_key(self, private: int, generator: bytes | None = None) -> bytes:
        """Raise the generator, by default that of the domain parameters."""
        base = self.domain.g if generator is None else int.from_bytes(generator, "big")
        return _encode(pow(base, private, self.domain.p))

    def multiply(self, scalar: int, public: bytes) -> bytes:
        """Raise a received element to ``scalar``; raises InvalidPublicKey."""
        return _element(pow(self.decode(public), scalar, self.domain.p))

    def combine(self, one: bytes, other: bytes) -> bytes:
        """Multiply two elements of the group; raises InvalidPublicKey where that gives 1."""
        product = int.from_bytes(one, "big") * int.from_bytes(other, "big")
        return _element(product % self.domain.p)

    def shared_secret(self, agreed: bytes) -> bytes:
        """What keys are derived from: the agreed number, as long as p (PKCS#3 §7.3)."""
        return agreed.rjust(self.size_bytes, b"\0")

    def compressed(self, public: bytes) -> bytes:
        """Comp(PK), as Terminal Authentication binds it: its SHA-1 (9303-11 §7.1.4.1.3)."""
        return hashlib.sha1(public).digest()  # noqa: S324

    def integrated_mapping(self, value: int) -> bytes:
        """Raise a field element to the cofactor (9303-11 §4.4.3.3.2); raises InvalidPublicKey."""
        cofactor = (self.domain.p - 1) // self.domain.q
        return _element(pow(value, cofactor, self.domain.p))


def _element(value: int) -> bytes:
    if value <= 1:
        raise InvalidPublicKey("the neutral element is no public key")
    return _encode(value)


def _encode(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
