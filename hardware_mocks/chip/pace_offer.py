"""Which PACE a chip offers: mapping, key agreement, cipher and domain parameters."""

from dataclasses import dataclass
from typing import Final, Literal

from hardware_mocks.chip.ciphers import SUITES, CipherName, Suite
from hardware_mocks.chip.domain_parameters import GROUPS, Group

MappingName = Literal["GM", "IM", "CAM"]
AgreementName = Literal["DH", "ECDH"]

_ID_PACE: Final = "0.4.0.127.0.7.2.2.4"
_FAMILIES: Final = {
    ("GM", "DH"): 1, ("GM", "ECDH"): 2, ("IM", "DH"): 3, ("IM", "ECDH"): 4, ("CAM", "ECDH"): 6,
}  # fmt: skip
_CIPHERS: Final = {"3DES": 1, "AES-128": 2, "AES-192": 3, "AES-256": 4}
_P_224: Final = 10
_BLOCK: Final = 16  # also fits the blocks of 3DES
# The identifiers below are reserved for standardised parameters (9303-11 §9.5.1).
_FIRST_LOCAL_ID: Final = 32


@dataclass(frozen=True, slots=True)
class PaceOffer:
    """One PACEInfo of a chip (9303-11 §4.4.3, §9.2.1).

    Args:
        mapping: generic, integrated or chip authentication mapping.
        agreement: over an elliptic curve or in a MODP group.
        cipher: of the nonce, the tokens and the channel.
        parameter_id: the standardised domain parameters (9303-11 §9.5.1), 0 to 2 or 8 to 18.
        explicit: the same parameters, but written out and under an identifier of the chip's own.
        nonce: the length of the nonce s in bytes: whole blocks, by default as many as a key
            needs. Only integrated mapping says how many (9303-11 §4.4.3.3).

    Raises:
        ValueError: 9303-11 knows no such combination.

    """

    mapping: MappingName = "GM"
    agreement: AgreementName = "ECDH"
    cipher: CipherName = "AES-128"
    parameter_id: int = 12
    explicit: bool = False
    nonce: int | None = None

    def __post_init__(self) -> None:
        if (self.mapping, self.agreement) not in _FAMILIES or self.cipher not in _CIPHERS:
            raise ValueError(f"no PACE-{self.agreement}-{self.mapping} with {self.cipher}")
        group = GROUPS.get(self.parameter_id)
        if group is None or (group.public_key_tag == 0x86) != (self.agreement == "ECDH"):
            raise ValueError(f"no {self.agreement} domain parameters {self.parameter_id}")
        if self.mapping == "CAM" and self.cipher == "3DES":
            raise ValueError("chip authentication mapping is for AES only")
        if self.mapping == "IM" and self.parameter_id == _P_224:
            raise ValueError("integrated mapping is not for P-224")
        if self.nonce_bytes % _BLOCK or self.nonce_bytes <= 0:
            raise ValueError("the nonce has no whole blocks")
        if self.mapping == "IM" and self.nonce_bytes != self.suite.nonce_bytes:
            raise ValueError("the nonce of integrated mapping is only as long as a key")

    @property
    def family(self) -> str:
        """The object identifier of mapping and key agreement, as id-PACE-ECDH-GM."""
        return f"{_ID_PACE}.{_FAMILIES[self.mapping, self.agreement]}"

    @property
    def protocol(self) -> str:
        """The object identifier with the cipher, as id-PACE-ECDH-GM-AES-CBC-CMAC-128."""
        return f"{self.family}.{_CIPHERS[self.cipher]}"

    @property
    def reference(self) -> int:
        """The identifier of the domain parameters on this chip (PACEInfo.parameterId)."""
        return self.parameter_id + _FIRST_LOCAL_ID if self.explicit else self.parameter_id

    @property
    def group(self) -> Group:
        return GROUPS[self.parameter_id]

    @property
    def nonce_bytes(self) -> int:
        return self.suite.nonce_bytes if self.nonce is None else self.nonce

    @property
    def suite(self) -> Suite:
        return SUITES[self.cipher]
