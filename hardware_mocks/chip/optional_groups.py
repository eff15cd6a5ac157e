"""The optional data groups, encoded for personalisation (9303-10 §4.7.3 to §4.7.16)."""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hardware_mocks.tlv import encode

OPTIONAL_GROUPS: Final = (3, 4, 5, 7, 11, 12, 13, 16)
# Biometric type and sub-types of ISO/IEC 19785-3 (9303-10 tables 47 and 54), format types of
# ISO/IEC JTC 1/SC 37 for the image of a finger and of an iris.
_FINGER: Final = (b"\x08", b"\x00\x07", (b"\x0a", b"\x09"))
_IRIS: Final = (b"\x10", b"\x00\x09", (b"\x02", b"\x01"))


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the texts of the optional groups are made of; personal."""

    full_name: str = field(repr=False)
    personal_number: str = field(repr=False)
    date_of_birth: str = field(repr=False)
    date_of_issue: str
    portrait: bytes = field(repr=False)
    opaque: Callable[[int], bytes] = field(repr=False)


def optional_group(number: int, of: Particulars) -> bytes:
    """Return the file of data group ``number``; raises ValueError where it is not optional."""
    if number not in OPTIONAL_GROUPS:
        raise ValueError(f"data group {number} is not optional")
    made: Mapping[int, Callable[[Particulars], bytes]] = {
        3: lambda of: _biometrics(
            0x63, _FINGER, [_finger(of.opaque(600)), _finger(of.opaque(600))]
        ),
        4: lambda of: _biometrics(0x76, _IRIS, [of.opaque(900), of.opaque(900)]),
        5: lambda of: _displayed(0x65, 0x5F40, of.portrait),
        7: lambda of: _displayed(0x67, 0x5F43, of.portrait),
        11: _dg11,
        12: _dg12,
        13: lambda of: encode(0x6D, of.opaque(64)),
        16: _dg16,
    }
    return made[number](of)


def no_fingers(issuer_defined: bytes) -> bytes:
    """EF.DG3 of a holder without fingerprints: zero instances (9303-10 §4.7.3.2.2)."""
    count = encode(0x7F61, encode(0x02, b"\x00"))
    return encode(0x63, count, encode(0x53, issuer_defined))


def _finger(image: bytes) -> bytes:
    """A record of one finger image, which claims to be WSQ (ISO/IEC 19794-4:2005 §7)."""
    representation = struct.pack(">IBBBBBHHB", 14 + len(image), 0, 1, 1, 80, 0, 400, 400, 0) + image
    length = 32 + len(representation)
    header = b"FIR\0" + b"010\0" + length.to_bytes(6, "big")
    header += struct.pack(">HHBBHHHHBBH", 0, 31, 1, 2, 197, 197, 197, 197, 8, 2, 0)
    return header + representation


def _biometrics(
    tag: int, kind: tuple[bytes, bytes, Sequence[bytes]], blocks: Sequence[bytes]
) -> bytes:
    """A group of templates with one opaque block each (9303-10 §4.7.3.2.4)."""
    biometric_type, format_type, sub_types = kind
    templates = [
        encode(
            0x7F60,
            encode(
                0xA1,
                encode(0x81, biometric_type),
                encode(0x82, sub_type),
                encode(0x87, b"\x01\x01"),
                encode(0x88, format_type),
            ),
            encode(0x5F2E, block),
        )
        for sub_type, block in zip(sub_types, blocks, strict=True)
    ]
    return encode(tag, encode(0x7F61, encode(0x02, bytes([len(templates)])), *templates))


def _displayed(tag: int, image_tag: int, image: bytes) -> bytes:
    """A displayed portrait or signature (9303-10 §4.7.5, §4.7.7)."""
    return encode(tag, encode(0x02, b"\x01"), encode(image_tag, image))


def _dg11(of: Particulars) -> bytes:
    """Additional personal details; another name shows the nested template (9303-10 §4.7.11)."""
    return _listed(
        0x6B,
        {
            0x5F0E: of.full_name.encode(),
            0x5F10: of.personal_number.encode(),
            0x5F2B: of.date_of_birth.encode("ascii"),
            0x5F11: b"DHAKA<BANGLADESH",
            0x5F42: "বাংলাদেশ<ঢাকা<1 SPECIMEN ROAD".encode(),
            0x5F12: b"+8802000000",
            0x5F13: b"ENGINEER",
        },
        others=(0x5F0F, [b"EXAMPLE<<FARZANA"]),
    )


def _dg12(of: Particulars) -> bytes:
    """Additional document details (9303-10 §4.7.12)."""
    return _listed(
        0x6C,
        {
            0x5F19: b"DIP DHAKA",
            0x5F26: of.date_of_issue.encode("ascii"),
            0x5F1B: b"SPECIMEN",
            0x5F55: of.date_of_issue.encode("ascii") + b"093000",
            0x5F56: b"MOCK-1",
        },
        others=None,
    )


def _dg16(of: Particulars) -> bytes:
    """Two persons to notify (9303-10 §4.7.16)."""
    persons = [
        encode(
            0xA1 + index,
            encode(0x5F50, of.date_of_issue.encode("ascii")),
            encode(0x5F51, name),
            encode(0x5F52, b"+880200000" + str(index).encode()),
            encode(0x5F53, b"1 SPECIMEN ROAD<DHAKA"),
        )
        for index, name in enumerate((b"EXAMPLE<<RAFIQ", b"EXAMPLE<<SALMA"))
    ]
    return encode(0x70, encode(0x02, bytes([len(persons)])), *persons)


def _listed(
    tag: int, objects: Mapping[int, bytes], *, others: tuple[int, Sequence[bytes]] | None
) -> bytes:
    """A tag list, the objects it names, and the other names in a template of their own."""
    names = [*objects, *([others[0]] if others else [])]
    body = [encode(0x5C, b"".join(name.to_bytes(2, "big") for name in names))]
    body += [encode(name, value) for name, value in objects.items()]
    if others:
        count = encode(0x02, bytes([len(others[1])]))
        body.append(encode(0xA0, count, *(encode(others[0], value) for value in others[1])))
    return encode(tag, *body)
