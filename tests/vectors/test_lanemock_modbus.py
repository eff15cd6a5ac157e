"""The Modbus slave against published frames.

CRC and whole frames: MODBUS over Serial Line V1.02 §6.2.2 (02 07 -> 41 12), the
Waveshare relay manual, and the worked examples of the protocol that every Modbus
tutorial repeats (unit 0x11). Contents: MODBUS Application Protocol V1.1b3 §6.
"""

import pytest

from hardware_mocks.wire.modbus_server import CoilTable, ModbusSlave, RtuDecoder, crc16

PUBLISHED = [
    "02 07 41 12",
    "01 05 00 00 FF 00 8C 3A",
    "01 05 00 00 00 00 CD CA",
    "01 05 00 01 FF 00 DD FA",
    "01 05 00 FF FF 00 BC 0A",
    "01 01 00 00 00 08 3D CC",
    "01 0F 00 00 00 08 01 FF BE D5",
    "01 02 00 00 00 08 79 CC",
    "11 01 00 13 00 25 0E 84",
    "11 02 00 C4 00 16 BA A9",
    "11 05 00 AC FF 00 4E 8B",
    "11 0F 00 13 00 0A 02 CD 01 BF 0B",
]

# AP 6.1: coils 20-38 hold CD 6B 05 and so on; AP 6.2: inputs 197-218 hold AC DB 35.
COILS = {0x13 + at for at in range(37) if bytes.fromhex("CD6BB20E1B")[at // 8] >> at % 8 & 1}
INPUTS = {0xC4 + at for at in range(22) if bytes.fromhex("ACDB35")[at // 8] >> at % 8 & 1}


class Board:
    def __init__(self) -> None:
        self.coils = set(COILS)

    def write(self, address: int, value: bool) -> None:  # noqa: FBT001
        (self.coils.add if value else self.coils.discard)(address)

    def slave(self, unit: int = 0x11, coils: int = 0x100) -> ModbusSlave:
        table = CoilTable(
            coils, 0x100, lambda a: a in self.coils, lambda a: a in INPUTS, self.write
        )
        return ModbusSlave(table, unit=unit)


@pytest.mark.parametrize("frame", PUBLISHED)
def test_crc_of_published_frames(frame: str) -> None:
    raw = bytes.fromhex(frame)
    assert crc16(raw[:-2]) == raw[-2:]


@pytest.mark.parametrize(
    ("request_frame", "answer"),
    [
        ("11 01 00 13 00 25 0E 84", "11 01 05 CD 6B B2 0E 1B 45 E6"),
        ("11 02 00 C4 00 16 BA A9", "11 02 03 AC DB 35 20 18"),
        ("11 05 00 AC FF 00 4E 8B", "11 05 00 AC FF 00 4E 8B"),
        ("11 0F 00 13 00 0A 02 CD 01 BF 0B", "11 0F 00 13 00 0A 26 99"),
    ],
)
def test_published_exchanges(request_frame: str, answer: str) -> None:
    requests = list(RtuDecoder().feed(bytes.fromhex(request_frame)))
    assert [Board().slave().answer(request) for request in requests] == [bytes.fromhex(answer)]


def test_a_written_coil_is_the_one_that_is_read() -> None:
    board = Board()
    slave = board.slave()
    slave.answer(bytes.fromhex("11 05 00 AC FF 00"))
    assert 0xAC in board.coils
    slave.answer(bytes.fromhex("11 05 00 AC 00 00"))
    assert 0xAC not in board.coils
    slave.answer(bytes.fromhex("11 0F 00 40 00 0A 02 CD 01"))
    assert {a for a in board.coils if 0x40 <= a < 0x4A} == {0x40, 0x42, 0x43, 0x46, 0x47, 0x48}


@pytest.mark.parametrize(
    ("request_content", "exception"),
    [
        ("03 00 00 00 01", "83 01"),  # no registers here
        ("2B 0E 01 00", "AB 01"),
        ("01 00 F0 00 11", "81 02"),
        ("02 01 00 00 01", "82 02"),
        ("05 01 00 FF 00", "85 02"),
        ("0F 00 FF 00 02 01 03", "8F 02"),
        ("01 00 00 00 00", "81 03"),
        ("01 00 00 07 D1", "81 03"),
        ("05 00 00 12 34", "85 03"),
        ("0F 00 00 00 0A 01 FF", "8F 03"),
        ("01 00", "81 03"),
    ],
)
def test_exceptions(request_content: str, exception: str) -> None:
    answer = Board().slave().answer(b"\x11" + bytes.fromhex(request_content))
    expected = b"\x11" + bytes.fromhex(exception)
    assert answer == expected + crc16(expected)


def test_foreign_units_get_no_answer_and_broadcasts_are_carried_out_in_silence() -> None:
    board = Board()
    assert board.slave(unit=1).answer(bytes.fromhex("02 05 00 00 FF 00")) is None
    assert 0 not in board.coils
    assert board.slave(unit=1).answer(bytes.fromhex("00 05 00 00 FF 00")) is None
    assert 0 in board.coils


def test_the_decoder_takes_single_bytes_and_several_requests_at_once() -> None:
    raw = bytes.fromhex("01 05 00 00 FF 00 8C 3A 01 01 00 00 00 08 3D CC")
    expected = [raw[:6], raw[8:14]]
    assert list(RtuDecoder().feed(raw)) == expected
    slowly = RtuDecoder()
    assert [frame for byte in raw for frame in slowly.feed(bytes((byte,)))] == expected
    assert not slowly.waiting


def test_silence_ends_noise_and_unknown_functions() -> None:
    decoder = RtuDecoder()
    assert list(decoder.feed(bytes.fromhex("01 05 00 00 FF 00 8C 3B"))) == []
    assert decoder.silence() is None
    assert list(decoder.feed(bytes.fromhex("02 07 41 12"))) == []
    assert decoder.silence() == bytes.fromhex("02 07")
    assert list(decoder.feed(bytes(600))) == []
    assert not decoder.waiting
