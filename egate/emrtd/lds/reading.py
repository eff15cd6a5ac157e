"""Reading the files of a chip: READ BINARY and SELECT (9303-10 §3.6)."""

from collections.abc import Callable
from typing import Final

from egate.emrtd.conversation import Conversation
from egate.emrtd.errors import DocumentRejected, TlvMalformed, UnexpectedStatus
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.files import LDS1_AID
from egate.emrtd.lds.reading_session import (
    HEADER_PROBE_BYTES,
    SMALLEST_LE,
    ReadingSession,
)
from egate.emrtd.tlv import decode_header, decode_one, encode

_SELECT: Final = 0xA4
_READ_BINARY: Final = 0xB0
_READ_BINARY_ODD: Final = 0xB1
_SHORT_IDENTIFIER: Final = 0x80
_OFFSET: Final = 0x54
_DISCRETIONARY: Final = 0x53
_SHORT_OFFSETS: Final = 0x8000
_OBJECT_HEADER: Final = 4
_SHORT_ANSWERS: Final = 16

# What chips answer to a length they do not like (some say so for any Le above 160 or 192).
_TOO_MANY: Final = frozenset(
    (
        StatusWord(0x6700),
        StatusWord(0x6B00),
        StatusWord(0x6A86),
        StatusWord(0x6F00),
        status.END_OF_FILE,
    )
)

# What a chip without short file identifiers may say, too.
_WRONG_PARAMETERS: Final = frozenset((StatusWord(0x6B00), StatusWord(0x6A86)))
_ABOUT_THE_FILE: Final = frozenset((StatusWord(0x6A82), StatusWord(0x6982)))
_LONGEST_SHORT_LE: Final = 256

Piece = Callable[[bytes, int, int], None]
"""Told each piece of a file, in order and without gaps; its end and that of the file in bytes."""


def select_lds1() -> Conversation[None]:
    """Select the eMRTD application (9303-10 §3.6.1.2).

    Raises:
        UnexpectedStatus: the chip has no such application.

    """
    answer = yield CommandApdu(0x00, _SELECT, 0x04, 0x0C, data=LDS1_AID)
    if answer.status != status.OK:
        raise UnexpectedStatus("SELECT the eMRTD application", answer.status)


def select_file(file_id: int) -> Conversation[None]:
    """Select the elementary file ``file_id`` of what is selected (9303-10 §3.6.2).

    Raises:
        UnexpectedStatus: the chip refuses it.

    """
    answer = yield CommandApdu(0x00, _SELECT, 0x02, 0x0C, data=file_id.to_bytes(2, "big"))
    if answer.status != status.OK:
        raise UnexpectedStatus(f"SELECT {file_id:04X}", answer.status)


def read_file(
    file_id: int,
    session: ReadingSession,
    *,
    limit: int,
    piece: Piece = lambda _content, _end, _total: None,
) -> Conversation[bytes]:
    """Read the whole file ``file_id`` of what is selected.

    The first command names the file by its short identifier, the low five bits of
    ``file_id``, and asks for a whole piece at once (9303-10 §3.6.3.2). A chip that
    refuses is told to select the file. What an earlier call read of the file before
    its channel was lost is not read again.

    Args:
        file_id: its two-byte identifier.
        session: what is known of the chip; learns from every answer.
        limit: refuse a file that claims to be longer. The chip is not trusted
            yet when this runs, so its length field is only a claim.
        piece: told each piece as it comes, so that its use can begin early.

    Raises:
        UnexpectedStatus: the chip refuses the file or a part of it.
        DocumentRejected: the file is too long or not a data object.

    """
    file = session.file(file_id)
    resumed = bool(file.content)
    if resumed:
        yield from select_file(file_id)
    else:
        file.content += yield from _begin(file_id, session)
    total = _claimed_bytes(file.content)
    if total > limit:
        raise DocumentRejected(f"file {file_id:04X} claims more than {limit} bytes")
    if not resumed:
        session.began(file_id, total)
        piece(bytes(file.content[:total]), min(len(file.content), total), total)

    patience = total // SMALLEST_LE + _SHORT_ANSWERS
    while len(file.content) < total:
        if (patience := patience - 1) < 0:
            raise DocumentRejected(f"file {file_id:04X} comes in too small pieces")
        part = yield from _next_piece(file_id, session, total)
        file.content += part
        piece(part, len(file.content), total)
    session.whole(file_id)
    return bytes(file.content[:total])


