"""JPEG files (ITU-T T.81): baseline, extended and progressive, grey or of three components."""

import re
from collections.abc import Iterator
from typing import Final

from egate.biometrics.image_header import (
    ImageHeader,
    ImageHeaderInvalid,
    Reader,
    size_within,
    within,
)

JPEG: Final = b"\xff\xd8\xff"
_MOST_PIXELS: Final = 25_000_000
# Of one that is progressive or of several scans the decoder keeps six bytes a pixel.
_MOST_KEPT_PIXELS: Final = 3_000_000
_MOST_SEGMENTS: Final = 1024
_MOST_SCANS: Final = 64  # each may go over the whole image again; encoders write about ten

_PROGRESSIVE: Final = 0xC2
_START_OF_SCAN: Final = 0xDA
_END: Final = 0xD9
# SOF0 to SOF15; C4, C8 and CC among them are DHT, JPG and DAC.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_HUFFMAN_DCT: Final = range(3)
_MARKER_START: Final = re.compile(rb"\xff+")  # with fill bytes
# In entropy-coded data, anything but a stuffed byte, a restart marker or a fill byte.
_MARKER_AFTER_DATA: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def jpeg_header(raw: bytes) -> ImageHeader:
    """Walk the whole file ``raw`` (§B.2).

    Raises:
        ImageHeaderInvalid: it is cut off or has no frame, or several; or it is a JPEG that
            no portrait is: arithmetic, lossless, hierarchical, of 12 bits or four
            components (CMYK), with more pixels or scans than there may be.

    """
    reader = Reader(raw, "JPEG")
    frame: ImageHeader | None = None
    scans, is_progressive = 0, False
    for marker, position in _segments(reader):
        if marker in _FRAMES:
            if frame is not None:
                raise ImageHeaderInvalid("JPEG has several frames")
            frame, is_progressive = _frame(reader, marker, position), marker == _PROGRESSIVE
        scans += marker == _START_OF_SCAN
        if scans > _MOST_SCANS:
            raise ImageHeaderInvalid("JPEG has too many scans")
    if frame is None or not scans:
        raise ImageHeaderInvalid("JPEG has no frame header, or nothing after it")
    kept = is_progressive or scans > 1
    size_within(frame.width, frame.height, _MOST_KEPT_PIXELS if kept else _MOST_PIXELS)
    return frame


def _segments(reader: Reader) -> Iterator[tuple[int, int]]:
    """Yield marker and position of the length field of each segment, to the end of the image."""
    position = 2
    for _ in range(_MOST_SEGMENTS):
        start = _MARKER_START.match(reader.raw, position)
        if start is None:
            raise ImageHeaderInvalid("JPEG is cut off or has bytes between its segments")
        position = start.end() + 1
        marker = reader.number(start.end(), 1)
        if marker == _END:
            return
        yield marker, position
        position += within(reader.number(position, 2), range(2, 65536), "length of a JPEG segment")
        if marker == _START_OF_SCAN:
            following = _MARKER_AFTER_DATA.search(reader.raw, position)
            if following is None:
                raise ImageHeaderInvalid("JPEG is cut off")
            position = following.start()
    raise ImageHeaderInvalid("JPEG has too many segments")


def _frame(reader: Reader, marker: int, position: int) -> ImageHeader:
    """Read the frame header (§B.2.2)."""
    within(marker - 0xC0, _HUFFMAN_DCT, "JPEG neither baseline nor progressive: SOF")
    depth = within(reader.number(position + 2, 1), (8,), "bits a sample of a JPEG")
    height, width = (reader.number(position + at, 2) for at in (3, 5))
    components = within(
        reader.number(position + 7, 1), (1, 3), "components of a JPEG, neither grey nor colour"
    )
    return ImageHeader(width, height, components, depth)
