"""From the bytes of a bar code to header, features and signature, and what is refused."""

from collections.abc import Mapping
from datetime import date

import pytest

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.visible_digital_seal import c40
from egate.emrtd.visible_digital_seal.document_type import document_type_of, features_of
from egate.emrtd.visible_digital_seal.errors import SealMalformed
from egate.emrtd.visible_digital_seal.feature import (
    DurationOfStay,
    Feature,
    FeatureName,
    FeatureValue,
    StayRule,
)
from egate.emrtd.visible_digital_seal.seal import MAX_SEAL_BYTES, VisibleDigitalSeal
from tests.seal_forge import VISA_FEATURES, SealForm, day, der_length
from tests.seal_forge import c40 as encoded

GENUINE = SealForm()
SIGNATURE = b"\xff\x40" + bytes(64)


def parse(form: SealForm) -> VisibleDigitalSeal:
    return VisibleDigitalSeal.parse(form.message() + SIGNATURE)


def refused(raw: bytes) -> str:
    with pytest.raises(SealMalformed) as caught:
        VisibleDigitalSeal.parse(raw)
    assert isinstance(caught.value, DocumentRejected)
    return str(caught.value)


def test_the_three_parts() -> None:
    seal = parse(GENUINE)
    assert seal.signed == GENUINE.message()
    assert seal.signature == bytes(64)
    assert dict(seal.values) == dict(VISA_FEATURES)
    header = seal.header
    assert (header.issuing_country, header.signer_identifier) == ("BGD", "BDVS")
    assert (header.certificate_reference, header.certificate_serial) == ("1A2B", 0x1A2B)
    assert (header.issued_on, header.signed_on) == (date(2026, 5, 20), date(2026, 5, 21))
    assert (header.feature_definition, header.document_category) == (0x5D, 0x01)


def test_icaos_example_of_a_date() -> None:
    assert day(3, 25, 1957) == bytes.fromhex("319EF5")  # 9303-13 §2.3.1
    assert parse(GENUINE.but(issued=day(3, 25, 1957))).header.issued_on == date(1957, 3, 25)


@pytest.mark.parametrize("reference", ["1", "5B", "1A2", "0001A2B", "F" * 32, "F" * 40])
def test_references_of_any_length(reference: str) -> None:
    header = parse(GENUINE.but(reference=reference)).header
    assert header.certificate_reference == reference
    assert header.certificate_serial == int(reference, 16)


def test_a_reference_of_version_3_has_five_characters() -> None:
    seal = parse(GENUINE.but(version=3, reference="0005B"))
    assert (seal.header.version, seal.header.certificate_reference) == (3, "0005B")


@pytest.mark.parametrize("signer", ["DEME", "DES1"])
def test_german_headers_of_version_4_with_a_reference_of_version_3(signer: str) -> None:
    old = GENUINE.but(version=3, signer=signer, reference="00008")
    raw = bytearray(old.message() + SIGNATURE)
    raw[1] = 0x03
    features = raw.index(VISA_FEATURES[0x01]) - 2
    assert VisibleDigitalSeal.parse(bytes(raw)).header.certificate_reference == "00008"
    assert features == len(old.header())
    usual = parse(GENUINE.but(signer=signer, reference="00008"))
    assert usual.header.certificate_reference == "00008"


