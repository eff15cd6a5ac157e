"""Width and height from the header of an image file, without decoding it."""

import zlib
from typing import Final, NamedTuple

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_JP2: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_CODESTREAM: Final = b"\xff\x4f\xff\x51"
_MAX_TILES: Final = 1024
_MAX_COMPONENTS: Final = 4
_MARKER: Final = 0xFF
# SOF0 to SOF15; C4, C8 and CC among them are DHT, JPG and DAC
_FRAME_HEADERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class ImageHeaderInvalid(Exception):
    """Not a format we read, or a header that ends early or contradicts itself."""


class ImageSize(NamedTuple):
    width: int
    height: int


def image_size(raw: bytes) -> ImageSize:
    """Return the size in pixels that the header of ``raw`` claims.

    Raises:
        ImageHeaderInvalid: neither JPEG, PNG nor JPEG 2000, or cut off.

    """
    if raw.startswith(_JPEG):
        size = _jpeg(raw)
    elif raw.startswith(_PNG):
        size = _png(raw)
    elif raw.startswith(_JP2):
        size = _codestream(raw, _codestream_in_jp2(raw))
    elif raw.startswith(_CODESTREAM):
        size = _codestream(raw, 0)
    else:
        raise ImageHeaderInvalid("neither JPEG, PNG nor JPEG 2000")
    if min(size) < 1:
        raise ImageHeaderInvalid("the header says that the image is empty")
    return size


def _png(raw: bytes) -> ImageSize:
    """Read IHDR, and check every chunk to IEND: the decoder complains aloud of a bad one."""
    position, kind = len(_PNG), b""
    while kind != b"IEND":
        length = _number(raw, position, 4)
        kind, covered = raw[position + 4 : position + 8], raw[position + 4 : position + 8 + length]
        if zlib.crc32(covered) != _number(raw, position + 8 + length, 4):
            raise ImageHeaderInvalid("PNG has a damaged chunk")
        position += 12 + length
    if raw[12:16] != b"IHDR":
        raise ImageHeaderInvalid("PNG has no header")
    return ImageSize(_number(raw, 16, 4), _number(raw, 20, 4))


def _jpeg(raw: bytes) -> ImageSize:
    """Walk the marker segments to the frame header (ITU-T T.81 §B.2.2)."""
    position = 2
    while position + 4 <= len(raw):
        if raw[position] != _MARKER:
            break
        marker = raw[position + 1]
        if marker == _MARKER:  # fill byte
            position += 1
            continue
        if marker in _FRAME_HEADERS:
            return ImageSize(_number(raw, position + 7, 2), _number(raw, position + 5, 2))
        position += 2 + max(2, _number(raw, position + 2, 2))
    raise ImageHeaderInvalid("JPEG has no frame header")


def _codestream_in_jp2(raw: bytes) -> int:
    """Find the contiguous codestream box (ISO/IEC 15444-1 Annex I)."""
    position = 0
    while position + 8 <= len(raw):
        length, kind = _number(raw, position, 4), raw[position + 4 : position + 8]
        header = 8
        if length == 1:
            length, header = _number(raw, position + 8, 8), 16
        if kind == b"jp2c":
            return position + header
        if length < header:  # 0 means "to the end": nothing follows
            break
        position += length
    raise ImageHeaderInvalid("JPEG 2000 has no codestream")


def _codestream(raw: bytes, start: int) -> ImageSize:
    """Read the SIZ marker segment (ISO/IEC 15444-1 §A.5.1)."""
    if raw[start : start + 4] != _CODESTREAM:
        raise ImageHeaderInvalid("JPEG 2000 codestream has no size")
    fields = [_number(raw, start + 8 + 4 * index, 4) for index in range(8)]
    right, bottom, left, top, tile_width, tile_height, _, _ = fields
    if left >= right or top >= bottom or min(tile_width, tile_height) < 1:
        raise ImageHeaderInvalid("JPEG 2000 size is impossible")
    tiles = -(-right // tile_width) * -(-bottom // tile_height)
    if tiles > _MAX_TILES or not 1 <= _number(raw, start + 40, 2) <= _MAX_COMPONENTS:
        raise ImageHeaderInvalid("JPEG 2000 has too many tiles or components")
    return ImageSize(right - left, bottom - top)


def _number(raw: bytes, position: int, size: int) -> int:
    part = raw[position : position + size]
    if len(part) < size:
        raise ImageHeaderInvalid("the header is cut off")
    return int.from_bytes(part, "big")
