"""Facial records of ISO/IEC 19794-5:2005, as passports have had them since 2005."""

import struct
from collections.abc import Mapping
from typing import Final

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.facial_image import (
    MAX_FEATURE_POINTS,
    MAX_IMAGES,
    ColourSpace,
    FaceImage,
    FacialEncoding,
    FacialImageType,
    FacialProperty,
    FeaturePoint,
    ImageSource,
    PointScheme,
    Pose,
    PoseAngle,
    QualityScore,
)
from egate.emrtd.lds.image import image_kind

FORMAT: Final = b"FAC\x00"
# §5.4 and §5.5: header of the record, and what precedes each image.
_RECORD_HEADER: Final = struct.Struct(">4s4sIH")
_FACIAL_INFORMATION: Final = struct.Struct(">IHBBB3sH3s3s")
_FEATURE_POINT: Final = struct.Struct(">BBHHH")
_IMAGE_INFORMATION: Final = struct.Struct(">BBHHBBHH")

_IMAGE_TYPES: Final[Mapping[int, FacialImageType]] = {
    0: FacialImageType.BASIC,
    1: FacialImageType.FULL_FRONTAL,
    2: FacialImageType.TOKEN_FRONTAL,
}
_COLOUR_SPACES: Final[Mapping[int, ColourSpace]] = {
    1: ColourSpace.RGB_24,
    2: ColourSpace.YUV_422,
    3: ColourSpace.GREY_8,
    4: ColourSpace.OTHER,
}
_SOURCES: Final[Mapping[int, ImageSource]] = {each.value: each for each in ImageSource}
_PROPERTIES: Final = tuple(each for each in FacialProperty if each.value <= 10)
_MPEG_4_POINT: Final = 1


def face_images_of_19794(record: bytes) -> tuple[FaceImage, ...]:
    """Cut a facial record into its images; every length in it is only a claim.

    Args:
        record: it begins with ``FORMAT``.

    Raises:
        DocumentRejected: the record breaks ISO/IEC 19794-5.

    """
    try:
        _, _, length, count = _RECORD_HEADER.unpack_from(record)
        if length > len(record) or not 1 <= count <= MAX_IMAGES:
            raise DocumentRejected("DG2: the facial record's header does not fit")
        images, offset = [], _RECORD_HEADER.size
        for _ in range(count):
            image, offset = _image(record, offset)
            images.append(image)
    except struct.error:
        raise DocumentRejected("DG2: the facial record ends early") from None
    return tuple(images)


def _image(record: bytes, offset: int) -> tuple[FaceImage, int]:
    """Read the image whose facial information begins at ``offset``; return where it ends."""
    information = _FACIAL_INFORMATION.unpack_from(record, offset)
    length, point_count, _, _, _, properties, _, angles, uncertainties = information
    if point_count > MAX_FEATURE_POINTS:
        raise DocumentRejected(f"DG2: more than {MAX_FEATURE_POINTS} feature points")
    points_at = offset + _FACIAL_INFORMATION.size
    details_at = points_at + point_count * _FEATURE_POINT.size
    details = _IMAGE_INFORMATION.unpack_from(record, details_at)
    image_type, _, width, height, colour_space, source, _, quality = details
    begin, end = details_at + _IMAGE_INFORMATION.size, offset + length
    if not begin < end <= len(record):
        raise DocumentRejected("DG2: an image does not fit into its record")
    encoded = record[begin:end]
    image = FaceImage(
        image_kind(encoded, "DG2: an image"),
        encoded,
        width,
        height,
        FacialEncoding.ISO_19794_5,
        _IMAGE_TYPES.get(image_type),
        _COLOUR_SPACES.get(colour_space),
        _SOURCES.get(source),
        (QualityScore(None, None, quality),) if quality else (),
        Pose(*map(_angle, angles, uncertainties)),
        _feature_points(record[points_at:details_at]),
        _properties(int.from_bytes(properties, "big")),
    )
    return image, end


def _angle(encoded: int, uncertainty: int) -> PoseAngle | None:
    """Read §5.5.8: steps of two degrees, those to the other side counted down from 180."""
    if not 1 <= encoded <= 180:
        return None
    degrees = 2 * (encoded - 1) if encoded <= 91 else 2 * (encoded - 181)
    return PoseAngle(degrees, uncertainty - 1 if 1 <= uncertainty <= 181 else None)


def _feature_points(raw: bytes) -> tuple[FeaturePoint, ...]:
    """Read §5.6; a code has its major number in the upper half, its minor in the lower."""
    return tuple(
        FeaturePoint(PointScheme.MPEG_4, f"{code >> 4}.{code & 0x0F}", x, y)
        for kind, code, x, y, _ in _FEATURE_POINT.iter_unpack(raw)
        if kind == _MPEG_4_POINT
    )


def _properties(mask: int) -> frozenset[FacialProperty]:
    """Read §5.5.6: the lowest bit says whether the others say anything."""
    if not mask & 1:
        return frozenset()
    return frozenset(each for each in _PROPERTIES if mask >> each.value & 1)
