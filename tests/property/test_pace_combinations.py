"""Every protocol of 9303-11 §4.4.3 with every standardised set of domain parameters."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd import asn1
from egate.emrtd.access.card_access import CardAccess, PaceMapping, PaceOffer
from egate.emrtd.access.pace import PaceOpening, open_with_pace
from egate.emrtd.access.password import CardAccessNumber, Password
from egate.emrtd.crypto.domain_parameters import STANDARDISED_DOMAIN_PARAMETERS
from egate.emrtd.crypto.key_agreement import KeyAgreement
from egate.emrtd.errors import AccessDenied, DocumentRejected, RetryableReadError
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.oid import oid_content
from tests.pace_counterpart import PaceChip, talk

MRZ = MrzKey("T22000129", "640812", "101031")
CAN = CardAccessNumber("004711")
READ = CommandApdu(0x00, 0xB0, 0x81, 0x00, le=4)


def stream(seed: bytes) -> Callable[[int], bytes]:
    state = [seed]

    def random(count: int) -> bytes:
        state[0] = hashlib.sha256(state[0]).digest()
        return hashlib.shake_256(state[0]).digest(count)

    return random


def card_access(*infos: tuple[str, int | None]) -> bytes:
    """Return EF.CardAccess with a PACEInfo for each protocol and identifier."""
    entries = b""
    for protocol, number in infos:
        entry = asn1.encode(asn1.OBJECT_IDENTIFIER, oid_content(protocol)) + b"\x02\x01\x02"
        if number is not None:
            entry += asn1.encode(asn1.INTEGER, bytes((number,)))
        entries += asn1.encode(asn1.SEQUENCE, entry)
    return asn1.encode(asn1.SET, entries)


def combinations() -> list[tuple[str, int]]:
    return [
        (f"0.4.0.127.0.7.2.2.4.{kind}.{cipher}", number)
        for number, domain in STANDARDISED_DOMAIN_PARAMETERS.items()
        for kind in ((1, 3) if number < 8 else (2, 4, 6))
        for cipher in (1, 2, 3, 4)
        if (kind, cipher) != (6, 1) and not (kind == 4 and domain.name == "P-224")
    ]


def proves_its_key(domain: KeyAgreement, opening: PaceOpening, static_key: int) -> bool:
    """Whether CA_IC times the static public key is the chip's key of the mapping (§4.4.3.5.2)."""
    number = int.from_bytes(opening.chip_authentication_data or b"", "big")
    return domain.public_key(number, domain.public_key(static_key)) == opening.chip_mapping_public


@pytest.mark.parametrize(("protocol", "number"), combinations())
def test_opens(protocol: str, number: int) -> None:
    (offer,) = CardAccess.parse(card_access((protocol, number))).offers
    chip = PaceChip(offer, CAN, stream(b"chip"))
    opening = talk(open_with_pace(offer, CAN, stream(b"terminal")), chip.answer)
    assert chip.channel is not None
    assert opening.channel.protect(READ) == chip.channel.protect(READ)
    assert opening.chip_ephemeral_public == chip.public
    if offer.mapping is PaceMapping.CHIP_AUTHENTICATION:
        assert proves_its_key(offer.domain, opening, chip.static_key)
    else:
        assert opening.chip_authentication_data is None


@pytest.mark.parametrize("protocol", ["1.2", "2.1", "2.4", "3.3", "4.2", "6.3"])
def test_another_password_does_not_open(protocol: str) -> None:
    number = 0 if protocol[0] in "13" else 12
    (offer,) = CardAccess.parse(card_access((f"0.4.0.127.0.7.2.2.4.{protocol}", number))).offers
    passwords: list[Password] = [MRZ, CardAccessNumber("004712")]
    for password in passwords:
        chip = PaceChip(offer, CAN, stream(b"chip"))
        with pytest.raises(AccessDenied, match="mutual authentication: status 6300"):
            talk(open_with_pace(offer, password, stream(b"terminal")), chip.answer)


SMALL_OFFERS = CardAccess.parse(
    card_access(*[(f"0.4.0.127.0.7.2.2.4.{kind}.2", 12) for kind in (2, 4, 6)])
).offers


@given(
    offer=st.sampled_from(SMALL_OFFERS),
    step=st.integers(1, 4),
    cut=st.integers(0, 70),
    spoiled=st.binary(max_size=80),
)
def test_whatever_a_chip_answers_ends_in_one_of_two_errors(
    offer: PaceOffer, step: int, cut: int, spoiled: bytes
) -> None:
    chip = PaceChip(offer, CAN, stream(b"chip"))

    def answer(command: CommandApdu) -> ResponseApdu:
        honest = chip.answer(command)
        if len(chip.commands) != step + 1:
            return honest
        return ResponseApdu(honest.data[:cut] + spoiled + honest.data[cut + len(spoiled) :], OK)

    try:
        opening = talk(open_with_pace(offer, CAN, stream(b"terminal")), answer)
    except (RetryableReadError, DocumentRejected):
        return
    assert chip.channel is not None
    assert opening.channel.protect(READ) == chip.channel.protect(READ)
