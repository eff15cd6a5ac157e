"""Keys of Chip Authentication: what DG14 says of them, and what the chip holds (9303-11 §9.2)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Self

from hardware_mocks.chip.ciphers import CipherName
from hardware_mocks.chip.domain_parameters import GROUPS, Group
from hardware_mocks.chip.elliptic import Curve
from hardware_mocks.chip.key_agreement import private_key
from hardware_mocks.chip.security_infos import (
    EC_PUBLIC_KEY,
    explicit_parameters,
    standardized_parameters,
)
from hardware_mocks.pki import der

Parameters = Literal["explicit", "named", "standardized", "pkcs3"]

_ID_PK: Final = "0.4.0.127.0.7.2.2.1"
_ID_CA: Final = "0.4.0.127.0.7.2.2.3"
_CIPHERS: Final[Mapping[CipherName, int]] = {
    "3DES": 1, "AES-128": 2, "AES-192": 3, "AES-256": 4,
}  # fmt: skip
_PKCS3: Final = "1.2.840.113549.1.3.1"
_CURVE_OIDS: Final = {
    8: "1.2.840.10045.3.1.1",
    9: "1.3.36.3.3.2.8.1.1.3",
    10: "1.3.132.0.33",
    11: "1.3.36.3.3.2.8.1.1.5",
    12: "1.2.840.10045.3.1.7",
    13: "1.3.36.3.3.2.8.1.1.7",
    14: "1.3.36.3.3.2.8.1.1.9",
    15: "1.3.132.0.34",
    16: "1.3.36.3.3.2.8.1.1.11",
    17: "1.3.36.3.3.2.8.1.1.13",
    18: "1.3.132.0.35",
}


@dataclass(frozen=True, slots=True)
class ChipKeyOrder:
    """One key that a document is to have for Chip Authentication.

    Args:
        parameter_id: the domain parameters (9303-11 §9.5.1), 0 to 2 for DH or 8 to 18 for ECDH.
        ciphers: a ChipAuthenticationInfo for each; without any there is the key alone, and the
            terminal has to infer 3DES.
        key_id: its identifier; required where there are several keys.
        parameters: how the domain parameters are written in DG14: 9303-11 §9.2.6 demands
            explicit ones, chips have others too. ``named`` is for curves, ``pkcs3`` for DH.

    """

    parameter_id: int = 13
    ciphers: tuple[CipherName, ...] = ("AES-128",)
    key_id: int | None = None
    parameters: Parameters = "explicit"

    def __post_init__(self) -> None:
        if self.parameter_id not in GROUPS:
            raise ValueError(f"no domain parameters {self.parameter_id}")
        unfit = "pkcs3" if self.parameter_id in _CURVE_OIDS else "named"
        if self.parameters == unfit:
            raise ValueError(f"{self.group.name} cannot be written as {self.parameters}")

    @property
    def group(self) -> Group:
        return GROUPS[self.parameter_id]


@dataclass(frozen=True, slots=True)
class ChipKey:
    """A key in a chip: the order it was made for, and the private key."""

    order: ChipKeyOrder
    private: int = field(repr=False)

    @classmethod
    def new(cls, order: ChipKeyOrder, random: Callable[[int], bytes]) -> Self:
        return cls(order, private_key(order.group.order, random))

    @property
    def public(self) -> bytes:
        return self.order.group.public_key(self.private)


def chip_authentication_infos(keys: Iterable[ChipKey]) -> list[bytes]:
    """ChipAuthenticationInfo and ChipAuthenticationPublicKeyInfo of every key (§9.2.5, §9.2.6)."""
    infos = []
    for key in keys:
        infos += [_info(key.order, cipher) for cipher in key.order.ciphers]
        infos.append(public_key_info(key.order, key.public))
    return infos


def cipher_of(protocol: bytes) -> tuple[int, CipherName] | None:
    """The family (1 DH, 2 ECDH) and cipher of an encoded id-CA identifier's value."""
    for cipher, arc in _CIPHERS.items():
        for family in (1, 2):
            if der.oid(f"{_ID_CA}.{family}.{arc}")[2:] == protocol:
                return family, cipher
    return None


def family_of(group: Group) -> int:
    """The arc of the key agreement below id-PK and id-CA: 1 for DH, 2 for ECDH."""
    return 2 if isinstance(group, Curve) else 1


def public_key_info(order: ChipKeyOrder, public: bytes) -> bytes:
    """ChipAuthenticationPublicKeyInfo of an encoded public key (9303-11 §9.2.6)."""
    group = order.group
    value = public if isinstance(group, Curve) else der.integer(int.from_bytes(public, "big"))
    info = der.sequence(_algorithm(order), der.bit_string(value))
    return der.sequence(der.oid(f"{_ID_PK}.{family_of(group)}"), info, _identified(order))


def _info(order: ChipKeyOrder, cipher: CipherName) -> bytes:
    protocol = f"{_ID_CA}.{family_of(order.group)}.{_CIPHERS[cipher]}"
    return der.sequence(der.oid(protocol), der.integer(1), _identified(order))


def _identified(order: ChipKeyOrder) -> bytes:
    return b"" if order.key_id is None else der.integer(order.key_id)


def _algorithm(order: ChipKeyOrder) -> bytes:
    """The AlgorithmIdentifier of the key, with its domain parameters (9303-11 §9.5)."""
    match order.parameters:
        case "explicit":
            return explicit_parameters(order.group)
        case "standardized":
            return standardized_parameters(order.parameter_id)
        case "named":
            return der.sequence(der.oid(EC_PUBLIC_KEY), der.oid(_CURVE_OIDS[order.parameter_id]))
        case "pkcs3":
            prime, generator = order.group.field_prime, order.group.generator
            numbers = (prime, int.from_bytes(generator, "big"))
            return der.sequence(der.oid(_PKCS3), der.sequence(*map(der.integer, numbers)))
