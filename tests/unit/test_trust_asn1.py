"""The reader of BER: forms that occur, and forms that cannot be."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, decode


def test_definite_and_indefinite_lengths_mean_the_same() -> None:
    definite = decode(bytes.fromhex("30050201053000"))
    indefinite = decode(bytes.fromhex("3080020105308000000000"))
    assert [child.tag for child in definite.children()] == [0x02, 0x30]
    assert [child.content for child in definite.children()] == [
        child.content for child in indefinite.children()
    ]


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "30",
        "3002",
        "300201",
        "3081",
        "3085000000000100",
        "3080",
        "308002",
        "0480",
        "7F8101",
        "1F",
    ],
)
def test_what_ends_early_or_cannot_be(encoded: str) -> None:
    with pytest.raises(Asn1Malformed):
        decode(bytes.fromhex(encoded))


def test_bytes_after_the_end() -> None:
    assert decode(b"\x05\x00\xff", trailing=True).tag == asn1.NULL
    with pytest.raises(Asn1Malformed, match="after the end"):
        decode(b"\x05\x00\xff")


def test_a_primitive_holds_nothing() -> None:
    with pytest.raises(Asn1Malformed):
        tuple(decode(b"\x02\x01\x01").children())


def test_fields() -> None:
    fields = decode(bytes.fromhex("3006020101020102")).fields("pair")
    assert fields.optional(asn1.BOOLEAN) is None
    assert asn1.integer(fields.take(asn1.INTEGER)) == 1
    assert len(fields.rest()) == 1
    with pytest.raises(Asn1Malformed, match="pair: tag 02 instead of 30"):
        fields.take(asn1.SEQUENCE)
    with pytest.raises(Asn1Malformed, match="pair ends early"):
        fields.take()
    assert fields.optional(asn1.INTEGER) is None


@pytest.mark.parametrize(("content", "value"), [("00", 0), ("FF", -1), ("00FF", 255), ("0001", 1)])
def test_integers(content: str, value: int) -> None:
    assert asn1.integer(decode(asn1.encode(asn1.INTEGER, bytes.fromhex(content)))) == value


@pytest.mark.parametrize("size", [0, 3000])
def test_integers_that_cannot_be(size: int) -> None:
    with pytest.raises(Asn1Malformed):
        asn1.integer(decode(asn1.encode(asn1.INTEGER, bytes(size))))


@pytest.mark.parametrize(
    ("content", "dotted"),
    [
        ("2B", "1.3"),
        ("883703", "2.999.3"),
        ("2A864886F70D010702", "1.2.840.113549.1.7.2"),
        ("00", "0.0"),
    ],
)
def test_object_identifiers(content: str, dotted: str) -> None:
    assert asn1.oid(decode(asn1.encode(asn1.OBJECT_IDENTIFIER, bytes.fromhex(content)))) == dotted


@pytest.mark.parametrize("content", [b"", b"\x2b\x80", b"\x2b" * 65])
def test_object_identifiers_that_cannot_be(content: bytes) -> None:
    with pytest.raises(Asn1Malformed):
        asn1.oid(decode(asn1.encode(asn1.OBJECT_IDENTIFIER, content)))


def test_octet_strings_in_parts() -> None:
    assert asn1.octets(decode(bytes.fromhex("2406040161040162"))) == b"ab"
    assert asn1.octets(decode(bytes.fromhex("24800401610401620000"))) == b"ab"
    with pytest.raises(Asn1Malformed):
        asn1.octets(decode(b"\x24\x03\x02\x01\x01"))


@pytest.mark.parametrize("content", [b"", b"\x03\xf8"])
def test_bit_strings_of_part_octets(content: bytes) -> None:
    with pytest.raises(Asn1Malformed):
        asn1.bits(decode(asn1.encode(asn1.BIT_STRING, content)))


@pytest.mark.parametrize(
    ("tag", "text", "moment"),
    [
        (0x17, "491231235959Z", datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (0x17, "500101000000Z", datetime(1950, 1, 1, tzinfo=UTC)),
        (0x17, "2406010000Z", datetime(2024, 6, 1, tzinfo=UTC)),
        (0x17, "240601000000+0600", datetime(2024, 5, 31, 18, tzinfo=UTC)),
        (0x17, "240601000000-0130", datetime(2024, 6, 1, 1, 30, tzinfo=UTC)),
        (0x18, "20550601120000Z", datetime(2055, 6, 1, 12, tzinfo=UTC)),
        (0x18, "20550601120000.5Z", datetime(2055, 6, 1, 12, tzinfo=UTC)),
        (0x18, "20550601120000", datetime(2055, 6, 1, 12, tzinfo=UTC)),
    ],
)
def test_times(tag: int, text: str, moment: datetime) -> None:
    assert asn1.moment(decode(asn1.encode(tag, text.encode()))) == moment


@pytest.mark.parametrize("text", [b"", b"2", b"20241301000000Z", b"\xff", b"00010101000000+2300"])
def test_times_that_cannot_be(text: bytes) -> None:
    with pytest.raises(Asn1Malformed):
        asn1.moment(decode(asn1.encode(asn1.GENERALIZED_TIME, text)))
    with pytest.raises(Asn1Malformed):
        asn1.moment(decode(asn1.encode(asn1.INTEGER, text)))


@given(st.binary(max_size=70_000))
def test_what_is_encoded_is_read_back(content: bytes) -> None:
    element = decode(asn1.encode(asn1.OCTET_STRING, content))
    assert element.content == content
    assert asn1.octets(element) == content


@given(st.binary(max_size=60))
def test_noise_has_one_error(noise: bytes) -> None:
    with suppress(Asn1Malformed):
        pending = [decode(noise, trailing=True)]
        while pending:
            element = pending.pop()
            if element.is_constructed:
                pending += element.children()
