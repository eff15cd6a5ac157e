"""BER-TLV data objects of ISO/IEC 7816-4 section 5.2.2, bounded: what a chip sends is hostile."""

from collections.abc import Iterator
from typing import Final

from egate.emrtd.errors import TlvMalformed

_MAX_TAG_BYTES: Final = 3
_MAX_LENGTH_BYTES: Final = 4


def decode_header(raw: bytes, offset: int = 0) -> tuple[int, int, int]:
    """Decode the tag and length that begin at ``offset``.

    Returns:
        The tag as one number (``0x5F1F``), the length of the value in bytes and
        the size of tag and length together in bytes. The value itself may be
        missing: this is how the size of a file is found from its first bytes.

    Raises:
        TlvMalformed: the header ends early, is indefinite or too long.

    """
    position = offset
    try:
        tag = raw[position]
        if tag & 0x1F == 0x1F:
            while True:
                position += 1
                tag = tag << 8 | raw[position]
                if position - offset >= _MAX_TAG_BYTES:
                    raise TlvMalformed(f"a tag has at most {_MAX_TAG_BYTES} bytes")
                if not raw[position] & 0x80:
                    break
        length = raw[position + 1]
    except IndexError:
        raise TlvMalformed("a data object ends inside its header") from None
    position += 2
    if length < 0x80:
        return tag, length, position - offset
    size = length & 0x7F
    if not 1 <= size <= _MAX_LENGTH_BYTES:
        raise TlvMalformed("a length has one to four bytes and is never indefinite")
    if position + size > len(raw):
        raise TlvMalformed("a data object ends inside its header")
    length = int.from_bytes(raw[position : position + size], "big")
    return tag, length, position + size - offset


def decode_all(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Give tag and value of each data object of ``raw``, one after the other.

    Raises:
        TlvMalformed: an object ends early.

    """
    offset = 0
    while offset < len(raw):
        tag, length, header = decode_header(raw, offset)
        end = offset + header + length
        if end > len(raw):
            raise TlvMalformed(f"data object {tag:02X} is longer than what holds it")
        yield tag, raw[offset + header : end]
        offset = end


def decode_one(raw: bytes, tag: int) -> bytes:
    """Return the value of the single object ``raw``, which must have ``tag``.

    Zero bytes after the object are accepted: files are read in whole blocks.

    Raises:
        TlvMalformed: another tag, or the object ends early.

    """
    found, length, header = decode_header(raw)
    if found != tag:
        raise TlvMalformed(f"expected data object {tag:02X} and found {found:02X}")
    end = header + length
    if end > len(raw):
        raise TlvMalformed(f"data object {tag:02X} is longer than what holds it")
    if raw[end:].strip(b"\x00"):
        raise TlvMalformed(f"bytes after data object {tag:02X}")
    return raw[header:end]


def find(raw: bytes, tag: int) -> bytes:
    """Return the value of the first object with ``tag`` among the objects of ``raw``.

    Raises:
        TlvMalformed: there is none, or an object before it ends early.

    """
    for found, value in decode_all(raw):
        if found == tag:
            return value
    raise TlvMalformed(f"data object {tag:02X} is missing")


def encode(tag: int, value: bytes) -> bytes:
    """Return the data object ``tag`` with the shortest length field."""
    tag_bytes = tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big")
    length = len(value)
    if length < 0x80:
        return tag_bytes + bytes((length,)) + value
    length_bytes = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return tag_bytes + bytes((0x80 | len(length_bytes),)) + length_bytes + value
