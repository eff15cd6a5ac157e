"""EF.DG2 in either encoding, of one image or several, one template or several (9303-10 §4.7.2)."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hardware_mocks.chip.data_groups import image_size, is_jpeg_2000
from hardware_mocks.tlv import encode

FaceEncoding = Literal["19794-5", "39794-5"]
FaceKind = Literal["basic", "full", "token"]

_HEADER_19794: Final = b"FAC\x00" + b"010\x00"
_SC_37: Final = b"\x01\x01"
_FORMAT_TYPES: Final[Mapping[FaceEncoding, bytes]] = {
    "19794-5": b"\x00\x08",
    "39794-5": b"\x00\x2a",
}
_KINDS: Final[Mapping[FaceKind, int]] = {"basic": 0, "full": 1, "token": 2}
_MRTD, _GENERAL_PURPOSE = 0, 1
_JPEG, _JPEG_2000_LOSSY = 2, 3
_RGB_24, _GREY_8 = 2, 5
_STILL_CAMERA: Final = 2
_HAIR: Final = 2
_BROWN: Final = 5


@dataclass(frozen=True, slots=True)
class Face:
    """One image and what its record says of it."""

    image: bytes
    kind: FaceKind
    sex: str
    grey: bool


def dg2(faces: Sequence[Face], encoding: FaceEncoding, *, a_template_each: bool = False) -> bytes:
    """EF.DG2 in the ICAO patron format (9303-10 table 44).

    Records of ISO/IEC 39794-5 in passports have one representation, so each of their
    images has a template of its own in any case.
    """
    if encoding == "39794-5":
        blocks = [encode(0x7F2E, encode(0xA1, _face_image_data(face))) for face in faces]
    else:
        records = [[face] for face in faces] if a_template_each else [faces]
        blocks = [encode(0x5F2E, _facial_record(record)) for record in records]
    header = encode(
        0xA1,
        encode(0x80, b"\x01\x01"),  # version of the patron header
        encode(0x81, b"\x02"),  # facial features
        encode(0x87, _SC_37),
        encode(0x88, _FORMAT_TYPES[encoding]),
    )
    count = encode(0x02, bytes([len(blocks)]))
    templates = [encode(0x7F60, header, block) for block in blocks]
    return encode(0x75, encode(0x7F61, count, *templates))


def with_other_hair(content: bytes) -> bytes:
    """Change the hair colour of the first image: one byte, and the image stays as it is."""
    at = content.find(_HEADER_19794)
    if at >= 0:
        at += 14 + 8
    else:
        hair = _chosen(_HAIR, _BROWN)
        at = content.index(hair) + len(hair) - 1
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _facial_record(faces: Sequence[Face]) -> bytes:
    """ISO/IEC 19794-5:2005 §5: header, then facial and image information of each image."""
    body = b""
    for face in faces:
        width, height = image_size(face.image)
        sex = {"M": 1, "F": 2}.get(face.sex, 0)
        facial = struct.pack(">IHBBB", 20 + 12 + len(face.image), 0, sex, 0, 0)
        compression, colour = int(is_jpeg_2000(face.image)), 3 if face.grey else 1
        details = (_KINDS[face.kind], compression, width, height, colour, _STILL_CAMERA, 0, 0)
        body += facial + bytes(3 + 2 + 3 + 3) + struct.pack(">BBHHBBHH", *details) + face.image
    return _HEADER_19794 + struct.pack(">IH", 14 + len(body), len(faces)) + body


def _face_image_data(face: Face) -> bytes:
    """ISO/IEC 39794-5:2019, version 3 of the series, with automatic tags."""
    width, height = image_size(face.image)
    information = encode(
        0xA1,
        _chosen(0, _JPEG_2000_LOSSY if is_jpeg_2000(face.image) else _JPEG),
        _chosen(1, _GENERAL_PURPOSE if face.kind == "basic" else _MRTD),
        encode(0xA7, _number(0, width), _number(1, height)),
        _chosen(9, _GREY_8 if face.grey else _RGB_24),
    )
    device = encode(0xA2, _chosen(1, _STILL_CAMERA))
    image = encode(0xA0, encode(0x80, face.image), information, device)
    metadata = encode(0xA8, _chosen(0, {"M": 2, "F": 3}.get(face.sex, 1)), _chosen(_HAIR, _BROWN))
    representation = encode(0x30, _number(0, 1), encode(0xA1, encode(0xA0, image)), metadata)
    version = encode(0xA0, _number(0, 3), _number(1, 2019))
    return encode(0x65, version, encode(0xA1, representation))


def _number(tag: int, value: int) -> bytes:
    return encode(0x80 | tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _chosen(tag: int, code: int) -> bytes:
    """A CHOICE between a code and an extension, its tag explicit."""
    return encode(0xA0 | tag, _number(0, code))
