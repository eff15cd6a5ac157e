"""The free files, on chips that want each another way to the master file."""

from collections.abc import Callable

import pytest

from egate.emrtd.access.master_file import read_atr_info, read_card_access
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.lds.ef_atr_info import EfAtrInfo
from egate.emrtd.tlv import encode
from tests.emrtd_passport import carry

CARD_ACCESS = encode(0x31, bytes(range(100)))
SFI = "00b09c0000"
MF = "00a4000c"
MF_BY_ID = "00a4000c023f00"
EF = "00a4020c02011c"
READ = "00b0000000"
Answers = dict[str, int | bytes]


def chip(answers: Answers, sent: list[str]) -> Callable[[CommandApdu], ResponseApdu]:
    """Answer commands in hexadecimal with a status or content; 6A82 to all others."""

    def transmit(command: CommandApdu) -> ResponseApdu:
        sent.append(command.encode().hex())
        answer = answers.get(sent[-1], 0x6A82)
        if isinstance(answer, int):
            return ResponseApdu(b"", StatusWord(answer))
        return ResponseApdu(answer, OK)

    return transmit


@pytest.mark.parametrize(
    ("answers", "commands"),
    [
        ({SFI: CARD_ACCESS}, [SFI]),
        ({EF: 0x9000, READ: CARD_ACCESS}, [SFI, EF, READ]),
        ({SFI: 0x6986, MF: 0x9000, EF: 0x6982}, [SFI, EF, MF, EF]),
    ],
)
def test_ways_to_ef_card_access(answers: Answers, commands: list[str]) -> None:
    sent: list[str] = []
    content = carry(read_card_access(), chip(answers, sent))
    assert content == (CARD_ACCESS if CARD_ACCESS in answers.values() else None)
    assert sent == commands


@pytest.mark.parametrize("refusal", [0x6982, 0x6A81, 0x6A86, 0x6A87, 0x6D00])
@pytest.mark.parametrize("by_id", [False, True])
def test_the_file_appears_with_the_master_file(refusal: int, *, by_id: bool) -> None:
    """Some chips are not in the master file at first, and want one form of SELECT of it."""
    way = MF_BY_ID if by_id else MF
    answers: Answers = {MF: refusal if by_id else 0x9000, way: 0x9000}
    sent: list[str] = []
    inner = chip(answers, sent)

    def transmit(command: CommandApdu) -> ResponseApdu:
        if way in sent:
            answers.update({EF: 0x9000, READ: CARD_ACCESS})
        return inner(command)

    assert carry(read_card_access(), transmit) == CARD_ACCESS
    assert sent == [SFI, EF, MF, *([MF_BY_ID] if by_id else []), EF, READ]


def test_a_chip_without_the_file_is_not_asked_for_ever() -> None:
    sent: list[str] = []
    assert carry(read_card_access(), chip({}, sent)) is None
    assert sent == [SFI, EF, MF, MF_BY_ID]


@pytest.mark.parametrize("content", [b"\x31", b"\x31\x84\x7f\xff\xff\xff", b"\x00"])
def test_no_content_stops_the_inspection(content: bytes) -> None:
    assert carry(read_card_access(), chip({SFI: content}, [])) is None


def atr_info(command: int, response: int, capabilities: str = "") -> bytes:
    lengths = encode(0x02, command.to_bytes(3, "big")) + encode(0x02, response.to_bytes(3, "big"))
    stated = encode(0x47, bytes.fromhex(capabilities)) if capabilities else b""
    return stated + encode(0x7F66, lengths)


@pytest.mark.parametrize(
    ("content", "parsed"),
    [
        (atr_info(1000, 2000, "f381c0"), EfAtrInfo(1000, 2000, command_chaining=True)),
        (atr_info(1000, 2000) + bytes(9), EfAtrInfo(1000, 2000, command_chaining=False)),
        (atr_info(256, 2000), EfAtrInfo(None, None, command_chaining=False)),
        (atr_info(1000, 256), EfAtrInfo(None, None, command_chaining=False)),
        (encode(0x7F66, encode(2, bytes(5)) * 2), EfAtrInfo(None, None, command_chaining=False)),
        (encode(0x7F66, encode(2, b"\x10")), EfAtrInfo(None, None, command_chaining=False)),
        (encode(0x47, bytes.fromhex("f381")), EfAtrInfo(None, None, command_chaining=False)),
        (b"", EfAtrInfo(None, None, command_chaining=False)),
        (atr_info(1000, 65536), EfAtrInfo(1000, 65536, command_chaining=False)),
        (b"\x7f\x66\x08\x02", None),
        (b"\x61\x80", None),
    ],
)
def test_stated_lengths(content: bytes, parsed: EfAtrInfo | None) -> None:
    sent: list[str] = []
    assert carry(read_atr_info(), chip({"00b0810000": content}, sent)) == parsed
    assert len(sent) == 1


def test_no_ef_atr_info() -> None:
    assert carry(read_atr_info(), chip({}, [])) is None
