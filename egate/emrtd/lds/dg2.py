"""EF.DG2: the portrait, ISO/IEC 19794-5 in a CBEFF frame (9303-10 §4.7.2)."""

import struct
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.tlv import decode_all, decode_one, find

_TEMPLATES: Final = 0x7F61
_TEMPLATE: Final = 0x7F60
_COUNT: Final = 0x02
_BLOCKS: Final = (0x5F2E, 0x7F2E)
_MAX_IMAGES: Final = 9

# ISO/IEC 19794-5:2005 §5.4 and §5.5: header of the record, and what precedes each image.
_FACE_HEADER: Final = struct.Struct(">4s4sIH")
_IMAGE_HEADER: Final = struct.Struct(">IHBBB3sH3s3s")
_FEATURE_POINT_BYTES: Final = 8
_IMAGE_DETAILS: Final = struct.Struct(">BBHHBBHH")
_FORMAT: Final = b"FAC\x00"

_JPEG: Final = b"\xff\xd8\xff"
_JPEG_2000: Final = (bytes.fromhex("0000000C6A5020200D0A"), bytes.fromhex("FF4FFF51"))


class ImageKind(StrEnum):
    """How a face image is compressed, told from its first bytes."""

    JPEG = "jpeg"
    JPEG_2000 = "jpeg2000"


@dataclass(frozen=True, slots=True)
class FaceImage:
    """One portrait. Personal.

    Args:
        kind: compression.
        encoded: the compressed image.
        width: in pixels as the record claims, 0 when it claims nothing.
        height: in pixels as the record claims.

    """

    kind: ImageKind
    encoded: bytes = field(repr=False)
    width: int
    height: int


def face_images(raw: bytes) -> tuple[FaceImage, ...]:
    """Return the face images of the whole file ``raw``, one or more.

    Raises:
        TlvMalformed: a data object is missing or ends early.
        DocumentRejected: the biometric record breaks ISO/IEC 19794-5, or there is
            no image in it.

    """
    templates = find(decode_one(raw, LdsFile.EF_DG2.tag), _TEMPLATES)
    images: list[FaceImage] = []
    for tag, template in decode_all(templates):
        if tag == _TEMPLATE:
            images += _images_of_record(_block(template))
        elif tag != _COUNT:
            raise DocumentRejected("DG2: an unknown object among the templates")
        if len(images) > _MAX_IMAGES:
            raise DocumentRejected(f"DG2: more than {_MAX_IMAGES} images")
    if not images:
        raise DocumentRejected("DG2: no image")
    return tuple(images)


def _block(template: bytes) -> bytes:
    for tag, block in decode_all(template):
        if tag in _BLOCKS:
            return block
    raise DocumentRejected("DG2: a template without biometric data")


def _images_of_record(record: bytes) -> list[FaceImage]:
    """Cut a facial record into its images; every length in it is only a claim."""
    try:
        format_id, _, length, count = _FACE_HEADER.unpack_from(record)
        if format_id != _FORMAT:
            raise DocumentRejected("DG2: not a record of ISO/IEC 19794-5")
        if length > len(record) or not 1 <= count <= _MAX_IMAGES:
            raise DocumentRejected("DG2: the facial record's header does not fit")
        images, offset = [], _FACE_HEADER.size
        for _ in range(count):
            block_length, feature_points, *_ = _IMAGE_HEADER.unpack_from(record, offset)
            details = offset + _IMAGE_HEADER.size + feature_points * _FEATURE_POINT_BYTES
            _, _, width, height, *_ = _IMAGE_DETAILS.unpack_from(record, details)
            begin, end = details + _IMAGE_DETAILS.size, offset + block_length
            if not begin < end <= len(record):
                raise DocumentRejected("DG2: an image does not fit into its record")
            encoded = record[begin:end]
            images.append(FaceImage(_kind(encoded), encoded, width, height))
            offset = end
    except struct.error:
        raise DocumentRejected("DG2: the facial record ends early") from None
    return images


def _kind(encoded: bytes) -> ImageKind:
    if encoded.startswith(_JPEG):
        return ImageKind.JPEG
    if encoded.startswith(_JPEG_2000):
        return ImageKind.JPEG_2000
    raise DocumentRejected("DG2: an image that is neither JPEG nor JPEG 2000")
