"""EF.COM, DG1 and DG2: real ones, and hostile ones."""

import struct
from pathlib import Path

import pytest

from egate.emrtd import asn1
from egate.emrtd.errors import DocumentRejected, TlvMalformed
from egate.emrtd.lds.com import Com
from egate.emrtd.lds.dg1 import mrz_lines
from egate.emrtd.lds.dg2 import face_images
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.image import ImageKind
from egate.emrtd.lds.sod import LdsSecurityObject
from egate.emrtd.tlv import encode

JPEG = b"\xff\xd8\xff\xe0 a portrait"
JPEG_2000 = bytes.fromhex("0000000C6A5020200D0A870A") + b"a portrait"


def test_com_of_9303_11_appendix_d() -> None:
    com = Com.parse(bytes.fromhex("60145F0104303130365F36063034303030305C026175"))
    assert com == Com("0106", "040000", frozenset((LdsFile.EF_DG1, LdsFile.EF_DG2)))


def test_com_of_a_specimen(shared_data: Path) -> None:
    com = Com.parse((shared_data / "trust/lds_bsi2008/EF_COM.bin").read_bytes())
    assert {str(file) for file in com.data_groups} == {"EF.DG1", "EF.DG2", "EF.DG3", "EF.DG14"}


def test_com_ignores_what_is_no_data_group() -> None:
    raw = bytes.fromhex("60165F0104303130365F36063034303030305C0461007760")
    assert Com.parse(raw).data_groups == {LdsFile.EF_DG1}


@pytest.mark.parametrize("version", ["0107", "0108"])
def test_com_of_both_versions_in_use(version: str) -> None:
    assert Com.parse(com(version.encode(), b"040000")).lds_version == version


@pytest.mark.parametrize(
    ("lds", "unicode", "fault"),
    [
        (b"0\x1b[2", b"040000", "LDS version is not 4"),
        (b"108", b"040000", "LDS version is not 4"),
        (b"0108", b"04000\xb2", "Unicode version is not 6"),
    ],
)
def test_com_with_a_version_of_no_digits(lds: bytes, unicode: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=fault):
        Com.parse(com(lds, unicode))


def com(lds: bytes, unicode: bytes) -> bytes:
    return encode(0x60, encode(0x5F01, lds) + encode(0x5F36, unicode) + encode(0x5C, b"\x61"))


@pytest.mark.parametrize(
    ("version", "read"), [(b"", None), (b"0108", "0108"), (b"0\x1b[2", ""), (b"01080", "")]
)
def test_the_security_object_has_a_version_since_lds_1_8(version: bytes, read: str | None) -> None:
    versions = asn1.encode(asn1.SEQUENCE, asn1.encode(0x13, version) + asn1.encode(0x13, b"040000"))
    algorithm = asn1.encode(asn1.SEQUENCE, bytes.fromhex("0609608648016503040201"))
    entry = bytes.fromhex("3006020101040100")
    content = bytes.fromhex("020101") + algorithm + asn1.encode(asn1.SEQUENCE, entry)
    raw = asn1.encode(asn1.SEQUENCE, content + (versions if version else b""))
    if read == "":
        with pytest.raises(DocumentRejected, match="LDS version is not 4 digits"):
            LdsSecurityObject.parse(raw)
    else:
        assert LdsSecurityObject.parse(raw).lds_version == read


def test_com_needs_a_list() -> None:
    with pytest.raises(TlvMalformed):
        Com.parse(bytes.fromhex("60105F0104303130365F3606303430303030"))


def test_dg1_of_a_specimen(shared_data: Path) -> None:
    lines = mrz_lines((shared_data / "trust/lds_bsi2008/Datagroup1.bin").read_bytes())
    assert [len(line) for line in lines] == [44, 44]
    assert lines[0].startswith("P<D<<MUSTERMANN<<ERIKA<<<")


@pytest.mark.parametrize(("length", "lines"), [(90, 3), (72, 2), (88, 2)])
def test_dg1_of_each_size(length: int, lines: int) -> None:
    assert len(mrz_lines(encode(0x61, encode(0x5F1F, b"<" * length)))) == lines


@pytest.mark.parametrize("mrz", [b"<" * 87, b"\xc3" * 88])
def test_dg1_of_another_shape_is_rejected(mrz: bytes) -> None:
    with pytest.raises(DocumentRejected, match="no format"):
        mrz_lines(encode(0x61, encode(0x5F1F, mrz)))


def test_files_know_their_numbers() -> None:
    assert LdsFile.of_data_group(16).file_id == 0x0110
    assert LdsFile.EF_SOD.data_group is None
    assert str(LdsFile.EF_COM) == "EF.COM"


def record(*images: bytes, points: int = 0, count: int | None = None, claim: int = 0) -> bytes:
    """A facial record of ISO/IEC 19794-5, laid out by hand."""
    body = b""
    for image in images:
        details = struct.pack(">BBHHBBHH", 1, 0, 413, 531, 1, 2, 0, 0)
        length = 20 + 8 * points + len(details) + len(image) + claim
        body += struct.pack(">IH", length, points) + bytes(14) + bytes(8 * points) + details + image
    number = len(images) if count is None else count
    return b"FAC\x00010\x00" + struct.pack(">IH", 14 + len(body), number) + body


def dg2(*blocks: bytes, tag: int = 0x5F2E) -> bytes:
    templates = encode(0x02, bytes((len(blocks),)))
    for block in blocks:
        templates += encode(0x7F60, encode(0xA1, encode(0x80, b"\x01\x00")) + encode(tag, block))
    return encode(0x75, encode(0x7F61, templates))


@pytest.mark.parametrize("tag", [0x5F2E, 0x7F2E])
@pytest.mark.parametrize("points", [0, 3])
def test_portraits(tag: int, points: int) -> None:
    images = face_images(dg2(record(JPEG, JPEG_2000, points=points), record(JPEG), tag=tag))
    assert [image.kind for image in images] == [
        ImageKind.JPEG,
        ImageKind.JPEG_2000,
        ImageKind.JPEG,
    ]
    assert images[1].encoded == JPEG_2000
    assert (images[0].width, images[0].height) == (413, 531)
    assert "portrait" not in repr(images[0])


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        (b"FIR\x00" + record(JPEG)[4:], "19794-5"),
        (b"FAC\x00010", "ends early"),
        (record(JPEG)[:20], "header does not fit"),
        (record(JPEG, count=0), "header does not fit"),
        (record(JPEG, count=2), "ends early"),
        (record(JPEG, claim=1), "does not fit into"),
        (record(JPEG, claim=-20), "does not fit into"),
        (record(b"GIF89a"), "neither"),
        (record(JPEG, points=9)[:60], "header does not fit"),
    ],
)
def test_broken_records_are_rejected(block: bytes, fault: str) -> None:
    with pytest.raises(DocumentRejected, match=fault):
        face_images(dg2(block))


def test_templates_hold_templates() -> None:
    with pytest.raises(DocumentRejected, match="unknown object"):
        face_images(encode(0x75, encode(0x7F61, encode(0x80, b""))))
    with pytest.raises(DocumentRejected, match="without biometric data"):
        face_images(encode(0x75, encode(0x7F61, encode(0x7F60, encode(0xA1, b"")))))
    with pytest.raises(DocumentRejected, match="no image"):
        face_images(encode(0x75, encode(0x7F61, encode(0x02, b"\x00"))))
    with pytest.raises(DocumentRejected, match="more than"):
        face_images(dg2(record(*[JPEG] * 6), record(*[JPEG] * 6)))
