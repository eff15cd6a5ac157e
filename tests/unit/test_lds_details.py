"""DG3, DG5, DG7, DG11, DG12, DG13, DG16 and EF.DIR: good ones, odd ones, and malformed ones."""

import struct
from collections.abc import Callable

import pytest

from egate.emrtd.errors import DocumentRejected, TlvMalformed
from egate.emrtd.lds.dg3 import finger_images
from egate.emrtd.lds.dg5 import displayed_portraits
from egate.emrtd.lds.dg7 import displayed_signatures
from egate.emrtd.lds.dg11 import AdditionalPersonalDetails
from egate.emrtd.lds.dg12 import AdditionalDocumentDetails
from egate.emrtd.lds.dg13 import optional_details
from egate.emrtd.lds.dg16 import persons_to_notify
from egate.emrtd.lds.ef_dir import EfDir, Lds2Application
from egate.emrtd.lds.image import ImageKind
from egate.emrtd.lds.names import PersonName
from egate.emrtd.tlv import encode

JPEG = b"\xff\xd8\xff\xe0 a picture"
JPEG_2000 = bytes.fromhex("FF4FFF51") + b" a picture"


def objects(*pairs: tuple[int, bytes]) -> bytes:
    return b"".join(encode(tag, value) for tag, value in pairs)


def dg11(*pairs: tuple[int, bytes]) -> AdditionalPersonalDetails:
    return AdditionalPersonalDetails.parse(encode(0x6B, objects(*pairs)))


def dg12(*pairs: tuple[int, bytes]) -> AdditionalDocumentDetails:
    return AdditionalDocumentDetails.parse(encode(0x6C, objects(*pairs)))


# --- DG3 ---


def finger_record(
    *, length: int = 0, count: int = 1, compression: int = 2, name: bytes = b"FIR\x00"
) -> bytes:
    """A finger image record of ISO/IEC 19794-4:2005, laid out by hand."""
    image = b"never opened"
    header = name + b"010\x00" + (32 + len(image) + length).to_bytes(6, "big")
    header += struct.pack(">HHBBHHHHBBH", 0, 31, count, 1, 500, 500, 500, 501, 8, compression, 0)
    return header + image


def dg3(*templates: bytes) -> bytes:
    count = encode(0x02, bytes((len(templates),)))
    return encode(0x63, encode(0x7F61, count + b"".join(encode(0x7F60, t) for t in templates)))


def bit(block: bytes, *, format_type: bytes = b"\x00\x07") -> bytes:
    header = objects((0x81, b"\x08"), (0x82, b"\x0a"), (0x87, b"\x01\x01"), (0x88, format_type))
    return objects((0xA1, header), (0x5F2E, block))


def test_fingers_are_counted_and_stay_closed() -> None:
    record = finger_record()
    left, right = finger_images(dg3(bit(record), bit(finger_record(compression=4))))
    assert left.header.sub_type == 0x0A
    assert (left.header.format_owner, left.header.format_type) == (0x0101, 7)
    assert (left.compression, right.compression) == (2, 4)
    assert left.resolution == (500, 501)
    assert left.block == record
    assert "never opened" not in repr(left)
    assert "10" not in repr(left)


def test_a_state_may_store_no_finger() -> None:
    group = encode(0x7F61, encode(0x02, b"\x00"))
    assert finger_images(encode(0x63, group)) == ()
    assert finger_images(encode(0x63, group + encode(0x53, b"random"))) == ()
    inside = encode(0x7F61, encode(0x02, b"\x00") + encode(0x53, b"random"))
    assert finger_images(encode(0x63, inside)) == ()


