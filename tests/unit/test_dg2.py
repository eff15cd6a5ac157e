"""EF.DG2 in both encodings: every field a caller may want, and records that break their standard.

The records are laid out by hand from ISO/IEC 19794-5:2005 §5 and the ASN.1 of ISO/IEC 39794-5.
"""

import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.dg2 import face_images, reference_image
from egate.emrtd.lds.facial_image import (
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
from egate.emrtd.lds.image import ImageKind
from egate.emrtd.tlv import encode

JPEG = b"\xff\xd8\xff\xe0 a portrait"
JP2 = bytes.fromhex("0000000C6A5020200D0A870A") + b" a portrait"


def dg2(*blocks: bytes) -> bytes:
    """EF.DG2 around whole data objects of biometric data."""
    templates = encode(0x02, bytes((len(blocks),)))
    for block in blocks:
        templates += encode(0x7F60, encode(0xA1, encode(0x80, b"\x01\x01")) + block)
    return encode(0x75, encode(0x7F61, templates))


# ISO/IEC 19794-5


def facial(
    image: bytes = JPEG,
    *,
    points: Sequence[tuple[int, int, int, int]] = (),
    properties: int = 0,
    pose: bytes = bytes(6),
    details: tuple[int, int, int, int] = (1, 1, 2, 0),
    size: tuple[int, int] = (413, 531),
) -> bytes:
    """Facial information, feature points, image information and the image."""
    image_type, colour_space, source, quality = details
    body = b"".join(struct.pack(">BBHHH", *point, 0) for point in points)
    body += struct.pack(">BBHHBBHH", image_type, 0, *size, colour_space, source, 0, quality) + image
    information = bytes(3) + properties.to_bytes(3, "big") + bytes(2) + pose
    return struct.pack(">IH", 20 + len(body), len(points)) + information + body


def old(*images: bytes) -> bytes:
    body = b"".join(images)
    return encode(
        0x5F2E, b"FAC\x00010\x00" + struct.pack(">IH", 14 + len(body), len(images)) + body
    )


def only(raw: bytes) -> FaceImage:
    (image,) = face_images(raw)
    return image


def test_every_field_of_19794() -> None:
    raw = facial(
        points=[(1, 0xC1, 150, 200), (1, 0x2B, 90, 22), (9, 0x11, 1, 1)],
        properties=0b100_0000_0011,
        pose=bytes((6, 180, 1, 3, 0, 200)),
        details=(2, 3, 3, 71),
    )
    image = only(dg2(old(raw)))
    assert image == FaceImage(
        ImageKind.JPEG,
        JPEG,
        413,
        531,
        FacialEncoding.ISO_19794_5,
        FacialImageType.TOKEN_FRONTAL,
        ColourSpace.GREY_8,
        ImageSource.SCANNED_PHOTOGRAPH,
        (QualityScore(None, None, 71),),
        Pose(PoseAngle(10, 2), PoseAngle(-2, None), PoseAngle(0, None)),
        (
            FeaturePoint(PointScheme.MPEG_4, "12.1", 150, 200),
            FeaturePoint(PointScheme.MPEG_4, "2.11", 90, 22),
        ),
        frozenset({FacialProperty.GLASSES, FacialProperty.MEDICAL_CONDITION}),
    )


@pytest.mark.parametrize("encoded", range(256))
def test_angles_of_19794_are_even_degrees_to_both_sides(encoded: int) -> None:
    yaw = only(dg2(old(facial(pose=bytes((encoded,)) + bytes(5))))).pose.yaw
    if not 1 <= encoded <= 180:
        assert yaw is None
        return
    assert yaw is not None
    assert -180 < yaw.degrees <= 180
    assert (yaw.degrees // 2 if yaw.degrees >= 0 else yaw.degrees // 2 + 180) + 1 == encoded


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=6, max_size=6), st.integers(0, 2**24))
def test_reserved_codes_of_19794_are_unspecified(codes: bytes, pose: bytes, mask: int) -> None:
    raw = facial(pose=pose, properties=mask % 2**24, details=(*codes[:3], codes[3]))
    image = only(dg2(old(raw)))
    assert (image.image_type is None) == (codes[0] > 2)
    assert (image.colour_space is None) == (codes[1] not in range(1, 5))
    assert (image.source is None) == (codes[2] not in range(1, 7))
    assert (image.quality == ()) == (codes[3] == 0)
    if not mask & 1:
        assert image.properties == frozenset()


def test_too_many_feature_points_are_rejected() -> None:
    points = [(1, 0x21, 1, 1)] * 257
    assert len(only(dg2(old(facial(points=points[:256])))).feature_points) == 256
    with pytest.raises(DocumentRejected, match="256 feature points"):
        face_images(dg2(old(facial(points=points))))


# ISO/IEC 39794-5


def seq(number: int | None, *children: bytes) -> bytes:
    """A constructed field; without a number a SEQUENCE of its own."""
    return encode(0x30 if number is None else 0xA0 | number, b"".join(children))


