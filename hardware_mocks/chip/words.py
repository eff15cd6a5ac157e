"""Short words for protocols, as profiles are named and ``--set`` takes them.

PACE is ``gm-ecdh-aes128-p256``, a key of Chip Authentication ``ecdh-aes128-bp256``; several
stand apart by commas.
"""

from collections.abc import Mapping
from typing import Final, cast, get_args

from hardware_mocks.chip.chip_key import ChipKeyOrder, Parameters
from hardware_mocks.chip.ciphers import CipherName
from hardware_mocks.chip.pace_offer import AgreementName, MappingName, PaceOffer

CIPHERS: Final[Mapping[str, CipherName]] = {
    "3des": "3DES",
    "aes128": "AES-128",
    "aes192": "AES-192",
    "aes256": "AES-256",
}
MAPPINGS: Final[Mapping[str, MappingName]] = {"gm": "GM", "im": "IM", "cam": "CAM"}
# By the identifiers of 9303-11 §9.5.1, table 12.
DOMAINS: Final[Mapping[str, int]] = {
    "modp1024-160": 0,
    "modp2048-224": 1,
    "modp2048-256": 2,
    "p192": 8,
    "bp192": 9,
    "p224": 10,
    "bp224": 11,
    "p256": 12,
    "bp256": 13,
    "bp320": 14,
    "p384": 15,
    "bp384": 16,
    "bp512": 17,
    "p521": 18,
}
_FIRST_CURVE: Final = 8


def agreement_of(parameter_id: int) -> AgreementName:
    return "ECDH" if parameter_id >= _FIRST_CURVE else "DH"


def pace_offer(word: str) -> PaceOffer:
    """Read ``MAPPING-AGREEMENT-CIPHER-DOMAIN``, with ``+explicit`` for parameters written out.

    Raises:
        ValueError: a part is unknown, or 9303-11 knows no such combination.

    """
    word, plus, explicit = word.partition("+")
    mapping, _, rest = word.partition("-")
    agreement, cipher, parameter_id = _agreed(rest)
    known = mapping in MAPPINGS and cipher in CIPHERS
    if not known or (plus and explicit != "explicit"):
        raise ValueError("PACE is written as gm-ecdh-aes128-p256")
    return PaceOffer(MAPPINGS[mapping], agreement, CIPHERS[cipher], parameter_id, bool(plus))


def chip_key_order(word: str) -> ChipKeyOrder:
    """Read ``AGREEMENT-CIPHERS-DOMAIN``, as ``ecdh-3des+aes128-bp256#2:named``.

    ``alone`` in the place of ciphers leaves the key without a ChipAuthenticationInfo; ``#`` goes
    before the key's identifier, a colon before how the domain parameters are written.

    Raises:
        ValueError: a part is unknown, or does not fit the others.

    """
    word, _, parameters = word.partition(":")
    word, _, key_id = word.partition("#")
    agreement, ciphers, parameter_id = _agreed(word)
    names = [] if ciphers == "alone" else ciphers.split("+")
    fits = agreement_of(parameter_id) == agreement and all(name in CIPHERS for name in names)
    if not fits or (parameters or "explicit") not in get_args(Parameters):
        raise ValueError("a key of chip authentication is written as ecdh-aes128-bp256#1:named")
    return ChipKeyOrder(
        parameter_id,
        tuple(CIPHERS[name] for name in names),
        int(key_id) if key_id else None,
        cast("Parameters", parameters or "explicit"),
    )


def _agreed(word: str) -> tuple[AgreementName, str, int]:
    """Agreement, cipher and domain parameters, which may have a hyphen of their own."""
    parts = word.split("-", 2)
    agreements: Mapping[str, AgreementName] = {"ecdh": "ECDH", "dh": "DH"}
    if len(parts) != 3 or parts[0] not in agreements or parts[2] not in DOMAINS:
        raise ValueError(f"neither a key agreement nor its parameters: {word}")
    return agreements[parts[0]], parts[1], DOMAINS[parts[2]]