def test_other_formats_are_taken_unopened() -> None:
    (finger,) = finger_images(dg3(bit(b"of another format", format_type=b"\x00\x99")))
    assert (finger.compression, finger.resolution) == (None, None)
    (bare,) = finger_images(dg3(objects((0x06, b"\x2a"), (0x7F2E, b"no header"))))
    assert bare.header.sub_type is None


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        (bit(finger_record()[:31]), "DG3: the finger record ends early"),
        (bit(finger_record(name=b"FAC\x00")), "DG3: not a record of ISO/IEC 19794-4"),
        (bit(finger_record(length=1)), "DG3: the finger record's header does not fit"),
        (bit(finger_record(count=2)), "DG3: the finger record's header does not fit"),
        (bit(finger_record(), format_type=bytes(5)), "biometric header: format type is too long"),
        (objects((0xA1, b"")), "DG3: a template without biometric data"),
    ],
)
def test_broken_fingers_are_rejected(template: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=fault):
        finger_images(dg3(template))


def test_nobody_has_eleven_fingers() -> None:
    with pytest.raises(DocumentRejected, match="DG3: more than 10 templates"):
        finger_images(dg3(*[bit(finger_record())] * 11))


# --- DG5 and DG7 ---


@pytest.mark.parametrize(
    ("parse", "file", "tag"),
    [(displayed_portraits, 0x65, 0x5F40), (displayed_signatures, 0x67, 0x5F43)],
)
def test_displayed_images(
    parse: Callable[[bytes], tuple[object, ...]], file: int, tag: int
) -> None:
    images = parse(encode(file, objects((0x02, b"\x02"), (tag, JPEG), (tag, JPEG_2000))))
    assert [getattr(image, "kind", None) for image in images] == [
        ImageKind.JPEG,
        ImageKind.JPEG_2000,
    ]
    assert "picture" not in repr(images)
    assert len(parse(encode(file, objects((tag, JPEG))))) == 1  # a count is often forgotten


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (objects((0x02, b"\x01")), "DG7: displayed signature: not one to 9 images"),
        (objects(*[(0x5F43, JPEG)] * 10), "DG7: displayed signature: not one to 9 images"),
        (objects((0x02, b"\x02"), (0x5F43, JPEG)), "DG7: number of displayed signatures is not"),
        (objects((0x5F43, b"\x89PNG")), "DG7: displayed signature: an image that is neither"),
    ],
)
def test_broken_displayed_images_are_rejected(content: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=fault):
        displayed_signatures(encode(0x67, content))


# --- DG11 ---


def test_every_personal_detail() -> None:
    details = dg11(
        (0x5C, bytes.fromhex("5F0EA05F105F2B5F115F425F125F135F145F155F165F175F18")),
        (0x5F0E, "ÉRIKSSON<LE GUIN<<ÅNNA<MARÍA".encode()),
        (0xA0, objects((0x02, b"\x02"), (0x5F0F, b"SMITH<<ANNA"), (0x5F0F, "安娜".encode()))),
        (0x5F10, b"ZE184226B"),
        (0x5F2B, b"19740812"),
        (0x5F11, b"ZENITH<UTOPIA"),
        (0x5F42, b"1 MAIN ST<ZENITH<<UTOPIA<"),
        (0x5F12, b"+15551234"),
        (0x5F13, b"TRAVEL AGENT"),
        (0x5F14, b"DR"),
        (0x5F15, b"KIND\nCLEVER"),
        (0x5F16, JPEG),
        (0x5F17, b"X1234<Y5678"),
        (0x5F18, b"NONE"),
    )
    assert details == AdditionalPersonalDetails(
        full_name=PersonName("ÉRIKSSON LE GUIN", "ÅNNA MARÍA"),
        other_names=(PersonName("SMITH", "ANNA"), PersonName("安娜", "")),
        personal_number="ZE184226B",
        date_of_birth="1974-08-12",
        place_of_birth=("ZENITH", "UTOPIA"),
        address=("1 MAIN ST", "ZENITH", "UTOPIA"),
        telephone="+15551234",
        profession="TRAVEL AGENT",
        title="DR",
        personal_summary="KIND\nCLEVER",
        proof_of_citizenship=JPEG,
        other_document_numbers=("X1234", "Y5678"),
        custody="NONE",
    )
    assert repr(details) == "AdditionalPersonalDetails()"
    assert repr(details.full_name) == "PersonName()"


