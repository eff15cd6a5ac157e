"""A small chip that PACE opens, and what its tests send to it."""

from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.pace import passwords_of
from hardware_mocks.chip.pace_offer import PaceOffer
from tests.pace_terminal import PaceTerminal

LINES = ("P<UTO".ljust(44, "<"), "L898902C<3UTO6908061F9406236".ljust(44, "<"))
CAN = "123456"
PASSWORDS = passwords_of("L898902C<369080619406236", CAN)
SELECT_APPLICATION = bytes.fromhex("00A4040C07A0000002471001")
READ_DG1 = bytes.fromhex("00B0810000")
GET_CHALLENGE = bytes.fromhex("0084000008")
DG1 = bytes(range(120))
BIG_FILE = bytes(range(256)) * 160
CHIP_KEY = 0x1F2E3D4C5B6A
OFFER = PaceOffer()


def made_chip(*offers: PaceOffer, can: str = CAN, basic_access: bool = False) -> Chip:
    document = Document(
        LINES,
        can,
        {0x0101: DG1, 0x0102: BIG_FILE},
        master_files={0x011D: b"0\x03abc"},
        basic_access=basic_access,
        pace=offers,
        pace_cam_keys={offer.reference: CHIP_KEY for offer in offers},
    )
    return Chip(document)


def terminal_of(offer: PaceOffer = OFFER, chip: Chip | None = None) -> PaceTerminal:
    return PaceTerminal(chip or made_chip(offer), offer, PASSWORDS[1])
