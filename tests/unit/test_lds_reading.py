"""Reading a file from a chip that answers in its own way."""

from collections.abc import Callable

import pytest

from egate.emrtd.conversation import Conversation, T
from egate.emrtd.errors import DocumentRejected, TlvMalformed, UnexpectedStatus
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.reading import read_file, select_lds1
from egate.emrtd.lds.reading_session import ReadingSession
from egate.emrtd.tlv import encode, find

Answer = Callable[[CommandApdu], ResponseApdu]
OK = StatusWord(0x9000)
DG2 = 0x0102
COM = 0x011E
SHORT = 0xE7
LARGE = 1 << 20


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
    """Some files, with SELECT, short file identifiers and READ BINARY of both kinds.

    Args:
        files: by identifier.
        most: bytes it gives at once.
        accepts: the largest Le it takes, within the file if ``strict``.
        refusal: what it says to a larger one.

    """

    def __init__(
        self,
        *files: bytes,
        most: int = 0x10000,
        accepts: int = 0x10000,
        refusal: int = 0x6700,
        strict: bool = False,
    ) -> None:
        self.files = dict(zip((DG2, COM, 0x011D, 0x0101), files, strict=False))
        self.most = most
        self.accepts = accepts
        self.refusal = refusal
        self.strict = strict
        self.short_identifiers = True
        self.selected = 0

    def __call__(self, command: CommandApdu) -> ResponseApdu:
        if command.ins == 0xA4:
            self.selected = int.from_bytes(command.data, "big")
            return status(0x9000 if self.selected in self.files else 0x6A82)
        assert command.le is not None
        if command.ins == 0xB1:
            content = self.files[self.selected]
            offset = int.from_bytes(find(command.data, 0x54), "big")
            room = command.le - 4
            return ResponseApdu(encode(0x53, content[offset : offset + room]), OK)
        if command.p1 & 0x80:
            if not self.short_identifiers:
                return status(0x6A86)
            self.selected = 0x0100 | command.p1 & 0x1F
            if self.selected not in self.files:
                return status(0x6A82)
        content = self.files[self.selected]
        offset = command.p2 if command.p1 & 0x80 else command.p1 << 8 | command.p2
        if command.le > self.accepts or (self.strict and offset + command.le > len(content)):
            return status(self.refusal)
        return ResponseApdu(content[offset : offset + min(command.le, self.most)], OK)