def test_a_country_of_one_letter() -> None:
    assert parse(GENUINE.but(country="D<<")).header.issuing_country == "D"
    raw = GENUINE.but(country="D<<").message().replace(encoded("D<<"), b"\xfeE", 1)
    assert VisibleDigitalSeal.parse(raw + SIGNATURE).header.issuing_country == "D"


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (GENUINE.but(version=5), "unknown version"),
        (GENUINE.but(version=2), "unknown version"),
        (GENUINE.but(country="B1D"), "issuing country"),
        (GENUINE.but(country="<<<"), "issuing country"),
        (GENUINE.but(country="B<D"), "issuing country"),
        (GENUINE.but(signer="1DVS"), "signer identifier"),
        (GENUINE.but(signer="BD S"), "signer identifier"),
        (GENUINE.but(reference="1A2G"), "certificate reference"),
        (GENUINE.but(version=3, reference="1A2 B"), "certificate reference"),
        (GENUINE.but(reference="0" * 41), "length of the certificate reference"),
        (GENUINE.but(reference=""), "length of the certificate reference"),
        (GENUINE.but(issued=day(13, 1, 2026)), "document issue date"),
        (GENUINE.but(signed=day(2, 30, 2026)), "signature creation date"),
        (GENUINE.but(signed=bytes(3)), "signature creation date"),
        (GENUINE.but(signed=b"\xff" * 3), "signature creation date"),
        (GENUINE.but(kind=(0x00, 0x01)), "document feature definition reference"),
        (GENUINE.but(kind=(0x5D, 0xFF)), "document type category"),
    ],
)
def test_headers_that_are_refused(form: SealForm, reason: str) -> None:
    assert reason in refused(form.message() + SIGNATURE)


def test_a_reference_with_another_length_than_its_number_says() -> None:
    header = GENUINE.header()
    changed = header.replace(encoded("BDVS041A2B"), encoded("BDVS051A2B"))
    assert refused(changed + SIGNATURE) == "certificate reference"


def test_every_cut_is_refused() -> None:
    whole = GENUINE.message() + SIGNATURE
    for end in range(len(whole)):
        refused(whole[:end])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xdb" + GENUINE.message()[1:] + SIGNATURE, "begins with DC"),
        (GENUINE.message() + SIGNATURE + b"\x00", "bytes after the signature"),
        (GENUINE.message() + b"\xff\x00", "length that cannot be"),
        (GENUINE.message() + b"\xff\x03abc", "length that cannot be"),
        (GENUINE.message() + b"\xff\x80" + bytes(64), "form"),
        (GENUINE.message() + b"\xff\x81\x40" + bytes(64), "form"),
        (GENUINE.message() + b"\xff\x82\x00\x40" + bytes(64), "form"),
        (GENUINE.message() + b"\xff\x85\x00\x00\x00\x00\x40" + bytes(64), "form"),
        (GENUINE.message() + b"\xff\x84\xff\xff\xff\xff" + bytes(64), "ends early"),
        (GENUINE.message() + b"\x03\x01\x05" + SIGNATURE, "two features with tag 03"),
        (GENUINE.message() + b"\x60\x90" + SIGNATURE, "form"),
    ],
)
def test_structures_that_are_refused(raw: bytes, reason: str) -> None:
    assert reason in refused(raw)


def test_the_largest_seal() -> None:
    assert MAX_SEAL_BYTES == 2953  # the bytes of a QR code 40-L
    room = MAX_SEAL_BYTES - len(GENUINE.header()) - len(SIGNATURE) - 4
    assert len(der_length(room)) == 3
    seal = parse(GENUINE.but(features={0x60: bytes(room)}))
    assert len(seal.values[0x60]) == room
    more = GENUINE.but(features={0x60: bytes(room + 1)})
    assert "at most" in refused(more.message() + SIGNATURE)


@pytest.mark.parametrize("length", [0, 1, 0x7F, 0x80, 0xFF])
def test_lengths_of_both_versions(length: int) -> None:
    for version, reference in ((3, "01A2B"), (4, "1A2B")):
        form = GENUINE.but(version=version, reference=reference, features={9: bytes(length)})
        assert parse(form).values == {9: bytes(length)}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("EB", "odd"),
        ("0000", "value"),
        ("FA01", "value"),
        ("FE45EB04", "value"),
        ("FE00", "letter"),
        ("FE01", "letter"),
        ("FE62", "letter"),
        ("0001", "shift"),
        ("EAF0EB04", None),
        ("EB01EB04", "shift"),
        ("EB01", None),
        ("E741", "shift"),
        ("EB02", "shift"),
    ],
)
def test_c40(raw: str, reason: str | None) -> None:
    if reason is None:
        assert c40.decode(bytes.fromhex(raw))
        return
    with pytest.raises(SealMalformed, match=reason):
        c40.decode(bytes.fromhex(raw))


