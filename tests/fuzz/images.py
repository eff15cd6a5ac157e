"""Damage to one part of an image file, whose lengths and checksums all fit again afterwards.

Blind damage mostly ends at a header's check; this reaches what decoders do behind it.
"""

import re
import struct
import zlib
from collections.abc import Callable
from random import Random
from typing import Final

Part = tuple[bytes, bytes]
"""Marker or kind, and content. What has no length of its own goes by an empty kind."""

_EDGES: Final = (0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 64, 127, 128, 255, 256, 1024, 2600, 32767,
                 32768, 65535, 2**31 - 1, 2**31, 2**32 - 1)  # fmt: skip
_LONGEST: Final = 65_533
_NEXT_JPEG: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_TILE_PART: Final = b"\xff\x90"
_EXIF: Final = b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01"
_TURNED: Final = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
_FURTHER_JPEG: Final[tuple[Part, ...]] = (
    (b"\xff\xdd", b"\x00\x01"), (b"\xff\xdd", b"\x00\x00"), (b"\xff\xdc", b"\x00\x10"),
    (b"\xff\xee", b"Adobe\x00\x64" + bytes(5)), (b"\xff\xe1", _EXIF + _TURNED + bytes(4)),
    (b"\xff\xee", b"Adobe\x00\x64" + bytes(4) + b"\x02"),
    (b"\xff\xe2", b"ICC_PROFILE\x00\x01\x01" + bytes(40)),
    (b"\xff\xc0", b"\x08\x09\xc4\x09\xc4\x03\x01\x44\x00\x02\x11\x01\x03\x11\x01"),
    (b"\xff\xc4", b"\x00" + bytes(15) + b"\xff" + bytes(255)),
    (b"\xff\xda", b"\x01\x01\x00\x00\x3f\x00"),
)  # fmt: skip
_FURTHER_2000: Final[tuple[Part, ...]] = (
    (b"\xff\x52", b"\x01\x02\x00\x04\x01\x05\x02\x02\x00\x01\x77\x88\x88\x88\x88\x88"),
    (b"\xff\x52", b"\x06\x01\x00\x40\x01\x08\x00\x08\x3f\x00"),
    (b"\xff\x53", b"\x01\x00\x02\x00\x00\x00\x01"), (b"\xff\x53", b"\x00\x00\x0c\x04\x04\x3f\x00"),
    (b"\xff\x5c", b"\x21\x7f\xff"), (b"\xff\x5d", b"\x00\x22" + b"\x7f\xff" * 16),
    (b"\xff\x5e", b"\x00\x00\x25"), (b"\xff\x5e", b"\x01\x00\xff"), (b"\xff\x64", b"\x00\x01text"),
    (b"\xff\x55", b"\x00\x40" + bytes(8)), (b"\xff\x57", b"\x00" + b"\x81\x00" * 8),
    (b"\xff\x58", b"\x00" + b"\xff" * 12), (b"\xff\x63", bytes(12)), (b"\xff\x5f", bytes(7)),
    (b"\xff\x60", b"\x00" + bytes(8)), (b"\xff\x61", b"\x00" + bytes(8)),
)  # fmt: skip
_FURTHER_PNG: Final[tuple[Part, ...]] = (
    (b"tRNS", bytes(6)), (b"PLTE", bytes(300)), (b"acTL", b"\x00\x00\xff\xff\x00\x00\x00\x00"),
    (b"iCCP", b"p\x00\x00" + zlib.compress(bytes(100_000))), (b"IDAT", b""),
    (b"IHDR", struct.pack(">IIBBBBB", 1730, 1730, 16, 6, 0, 0, 1)),
)  # fmt: skip


def reshaped(random: Random, raw: bytes) -> bytes:
    """Return ``raw`` with one or a few of its parts changed, lost, added, doubled or moved."""
    for _ in range(random.choice((1, 1, 2, 3))):
        raw = _reshape(raw)(random, raw)
    return raw


def _reshape(raw: bytes) -> Callable[[Random, bytes], bytes]:
    if raw.startswith(b"\xff\xd8"):
        return _jpeg
    if raw.startswith(b"\x89PNG"):
        return _png
    if raw.startswith(b"\xff\x4f"):
        return _codestream
    return _boxes


def _jpeg(random: Random, raw: bytes) -> bytes:
    parts: list[Part] = []
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF and raw[at + 1] != 0xD9:
        marker, (length,) = raw[at : at + 2], struct.unpack_from(">H", raw, at + 2)
        parts.append((marker, raw[at + 4 : at + 2 + length]))
        at += 2 + max(length, 2)
        if marker == b"\xff\xda":
            following = _NEXT_JPEG.search(raw, at)
            end = len(raw) if following is None else following.start()
            parts.append((b"", raw[at:end]))
            at = end
    _change(random, parts, _FURTHER_JPEG)
    return raw[:2] + b"".join(map(_segment, parts)) + raw[at:]