def _claimed_bytes(beginning: bytes | bytearray) -> int:
    _, length, header_size = decode_header(bytes(beginning[:HEADER_PROBE_BYTES]))
    return header_size + length


def _begin(file_id: int, session: ReadingSession) -> Conversation[bytes]:
    if session.by_short_identifier and not session.file(file_id).is_to_be_selected:
        p1 = _SHORT_IDENTIFIER | file_id & 0x1F
        beginning, _ = yield from _climb_down(file_id, session, p1=p1)
        if beginning is not None:
            return beginning
    yield from select_file(file_id)
    if session.by_short_identifier:
        session.gave_up_short_identifier(file_id)
    beginning, answered = yield from _climb_down(file_id, session, p1=0)
    if beginning is None:
        raise UnexpectedStatus("READ BINARY", answered)
    return beginning


def _climb_down(
    file_id: int, session: ReadingSession, *, p1: int
) -> Conversation[tuple[bytes | None, StatusWord]]:
    """Read the beginning of the file with less and less bytes.

    Returns:
        The beginning, None when the length is not at fault; and the last status word.

    """
    while True:
        le = session.first_le(file_id)
        answer = yield from _ask(CommandApdu(0x00, _READ_BINARY, p1, 0, le=le), file_id, session)
        if _is_beginning(answer):
            session.answered(le)
            return _at_most(le, answer.data), answer.status
        if not _is_about_length(answer, le) or le <= HEADER_PROBE_BYTES:
            return None, answer.status
        session.refused(file_id, le, _allowed(answer, le))
        if p1 and answer.status in _WRONG_PARAMETERS:
            session.file(file_id).doubts += 1
            if session.file(file_id).is_to_be_selected:
                return None, answer.status


def _next_piece(file_id: int, session: ReadingSession, total: int) -> Conversation[bytes]:
    offset = len(session.file(file_id).content)
    while True:
        command = _read_command(offset, session.next_le(file_id), total)
        answer = yield from _ask(command, file_id, session)
        le = command.le or 0
        if answer.data and answer.status in (status.OK, status.END_OF_FILE):
            part = _at_most(le, answer.data) if command.ins == _READ_BINARY else _framed(answer)
            if answer.status == status.OK or offset + len(part) >= total:
                session.answered(le)
                return part
        if not _is_about_length(answer, le) or le <= SMALLEST_LE:
            raise UnexpectedStatus("READ BINARY", answer.status)
        session.refused(file_id, le, _allowed(answer, le))


def _read_command(offset: int, longest: int, total: int) -> CommandApdu:
    if offset < _SHORT_OFFSETS:
        le = min(longest, total - offset, _SHORT_OFFSETS - offset)
        return CommandApdu(0x00, _READ_BINARY, offset >> 8, offset & 0xFF, le=le)
    # 9303-10 §3.5.2: beyond 32,767 bytes the offset is a data object, and so is the answer.
    where = encode(_OFFSET, offset.to_bytes((offset.bit_length() + 7) // 8, "big"))
    le = min(longest, total - offset + _OBJECT_HEADER)
    return CommandApdu(0x00, _READ_BINARY_ODD, 0x00, 0x00, data=where, le=le)


def _ask(command: CommandApdu, file_id: int, session: ReadingSession) -> Conversation[ResponseApdu]:
    session.asks(file_id, command.le or 0)
    return (yield command)


def _is_beginning(answer: ResponseApdu) -> bool:
    """Whether this is how a file begins, and all of it when the chip says that it ended."""
    if not answer.data or answer.status not in (status.OK, status.END_OF_FILE):
        return False
    if answer.status == status.OK:
        return True
    try:
        return _claimed_bytes(answer.data) <= len(answer.data)
    except TlvMalformed:
        return False


def _is_about_length(answer: ResponseApdu, le: int) -> bool:
    if answer.status in _ABOUT_THE_FILE:
        return False
    return answer.status in _TOO_MANY or _allowed(answer, le) is not None or le > _LONGEST_SHORT_LE


def _allowed(answer: ResponseApdu, le: int) -> int | None:
    """Return the length that the chip asks for by 6Cxx."""
    sw = answer.status
    return sw.sw2 if sw.sw1 == 0x6C and 0 < sw.sw2 < le else None


def _at_most(le: int, content: bytes) -> bytes:
    if len(content) > le:
        raise DocumentRejected("READ BINARY: more bytes than asked for")
    return content


def _framed(answer: ResponseApdu) -> bytes:
    content = decode_one(answer.data, _DISCRETIONARY)
    if not content:
        raise DocumentRejected("READ BINARY: an empty answer")
    return content
