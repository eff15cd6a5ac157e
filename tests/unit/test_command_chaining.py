"""Command chaining: the pieces, their class bytes, and where it ends."""

from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.chaining import chained
from egate.emrtd.iso7816.status import OK, StatusWord
from tests.emrtd_passport import carry


@given(st.binary(max_size=700), st.integers(1, 300))
def test_the_pieces_are_the_whole(data: bytes, most_bytes: int) -> None:
    seen: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        seen.append(command)
        return ResponseApdu(bytes((len(seen) & 0xFF,)), OK)

    whole = CommandApdu(0x00, 0x86, 0x01, 0x02, data, le=256)
    answer = carry(chained(whole, most_bytes=most_bytes), transmit)
    assert b"".join(command.data for command in seen) == data
    assert [command.cla for command in seen] == [0x10] * (len(seen) - 1) + [0x00]
    assert [command.le for command in seen] == [None] * (len(seen) - 1) + [256]
    assert all(len(command.data) <= most_bytes for command in seen)
    assert {command.header[1:] for command in seen} == {b"\x86\x01\x02"}
    assert len(seen) == max(1, -(-len(data) // most_bytes))
    assert answer.data == bytes((len(seen) & 0xFF,))


def test_a_chain_ends_where_the_chip_refuses_it() -> None:
    seen: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        seen.append(command)
        return ResponseApdu(b"", StatusWord(0x6884))

    whole = CommandApdu(0x00, 0x2A, 0x00, 0xBE, bytes(300))
    assert carry(chained(whole, most_bytes=100), transmit).status == StatusWord(0x6884)
    assert len(seen) == 1