def test_every_personal_detail_is_optional() -> None:
    details = dg11()
    assert details.full_name is None
    assert details.date_of_birth is None
    assert details.other_names == details.address == ()
    assert details.telephone == ""
    assert dg11((0x5F0E, b""), (0x5F16, b"")) == details
    assert dg11((0x5F59, b"what no standard has")) == details


@pytest.mark.parametrize(
    ("encoded", "iso"),
    [
        (b"19740812", "1974-08-12"),
        (bytes.fromhex("19740812"), "1974-08-12"),
        (b"19740800", "1974-08-XX"),
        (bytes.fromhex("19740000"), "1974-XX-XX"),
        (b"00000812", "XXXX-08-12"),
        (b"00000229", "XXXX-02-29"),
        (b"00000012", "XXXX-XX-12"),
        (b"00000000", None),
    ],
)
def test_dates_are_digits_in_ascii_or_bcd(encoded: bytes, iso: str | None) -> None:
    assert dg11((0x5F2B, encoded)).date_of_birth == iso
    assert dg12((0x5F26, encoded)).date_of_issue == iso


@pytest.mark.parametrize(
    ("encoded", "fault"),
    [
        (b"19741312", "is no date"),
        (b"19740230", "is no date"),
        (bytes.fromhex("19740832"), "is no date"),
        (bytes.fromhex("1974081A"), "is not 8 digits"),
        (b"1974-8-1", "is not 8 digits"),
        (b"740812", "is not 8 digits"),
        (b"", "is not 8 digits"),
        ("\N{FULLWIDTH DIGIT ONE}".encode() + b"97408", "is not 8 digits"),
    ],
)
def test_no_such_date(encoded: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=f"^DG11: date of birth {fault}$"):
        dg11((0x5F2B, encoded))


def test_other_names_stand_in_their_class_or_beside_it() -> None:
    assert dg11((0x5F0F, b"SMITH<<ANNA")).other_names == (PersonName("SMITH", "ANNA"),)
    assert dg11((0xA0, objects((0x5F0F, b"SMITH")))).other_names == (PersonName("SMITH", ""),)
    both = dg11((0x5F0F, b"BROWN"), (0xA0, objects((0x02, b"\x01"), (0x5F0F, b"SMITH"))))
    assert both.other_names == (PersonName("SMITH", ""), PersonName("BROWN", ""))


@pytest.mark.parametrize(
    ("pairs", "fault"),
    [
        ([(0x5F0E, b"\xc9RIKSSON")], "DG11: full name is not UTF-8"),
        ([(0x5F12, b"1\x1b[2J")], "DG11: telephone has control characters"),
        ([(0x5F42, b"A" * 4097)], "DG11: address is longer than 4096 bytes"),
        ([(0x5F14, b"DR"), (0x5F14, b"MR")], "DG11: title stands there more than once"),
        ([(0xA0, objects((0x02, b"\x02"), (0x5F0F, b"A")))], "DG11: number of other names"),
        ([(0xA0, objects((0x5F0F, b"\xff")))], "DG11: other name is not UTF-8"),
        ([(0x5F16, b"GIF89a")], "DG11: proof of citizenship: an image that is neither"),
        ([(0x5F0F, b"A")] * 65, "DG11: more than 64 elements"),
        ([(0xA0, objects(*[(0x5F0F, b"A")] * 65))], "DG11: more than 64 elements"),
    ],
)
def test_broken_personal_details_name_the_field_only(
    pairs: list[tuple[int, bytes]], fault: str
) -> None:
    with pytest.raises(DocumentRejected, match=f"^{fault}"):
        dg11(*pairs)


# --- DG12 and DG13 ---