def test_c40_of_every_length() -> None:
    text = "AZ09 <B"
    for end in range(len(text) + 1):
        raw = encoded(text[:end])
        assert c40.decode(raw) == text[:end].replace("<", " ")
        assert len(raw) == c40.encoded_bytes(end)


def feature(tag: int, raw: bytes, **form: object) -> Feature:
    return features_of(parse(GENUINE.but(features={tag: raw}, **form)))[0]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (bytes((30, 2, 1)), DurationOfStay(StayRule.DURATION, 30, 2, 1)),
        (bytes((0, 0, 0)), DurationOfStay(StayRule.UNTIL_EXPIRY, 0, 0, 0)),
        (bytes((255, 255, 255)), DurationOfStay(StayRule.DECIDED_AT_ENTRY, 0, 0, 0)),
        (bytes((254, 254, 254)), DurationOfStay(StayRule.TRANSIT, 0, 0, 0)),
        (bytes((255, 255, 254)), DurationOfStay(StayRule.DURATION, 255, 255, 254)),
    ],
)
def test_durations_of_stay(raw: bytes, value: DurationOfStay) -> None:
    assert feature(4, raw).value == value


@pytest.mark.parametrize(
    ("tag", "raw", "name", "value"),
    [
        (3, b"\x00", FeatureName.NUMBER_OF_ENTRIES, 0),
        (3, b"\xff", FeatureName.NUMBER_OF_ENTRIES, 255),
        (5, encoded("A1<<<<<<<"), FeatureName.PASSPORT_NUMBER, "A1"),
        (6, b"\x01\x02", FeatureName.VISA_TYPE, b"\x01\x02"),
        (7, b"", FeatureName.ADDITIONAL_FEATURE, b""),
    ],
)
def test_features_of_a_visa(tag: int, raw: bytes, name: FeatureName, value: FeatureValue) -> None:
    assert feature(tag, raw) == Feature(tag, name, raw, value)


@pytest.mark.parametrize(
    ("tag", "raw", "fault"),
    [
        (1, encoded("V" * 71), "MRZ of a length"),
        (2, encoded("V" * 64 + "<<"), "MRZ of a length"),
        (3, b"", "of a length"),
        (5, encoded("A1"), "of a length"),
        (6, bytes(5), "of a length"),
        (7, bytes(255), "of a length"),
    ],
)
def test_broken_features_of_a_visa(tag: int, raw: bytes, fault: str) -> None:
    found = feature(tag, raw)
    assert fault in found.fault
    assert found.value is None
    assert found.raw == raw


def test_a_name_that_is_no_text() -> None:
    german: Mapping[str, object] = {"country": "D<<", "kind": (0xFC, 0x04)}
    assert feature(2, "Grüß".encode(), **german).value == "Grüß"
    assert feature(2, b"\xff\xfe", **german).fault == "not UTF-8"


def test_a_german_temporary_passport() -> None:
    lines = ("P" * 44, "7" * 44)
    form: Mapping[str, object] = {"country": "D<<", "kind": (0xF6, 0x0D)}
    assert feature(2, encoded("".join(lines)), **form).value == lines


def test_features_that_nobody_defined() -> None:
    assert feature(9, b"\x01") == Feature(9, FeatureName.UNKNOWN, b"\x01")
    assert feature(1, b"\x01", kind=(0x77, 0x77)).name is FeatureName.UNKNOWN


def test_german_kinds_are_not_those_of_other_states() -> None:
    for country, known in (("D<<", True), ("UTO", True), ("BGD", False)):
        header = parse(GENUINE.but(country=country, kind=(0xFB, 0x06))).header
        assert (document_type_of(header) is not None) is known
        visa = document_type_of(parse(GENUINE.but(country=country)).header)
        assert visa is not None
        assert visa.name == "visa"
