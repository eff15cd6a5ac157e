"""Portraits as chips hold them: JPEG, greyscale, JPEG 2000, and of the size that is wanted."""

import struct
from collections.abc import Mapping
from typing import Final, Literal, get_args

import cv2
import numpy as np

from hardware_mocks.chip.data_groups import CODESTREAM, NoJpeg, is_jpeg_2000, jpeg_size

PortraitFormat = Literal["jpeg", "grey", "jpeg2000", "jpeg2000-grey-codestream"]
FORMATS: Final[tuple[PortraitFormat, ...]] = get_args(PortraitFormat)

# Rates that give about 15 kB for the photographs of the mocks (360 x 480 pixels): qualities of
# JPEG, thousandths of the pixels' bytes for JPEG 2000.
_USUAL: Final[Mapping[PortraitFormat, int]] = {
    "grey": 78,
    "jpeg2000": 28,
    "jpeg2000-grey-codestream": 84,
}
_LARGEST_COMMENT: Final = 65533
# Down from the usual rates, as far as the encoders go.
_QUALITIES: Final = range(90, 0, -3)
_RATES: Final = (84, 56, 40, 28, 20, 14, 10, 7, 5, 4, 3, 2, 1)
_TOKEN_SIZE: Final = (240, 320)


def portrait_in(wanted: PortraitFormat, jpeg: bytes) -> bytes:
    """Return the portrait in another format; raises NoJpeg."""
    if wanted == "jpeg":
        return jpeg
    return _encoded(wanted, _decoded(jpeg, grey=is_grey(wanted)), _USUAL[wanted])


def compressed(wanted: PortraitFormat, jpeg: bytes, most_bytes: int) -> bytes:
    """Return the portrait in at most ``most_bytes``, or as few as the encoder can.

    Raises:
        NoJpeg: there is no picture in ``jpeg``.

    """
    pixels = _decoded(jpeg, grey=is_grey(wanted))
    image = b""
    for rate in _RATES if "2000" in wanted else _QUALITIES:
        image = _encoded(wanted, pixels, rate)
        if len(image) <= most_bytes:
            break
    return image


def token_size(jpeg: bytes) -> bytes:
    """Return the portrait as large as token images are (ISO/IEC 19794-5:2005 §9)."""
    return _encoded("jpeg", cv2.resize(_decoded(jpeg, grey=False), _TOKEN_SIZE), _QUALITIES[0])


def is_grey(wanted: PortraitFormat) -> bool:
    return "grey" in wanted


def _decoded(jpeg: bytes, *, grey: bool) -> cv2.typing.MatLike:
    jpeg_size(jpeg)
    how = cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), how)
    if pixels is None:
        raise NoJpeg("the portrait cannot be decoded")
    return pixels


def _encoded(wanted: PortraitFormat, pixels: cv2.typing.MatLike, rate: int) -> bytes:
    if "2000" not in wanted:
        return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, rate])[1].tobytes()
    options = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, rate]
    file = cv2.imencode(".jp2", pixels, options)[1].tobytes()
    return file[file.index(CODESTREAM) :] if wanted.endswith("codestream") else file


def padded(image: bytes, size: int) -> bytes:
    """Make an image at least ``size`` bytes long without changing what it shows.

    A JPEG gets comments (ITU-T T.81 §B.2.4.5), a JP2 file a free box (ISO/IEC 15444-1 §I.6),
    and a bare codestream, which neither can follow, comments in its main header (§A.9.2).
    """
    missing = size - len(image)
    if missing <= 0:
        return image
    if image.startswith(CODESTREAM):
        first_tile = image.index(b"\xff\x90\x00\x0a")
        comments = _comments(missing, b"\xff\x64", b"\x00\x01")
        return image[:first_tile] + comments + image[first_tile:]
    if is_jpeg_2000(image):
        body = bytes(max(missing - 8, 0))
        return image + struct.pack(">I4s", 8 + len(body), b"free") + body
    return image[:2] + _comments(missing, b"\xff\xfe", b"") + image[2:]


def _comments(missing: int, marker: bytes, kind: bytes) -> bytes:
    comments = b""
    while len(comments) < missing:
        wanted = max(missing - len(comments) - 4 - len(kind), 0)
        text = kind + b" " * min(wanted, _LARGEST_COMMENT - len(kind))
        comments += marker + struct.pack(">H", 2 + len(text)) + text
    return comments
