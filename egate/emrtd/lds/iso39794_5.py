"""Face image data of ISO/IEC 39794-5:2019, which passports may have from 2026 on.

The structure is the one of its ASN.1 module: numbers here are automatic tags.
9303-10 §4.5.6 wraps it as ``7F2E { A1 { 65 ... } }``.
"""

from collections.abc import Mapping
from typing import Final

from egate.emrtd.asn1 import Asn1Malformed, decode
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
from egate.emrtd.lds.iso39794 import Block

STANDARDISED: Final = 0xA1
"""Biometric data in standardised format (9303-10 §4.5.6 table 2)."""
_FACE_IMAGE_DATA: Final = 0x65  # [APPLICATION 5]
_MAX_SCORES: Final = 32
_LONGEST_SIDE: Final = 65535

_IMAGE_TYPES: Final[Mapping[int | None, FacialImageType]] = {
    0: FacialImageType.MRTD,
    1: FacialImageType.GENERAL_PURPOSE,
}
_COLOUR_SPACES: Final[Mapping[int | None, ColourSpace]] = {
    1: ColourSpace.OTHER,
    2: ColourSpace.RGB_24,
    3: ColourSpace.RGB_48,
    4: ColourSpace.YUV_422,
    5: ColourSpace.GREY_8,
    6: ColourSpace.GREY_16,
}
_SOURCES: Final[Mapping[int | None, ImageSource]] = {each.value: each for each in ImageSource}
_PROPERTIES: Final[Mapping[int, FacialProperty]] = {
    **{each.value - 1: each for each in FacialProperty if each.value <= 9},
    9: FacialProperty.FACE_ABSENT,
    10: FacialProperty.HEAD_COVERING,
}
# MPEG-4 feature points are numbered through; this is how many each group has, from 2 on.
_MPEG_4_GROUPS: Final = (14, 14, 6, 4, 4, 1, 10, 15, 10, 6, 4)
_MPEG_4_CODES: Final = tuple(
    f"{group}.{point}"
    for group, size in enumerate(_MPEG_4_GROUPS, start=2)
    for point in range(1, size + 1)
)
_LANDMARK_SCHEMES: Final = (
    PointScheme.LANDMARK_NAME,
    PointScheme.LANDMARK_POINT_NAME,
    PointScheme.LANDMARK_POINT_ID,
)


def face_images_of_39794(block: bytes) -> tuple[FaceImage, ...]:
    """Read the biometric data block of a template, one image a representation.

    Raises:
        DocumentRejected: it breaks ISO/IEC 39794-5.

    """
    standardised = decode(block).expect(STANDARDISED, "DG2: biometric data")
    element = decode(standardised.content).expect(_FACE_IMAGE_DATA, "DG2: face image data")
    face = Block(element, "DG2: face")
    images = tuple(_image(each) for each in face.blocks(1, MAX_IMAGES))
    if not images:
        raise Asn1Malformed("DG2: face image data without a representation")
    return images


def _image(representation: Block) -> FaceImage:
    # ImageRepresentation and its base are both CHOICEs; only 2D images are in passports.
    image = representation.block(1).block(0).block(0)
    encoded = image.octets(0)
    information = image.block(1)
    width, height = _size(information)
    metadata = representation.block(8) if 8 in representation else None
    return FaceImage(
        image_kind(encoded, "DG2: an image"),
        encoded,
        width,
        height,
        FacialEncoding.ISO_39794_5,
        _IMAGE_TYPES.get(information.code(1)),
        _COLOUR_SPACES.get(information.code(9)),
        _SOURCES.get(image.block(2).code(1)) if 2 in image else None,
        tuple(_score(each) for each in representation.blocks(3, _MAX_SCORES)),
        Pose() if metadata is None else _pose(metadata),
        _feature_points(representation),
        frozenset() if metadata is None else _properties(metadata),
    )


def _size(information: Block) -> tuple[int, int]:
    if 7 not in information:
        return 0, 0
    size = information.block(7)
    return size.integer(0, 0, _LONGEST_SIDE), size.integer(1, 0, _LONGEST_SIDE)


def _score(block: Block) -> QualityScore:
    algorithm, result = block.block(0), block.block(1)
    return QualityScore(
        algorithm.integer(0, 1, 65535),
        algorithm.integer(1, 1, 65535),
        result.integer(0, 0, 100) if 0 in result else None,
    )


def _pose(metadata: Block) -> Pose:
    if 6 not in metadata:
        return Pose()
    angles = metadata.block(6)
    return Pose(*(_angle(angles, number) for number in range(3)))


def _angle(angles: Block, number: int) -> PoseAngle | None:
    if number not in angles:
        return None
    angle = angles.block(number)
    uncertainty = angle.integer(1, 0, 180) if 1 in angle else None
    return PoseAngle(angle.integer(0, -180, 180), uncertainty)


def _properties(metadata: Block) -> frozenset[FacialProperty]:
    if 4 not in metadata:
        return frozenset()
    properties = metadata.block(4)
    return frozenset(each for number, each in _PROPERTIES.items() if properties.is_true(number))


def _feature_points(representation: Block) -> tuple[FeaturePoint, ...]:
    points = (_feature_point(each) for each in representation.blocks(9, MAX_FEATURE_POINTS))
    return tuple(point for point in points if point is not None)


def _feature_point(landmark: Block) -> FeaturePoint | None:
    """Return a landmark of a kind that is known, with a place in the image."""
    kind = landmark.block(0)
    if 0 not in kind or 1 not in landmark:
        return None
    named, place = _named(kind.block(0)), landmark.block(1)
    if named is None or 0 not in place or 0 not in place.block(0):
        return None
    coordinates = place.block(0).block(0)
    x, y = (coordinates.integer(number, 0, _LONGEST_SIDE) for number in range(2))
    return FeaturePoint(*named, x, y)


def _named(kind: Block) -> tuple[PointScheme, str] | None:
    code = kind.code(0)
    if code is not None:
        known = code < len(_MPEG_4_CODES)
        return (PointScheme.MPEG_4, _MPEG_4_CODES[code]) if known else None
    anthropometric = kind.block(1)
    if 0 not in anthropometric:
        return None
    names = anthropometric.block(0)
    for number, scheme in enumerate(_LANDMARK_SCHEMES):
        code = names.code(number)
        if code is not None:
            return scheme, str(code)
    return None
