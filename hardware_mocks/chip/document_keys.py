"""The private keys of a document, and the files that show their public halves."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hardware_mocks.chip import data_groups as lds
from hardware_mocks.chip.active_authentication import AaKey
from hardware_mocks.chip.chip_key import (
    ChipKey,
    ChipKeyOrder,
    Parameters,
    chip_authentication_infos,
    public_key_info,
)
from hardware_mocks.chip.curves import CURVES
from hardware_mocks.chip.order import Order
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.security_infos import pace_infos
from hardware_mocks.pki import der
from hardware_mocks.pki.keys import new_key
from hardware_mocks.pki.keys import public_key_info as subject_public_key_info

# Curves of Active Authentication: those of SHA-224 and up that can be signed with here.
AA_CURVES: Final[Mapping[str, tuple[int, ec.EllipticCurve]]] = {
    "P-224": (10, ec.SECP224R1()),
    "P-256": (12, ec.SECP256R1()),
    "brainpoolP256r1": (13, ec.BrainpoolP256R1()),
    "P-384": (15, ec.SECP384R1()),
    "brainpoolP384r1": (16, ec.BrainpoolP384R1()),
    "brainpoolP512r1": (17, ec.BrainpoolP512R1()),
    "P-521": (18, ec.SECP521R1()),
}
# ecdsa-plain-SHA224 to SHA512 (BSI TR-03111 §5.2.1.1), and ecdsa-with-SHA224 to SHA512.
_ECDSA_PLAIN: Final = "0.4.0.127.0.7.1.1.4.1"
_PLAIN_ARCS: Final = {"sha1": 1, "sha224": 2, "sha256": 3, "sha384": 4, "sha512": 5}
_ECDSA_DER: Final = {
    "sha1": "1.2.840.10045.4.1",
    "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
_ID_TA: Final = "0.4.0.127.0.7.2.2.2"


@dataclass(frozen=True, slots=True)
class DocumentKeys:
    """What a chip holds: of Active and Chip Authentication, and of PACE-CAM by reference."""

    active: AaKey | None = field(repr=False)
    chip: tuple[ChipKey, ...]
    mapping: Mapping[int, ChipKey]

    @classmethod
    def new(cls, order: Order) -> Self:
        """Make every key anew."""
        mapping = {
            offer.reference: _mapping_key_order(offer)
            for offer in (*order.pace, *(order.card_access or ()))
            if offer.mapping == "CAM"
        }
        return cls(
            _new_aa_key(order),
            tuple(ChipKey.new(each, secrets.token_bytes) for each in order.chip_keys),
            {each: ChipKey.new(made, secrets.token_bytes) for each, made in mapping.items()},
        )

    def groups(self, order: Order) -> Mapping[int, bytes]:
        """DG14 with every SecurityInfo of the application, DG15 (9303-11 §9.2.11, §6.1.5)."""
        infos = [*pace_infos(order.pace), *chip_authentication_infos(self.chip)]
        if order.terminal_authentication is not None:
            infos.append(der.sequence(der.oid(_ID_TA), der.integer(1)))
        found = {}
        if self.active is not None:
            found[15] = lds.dg15(_subject_public_key_info(self.active, order))
            infos += _active_authentication_infos(self.active, order)
        if infos:
            found[14] = lds.dg14(infos, in_reverse=order.dg14_reversed)
        return found

    def card_security_infos(self, order: Order) -> Sequence[bytes]:
        """The SecurityInfos of EF.CardSecurity: none without PACE-CAM (9303-10 §3.11.4)."""
        if not self.mapping:
            return ()
        keys = [public_key_info(each.order, each.public) for each in self.mapping.values()]
        return (*pace_infos(order.pace), *keys)


def _mapping_key_order(offer: PaceOffer) -> ChipKeyOrder:
    """PACE-CAM's key: its domain parameters by reference, as in 9303-11 appendix I."""
    parameters: Parameters = "explicit" if offer.explicit else "standardized"
    return ChipKeyOrder(offer.parameter_id, (), offer.reference, parameters)


def _new_aa_key(order: Order) -> AaKey | None:
    match order.active_authentication:
        case "rsa":
            return new_key(f"rsa{order.aa_bits}")
        case "ecdsa":
            return ec.generate_private_key(AA_CURVES[order.aa_curve][1])
        case None:
            return None


def _subject_public_key_info(key: AaKey, order: Order) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return subject_public_key_info(key)
    _, domain = CURVES[AA_CURVES[order.aa_curve][0]]
    return subject_public_key_info(key, domain)


def _active_authentication_infos(key: AaKey, order: Order) -> list[bytes]:
    """ActiveAuthenticationInfo, which names the algorithm of ECDSA (9303-11 §9.2.4)."""
    if isinstance(key, rsa.RSAPrivateKey):
        return []
    plain = f"{_ECDSA_PLAIN}.{_PLAIN_ARCS[order.aa_hash]}"
    return [lds.active_authentication_info(_ECDSA_DER[order.aa_hash] if order.aa_der else plain)]
