"""What PACE and Chip Authentication need of a group, be it of points or of integers."""

from collections.abc import Callable
from typing import Protocol


class InvalidPublicKey(ValueError):
    """The bytes are no element of the group, or one that no honest party sends."""


class KeyAgreement(Protocol):
    """One set of domain parameters (9303-11 §9.5, §9.6). Elements are as they are sent."""

    @property
    def name(self) -> str: ...
    @property
    def public_key_tag(self) -> int:
        """The tag of a public value in a public key data object (9303-11 §9.4)."""
        ...

    @property
    def order(self) -> int: ...
    @property
    def field_prime(self) -> int: ...
    @property
    def generator(self) -> bytes: ...

    def public_key(self, private: int, generator: bytes | None = None) -> bytes:
        """The public key of a private key."""
        ...

    def multiply(self, scalar: int, public: bytes) -> bytes:
        """The agreed element; raises InvalidPublicKey unless ``public`` is in the group."""
        ...

    def combine(self, one: bytes, other: bytes) -> bytes:
        """The sum of two points, the product of two integers; raises InvalidPublicKey."""
        ...

    def shared_secret(self, agreed: bytes) -> bytes:
        """The octets of an agreed element that keys are derived from."""
        ...

    def compressed(self, public: bytes) -> bytes:
        """Comp(PK) of a public key as it was sent (9303-11 §7.1.4)."""
        ...

    def integrated_mapping(self, value: int) -> bytes:
        """The generator for a field element (9303-11 §4.4.3.3.2); raises InvalidPublicKey."""
        ...


def private_key(order: int, random: Callable[[int], bytes]) -> int:
    """Draw a private key from 1 to ``order`` - 1, each as likely as any other."""
    bits = order.bit_length()
    while True:
        drawn = int.from_bytes(random((bits + 7) // 8), "big") & (1 << bits) - 1
        if 0 < drawn < order:
            return drawn
