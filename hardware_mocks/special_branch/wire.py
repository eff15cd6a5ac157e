"""Messages of dip.special_branch.v1, read and written byte by byte: protobuf's wire format.

Only what the interface has: varints, and fields with a length. Numbers are those of
proto/dip/special_branch/v1/special_branch.proto.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_VARINT, _FIXED_64, _LENGTH, _FIXED_32 = 0, 1, 2, 5
_SIZES: Final = {_FIXED_64: 8, _FIXED_32: 4}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Args:
        name: of the field.
        read: makes its value of what the wire has: a number, or bytes.
        many: it may come again.

    """

    name: str
    read: Callable[[int | bytes], Any]
    many: bool = False


Shape = Mapping[int, Field]


class Malformed(Exception):
    """These bytes are no such message."""


def read(data: bytes, shape: Shape) -> dict[str, Any]:
    """Return what ``data`` says; fields that ``shape`` has not are passed over.

    Raises:
        Malformed: it is cut off, or no protobuf.

    """
    found: dict[str, Any] = {}
    for number, value in _fields(data):
        field = shape.get(number)
        if field is not None and field.many:
            found.setdefault(field.name, []).append(field.read(value))
        elif field is not None:
            found[field.name] = field.read(value)
    return found


def text_field(number: int, text: str) -> bytes:
    """Return ``text`` as the field ``number``."""
    return message_field(number, text.encode())


def message_field(number: int, content: bytes) -> bytes:
    """Return the message ``content`` as the field ``number``."""
    return _varint(number << 3 | _LENGTH) + _varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    """Return ``value`` as the field ``number``."""
    return _varint(number << 3 | _VARINT) + _varint(value)


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _read_varint(data, at)
            yield number, value
            continue
        if kind == _LENGTH:
            size, at = _read_varint(data, at)
        elif kind in _SIZES:
            size = _SIZES[kind]
        else:
            raise Malformed("a group, or no field at all")
        if at + size > len(data):
            raise Malformed("cut off")
        yield number, data[at : at + size]
        at += size


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise Malformed("cut off")
        byte, at = data[at], at + 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise Malformed("a number without an end")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise Malformed("bytes instead of a number")
    return value


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise Malformed("a number instead of bytes")
    return value


def _text(value: int | bytes) -> str:
    try:
        return _bytes(value).decode()
    except ValueError:
        raise Malformed("not UTF-8") from None


def _message(shape: Shape) -> Callable[[int | bytes], dict[str, Any]]:
    return lambda value: read(_bytes(value), shape)


_TIMESTAMP: Final = _message({1: Field("seconds", _number), 2: Field("nanos", _number)})
_DOCUMENT: Final = _message(
    {
        1: Field("document_code", _text),
        2: Field("issuing_state", _text),
        3: Field("document_number", _text),
        4: Field("date_of_expiry", _text),
        5: Field("primary_identifier", _text),
        6: Field("secondary_identifier", _text),
        7: Field("nationality", _text),
        8: Field("date_of_birth", _text),
        9: Field("sex", _text),
    }
)
_CROSSING: Final = _message(
    {
        1: Field("position", _number),
        2: Field("accepted_at", _TIMESTAMP),
        3: Field("crossing_id", _text),
        4: Field("gate_id", _text),
        5: Field("gate_seq", _number),
        6: Field("direction", _text),
        7: Field("verdict", _text),
        8: Field("status", _text),
        9: Field("border_crossing_point", _text),
        10: Field("occurred_at", _TIMESTAMP),
        11: Field("passage_confirmed", _number),
        12: Field("findings", _text, many=True),
        13: Field("document", _DOCUMENT),
        14: Field("capture_mode", _text),
        15: Field("supersedes", _text),
        16: Field("entered_under_fallback", _number),
    }
)
PUT_CROSSINGS: Final[Shape] = {1: Field("crossings", _CROSSING, many=True)}
QUERY_PERSON: Final[Shape] = {
    1: Field("officer_id", _text),
    2: Field("crossing_id", _text),
    3: Field("document", _DOCUMENT),
}
