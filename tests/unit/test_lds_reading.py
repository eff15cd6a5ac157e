"""Reading a file from a chip that answers in its own way."""

from collections.abc import Callable

import pytest

from egate.emrtd.conversation import Conversation, T
from egate.emrtd.errors import DocumentRejected, TlvMalformed, UnexpectedStatus
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.reading import read_file, select_lds1
from egate.emrtd.tlv import encode, find

Answer = Callable[[CommandApdu], ResponseApdu]
OK = StatusWord(0x9000)


def run(conversation: Conversation[T], answer: Answer) -> tuple[T, list[CommandApdu]]:
    commands: list[CommandApdu] = []
    try:
        command = next(conversation)
        while True:
            commands.append(command)
            command = conversation.send(answer(command))
    except StopIteration as finished:
        result: T = finished.value
        return result, commands


def status(value: int) -> ResponseApdu:
    return ResponseApdu(b"", StatusWord(value))


class FileChip:
    """One file, with READ BINARY of both kinds."""

    def __init__(self, content: bytes, *, most: int = 0x10000) -> None:
        self.content = content
        self.most = most

    def __call__(self, command: CommandApdu) -> ResponseApdu:
        if command.ins == 0xA4:
            return status(0x9000)
        assert command.le is not None
        if command.ins == 0xB1:
            offset = int.from_bytes(find(command.data, 0x54), "big")
            room = command.le - 4
            return ResponseApdu(encode(0x53, self.content[offset : offset + room]), OK)
        offset = command.p1 << 8 | command.p2
        return ResponseApdu(self.content[offset : offset + min(command.le, self.most)], OK)


@pytest.mark.parametrize("size", [0, 6, 7, 100, 0xE7, 5000, 0x7FFF, 0x8001, 0x12345])
@pytest.mark.parametrize("chunk", [0xE7, 4096])
def test_a_whole_file_of_any_size(size: int, chunk: int) -> None:
    file = encode(0x75, bytes(range(256)) * (size // 256 + 1))[: size + 5]
    file = encode(0x75, file)
    seen: list[tuple[int, int]] = []
    content, commands = run(
        read_file(0x0102, chunk=chunk, limit=1 << 20, progress=lambda *n: seen.append(n)),
        FileChip(file + b"padding of the file"),
    )
    assert content == file
    assert not seen or seen[-1] == (len(file), len(file))
    assert len(commands) <= 3 + len(file) / (chunk - 8) + 1


def test_a_chip_may_give_less_than_it_was_asked_for() -> None:
    file = encode(0x75, bytes(500))
    content, _ = run(read_file(0x0102, chunk=0xE7, limit=1000), FileChip(file, most=100))
    assert content == file


def test_a_chip_that_dribbles_is_given_up() -> None:
    with pytest.raises(DocumentRejected, match="too small pieces"):
        run(read_file(0x0102, chunk=0xE7, limit=5000), FileChip(encode(0x75, bytes(4000)), most=8))


@pytest.mark.parametrize("refusal", [0x6700, 0x6B00, 0x6C80, 0x6A86, 0x6F00, 0x6282])
def test_a_chip_that_takes_128_bytes_is_asked_for_no_more(refusal: int) -> None:
    file = encode(0x75, bytes(1000))
    chip = FileChip(file)

    def answer(command: CommandApdu) -> ResponseApdu:
        return status(refusal) if command.le and command.le > 128 else chip(command)

    content, commands = run(read_file(0x0102, chunk=0xE7, limit=2000), answer)
    assert content == file
    assert len([c for c in commands if c.le and c.le > 128]) <= 4


def test_a_warning_at_the_end_of_the_file_is_no_error() -> None:
    file = encode(0x60, b"abc")

    def answer(command: CommandApdu) -> ResponseApdu:
        return status(0x9000) if command.ins == 0xA4 else ResponseApdu(file, StatusWord(0x6282))

    assert run(read_file(0x011E, chunk=0xE7, limit=100), answer)[0] == file


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UnexpectedStatus, match="SELECT 0103: status 6A82") as raised:
        run(read_file(0x0103, chunk=0xE7, limit=100), lambda _: status(0x6A82))
    assert raised.value.status.sw2 == 0x82


@pytest.mark.parametrize("refusal", [0x6982, 0x6C00, 0x6700, 0x9000])
def test_a_chip_that_refuses_every_length(refusal: int) -> None:
    with pytest.raises(UnexpectedStatus, match="READ BINARY"):
        run(
            read_file(0x0102, chunk=0xE7, limit=100),
            lambda c: status(0x9000 if c.ins == 0xA4 else refusal),
        )


def test_claims_are_limited() -> None:
    with pytest.raises(DocumentRejected, match="more than 100 bytes"):
        run(read_file(0x0102, chunk=0xE7, limit=100), FileChip(encode(0x75, bytes(200))))


def test_more_than_asked_for_is_an_error() -> None:
    file = encode(0x75, bytes(50))

    def answer(command: CommandApdu) -> ResponseApdu:
        return status(0x9000) if command.ins == 0xA4 else ResponseApdu(file, OK)

    with pytest.raises(DocumentRejected, match="more bytes"):
        run(read_file(0x0102, chunk=0xE7, limit=100), answer)


def test_an_empty_object_beyond_the_short_offsets_ends_the_reading() -> None:
    chip = FileChip(encode(0x75, bytes(0x9000)))

    def answer(command: CommandApdu) -> ResponseApdu:
        return ResponseApdu(b"\x53\x00", OK) if command.ins == 0xB1 else chip(command)

    with pytest.raises(DocumentRejected, match="empty"):
        run(read_file(0x0102, chunk=4096, limit=1 << 20), answer)


def test_an_answer_that_is_no_data_object() -> None:
    with pytest.raises(TlvMalformed):
        run(read_file(0x0102, chunk=0xE7, limit=100), FileChip(b"\x75"))


def test_selecting_the_application() -> None:
    _, commands = run(select_lds1(), lambda _: status(0x9000))
    assert commands[0].encode().hex() == "00a4040c07a0000002471001"
    with pytest.raises(UnexpectedStatus, match="eMRTD application"):
        run(select_lds1(), lambda _: status(0x6A82))
