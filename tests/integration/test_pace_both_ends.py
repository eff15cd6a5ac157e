"""The reader's PACE against the simulated chip's, which shares no code with it."""

import secrets
from itertools import cycle, product

import pytest

from egate.emrtd import asn1
from egate.emrtd.access.card_access import CardAccess, PaceMapping
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.access.password import CardAccessNumber, Password, password_secret
from egate.emrtd.errors import AccessDenied
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.mrz.mrz_key import MrzKey
from hardware_mocks.chip.apdu import Command, parse
from hardware_mocks.chip.pace import Pace
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.security_infos import pace_infos
from hardware_mocks.chip.session import Session
from tests.pace_counterpart import talk

MRZ = MrzKey("T22000129", "640812", "101031")
CAN = CardAccessNumber("123456")
STATIC_KEY = 5
READ = CommandApdu(0x00, 0xB0, 0x81, 0x00, le=4)


def every_offer() -> list[PaceOffer]:
    """Return all combinations; explicit parameters with one cipher, which they do not touch."""
    found = []
    identifiers = (0, 1, 2, *range(8, 19))
    ciphers = ("3DES", "AES-128", "AES-192", "AES-256")
    for mapping, agreement, cipher, number, explicit in product(
        ("GM", "IM", "CAM"), ("DH", "ECDH"), ciphers, identifiers, (False, True)
    ):
        if explicit and cipher != "AES-128":
            continue
        try:
            offer = PaceOffer(mapping, agreement, cipher, number, explicit)  # type: ignore[arg-type]
        except ValueError:
            continue  # the standard knows no such combination
        found.append(offer)
    return found


OFFERS = every_offer()


class PaceOnly:
    """A chip of nothing but PACE."""

    def __init__(self, offer: PaceOffer) -> None:
        keys = {offer.reference: STATIC_KEY} if offer.mapping == "CAM" else {}
        passwords = {1: password_secret(MRZ), 2: password_secret(CAN)}
        self._pace = Pace([offer], passwords, secrets.token_bytes, chip_keys=keys)
        self.session = Session()

    def answer(self, command: CommandApdu) -> ResponseApdu:
        reply = self._pace.answer(parse(command.encode()), self.session)
        assert reply is not None
        return ResponseApdu.decode(reply.raw())

    def understands(self, protected: CommandApdu) -> Command:
        channel = self.session.next_channel
        assert channel is not None
        return channel.unwrap(parse(protected.encode()))


def card_access(offer: PaceOffer) -> CardAccess:
    return CardAccess.parse(asn1.encode(asn1.SET, b"".join(pace_infos([offer]))))


def test_there_is_every_combination() -> None:
    standardised = 3 * 8 + 11 * 4 + 10 * 4 + 11 * 3
    explicit = 3 * 2 + 11 + 10 + 11
    assert len(OFFERS) == standardised + explicit


@pytest.mark.parametrize(
    ("theirs", "password"),
    list(zip(OFFERS, cycle([MRZ, CAN]), strict=False)),
    ids=[f"{o.mapping}-{o.agreement}-{o.cipher}-{o.reference}" for o in OFFERS],
)
def test_both_ends_agree(theirs: PaceOffer, password: Password) -> None:
    found = card_access(theirs)
    assert found.unsupported == ()
    (offer,) = found.offers
    chip = PaceOnly(theirs)
    opening = talk(open_with_pace(offer, password, secrets.token_bytes), chip.answer)
    understood = chip.understands(opening.channel.protect(READ))
    assert (understood.ins, understood.p1p2) == (0xB0, 0x8100)
    if offer.mapping is PaceMapping.CHIP_AUTHENTICATION:
        proof = int.from_bytes(opening.chip_authentication_data or b"", "big")
        static = offer.domain.public_key(STATIC_KEY)
        assert offer.domain.public_key(proof, static) == opening.chip_mapping_public


@pytest.mark.parametrize("mapping", ["GM", "IM", "CAM"])
def test_another_password_is_denied(mapping: str) -> None:
    theirs = PaceOffer(mapping)  # type: ignore[arg-type]
    (offer,) = card_access(theirs).offers
    with pytest.raises(AccessDenied):
        talk(
            open_with_pace(offer, CardAccessNumber("123457"), secrets.token_bytes),
            PaceOnly(theirs).answer,
        )
