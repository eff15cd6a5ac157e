"""Key agreement whatever the mathematics: what PACE and chip authentication build on."""

from collections.abc import Callable
from typing import Protocol

from egate.emrtd import asn1
from egate.emrtd.crypto.domain_parameters import of_algorithm
from egate.emrtd.crypto.ec_group import EcKeyAgreement


class KeyAgreement(Protocol):
    """One set of domain parameters, ECDH or DH (9303-11 §9.6).

    Public keys and generators are bytes: ``04 || x || y``, or a number as long as p. What
    a chip sends is validated wherever it enters; DH values may then be shorter than p.
    """

    @property
    def name(self) -> str:
        """As the gate reports it: ``P-256``, ``RFC5114-2048-256``."""
        ...

    @property
    def public_key_tag(self) -> int:
        """Tag of the public key in a public key data object (9303-11 §9.4)."""
        ...

    @property
    def size_bytes(self) -> int:
        """Length of one coordinate, or of p, and so of a shared secret."""
        ...

    @property
    def field_bits(self) -> int:
        """Length of p in bits."""
        ...

    @property
    def strength_bits(self) -> int:
        """How hard discrete logarithms are: as hard as a cipher with a key of so many bits."""
        ...

    @property
    def has_integrated_mapping(self) -> bool:
        """Whether ``integrated_mapping`` can succeed; it cannot on P-224."""
        ...

    @property
    def order(self) -> int:
        """Order of the group that the generator generates."""
        ...

    @property
    def generator(self) -> bytes: ...

    def private_key(self, random: Callable[[int], bytes]) -> int:
        """Return a number from 1 to the order less 1; ``random`` gives so many bytes."""
        ...

    def public_key(self, private: int, generator: bytes | None = None) -> bytes:
        """Return the public key that belongs to ``private`` under ``generator``."""
        ...

    def validate(self, public: bytes) -> None:
        """Check that ``public`` is of the group and not trivial.

        Raises:
            PublicKeyInvalid: it is not.

        """
        ...

    def shared_secret(self, private: int, public: bytes) -> bytes:
        """Return what both sides share, ``size_bytes`` long; ``public`` is validated.

        Raises:
            PublicKeyInvalid: ``public`` is not of the group, or trivial.

        """
        ...

    def generic_mapping(self, nonce: bytes, private: int, public: bytes) -> bytes:
        """Return the mapped generator of PACE-GM (9303-11 §4.4.3.3.1).

        Raises:
            PublicKeyInvalid: ``public`` is not of the group, or trivial.
            MappingNotPossible: the result generates nothing.

        """
        ...

    def integrated_mapping(self, field_element: int) -> bytes:
        """Return the mapped generator of PACE-IM (9303-11 §4.4.3.3.2).

        Raises:
            MappingNotPossible: these domain parameters have none, or nothing comes out.

        """
        ...

    def as_data_object(self, public: bytes) -> bytes:
        """Return ``public`` as data objects carry it: numbers without leading zeros (§9.4.1)."""
        ...


def key_agreement_of_spki(spki: bytes) -> tuple[KeyAgreement, bytes]:
    """Return the domain parameters and the public key of a SubjectPublicKeyInfo.

    Args:
        spki: EC with named, explicit or standardised parameters, or DH as X9.42 or PKCS#3.

    Returns:
        The parameters, and the key as ``KeyAgreement`` encodes it; it is validated.

    Raises:
        DomainParametersRejected: the parameters are not known to be secure.
        PublicKeyInvalid: the key is not of that group.
        Asn1Malformed: not a SubjectPublicKeyInfo.

    """
    fields = asn1.decode(spki).expect(asn1.SEQUENCE, "public key").fields("public key")
    domain = of_algorithm(fields.take())
    public = asn1.bits(fields.take())
    if isinstance(domain, EcKeyAgreement):
        domain.validate(public)
        return domain, public
    # Some encoders forget the leading zero octet, so the sign is not read.
    y = asn1.decode(public).expect(asn1.INTEGER, "public value").content
    domain.validate(y)
    return domain, y.lstrip(b"\x00").rjust(domain.size_bytes, b"\x00")
