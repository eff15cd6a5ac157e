"""Data objects: shortest forms, whole objects, and every way to end early."""

import pytest

from egate.emrtd.errors import TlvMalformed
from egate.emrtd.tlv import decode_all, decode_header, decode_one, encode, find


@pytest.mark.parametrize(
    ("raw", "header"),
    [
        ("60 14", (0x60, 0x14, 2)),
        ("5F 1F 58", (0x5F1F, 0x58, 3)),
        ("7F 61 82 3B 35", (0x7F61, 0x3B35, 5)),
        ("75 84 00 01 00 00", (0x75, 0x10000, 6)),
        ("DF 81 02 01", (0xDF8102, 1, 4)),
    ],
)
def test_header(raw: str, header: tuple[int, int, int]) -> None:
    assert decode_header(bytes.fromhex(raw)) == header


@pytest.mark.parametrize(
    "raw",
    ["", "60", "5F", "5F1F", "5F8182", "5F81828301", "6082", "608201", "6080", "608500000000FF"],
)
def test_a_broken_header_is_malformed(raw: str) -> None:
    with pytest.raises(TlvMalformed):
        decode_header(bytes.fromhex(raw))


@pytest.mark.parametrize("size", [0, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000])
def test_encode_is_undone_by_decode(size: int) -> None:
    raw = encode(0x5F2E, bytes(size)) + encode(0x80, b"x")
    assert list(decode_all(raw)) == [(0x5F2E, bytes(size)), (0x80, b"x")]
    assert find(raw, 0x80) == b"x"


def test_tag_zero_has_one_byte() -> None:
    assert encode(0, b"") == b"\x00\x00"


def test_an_object_longer_than_its_parent_is_malformed() -> None:
    with pytest.raises(TlvMalformed, match="longer"):
        list(decode_all(bytes.fromhex("800301")))


def test_a_missing_object_is_named() -> None:
    with pytest.raises(TlvMalformed, match="81 is missing"):
        find(bytes.fromhex("800101"), 0x81)


def test_one_object_may_be_followed_by_zeros() -> None:
    assert decode_one(bytes.fromhex("6001AA0000"), 0x60) == b"\xaa"


@pytest.mark.parametrize("raw", ["6101AA", "6002AA", "6001AA01"])
def test_one_object_and_nothing_else(raw: str) -> None:
    with pytest.raises(TlvMalformed):
        decode_one(bytes.fromhex(raw), 0x60)
