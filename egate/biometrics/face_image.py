"""Image files of faces: bytes in, pixels out.

Portraits come from a chip before anything about it is trusted, so the size is
read from the header and limited before a decoder sees the bytes.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.image_header import ImageHeaderInvalid, image_size
from egate.biometrics.opencv import cv2

FaceImage = npt.NDArray[np.uint8]
"""height x width x 3, BGR, 8 bits a channel. A face: never logged, never stored."""

MAX_BYTES: Final = 4 << 20
MAX_PIXELS: Final = 25_000_000
MAX_SIDE: Final = 16_384


class FaceImageInvalid(Exception):
    """Not an image that can be used; the message names the fault, never the content."""


def decode_face_image(raw: bytes) -> FaceImage:
    """Decode a JPEG, PNG or JPEG 2000 image (file or bare codestream), colour or grey.

    Args:
        raw: the whole file, at most 4 MiB and 25 million pixels.

    Returns:
        height x width x 3, BGR, 8 bits a channel.

    Raises:
        FaceImageInvalid: another format, too large, or damaged.

    """
    if len(raw) > MAX_BYTES:
        raise FaceImageInvalid(f"more than {MAX_BYTES} bytes")
    try:
        size = image_size(raw)
    except ImageHeaderInvalid as error:
        raise FaceImageInvalid(str(error)) from error
    if max(size) > MAX_SIDE or size.width * size.height > MAX_PIXELS:
        raise FaceImageInvalid(f"{size.width} x {size.height} pixels are too many")
    return _decode(np.frombuffer(raw, np.uint8))


def _decode(raw: npt.NDArray[np.uint8]) -> FaceImage:
    try:
        pixels = cv2.imdecode(raw, cv2.IMREAD_COLOR)
        if pixels is None:  # a bare JPEG 2000 codestream of one component
            pixels = cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE)
            pixels = None if pixels is None else cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    except cv2.error as error:
        raise FaceImageInvalid("damaged image") from error
    if pixels is None:
        raise FaceImageInvalid("damaged image")
    return np.asarray(pixels, np.uint8)
