"""JPEG 2000 images of every form, put together from planes that OpenCV compressed.

OpenCV writes whole pictures in one tile only. A codestream whose packets come component by
component (ISO/IEC 15444-1 §B.12.1.5) is the packets of codestreams of one component one after
the other, so tiles, subsampled components and other numbers of them are a matter of headers.
"""

import struct
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

_START: Final = b"\xff\x4f"
_SIZE: Final = b"\xff\x51"
_CODING: Final = b"\xff\x52"
_QUANTISATION: Final = b"\xff\x5c"
_TILE_PART: Final = b"\xff\x90"
_DATA: Final = b"\xff\x93"
_END: Final = b"\xff\xd9"
_BY_COMPONENT: Final = 4

GREY: Final = 17
SRGB: Final = 16
SYCC: Final = 18


def codestream(
    planes: Sequence[Plane],
    *,
    steps: Sequence[tuple[int, int]] = (),
    tile: tuple[int, int] | None = None,
) -> bytes:
    """Return a bare codestream.

    Args:
        planes: of one depth, the first without subsampling.
        steps: horizontal and vertical subsampling of each plane; none when left out.
        tile: width and height of a tile, multiples of 64; one tile when left out.

    """
    steps = steps or ((1, 1),) * len(planes)
    height, width = planes[0].shape
    tile_width, tile_height = tile or (width, height)
    parts, headers = b"", {}
    corners = [(y, x) for y in range(0, height, tile_height) for x in range(0, width, tile_width)]
    for index, (top, left) in enumerate(corners):
        packets = b""
        for plane, (across, down) in zip(planes, steps, strict=True):
            cut = plane[
                top // down : -(-(top + tile_height) // down),
                left // across : -(-(left + tile_width) // across),
            ]
            headers, its_packets = _one_component(cut)
            packets += its_packets
        parts += _TILE_PART + struct.pack(">HHIBB", 10, index, 14 + len(packets), 0, 1)
        parts += _DATA + packets
    depth = planes[0].dtype.itemsize * 8 - 1
    size = struct.pack(">HIIIIIIII", 0, width, height, 0, 0, tile_width, tile_height, 0, 0)
    size += struct.pack(">H", len(planes)) + b"".join(bytes((depth, *step)) for step in steps)
    coding = headers[_CODING]
    coding = coding[:1] + bytes((_BY_COMPONENT,)) + coding[2:]
    main = _segment(_SIZE, size) + _segment(_CODING, coding)
    return _START + main + _segment(_QUANTISATION, headers[_QUANTISATION]) + parts + _END


def jp2(
    stream: bytes,
    *,
    colour_space: int,
    palette: npt.NDArray[np.uint8] | None = None,
    opacity: int | None = None,
) -> bytes:
    """Return a JP2 file.

    Args:
        stream: its codestream.
        colour_space: an enumerated one (§I.5.3.3).
        palette: a row for each index, a column for each channel that comes out.
        opacity: which channel tells how opaque it is, the last.

    """
    height, width = (int.from_bytes(stream[at : at + 4], "big") for at in (12, 8))
    (count,) = struct.unpack_from(">H", stream, 40)
    depth = stream[42]
    header = box(b"ihdr", struct.pack(">IIHBBBB", height, width, count, depth, 7, 0, 0))
    header += box(b"colr", struct.pack(">BBBI", 1, 0, 0, colour_space))
    if palette is not None:
        entries, channels = palette.shape
        depths = bytes((7,)) * channels
        header += box(b"pclr", struct.pack(">HB", entries, channels) + depths + palette.tobytes())
        mapped = b"".join(struct.pack(">HBB", 0, 1, channel) for channel in range(channels))
        header += box(b"cmap", mapped)
    if opacity is not None:
        definitions = [(each, 0, each + 1) for each in range(opacity)] + [(opacity, 1, 0)]
        packed = b"".join(struct.pack(">HHH", *each) for each in definitions)
        header += box(b"cdef", struct.pack(">H", len(definitions)) + packed)
    kind = box(b"ftyp", b"jp2 \x00\x00\x00\x00jp2 ")
    signature = box(b"jP  ", b"\r\n\x87\n")
    return signature + kind + box(b"jp2h", header) + box(b"jp2c", stream)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def bare(file: bytes) -> bytes:
    """Return the codestream of a JP2 file that ends with it."""
    return file[file.index(_START + _SIZE) :]


def _one_component(plane: Plane) -> tuple[dict[bytes, bytes], bytes]:
    """Return the main header by marker, and the packets."""
    lossless = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000]
    done, raw = cv2.imencode(".jp2", np.ascontiguousarray(plane), lossless)
    assert done
    stream = bare(raw.tobytes())
    at, headers = 2, {}
    while (marker := stream[at : at + 2]) != _TILE_PART:
        (length,) = struct.unpack_from(">H", stream, at + 2)
        headers[marker] = stream[at + 4 : at + 2 + length]
        at += 2 + length
    return headers, stream[at + 14 : -2]


def _segment(marker: bytes, content: bytes) -> bytes:
    return marker + struct.pack(">H", 2 + len(content)) + content
