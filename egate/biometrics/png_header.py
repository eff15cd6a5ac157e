"""PNG files (ISO/IEC 15948): what is needed for the pixels, and nothing else."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from egate.biometrics.image_header import (
    ImageHeader,
    ImageHeaderInvalid,
    Reader,
    size_within,
    within,
)

PNG: Final = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS: Final = 3_000_000
_MOST_CHUNKS: Final = 16_384
_END: Final = b"IEND"
_HEADER: Final = b"IHDR"
_HEADER_BYTES: Final = 25
# Colour profiles, texts and animations are compressed, too, and nothing here needs them.
_NEEDED: Final = (_HEADER, b"PLTE", b"tRNS", b"IDAT", _END)
_COMPONENTS: Final[Mapping[int, int]] = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def png_header(raw: bytes, most_pixels: int = MOST_PIXELS) -> tuple[ImageHeader, bytes]:
    """Check every chunk of the whole file ``raw``: the decoder complains aloud of a bad one.

    Args:
        raw: the file.
        most_pixels: that there may be.

    Returns:
        What the header claims, and the file without what is not needed for its pixels.

    Raises:
        ImageHeaderInvalid: it is cut off or damaged, or has more pixels than there may be.

    """
    reader = Reader(raw, "PNG")
    chunks = list(_chunks(reader))
    if chunks[0][0] != _HEADER or len(chunks[0][1]) != _HEADER_BYTES:
        raise ImageHeaderInvalid("PNG has no header")
    width, height, depth, colour_type = (
        reader.number(position, size) for position, size in ((16, 4), (20, 4), (24, 1), (25, 1))
    )
    within(colour_type, _COMPONENTS, "colour type of a PNG")
    within(depth, (1, 2, 4, 8, 16), "bits a sample of a PNG")
    size_within(width, height, most_pixels)
    needed = b"".join(chunk for kind, chunk in chunks if kind in _NEEDED)
    return ImageHeader(width, height, _COMPONENTS[colour_type], depth), PNG + needed


def _chunks(reader: Reader) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and whole encoding of each chunk, to the end (§5.3)."""
    position = len(PNG)
    for _ in range(_MOST_CHUNKS):
        length = reader.number(position, 4)
        chunk = reader.part(position, 12 + length)
        if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise ImageHeaderInvalid("PNG has a damaged chunk")
        yield chunk[4:8], chunk
        if chunk[4:8] == _END:
            return
        position += len(chunk)
    raise ImageHeaderInvalid("PNG has too many chunks")
