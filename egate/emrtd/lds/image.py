"""Compressed images as data groups hold them: told apart, never decoded here (9303-10 §4.7)."""

from enum import StrEnum
from typing import Final

from egate.emrtd.errors import DocumentRejected

_JPEG: Final = b"\xff\xd8\xff"
_JPEG_2000: Final = (bytes.fromhex("0000000C6A5020200D0A"), bytes.fromhex("FF4FFF51"))


class ImageKind(StrEnum):
    """How an image is compressed, told from its first bytes."""

    JPEG = "jpeg"
    JPEG_2000 = "jpeg2000"


def image_kind(encoded: bytes, what: str) -> ImageKind:
    """Return how ``encoded`` is compressed.

    Raises:
        DocumentRejected: it is neither JPEG nor JPEG 2000; the message names ``what``.

    """
    if encoded.startswith(_JPEG):
        return ImageKind.JPEG
    if encoded.startswith(_JPEG_2000):
        return ImageKind.JPEG_2000
    raise DocumentRejected(f"{what} that is neither JPEG nor JPEG 2000")
