"""Reading the files of a chip: SELECT and READ BINARY (9303-10 §3.6)."""

from collections.abc import Callable
from typing import Final

from egate.emrtd.conversation import Conversation
from egate.emrtd.errors import DocumentRejected, UnexpectedStatus
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.lds.files import LDS1_AID
from egate.emrtd.tlv import decode_header, decode_one, encode

_SELECT: Final = 0xA4
_READ_BINARY: Final = 0xB0
_READ_BINARY_ODD: Final = 0xB1
_OFFSET: Final = 0x54
_DISCRETIONARY: Final = 0x53
_MAX_SHORT_OFFSET: Final = 0x7FFF
_OBJECT_HEADER: Final = 4
_HEADER_PROBE: Final = 8
_SMALLEST_CHUNK: Final = 16
_SHORT_ANSWERS: Final = 16


def select_lds1() -> Conversation[None]:
    """Select the eMRTD application (9303-10 §3.6.2).

    Raises:
        UnexpectedStatus: the chip has no such application.

    """
    answer = yield CommandApdu(0x00, _SELECT, 0x04, 0x0C, data=LDS1_AID)
    if answer.status != status.OK:
        raise UnexpectedStatus("SELECT the eMRTD application", answer.status)


def read_file(
    file_id: int,
    *,
    chunk: int,
    limit: int,
    progress: Callable[[int, int], None] = lambda _have, _total: None,
) -> Conversation[bytes]:
    """Select and read the whole file ``file_id``.

    Args:
        file_id: its two-byte identifier.
        chunk: the most bytes asked for at once; secure messaging lowers it. A
            chip that gives less, or refuses so many, is asked for less.
        limit: refuse a file that claims to be longer. The chip is not trusted
            yet when this runs, so its length field is only a claim.
        progress: told the bytes read and the bytes of the file after each answer.

    Raises:
        UnexpectedStatus: the chip refuses the file or a part of it.
        DocumentRejected: the file is too long or not a data object.

    """
    answer = yield CommandApdu(0x00, _SELECT, 0x02, 0x0C, data=file_id.to_bytes(2, "big"))
    if answer.status != status.OK:
        raise UnexpectedStatus(f"SELECT {file_id:04X}", answer.status)

    probe, _ = yield from _read_binary(0, min(_HEADER_PROBE, chunk))
    _, length, header_size = decode_header(probe)
    total = header_size + length
    if total > limit:
        raise DocumentRejected(f"file {file_id:04X} claims more than {limit} bytes")

    content = bytearray(probe)
    patience = total // _SMALLEST_CHUNK + _SHORT_ANSWERS
    while len(content) < total:
        if (patience := patience - 1) < 0:
            raise DocumentRejected(f"file {file_id:04X} comes in too small pieces")
        frame = _OBJECT_HEADER if len(content) > _MAX_SHORT_OFFSET else 0
        wanted = min(chunk, total - len(content) + frame)
        part, chunk = yield from _read_binary(len(content), wanted)
        content += part
        progress(min(len(content), total), total)
    return bytes(content[:total])


def _read_binary(offset: int, count: int) -> Conversation[tuple[bytes, int]]:
    """Read up to ``count`` bytes at ``offset``.

    Returns:
        The bytes, at least one, and how many may be asked for the next time.

    """
    while True:
        answer = yield _read_command(offset, count)
        if answer.status in (status.OK, status.END_OF_FILE) and answer.data:
            return _content(answer.data, count, offset), count
        if answer.status.sw1 == 0x6C and 0 < answer.status.sw2 < count:
            count = answer.status.sw2
        elif answer.status in _TOO_MANY and count > _SMALLEST_CHUNK:
            count = next(size for size in _LADDER if size < count)
        else:
            raise UnexpectedStatus("READ BINARY", answer.status)


# What chips answer to a length they do not like (some say so for any Le above 160 or 192).
_TOO_MANY: Final = (
    status.StatusWord(0x6700),
    status.StatusWord(0x6B00),
    status.StatusWord(0x6A86),
    status.StatusWord(0x6F00),
    status.END_OF_FILE,
)
_LADDER: Final = (4096, 2048, 1024, 223, 192, 160, 128, 96, 64, 32, _SMALLEST_CHUNK)


def _read_command(offset: int, count: int) -> CommandApdu:
    if offset <= _MAX_SHORT_OFFSET:
        return CommandApdu(0x00, _READ_BINARY, offset >> 8, offset & 0xFF, le=count)
    # 9303-10 §3.6.3.2: beyond 32,767 bytes the offset is a data object, and so is the answer.
    where = encode(_OFFSET, offset.to_bytes((offset.bit_length() + 7) // 8, "big"))
    return CommandApdu(0x00, _READ_BINARY_ODD, 0x00, 0x00, data=where, le=count)


def _content(raw: bytes, count: int, offset: int) -> bytes:
    if offset <= _MAX_SHORT_OFFSET:
        if len(raw) > count:
            raise DocumentRejected("READ BINARY: more bytes than asked for")
        return raw
    content = decode_one(raw, _DISCRETIONARY)
    if not content:
        raise DocumentRejected("READ BINARY: an empty answer")
    return content
