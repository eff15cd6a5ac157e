"""The files of the eMRTD application, encoded for personalisation (9303-10 §4.6, §4.7)."""

import struct
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from hardware_mocks.pki import der
from hardware_mocks.tlv import encode

LdsVersion = Literal["1.7", "1.8"]

EF_COM: Final = 0x011E
EF_SOD: Final = 0x011D
DG1: Final = 0x0101
DG2: Final = 0x0102
DG14: Final = 0x010E
DG15: Final = 0x010F
# Data group number -> its tag in EF.COM and of its file (9303-10 table 35).
_TAGS: Final = (
    0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
)  # fmt: skip
_LDS_VERSIONS: Final[Mapping[LdsVersion, str]] = {"1.7": "0107", "1.8": "0108"}
# Start of frame markers of JPEG, without DHT, JPG and DAC between them.
_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

_JP2_SIGNATURE: Final = bytes.fromhex("0000000C6A5020200D0A870A")
CODESTREAM: Final = bytes.fromhex("FF4FFF51")


class NoJpeg(ValueError):
    """The portrait is no JPEG file with a start of frame."""


def com(data_groups: Iterable[int], lds_version: LdsVersion = "1.8") -> bytes:
    """EF.COM for Unicode 4.0.0, naming the data groups present (9303-10 §4.6.1)."""
    tags = bytes(_TAGS[number - 1] for number in sorted(data_groups))
    version = _LDS_VERSIONS[lds_version].encode("ascii")
    return encode(0x60, encode(0x5F01, version), encode(0x5F36, b"040000"), encode(0x5C, tags))


def dg1(lines: Iterable[str]) -> bytes:
    """EF.DG1: the lines of the zone, one after the other."""
    return encode(0x61, encode(0x5F1F, "".join(lines).encode("ascii")))


def dg14(security_infos: Iterable[bytes], *, in_reverse: bool = False) -> bytes:
    """EF.DG14 around encoded SecurityInfos, in the order of DER or just the other way round."""
    return encode(0x6E, encode(0x31, *sorted(security_infos, reverse=in_reverse)))


def dg15(public_key_info: bytes) -> bytes:
    """EF.DG15 around the public key of Active Authentication."""
    return encode(0x6F, public_key_info)


def active_authentication_info(signature_algorithm: str) -> bytes:
    """ActiveAuthenticationInfo (9303-11 §9.2.4)."""
    return der.sequence(der.oid("2.23.136.1.1.5"), der.integer(1), der.oid(signature_algorithm))


def lds_security_object(
    hash_oid: str, hashes: Mapping[int, bytes], lds_version: LdsVersion = "1.8"
) -> bytes:
    """LDSSecurityObject over the hashes by data group number (9303-10 §4.6.2.3).

    Version 1 says the versions that EF.COM says; version 0, up to LDS 1.7, says none.
    """
    values = [
        der.sequence(der.integer(number), der.octet_string(digest))
        for number, digest in sorted(hashes.items())
    ]
    algorithm = der.sequence(der.oid(hash_oid))
    if lds_version == "1.7":
        return der.sequence(der.integer(0), algorithm, der.sequence(*values))
    versions = der.sequence(der.printable(_LDS_VERSIONS[lds_version]), der.printable("040000"))
    return der.sequence(der.integer(1), algorithm, der.sequence(*values), versions)


def is_jpeg_2000(image: bytes) -> bool:
    """Whether it is a JP2 file or a bare codestream (ISO/IEC 15444-1 annexes A and I)."""
    return image.startswith((_JP2_SIGNATURE, CODESTREAM))


def image_size(image: bytes) -> tuple[int, int]:
    """Return width and height in pixels; raises NoJpeg."""
    if not is_jpeg_2000(image):
        return jpeg_size(image)
    at = image.index(CODESTREAM)  # SIZ follows: length, capabilities, extents, offsets
    right, bottom, left, top = struct.unpack_from(">IIII", image, at + 8)
    return right - left, bottom - top


def jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Return width and height in pixels from the start of frame; raises NoJpeg."""
    at = 2
    while jpeg.startswith(b"\xff\xd8") and at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        if jpeg[at + 1] in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", jpeg, at + 5)
            return width, height
        at += 2 + int(struct.unpack_from(">H", jpeg, at + 2)[0])
    raise NoJpeg("the portrait is no JPEG file")
