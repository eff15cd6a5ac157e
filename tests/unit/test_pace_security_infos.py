"""SecurityInfos: every typed entry, and the odd ways chips write them."""

import pytest

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.lds.security_infos import (
    ActiveAuthenticationInfo,
    PaceInfo,
    SecurityInfos,
    TerminalAuthenticationInfo,
)

PACE, CA, PK = "04007f00070202040202", "04007f00070202030202", "04007f000702020102"
TA, AA, EF_DIR = "04007f00070202 02".replace(" ", ""), "6781080101 05", "6781080101 0d"
ONE, TWO = b"\x02\x01\x01", b"\x02\x01\x02"


def entry(oid: str, *fields: bytes) -> bytes:
    name = asn1.encode(asn1.OBJECT_IDENTIFIER, bytes.fromhex(oid))
    return asn1.encode(asn1.SEQUENCE, name + b"".join(fields))


def infos(*entries: bytes) -> SecurityInfos:
    return SecurityInfos.parse(asn1.encode(asn1.SET, b"".join(entries)) + bytes(3))


def test_unknown_entries_are_kept_and_do_no_harm() -> None:
    found = infos(entry("2a03", b"\x05\x00"), entry(PACE, TWO, b"\x02\x01\x0d"))
    assert [info.oid for info in found.infos] == ["1.2.3", "0.4.0.127.0.7.2.2.4.2.2"]
    assert [info.oid for info in found.of_pace()] == ["0.4.0.127.0.7.2.2.4.2.2"]


@pytest.mark.parametrize(
    ("encoded", "key_id"),
    [
        ("020101", 1),
        ("020181", 0x81),
        ("02020081", 0x81),
        ("0202000d", 13),
        ("04010d", 13),
        ("0208ffffffffffffffff", 2**64 - 1),
    ],
)
def test_the_key_id_in_each_of_its_encodings(encoded: str, key_id: int) -> None:
    raw = bytes.fromhex(encoded)
    spki = asn1.encode(asn1.SEQUENCE, b"")
    (key,) = infos(entry(CA, ONE, raw), entry(PK, spki, raw)).chip_authentication_public_keys()
    assert (key.key_id, key.spki) == (key_id, spki)


@pytest.mark.parametrize("encoded", ["0500", "0200", "0211" + "01" * 17, "3003020101"])
def test_a_key_id_that_is_no_number(encoded: str) -> None:
    with pytest.raises(Asn1Malformed, match="identifier"):
        infos(entry(PK, ONE, bytes.fromhex(encoded))).chip_authentication_public_keys()


@pytest.mark.parametrize("version", ["02020100", "0201ff"])
def test_a_version_that_cannot_be(version: str) -> None:
    (info,) = infos(entry(PACE, bytes.fromhex(version))).of_pace()
    with pytest.raises(Asn1Malformed, match="version"):
        PaceInfo.of(info)


def test_no_key_id() -> None:
    (key,) = infos(entry(PK, ONE)).chip_authentication_public_keys()
    assert key.key_id is None


def test_terminal_authentication() -> None:
    assert infos().terminal_authentication() is None
    assert infos(entry(TA, ONE)).terminal_authentication() == TerminalAuthenticationInfo(1)
    moved = asn1.encode(asn1.SEQUENCE, bytes.fromhex("0402 0107 0401 07"))
    found = infos(entry(TA, ONE, moved)).terminal_authentication()
    assert found == TerminalAuthenticationInfo(1, cvca_file_id=0x0107)
    short = asn1.encode(asn1.SEQUENCE, bytes.fromhex("040101"))
    with pytest.raises(Asn1Malformed, match="two bytes"):
        infos(entry(TA, ONE, short)).terminal_authentication()


def test_active_authentication() -> None:
    assert infos().active_authentication() is None
    assert infos().active_authentication_hash() is None
    assert infos(entry(AA, ONE)).active_authentication() == ActiveAuthenticationInfo(1, None)
    sha256 = asn1.encode(asn1.OBJECT_IDENTIFIER, bytes.fromhex("04007f00070101040103"))
    assert infos(entry(AA, ONE, sha256)).active_authentication_hash() == "sha256"
    unknown = asn1.encode(asn1.OBJECT_IDENTIFIER, b"\x2a\x03")
    assert infos(entry(AA, ONE, unknown)).active_authentication_hash() is None


def test_the_copy_of_ef_dir() -> None:
    assert infos().ef_dir() is None
    assert infos(entry(EF_DIR, b"\x04\x02\x61\x00")).ef_dir() == b"\x61\x00"


def test_too_many_entries() -> None:
    with pytest.raises(Asn1Malformed, match="more than 64"):
        infos(*[entry("2a03", ONE)] * 65)
