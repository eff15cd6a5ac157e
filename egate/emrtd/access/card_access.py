"""EF.CardAccess: in which ways the chip opens with PACE (9303-11 §9.2.1, §9.2.11)."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.crypto.domain_parameters import RESERVED_PARAMETER_IDS, of_algorithm, standardised
from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.crypto.key_agreement import KeyAgreement
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.security_info import SecurityInfo
from egate.emrtd.lds.security_infos import PaceDomainParameterInfo, PaceInfo, SecurityInfos

_ID_PACE: Final = "0.4.0.127.0.7.2.2.4"
_VERSION: Final = 2
_ECDH_TAG: Final = 0x86


class PaceMapping(StrEnum):
    """How the nonce becomes a generator (9303-11 §4.4.3.3)."""

    GENERIC = "GM"
    INTEGRATED = "IM"
    CHIP_AUTHENTICATION = "CAM"


_KINDS: Final = {
    1: ("DH", PaceMapping.GENERIC),
    2: ("ECDH", PaceMapping.GENERIC),
    3: ("DH", PaceMapping.INTEGRATED),
    4: ("ECDH", PaceMapping.INTEGRATED),
    6: ("ECDH", PaceMapping.CHIP_AUTHENTICATION),
}
_CIPHERS: Final = {
    1: (SmAlgorithm.TDES, 112),
    2: (SmAlgorithm.AES_128, 128),
    3: (SmAlgorithm.AES_192, 192),
    4: (SmAlgorithm.AES_256, 256),
}
_STRENGTHS: Final = dict(_CIPHERS.values())
_PARAMETER_KINDS: Final = frozenset(f"{_ID_PACE}.{kind}" for kind in _KINDS)
# §9.2.3, tables 2 and 3: the mapping of chip authentication has no 3DES.
_PROTOCOLS: Final = {
    f"{_ID_PACE}.{kind}.{cipher}": (*_KINDS[kind], _CIPHERS[cipher][0])
    for kind in _KINDS
    for cipher in _CIPHERS
    if (kind, cipher) != (6, 1)
}
_UNDEFINED: Final = {f"{_ID_PACE}.6.1": "PACE-CAM is not defined with 3DES"}


@dataclass(frozen=True, slots=True)
class PaceOffer:
    """One way to open the chip that both sides know.

    Args:
        oid: of the protocol, repeated in MSE:Set AT and in the authentication tokens.
        mapping: how the nonce becomes a generator.
        cipher: of the nonce and of secure messaging.
        domain: the domain parameters.
        parameter_id: how the chip names them; None when it has one explicit set only.
        needs_reference: MSE:Set AT must name them, for the chip has several (§4.4.4.1).

    """

    oid: str
    mapping: PaceMapping
    cipher: SmAlgorithm
    domain: KeyAgreement
    parameter_id: int | None
    needs_reference: bool

    @property
    def protocol(self) -> AccessProtocol:
        return AccessProtocol(f"PACE-{self.mapping}")

    @property
    def strength(self) -> tuple[int, bool, int, int]:
        """Sorts offers: the weaker of group and cipher first decides.

        Among equals a chip that authenticates on the way saves the time of doing it later;
        then the stronger of group and cipher.
        """
        group, cipher = self.domain.strength_bits, _STRENGTHS[self.cipher]
        proves_chip = self.mapping is PaceMapping.CHIP_AUTHENTICATION
        return min(group, cipher), proves_chip, group, cipher


@dataclass(frozen=True, slots=True)
class CardAccess:
    """What EF.CardAccess offers. The file is not signed: DG14 repeats it signed.

    Args:
        offers: the strongest first.
        unsupported: the others, with the reason why.

    """

    offers: tuple[PaceOffer, ...]
    unsupported: tuple[str, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the whole file.

        Raises:
            Asn1Malformed: it is no set of SecurityInfo. A single entry that is malformed
                ends up among ``unsupported``.

        """
        entries = SecurityInfos.parse(raw).of_pace()
        protocols, explicit, unsupported = _sorted_out(entries)
        offers: list[PaceOffer] = []
        for info in protocols:
            try:
                offers.append(_offer(info, explicit))
            except DocumentRejected as error:
                unsupported.append(f"{info.oid}: {error}")
        offers.sort(key=lambda offer: offer.strength, reverse=True)
        ambiguous = len({info.parameter_id for info in protocols}) > 1
        return cls(
            tuple(replace(offer, needs_reference=ambiguous) for offer in dict.fromkeys(offers)),
            tuple(unsupported),
        )


class PaceUnsupported(DocumentRejected):
    """An entry of EF.CardAccess that cannot be used; others may be."""


def _sorted_out(
    entries: tuple[SecurityInfo, ...],
) -> tuple[list[PaceInfo], list[PaceDomainParameterInfo], list[str]]:
    """Return protocols, explicit domain parameters, and what is neither."""
    protocols, explicit, malformed = [], [], []
    for entry in entries:
        try:
            if entry.oid in _PARAMETER_KINDS:
                explicit.append(PaceDomainParameterInfo.of(entry))
            else:
                protocols.append(PaceInfo.of(entry))
        except DocumentRejected as error:
            malformed.append(f"{entry.oid}: {error}")
    return protocols, explicit, malformed


def _offer(info: PaceInfo, explicit: list[PaceDomainParameterInfo]) -> PaceOffer:
    if info.oid not in _PROTOCOLS:
        raise PaceUnsupported(_UNDEFINED.get(info.oid, "unknown protocol"))
    if info.version != _VERSION:
        raise PaceUnsupported(f"version {info.version}")
    agreement, mapping, cipher = _PROTOCOLS[info.oid]
    domain = _domain(info, explicit)
    if (domain.public_key_tag == _ECDH_TAG) != (agreement == "ECDH"):
        raise PaceUnsupported(f"{domain.name} is not for {agreement}")
    if mapping is PaceMapping.INTEGRATED and not domain.has_integrated_mapping:
        raise PaceUnsupported(f"{domain.name} has no integrated mapping, as p = 1 mod 4")
    return PaceOffer(info.oid, mapping, cipher, domain, info.parameter_id, needs_reference=False)


def _domain(info: PaceInfo, explicit: list[PaceDomainParameterInfo]) -> KeyAgreement:
    """Return standardised parameters, or the explicit ones of this kind of PACE (§9.2.2)."""
    wanted = info.parameter_id
    if wanted is not None and wanted in RESERVED_PARAMETER_IDS:
        return standardised(wanted)
    kind = info.oid.rpartition(".")[0]
    candidates = [
        entry
        for entry in explicit
        if entry.oid == kind
        and (entry.parameter_id == wanted or None in (entry.parameter_id, wanted))
    ]
    if len(candidates) != 1:
        raise PaceUnsupported(f"{len(candidates)} sets of explicit domain parameters fit")
    return of_algorithm(candidates[0].algorithm)