def test_every_document_detail() -> None:
    details = dg12(
        (0x5C, bytes.fromhex("5F195F26A05F1B5F1C5F1D5F1E5F555F56")),
        (0x5F19, "MINISTÈRE DE L'INTÉRIEUR".encode()),
        (0x5F26, b"20200102"),
        (0xA0, objects((0x02, b"\x01"), (0x5F1A, b"SMITH<<BRENDA<P"))),
        (0x5F1B, b"NONE"),
        (0x5F1C, b"NO TAX"),
        (0x5F1D, JPEG),
        (0x5F1E, JPEG_2000),
        (0x5F55, b"20200102030405"),
        (0x5F56, b"SN-7"),
    )
    assert details == AdditionalDocumentDetails(
        issuing_authority="MINISTÈRE DE L'INTÉRIEUR",
        date_of_issue="2020-01-02",
        other_persons=(PersonName("SMITH", "BRENDA P"),),
        endorsements="NONE",
        tax_exit_requirements="NO TAX",
        front=JPEG,
        rear=JPEG_2000,
        personalised_at="2020-01-02T03:04:05",
        personalisation_system="SN-7",
    )
    assert "SMITH" not in repr(details)
    assert dg12().personalised_at is None


def test_a_time_of_personalisation_in_bcd() -> None:
    assert dg12((0x5F55, bytes.fromhex("20200102030405"))).personalised_at == "2020-01-02T03:04:05"


@pytest.mark.parametrize(
    ("encoded", "fault"),
    [(b"20200102250000", "is no time"), (b"00000000000000", "is no time"), (b"2020", "is not 14")],
)
def test_no_such_time(encoded: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=f"DG12: time of personalisation {fault}"):
        dg12((0x5F55, encoded))


def test_optional_details_are_opaque() -> None:
    assert optional_details(encode(0x6D, b"\x00anything")) == b"\x00anything"
    with pytest.raises(TlvMalformed):
        optional_details(encode(0x6B, b""))


# --- DG16 ---


def test_persons_to_notify() -> None:
    first = objects(
        (0x5F50, b"20200102"), (0x5F51, b"SMITH<<CHARLES"), (0x5F52, b"+1"), (0x5F53, b"A<B")
    )
    second = objects((0x5F51, b"BROWN"))
    persons = persons_to_notify(
        encode(0x70, objects((0x02, b"\x02"), (0xA1, first), (0xA2, second)))
    )
    assert [person.name.primary_identifier for person in persons] == ["SMITH", "BROWN"]
    assert persons[0].date_recorded == "2020-01-02"
    assert (persons[0].telephone, persons[0].address) == ("+1", ("A", "B"))
    assert repr(persons[0]) == "PersonToNotify()"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (objects((0x02, b"\x02"), (0xA1, b"")), "DG16: number of persons is not"),
        (objects((0xA1, objects((0x5F52, b"\xff")))), "DG16: telephone of a person is not UTF-8"),
    ],
)
def test_broken_persons_are_rejected(content: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=fault):
        persons_to_notify(encode(0x70, content))


# --- EF.DIR ---

# 9303-10 table 31: all four applications, one template each.
ALL_FOUR = bytes.fromhex(
    "61094F07A000000247100161094F07A000000247200161094F07A000000247200261094F07A0000002472003"
)


def test_the_applications_of_9303_10_table_31() -> None:
    directory = EfDir.parse(ALL_FOUR)
    assert directory.has_lds1
    assert directory.lds2 == frozenset(Lds2Application)


def test_other_applications_labels_and_padding_are_passed_over() -> None:
    label = encode(0x61, encode(0x50, b"eSign") + encode(0x4F, bytes.fromhex("A000000167")))
    directory = EfDir.parse(label + bytes(3) + encode(0x53, b"other") + ALL_FOUR[:11] + bytes(9))
    assert directory.applications == (
        bytes.fromhex("A000000167"),
        bytes.fromhex("A0000002471001"),
    )
    assert directory.lds2 == frozenset()
    assert not EfDir.parse(b"").has_lds1


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (ALL_FOUR[:-1], "EF.DIR: data object 61 ends early"),
        (encode(0x61, encode(0x50, b"label")), "data object 4F is missing"),
        (encode(0x61, encode(0x4F, bytes(4))), "EF.DIR: an application identifier"),
        (encode(0x61, encode(0x4F, bytes(17))), "EF.DIR: an application identifier"),
        (ALL_FOUR[:11] * 33, "EF.DIR: more than 32 applications"),
    ],
)
def test_broken_directories_are_rejected(raw: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=fault):
        EfDir.parse(raw)
