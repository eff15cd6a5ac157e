"""The chain of a station's records: the bytes that every station and every verifier agree on."""

import hashlib

import pytest

from egate.domain.evidence.chain import (
    FIRST,
    ChainLink,
    key_id_of,
    link_hash,
    link_hash_of_digest,
    signed_message,
)


def test_a_link_is_the_hash_of_what_the_interface_says() -> None:
    written_out = (
        b"egate chain 1\x00"
        b"\x00\x0bDAC-T3-E-01"
        b"\x00\x00\x00\x00\x00\x00\x01\x02" + b"\x11" * 32 + hashlib.sha256(b"the record").digest()
    )
    link = link_hash("DAC-T3-E-01", 0x102, b"\x11" * 32, b"the record")
    assert link == hashlib.sha256(written_out).digest()
    assert link == link_hash_of_digest(
        "DAC-T3-E-01", 0x102, b"\x11" * 32, hashlib.sha256(b"the record").digest()
    )


def test_a_link_of_today_is_the_one_of_the_first_release() -> None:
    first = link_hash("DAC-T3-E-01", 1, FIRST, b"")
    assert first.hex() == "200ab65f41923852b3d959f43de3fead3c5c16efbfbb42720ee52eee7d47c77c"


@pytest.mark.parametrize(
    ("station", "number", "previous", "record"),
    [
        ("G2", 1, FIRST, b"record"),
        ("G1", 2, FIRST, b"record"),
        ("G1", 1, b"\x01" * 32, b"record"),
        ("G1", 1, FIRST, b"recorD"),
    ],
)
def test_nothing_of_a_link_can_be_changed(
    station: str, number: int, previous: bytes, record: bytes
) -> None:
    assert link_hash(station, number, previous, record) != link_hash("G1", 1, FIRST, b"record")


def test_the_station_s_id_cannot_run_into_the_number() -> None:
    assert link_hash("G", 0x3100000000000000, FIRST, b"") != link_hash("G1", 0, FIRST, b"")


@pytest.mark.parametrize(
    ("station", "number", "previous", "digest"),
    [
        ("G1", 1, bytes(31), bytes(32)),
        ("G1", 1, bytes(32), bytes(33)),
        ("G1", -1, bytes(32), bytes(32)),
        ("G1", 2**64, bytes(32), bytes(32)),
        ("G" * 65536, 1, bytes(32), bytes(32)),
    ],
)
def test_what_has_no_place_in_a_link_is_refused(
    station: str, number: int, previous: bytes, digest: bytes
) -> None:
    with pytest.raises(ValueError, match=r"hash of a link|number of a record"):
        link_hash_of_digest(station, number, previous, digest)


def test_a_signature_of_a_link_is_for_nothing_else() -> None:
    assert signed_message(FIRST) == b"egate link 1\x00" + FIRST


def test_a_key_is_named_by_its_public_half() -> None:
    assert key_id_of(b"SPKI") == hashlib.sha256(b"SPKI").digest()


def test_a_link_does_not_show_its_signature() -> None:
    assert "signature" not in repr(ChainLink(FIRST, b"signature", b"key"))