def num(number: int, value: int) -> bytes:
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return encode(0x80 | number, value.to_bytes(size, "big", signed=True))


def choice(number: int, code: int, *, later: bool = False) -> bytes:
    """A CHOICE of a code, or of an extension block that falls back to it."""
    return seq(number, seq(1, num(0, code)) if later else num(0, code))


def picture(*information: bytes, image: bytes = JPEG, device: bytes = b"") -> bytes:
    base = encode(0x80, image) + seq(1, choice(0, 2), *information) + device
    return seq(1, seq(0, seq(0, base)))


def representation(*fields: bytes) -> bytes:
    return seq(None, num(0, 1), *fields)


def new(*representations: bytes, version: bytes | None = None) -> bytes:
    version = seq(0, num(0, 3), num(1, 2019)) if version is None else version
    return encode(0x7F2E, encode(0xA1, encode(0x65, version + seq(1, *representations))))


def landmark(*kind: bytes, place: bytes | None = None) -> bytes:
    place = seq(1, seq(0, seq(0, num(0, 200), num(1, 260)))) if place is None else place
    return seq(None, seq(0, *kind), place)


def mpeg_4(code: int) -> bytes:
    return seq(0, choice(0, code))


def test_every_field_of_39794() -> None:
    raw = representation(
        picture(
            choice(1, 0), seq(7, num(0, 572), num(1, 731)), choice(9, 2), image=JP2,
            device=seq(2, choice(1, 2)),
        ),
        seq(
            3,
            seq(None, seq(0, num(0, 257), num(1, 9)), seq(1, num(0, 88))),
            seq(None, seq(0, num(0, 257), num(1, 9)), seq(1, choice(1, 0))),
        ),
        seq(
            8,
            choice(0, 2),
            seq(4, encode(0x80, b"\xff"), encode(0x82, b"\x00"), encode(0x8A, b"\x01")),
            seq(6, seq(0, num(0, -7), num(1, 2)), seq(2, num(0, 12))),
        ),
        seq(9, landmark(mpeg_4(84)), landmark(seq(0, seq(1, seq(0, choice(0, 21)))))),
    )  # fmt: skip
    image = only(dg2(new(raw)))
    assert image == FaceImage(
        ImageKind.JPEG_2000,
        JP2,
        572,
        731,
        FacialEncoding.ISO_39794_5,
        FacialImageType.MRTD,
        ColourSpace.RGB_24,
        ImageSource.DIGITAL_STILL_CAMERA,
        (QualityScore(257, 9, 88), QualityScore(257, 9, None)),
        Pose(yaw=PoseAngle(-7, 2), roll=PoseAngle(12, None)),
        (
            FeaturePoint(PointScheme.MPEG_4, "12.1", 200, 260),
            FeaturePoint(PointScheme.LANDMARK_NAME, "21", 200, 260),
        ),
        frozenset({FacialProperty.GLASSES, FacialProperty.HEAD_COVERING}),
    )


def test_39794_with_what_is_mandatory_alone() -> None:
    image = only(dg2(new(representation(picture()))))
    assert image == FaceImage(ImageKind.JPEG, JPEG, 0, 0, FacialEncoding.ISO_39794_5)


def test_later_codes_fall_back_and_later_fields_are_stepped_over() -> None:
    later = picture(choice(1, 1, later=True), choice(9, 99), num(20, 4))
    image = only(dg2(new(representation(later, seq(8), num(21, 5)))))
    assert image.image_type is FacialImageType.GENERAL_PURPOSE
    assert image.colour_space is None
    assert image.pose == Pose()


@pytest.mark.parametrize(
    ("code", "name"),
    [(0, "2.1"), (13, "2.14"), (14, "3.1"), (42, "7.1"), (53, "9.1"), (67, "9.15"), (87, "12.4")],
)
def test_mpeg_4_points_are_numbered_through(code: int, name: str) -> None:
    image = only(dg2(new(representation(picture(), seq(9, landmark(mpeg_4(code)))))))
    assert [point.code for point in image.feature_points] == [name]