@pytest.mark.parametrize("size", [0, 6, 7, 100, 0xE7, 5000, 0x7FFF, 0x8001, 0x12345])
@pytest.mark.parametrize("longest", [SHORT, 4096])
def test_a_whole_file_of_any_size(size: int, longest: int) -> None:
    file = encode(0x75, bytes(range(256)) * (size // 256 + 1))[: size + 5]
    file = encode(0x75, file)
    seen: list[tuple[int, int]] = []
    pieces = bytearray()

    def take(piece: bytes, end: int, total: int) -> None:
        pieces.extend(piece)
        seen.append((end, total))

    content, commands = run(
        read_file(DG2, ReadingSession(longest), limit=LARGE, piece=take),
        FileChip(file + b"padding of the file"),
    )
    assert content == pieces == file
    assert seen[-1] == (len(file), len(file))
    assert len(commands) <= 3 + len(file) / (longest - 4)
    # What has an offset of 15 bits does not reach beyond them.
    ends = [(c.p1 << 8 | c.p2) + (c.le or 0) for c in commands[1:] if c.ins == 0xB0]
    assert max(ends, default=0) <= 0x8000


def test_the_first_command_names_the_file_and_reads_a_whole_piece() -> None:
    _, commands = run(
        read_file(COM, ReadingSession(SHORT), limit=99), FileChip(b"", b"\x60\x01\x00")
    )
    assert [c.encode().hex() for c in commands] == ["00b09e00e7"]


def test_without_short_identifiers_files_are_selected_from_the_second_on() -> None:
    chip = FileChip(encode(0x75, bytes(9)), encode(0x60, b""))
    chip.short_identifiers = False
    session = ReadingSession(SHORT)
    assert run(read_file(DG2, session, limit=99), chip)[0] == chip.files[DG2]
    content, commands = run(read_file(COM, session, limit=99), chip)
    assert content == chip.files[COM]
    assert [c.encode().hex() for c in commands] == ["00a4020c02011e", "00b00000e7"]
    assert session.longest == SHORT


def test_a_chip_may_give_less_than_it_was_asked_for() -> None:
    file = encode(0x75, bytes(500))
    content, _ = run(read_file(DG2, ReadingSession(SHORT), limit=1000), FileChip(file, most=100))
    assert content == file


def test_a_chip_that_dribbles_is_given_up() -> None:
    chip = FileChip(encode(0x75, bytes(4000)), most=8)
    with pytest.raises(DocumentRejected, match="too small pieces"):
        run(read_file(DG2, ReadingSession(SHORT), limit=5000), chip)


@pytest.mark.parametrize("refusal", [0x6700, 0x6B00, 0x6C80, 0x6A86, 0x6F00, 0x6282])
@pytest.mark.parametrize("accepts", [192, 160, 128, 96, 20])
def test_the_ladder_is_climbed_once_in_a_session(refusal: int, accepts: int) -> None:
    allowed = accepts if refusal >> 8 == 0x6C else 0
    chip = FileChip(
        encode(0x75, bytes(1000)),
        encode(0x60, bytes(1000)),
        accepts=accepts,
        refusal=refusal & 0xFF00 | allowed if allowed else refusal,
    )
    session = ReadingSession(SHORT)
    for file_id in (DG2, COM):
        content, commands = run(read_file(file_id, session, limit=2000), chip)
        assert content == chip.files[file_id]
    assert not [c for c in commands if c.le and c.le > accepts]
    assert accepts / 2 < session.longest <= accepts


def test_a_chip_that_takes_no_length_beyond_the_file_is_asked_for_the_header_first() -> None:
    chip = FileChip(encode(0x75, bytes(1000)), encode(0x60, bytes(30)), strict=True, refusal=0x6B00)
    session = ReadingSession(SHORT)
    content, _ = run(read_file(COM, session, limit=2000), chip)
    assert content == chip.files[COM]
    content, commands = run(read_file(DG2, session, limit=2000), chip)
    assert content == chip.files[DG2]
    assert [c.le for c in commands if c.ins == 0xB0] == [8, SHORT, SHORT, SHORT, SHORT, 72]


def test_data_before_the_end_of_the_file_are_not_taken_with_a_warning() -> None:
    """Some chips give fewer bytes and 6282 to a long Le, and are fine at 160."""
    file = encode(0x75, bytes(range(250)) * 2)

    def answer(command: CommandApdu) -> ResponseApdu:
        good = FileChip(file)(command) if command.ins == 0xA4 else chip(command)
        if command.le and command.le > 160:
            return ResponseApdu(good.data[:100] + bytes(5), StatusWord(0x6282))
        return good

    chip = FileChip(file)
    session = ReadingSession(SHORT)
    assert run(read_file(DG2, session, limit=2000), answer)[0] == file
    assert session.longest == 160


def test_nor_within_the_file() -> None:
    chip = FileChip(encode(0x75, bytes(range(250)) * 4))

    def answer(command: CommandApdu) -> ResponseApdu:
        good = chip(command)
        if command.p2 >= SHORT and command.le and command.le > 160:
            return ResponseApdu(good.data[:100], StatusWord(0x6282))
        return good

    session = ReadingSession(SHORT)
    assert run(read_file(DG2, session, limit=2000), answer)[0] == chip.files[DG2]
    assert session.longest == 160


@pytest.mark.parametrize("first", [b"", b"\x75"])
def test_a_warning_without_a_header_is_no_beginning(first: bytes) -> None:
    chip = FileChip(encode(0x75, bytes(50)))

    def answer(command: CommandApdu) -> ResponseApdu:
        if command.le and command.le > 100:
            return ResponseApdu(first, StatusWord(0x6282))
        return chip(command)

    assert run(read_file(DG2, ReadingSession(SHORT), limit=99), answer)[0] == chip.files[DG2]


def test_a_warning_at_the_end_of_the_file_is_no_error() -> None:
    chip = FileChip(encode(0x75, bytes(300)), encode(0x60, b"abc"))

    def answer(command: CommandApdu) -> ResponseApdu:
        given = chip(command)
        at_end = command.p1 == 0x9E or command.p2 == SHORT
        return ResponseApdu(given.data, StatusWord(0x6282)) if at_end else given

    session = ReadingSession(SHORT)
    for file_id in (COM, DG2):
        content, commands = run(read_file(file_id, session, limit=999), answer)
        assert content == chip.files[file_id]
        assert len(commands) == (1 if file_id == COM else 2)


def test_the_last_piece_teaches_nothing_about_the_next_file() -> None:
    chip = FileChip(encode(0x75, bytes(300)), encode(0x60, bytes(500)))

    def answer(command: CommandApdu) -> ResponseApdu:
        return status(0x6700) if command.le == 304 - SHORT else chip(command)

    session = ReadingSession(SHORT)
    assert run(read_file(DG2, session, limit=999), answer)[0] == chip.files[DG2]
    assert session.longest == SHORT


def test_a_long_answer_is_asked_for_in_short_whatever_the_refusal() -> None:
    chip = FileChip(encode(0x75, bytes(9000)))

    def answer(command: CommandApdu) -> ResponseApdu:
        return status(0x6985) if command.le and command.le > 256 else chip(command)

    session = ReadingSession(4096)
    assert run(read_file(DG2, session, limit=9999), answer)[0] == chip.files[DG2]
    assert session.longest <= 256


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UnexpectedStatus, match="SELECT 0103: status 6A82") as raised:
        run(read_file(0x0103, ReadingSession(SHORT), limit=100), lambda _: status(0x6A82))
    assert raised.value.status.sw2 == 0x82


@pytest.mark.parametrize("refusal", [0x6982, 0x6C00, 0x6700, 0x9000])
@pytest.mark.parametrize("good", [0, 1])
def test_a_chip_that_refuses_every_length(refusal: int, good: int) -> None:
    chip = FileChip(encode(0x75, bytes(300)))
    reads: list[CommandApdu] = []

    def answer(command: CommandApdu) -> ResponseApdu:
        reads.extend([command] if command.ins == 0xB0 else [])
        if command.ins == 0xA4 or len(reads) <= good:
            return chip(command)
        return status(refusal)

    with pytest.raises(UnexpectedStatus, match="READ BINARY"):
        run(read_file(DG2, ReadingSession(SHORT), limit=1000), answer)
    assert len(reads) <= 12


def test_claims_are_limited() -> None:
    with pytest.raises(DocumentRejected, match="more than 100 bytes"):
        run(read_file(DG2, ReadingSession(SHORT), limit=100), FileChip(encode(0x75, bytes(200))))


@pytest.mark.parametrize("by_short_identifier", [False, True])
def test_more_than_asked_for_is_an_error(*, by_short_identifier: bool) -> None:
    session = ReadingSession(20)
    session.by_short_identifier = by_short_identifier
    with pytest.raises(DocumentRejected, match="more bytes"):
        run(
            read_file(DG2, session, limit=100),
            lambda c: status(0x9000) if c.ins == 0xA4 else ResponseApdu(bytes(21), OK),
        )


def test_an_empty_object_beyond_the_short_offsets_ends_the_reading() -> None:
    chip = FileChip(encode(0x75, bytes(0x9000)))

    def answer(command: CommandApdu) -> ResponseApdu:
        return ResponseApdu(b"\x53\x00", OK) if command.ins == 0xB1 else chip(command)

    with pytest.raises(DocumentRejected, match="empty"):
        run(read_file(DG2, ReadingSession(4096), limit=LARGE), answer)


def test_an_answer_that_is_no_data_object() -> None:
    with pytest.raises(TlvMalformed):
        run(read_file(DG2, ReadingSession(SHORT), limit=100), FileChip(b"\x75"))


class Dead(Exception):
    """The channel was lost."""


def dying(answer: Answer, *when: int) -> Answer:
    """The chip ``answer``, whose channel is lost instead of the commands numbered ``when``."""
    count = 0

    def transmit(command: CommandApdu) -> ResponseApdu:
        nonlocal count
        count += 1
        if count in when:
            raise Dead
        return answer(command)

    return transmit


def test_after_a_lost_channel_the_rest_is_read_with_another_length() -> None:
    chip = FileChip(encode(0x75, bytes(range(200)) * 5))
    session = ReadingSession(SHORT)
    with pytest.raises(Dead):
        run(read_file(DG2, session, limit=9999), dying(chip, 3))
    assert session.channel_was_lost() == SHORT
    content, commands = run(read_file(DG2, session, limit=9999), chip)
    assert content == chip.files[DG2]
    assert commands[0].ins == 0xA4
    assert (commands[1].p1 << 8 | commands[1].p2, commands[1].le) == (2 * SHORT, SHORT // 4)


def test_a_last_frame_that_is_always_wrong_is_read_in_small_pieces() -> None:
    """One passport's SOD has a wrong MAC on its last frame."""
    chip = FileChip(encode(0x75, bytes(range(200)) * 5))
    last = len(chip.files[DG2]) % SHORT
    session = ReadingSession(SHORT)
    with pytest.raises(Dead):
        run(read_file(DG2, session, limit=9999), dying(chip, 5))
    assert session.channel_was_lost() == last
    content, commands = run(read_file(DG2, session, limit=9999), chip)
    assert content == chip.files[DG2]
    assert [c.le for c in commands[1:]] == [last // 4] * 4
    assert session.longest == SHORT


def test_a_channel_that_dies_of_a_refusal_costs_one_step() -> None:
    """One passport answers 6B00 to Le 256, and 6988 to all that follows."""
    chip = FileChip(encode(0x75, bytes(500)), accepts=160, refusal=0x6B00)
    session = ReadingSession(SHORT)
    with pytest.raises(Dead):
        run(read_file(DG2, session, limit=9999), dying(chip, 2))
    assert session.channel_was_lost() == 192
    assert session.longest == 192
    with pytest.raises(Dead):
        run(read_file(DG2, session, limit=9999), dying(chip, 2))
    session.channel_was_lost()
    content, _ = run(read_file(DG2, session, limit=9999), chip)
    assert content == chip.files[DG2]
    assert session.longest == 160


def test_a_channel_that_dies_at_once_costs_a_step() -> None:
    chip = FileChip(encode(0x75, bytes(500)))
    session = ReadingSession(SHORT)
    with pytest.raises(Dead):
        run(read_file(DG2, session, limit=9999), dying(chip, 1))
    assert session.channel_was_lost() == SHORT
    assert session.longest == 192
    assert run(read_file(DG2, session, limit=9999), chip)[0] == chip.files[DG2]
    assert session.channel_was_lost() is None


def test_selecting_the_application() -> None:
    _, commands = run(select_lds1(), lambda _: status(0x9000))
    assert commands[0].encode().hex() == "00a4040c07a0000002471001"
    with pytest.raises(UnexpectedStatus, match="eMRTD application"):
        run(select_lds1(), lambda _: status(0x6A82))
