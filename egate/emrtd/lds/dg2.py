"""EF.DG2: the portrait, ISO/IEC 19794-5 in a CBEFF frame (9303-10 §4.7.2)."""

import struct
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.cbeff import biometric_templates
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.image import ImageKind, image_kind

_MAX_IMAGES: Final = 9

# ISO/IEC 19794-5:2005 §5.4 and §5.5: header of the record, and what precedes each image.
_FACE_HEADER: Final = struct.Struct(">4s4sIH")
_IMAGE_HEADER: Final = struct.Struct(">IHBBB3sH3s3s")
_FEATURE_POINT_BYTES: Final = 8
_IMAGE_DETAILS: Final = struct.Struct(">BBHHBBHH")
_FORMAT: Final = b"FAC\x00"


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
    images: list[FaceImage] = []
    for template in biometric_templates(raw, LdsFile.EF_DG2, _MAX_IMAGES):
        images += _images_of_record(template.block)
        if len(images) > _MAX_IMAGES:
            raise DocumentRejected(f"DG2: more than {_MAX_IMAGES} images")
    if not images:
        raise DocumentRejected("DG2: no image")
    return tuple(images)


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
            images.append(FaceImage(image_kind(encoded, "DG2: an image"), encoded, width, height))
            offset = end
    except struct.error:
        raise DocumentRejected("DG2: the facial record ends early") from None
    return images
