"""9303-11 appendix D, byte for byte, as the chip sees it."""

import pytest

from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.des import Keys, retail_mac
from hardware_mocks.chip.document import Document

SELECT_APPLICATION = bytes.fromhex("00A4040C07A0000002471001")
EXTERNAL_AUTHENTICATE = bytes.fromhex(
    "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728"
)
# Appendix D.4: protected command, protected answer.
PROTECTED = {
    "select EF.COM": (
        "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
        "990290008E08FA855A5D4C50A8ED9000",
    ),
    "read four bytes": (
        "0CB000000D9701048E08ED6705417E96BA5500",
        "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000",
    ),
    "read the rest": (
        "0CB000040D9701128E082EA28A70F3C7B53500",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
    ),
}


@pytest.fixture
def chip() -> Chip:
    """The chip of the worked example: its zone, its EF.COM, its random numbers."""
    document = Document(
        mrz=(
            "P<UTOERIKSSON<<ANNA<MARIA".ljust(44, "<"),
            "L898902C<3UTO6908061F9406236<<<<<<<<<<<<<<<8",
        ),
        can="000000",
        files={0x011E: bytes.fromhex("60145F0104303130365F36063034303030305C026175")},
    )
    numbers = iter(
        (bytes.fromhex("4608F91988702212"), bytes.fromhex("0B4F80323EB3191CB04970CB4052790B"))
    )
    return Chip(document, random=lambda length: next(numbers)[:length])


def test_document_basic_access_keys() -> None:
    keys = Keys.from_mrz_information("L898902C<369080619406236")
    assert keys.enc.hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert keys.mac.hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


def test_session_keys() -> None:
    keys = Keys.from_seed(bytes.fromhex("0036D272F5C350ACAC50C3F572D23600"))
    assert keys.enc.hex().upper() == "979EC13B1CBFE9DCD01AB0FED307EAE5"
    assert keys.mac.hex().upper() == "F1CB1F1FB5ADF208806B89DC579DC1F8"


def test_mac_of_the_cryptogram() -> None:
    key = bytes.fromhex("7962D9ECE03D1ACD4C76089DCE131543")
    cryptogram = EXTERNAL_AUTHENTICATE[5:37]
    assert retail_mac(key, cryptogram).hex().upper() == "5F1448EEA8AD90A7"


def test_the_whole_conversation(chip: Chip) -> None:
    assert chip.transmit(SELECT_APPLICATION) == b"\x90\x00"
    assert chip.transmit(bytes.fromhex("0084000008")) == bytes.fromhex("4608F919887022129000")
    assert chip.transmit(EXTERNAL_AUTHENTICATE) == bytes.fromhex(
        "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000"
    )
    for step, (command, answer) in PROTECTED.items():
        given = chip.transmit(bytes.fromhex(command))
        assert given is not None, step
        assert given.hex().upper() == answer, step
