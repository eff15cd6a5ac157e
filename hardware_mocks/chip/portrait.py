"""Portraits as chips hold them: JPEG, greyscale, JPEG 2000, and of the size that is wanted."""

import struct
from typing import Final, Literal

import cv2
import numpy as np

from hardware_mocks.chip.data_groups import NoJpeg, is_jpeg_2000, jpeg_size

PortraitFormat = Literal["jpeg", "grey", "jpeg2000"]

# Rates that give about 15 kB for the photographs of the mocks (360 x 480 pixels).
_GREY_QUALITY: Final = 78
_COMPRESSION_THOUSANDTHS: Final = 28
_LARGEST_COMMENT: Final = 65533


def portrait_in(wanted: PortraitFormat, jpeg: bytes) -> bytes:
    """Return the portrait in another format; raises NoJpeg."""
    if wanted == "jpeg":
        return jpeg
    jpeg_size(jpeg)
    raw = np.frombuffer(jpeg, np.uint8)
    if wanted == "grey":
        image = cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE)
        kind, options = ".jpg", [cv2.IMWRITE_JPEG_QUALITY, _GREY_QUALITY]
    else:
        image = cv2.imdecode(raw, cv2.IMREAD_COLOR)
        kind, options = ".jp2", [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, _COMPRESSION_THOUSANDTHS]
    if image is None:
        raise NoJpeg("the portrait cannot be decoded")
    _, encoded = cv2.imencode(kind, image, options)
    return encoded.tobytes()


def padded(image: bytes, size: int) -> bytes:
    """Make an image at least ``size`` bytes long without changing what it shows.

    A JPEG gets comments (ITU-T T.81 §B.2.4.5), JPEG 2000 a free box (ISO/IEC 15444-1 §I.6).
    """
    missing = size - len(image)
    if missing <= 0:
        return image
    if is_jpeg_2000(image):
        body = bytes(max(missing - 8, 0))
        return image + struct.pack(">I4s", 8 + len(body), b"free") + body
    comments = b""
    while len(comments) < missing:
        text = b" " * min(max(missing - len(comments) - 4, 0), _LARGEST_COMMENT)
        comments += b"\xff\xfe" + struct.pack(">H", 2 + len(text)) + text
    return image[:2] + comments + image[2:]