@pytest.mark.parametrize(
    "unknown",
    [
        landmark(mpeg_4(88)),
        landmark(seq(1)),
        landmark(seq(0, seq(1, seq(1)))),
        landmark(seq(0, seq(1, seq(0)))),
        landmark(mpeg_4(0), place=b""),
        landmark(mpeg_4(0), place=seq(1, seq(1))),
        landmark(mpeg_4(0), place=seq(1, seq(0, seq(1, num(0, 1), num(1, 1))))),
    ],
)
def test_landmarks_of_unknown_kinds_and_without_a_place_are_left_out(unknown: bytes) -> None:
    known = landmark(seq(0, seq(1, seq(0, choice(2, 30)))))
    image = only(dg2(new(representation(picture(), seq(9, unknown, known)))))
    assert image.feature_points == (FeaturePoint(PointScheme.LANDMARK_POINT_ID, "30", 200, 260),)


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        (encode(0x7F2E, encode(0xA1, encode(0x64, b""))), "64 instead of 65"),
        (encode(0x7F2E, encode(0xA1, b"")), "ends in a header"),
        (encode(0x7F2E, b"\xa1\x05\x65"), "ends early"),
        (encode(0x7F2E, encode(0x65, b"")), "neither"),
        (new(), "without a representation"),
        (new(*[representation(picture())] * 10), "more than 9"),
        (new(num(0, 1)), "tag 80 instead of 30"),
        (new(representation()), "field 1 is missing"),
        (new(representation(seq(1, seq(1)))), "field 0 is missing"),
        (new(representation(picture(image=b"GIF89a"))), "neither JPEG"),
        (new(representation(num(0, 1), picture())), "field 0 stands there twice"),
        (new(representation(picture(), encode(0x04, b""))), "tag 04 has no place"),
        (new(representation(picture(), encode(0xBF20, b""))), "tag BF20 has no place"),
        (new(representation(picture(), num(8, 1))), "holds no elements"),
        (new(representation(picture(seq(7, num(0, 65536), num(1, 1))))), "out of its range"),
        (new(representation(picture(seq(7, num(0, -1), num(1, 1))))), "out of its range"),
        (new(representation(picture(seq(7, encode(0x80, b""), num(1, 1))))), "out of its range"),
        (new(representation(picture(seq(7, encode(0x80, bytes(5)), num(1, 1))))), "out of its"),
        (new(representation(picture(seq(7, seq(0), num(1, 1))))), "where a value belongs"),
        (new(representation(picture(seq(9, seq(2))))), "field 1 is missing"),
        (new(representation(picture(), seq(8, seq(4, encode(0x80, b""))))), "not a boolean"),
        (new(representation(picture(), seq(3, *[seq(None)] * 33))), "more than 32"),
    ],
)
def test_broken_face_image_data_are_rejected(block: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=fault):
        face_images(dg2(block))


@given(st.binary(max_size=120), st.integers(0, 400))
def test_noise_inside_of_39794_is_rejected_or_read(noise: bytes, at: int) -> None:
    content = encode(0x65, seq(0, num(0, 3)) + seq(1, representation(picture(choice(1, 0)))))
    at %= len(content)
    try:
        images = face_images(dg2(encode(0x7F2E, encode(0xA1, content[:at] + noise))))
    except DocumentRejected:
        return
    assert images


# Several images


def test_several_templates_of_both_encodings_come_in_the_order_of_the_file() -> None:
    raw = dg2(old(facial(JPEG), facial(JP2)), new(representation(picture(image=JP2))))
    images = face_images(raw)
    assert [image.kind for image in images] == [
        ImageKind.JPEG,
        ImageKind.JPEG_2000,
        ImageKind.JPEG_2000,
    ]
    assert [image.encoding.value[-5:] for image in images] == ["794-5"] * 3
    assert images[2].encoding is FacialEncoding.ISO_39794_5


def test_a_record_of_19794_under_the_tag_of_39794_is_read() -> None:
    record = old(facial())[3:]
    assert only(dg2(encode(0x7F2E, record))).encoding is FacialEncoding.ISO_19794_5


@pytest.mark.parametrize(
    ("types", "chosen"),
    [
        ([0], 0),
        ([0, 1], 1),
        ([2, 1, 1], 1),
        ([2, 0], 0),
        ([7, 0], 0),
        ([0, 7], 1),
        ([2, 7], 0),
    ],
)
def test_the_reference_is_the_first_of_the_most_frontal_ones(
    types: Sequence[int], chosen: int
) -> None:
    images = face_images(dg2(*(old(facial(details=(each, 1, 2, 0))) for each in types)))
    assert reference_image(images) is images[chosen]


def test_images_of_both_encodings_are_ranked_together() -> None:
    full, anything = face_images(
        dg2(new(representation(picture(choice(1, 0)))), new(representation(picture(choice(1, 1)))))
    )
    assert reference_image([anything, full]) is full
    assert reference_image([full, replace(full, image_type=FacialImageType.FULL_FRONTAL)]) != full


def test_of_several_of_a_kind_the_largest_is_the_reference() -> None:
    sizes = [(240, 320), (413, 531), (413, 531)]
    images = face_images(dg2(old(*(facial(size=size) for size in sizes))))
    assert reference_image(images) is images[1]


def test_a_file_longer_than_any_is_rejected() -> None:
    room = (1 << 20) - len(dg2(old(facial(JPEG + bytes(1 << 19))))) + (1 << 19)
    assert face_images(dg2(old(facial(JPEG + bytes(room)))))
    with pytest.raises(DocumentRejected, match="more than 1048576 bytes"):
        face_images(dg2(old(facial(JPEG + bytes(room + 1)))))


def test_nothing_of_a_face_is_shown() -> None:
    shown = repr(only(dg2(old(facial(points=[(1, 0xC1, 150, 200)], properties=3)))))
    for secret in ("portrait", "150", "GLASSES", "12.1"):
        assert secret not in shown
