"""Image files of pages: bytes in, pixels out, with room for what a full-page scanner sends.

The formats and their dangers are those of portraits (``egate.biometrics.face_image``). A page
has more pixels: an ID-3 page scanned at 600 dots an inch, which TR-03135-1 recommends, has six
million. The OCR-B of the MRZ needs half of that, so larger images are reduced.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image
from egate.biometrics.image_header import ImageHeaderInvalid
from egate.biometrics.opencv import cv2
from egate.biometrics.png_header import PNG, png_header

PageImage = npt.NDArray[np.uint8]
"""height x width x 3, BGR, 8 bits a channel. A page: never logged, never stored."""

MAX_BYTES: Final = 16 << 20
_MOST_PNG_PIXELS: Final = 8_000_000
_MOST_PIXELS: Final = 3_000_000
_LONGEST_SIDE: Final = 20_000
"""Pixels; A4 at 1200 dots an inch has 14,000. Readers of bar codes refuse more than 65,535."""


class PageImageInvalid(Exception):
    """Not an image that can be used; the message names the fault, never the content."""


def decode_page_image(raw: bytes) -> PageImage:
    """Decode a JPEG, PNG or JPEG 2000 image, colour or grey.

    Args:
        raw: the whole file, at most 16 MiB. A PNG has at most 8 million pixels; the rest is
            as for ``decode_face_image``. No side of what is returned has more than 20,000.

    Returns:
        height x width x 3, BGR, 8 bits a channel; of more than 3 million pixels, half or a
        quarter of its sides.

    Raises:
        PageImageInvalid: another format, too large, or damaged.

    """
    try:
        image = _decode_png(raw) if raw.startswith(PNG) else decode_face_image(raw, MAX_BYTES)
    except (FaceImageInvalid, ImageHeaderInvalid) as error:
        raise PageImageInvalid(str(error)) from error
    if max(image.shape) > _LONGEST_SIDE:
        raise PageImageInvalid(f"a side of more than {_LONGEST_SIDE} pixels")
    return image


def grey_of(image: PageImage) -> PageImage:
    """Return ``image`` as height x width: of a sensor without colours, any channel is all."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def brightest_channel(image: PageImage) -> PageImage:
    """Return the brightest of the three channels of each pixel: height x width."""
    blue, green, red = cv2.split(image)
    return np.asarray(cv2.max(cv2.max(blue, green), red), np.uint8)


def _decode_png(raw: bytes) -> PageImage:
    if len(raw) > MAX_BYTES:
        raise PageImageInvalid(f"more than {MAX_BYTES} bytes")
    header, needed = png_header(raw, _MOST_PNG_PIXELS)
    pixels = _pixels_of(needed)
    if header.width * header.height <= _MOST_PIXELS:
        return pixels
    # Rounded up, as a JPEG that is reduced by its decoder.
    halved = ((header.width + 1) // 2, (header.height + 1) // 2)
    return np.asarray(cv2.resize(pixels, halved, interpolation=cv2.INTER_AREA), np.uint8)


def _pixels_of(png: bytes) -> PageImage:
    try:
        pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise PageImageInvalid("PNG whose pixels are damaged") from error
    if pixels is None:
        raise PageImageInvalid("PNG whose pixels are damaged")
    return np.asarray(pixels, np.uint8)
