"""Damage to one data object deep inside others, whose lengths all fit again afterwards.

Blind damage mostly breaks a length; this reaches what is checked only when all lengths fit.
"""

from random import Random
from typing import Final

_CONSTRUCTED: Final = 0x20
_DEEPEST: Final = 16
_MOST_SIBLINGS: Final = 200
_NUMBERS: Final = (
    b"", b"\x00", b"\x01", b"\x7f", b"\x80", b"\xff", b"\x00\xff", b"\x7f" + b"\xff" * 8,
    b"\x80" + bytes(8), b"\x01" + bytes(300), bytes(2049),
)  # fmt: skip

Objects = list[tuple[bytes, bytes]]


def regrown(random: Random, raw: bytes, depth: int = 0) -> bytes:
    """Return ``raw`` with one object changed, lost, doubled or moved."""
    objects = _split(raw)
    if not objects or depth > _DEEPEST:
        return _content(random, raw)
    at = random.randrange(len(objects))
    tag, value = objects[at]
    if tag[0] & _CONSTRUCTED and value and random.random() < 0.8:
        objects[at] = tag, regrown(random, value, depth + 1)
    else:
        _change(random, objects, at)
    return b"".join(_encode(tag, value) for tag, value in objects)


def _change(random: Random, objects: Objects, at: int) -> None:
    tag, value = objects[at]
    match random.randrange(8):
        case 0:
            del objects[at]
        case 1:
            objects[at:at] = [objects[at]] * random.choice((1, 2, 100))
        case 2:
            other = random.randrange(len(objects))
            objects[at], objects[other] = objects[other], objects[at]
        case 3:
            objects[at] = random.choice(objects)[0], value
        case 4:
            objects[at] = bytes((tag[0] ^ 1 << random.randrange(8),)) + tag[1:], value
        case _:
            objects[at] = tag, _content(random, value)


def _content(random: Random, value: bytes) -> bytes:
    match random.randrange(6):
        case 0:
            return random.choice(_NUMBERS)
        case 1:
            return random.randbytes(len(value))
        case 2:
            return value[: random.randrange(len(value) + 1)]
        case 3:
            return value + random.randbytes(random.choice((1, 8, 5000)))
        case _ if value:
            at = random.randrange(len(value))
            return value[:at] + bytes((random.randrange(256),)) + value[at + 1 :]
        case _:
            return random.randbytes(4)


def _split(raw: bytes) -> Objects:
    """Return the objects of ``raw``; none when it is not a list of them."""
    objects: Objects = []
    at = 0
    while at < len(raw):
        begin = at
        long_tag = raw[at] & 0x1F == 0x1F
        at += 1
        while long_tag and at < len(raw) and raw[at] & 0x80:
            at += 1
        at += long_tag
        tag = raw[begin:at]
        if at >= len(raw) or len(objects) == _MOST_SIBLINGS:
            return []
        length, size = raw[at], 1
        if length > 0x80:
            size += length & 0x7F
            length = int.from_bytes(raw[at + 1 : at + size], "big")
        at += size + length
        if length == 0x80 or at > len(raw):
            return []
        objects.append((tag, raw[at - length : at]))
    return objects


def _encode(tag: bytes, value: bytes) -> bytes:
    if len(value) < 0x80:
        return tag + bytes((len(value),)) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return tag + bytes((0x80 | len(length),)) + length + value