def _png(random: Random, raw: bytes) -> bytes:
    parts: list[Part] = []
    at = 8
    while at + 12 <= len(raw):
        (length,) = struct.unpack_from(">I", raw, at)
        parts.append((raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]))
        at += 12 + length
    if random.random() < 0.4:
        _refill(random, parts)
    else:
        _change(random, parts, _FURTHER_PNG)
    return raw[:8] + b"".join(map(_chunk, parts))


def _refill(random: Random, parts: list[Part]) -> None:
    """Change what the pixels are compressed from: filters and lines of PNG."""
    for at, (kind, content) in enumerate(parts):
        if kind != b"IDAT":
            continue
        try:
            plain = zlib.decompress(content)
        except zlib.error:
            return
        parts[at] = kind, zlib.compress(_changed(random, plain), 1)


def _codestream(random: Random, raw: bytes) -> bytes:
    """Change the main header or one tile-part."""
    parts: list[Part] = []
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF and raw[at : at + 2] != _TILE_PART:
        (length,) = struct.unpack_from(">H", raw, at + 2)
        parts.append((raw[at : at + 2], raw[at + 4 : at + 2 + length]))
        at += 2 + max(length, 2)
    rest = raw[at:]
    match random.randrange(4):
        case 0:
            return raw[:at] + _changed(random, rest)
        case 1 if rest.startswith(_TILE_PART) and len(rest) > 14:
            return raw[:at] + _with_tile_header(random, rest)
        case _:
            _change(random, parts, _FURTHER_2000)
    return raw[:2] + b"".join(map(_segment, parts)) + rest


def _with_tile_header(random: Random, tile_part: bytes) -> bytes:
    further = b"".join(map(_segment, random.choices(_FURTHER_2000, k=random.choice((1, 2)))))
    (length,) = struct.unpack_from(">I", tile_part, 6)
    length = struct.pack(">I", (length + len(further)) % 2**32 if length else 0)
    return tile_part[:6] + length + tile_part[10:12] + further + tile_part[12:]


def _boxes(random: Random, raw: bytes) -> bytes:
    parts: list[Part] = []
    at = 0
    while at + 8 <= len(raw):
        length, kind = struct.unpack_from(">I4s", raw, at)
        if length < 8:
            break
        parts.append((kind, raw[at + 8 : at + length]))
        at += length
    inside = [at for at, (kind, _) in enumerate(parts) if kind in (b"jp2c", b"jp2h")]
    if inside and random.random() < 0.8:
        chosen = random.choice(inside)
        kind, content = parts[chosen]
        parts[chosen] = kind, (_codestream if kind == b"jp2c" else _boxes)(random, content)
    else:
        _change(random, parts, ((b"free", bytes(9)), (b"pclr", b"\x00\x01\x03\x07\x07\x07abc")))
    return b"".join(struct.pack(">I4s", 8 + len(part), kind) + part for kind, part in parts)


def _change(random: Random, parts: list[Part], further: tuple[Part, ...]) -> None:
    if not parts:
        parts.append(random.choice(further))
        return
    at = random.randrange(len(parts))
    kind, content = parts[at]
    match random.randrange(8):
        case 0:
            del parts[at]
        case 1:
            parts[at:at] = [parts[at]] * random.choice((1, 2, 70))
        case 2:
            parts.insert(at, random.choice(further))
        case 3:
            other = random.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        case _:
            parts[at] = kind, _changed(random, content)


def _changed(random: Random, content: bytes) -> bytes:
    match random.randrange(6):
        case 0 | 1 | 2 if content:
            at, size = random.randrange(len(content)), random.choice((1, 1, 2, 4))
            number = (random.choice(_EDGES) % 256**size).to_bytes(size, "big")
            return content[:at] + number + content[at + size :]
        case 3 if content:
            changed = bytearray(content)
            for _ in range(random.choice((1, 3, 20))):
                changed[random.randrange(len(changed))] = random.randrange(256)
            return bytes(changed)
        case 4:
            return content[: random.randrange(len(content) + 1)]
        case _:
            return content + random.randbytes(random.choice((1, 8, 600)))


def _segment(part: Part) -> bytes:
    kind, content = part
    if not kind:
        return content
    content = content[:_LONGEST]
    return kind + struct.pack(">H", 2 + len(content)) + content


def _chunk(part: Part) -> bytes:
    kind, content = part
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
