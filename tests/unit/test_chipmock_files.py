"""The files of the simulated documents, by what 9303-10 says they hold."""

import struct
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import cv2
import numpy as np
import pytest
from asn1crypto import cms

from hardware_mocks.chip import data_groups as lds
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.face_records import FaceEncoding
from hardware_mocks.chip.master_files import EF_DIR, card_security
from hardware_mocks.chip.mrz import DocumentType
from hardware_mocks.chip.order import USUAL, Order
from hardware_mocks.chip.personaliser import issue
from hardware_mocks.chip.portrait import (
    FORMATS,
    PortraitFormat,
    compressed,
    padded,
    portrait_in,
)
from hardware_mocks.chip.profile import PHOTOGRAPHS
from hardware_mocks.chip.profiles import usual_holder
from hardware_mocks.pki.pki import Pki
from hardware_mocks.tlv import Element, elements, encode

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOLDER = usual_holder(NOW)
PORTRAIT = (PHOTOGRAPHS / "P001" / "portrait.jpg").read_bytes()


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki.make(NOW)


def issued(pki: Pki, order: Order = USUAL) -> Document:
    return issue(HOLDER, pki, replace(order, active_authentication=None))


def only(raw: bytes, tag: int) -> list[Element]:
    (whole,) = elements(raw)
    assert whole.tag == tag
    return elements(whole.value)


def by_tag(parts: list[Element]) -> dict[int, bytes]:
    return {part.tag: part.value for part in parts}


def image_of(dg2: bytes) -> tuple[bytes, bytes]:
    """The image information and the image of the facial record."""
    record = dg2[dg2.index(b"FAC\x00") :]
    return record[34:46], record[46:]


def test_every_optional_group_is_there_listed_and_hashed(pki: Pki) -> None:
    groups = frozenset({3, 4, 5, 7, 11, 12, 13, 16})
    document = issued(pki, Order(groups=groups))
    tags = {3: 0x63, 4: 0x76, 5: 0x65, 7: 0x67, 11: 0x6B, 12: 0x6C, 13: 0x6D, 16: 0x70}
    for number, tag in tags.items():
        (whole,) = elements(document.files[0x0100 | number])
        assert whole.tag == tag
        assert whole.value
    listed = by_tag(only(document.files[lds.EF_COM], 0x60))[0x5C]
    assert set(listed) == {0x61, 0x75, *tags.values()}


def test_two_fingers_or_a_template_without_an_instance(pki: Pki) -> None:
    (group,) = only(issued(pki, Order(groups=frozenset({3}))).files[0x0103], 0x63)
    count, first, second = elements(group.value)
    assert (group.tag, count.value) == (0x7F61, b"\x02")
    header, block = elements(first.value)
    assert by_tag(elements(header.value)) == {
        0x81: b"\x08", 0x82: b"\x0a", 0x87: b"\x01\x01", 0x88: b"\x00\x07",
    }  # fmt: skip
    assert block.tag == 0x5F2E
    assert second.raw != first.raw
    none = issued(pki, Order(groups=frozenset({3}), fingers=False)).files[0x0103]
    group, random = only(none, 0x63)
    assert group.raw == bytes.fromhex("7F6103020100")
    assert (random.tag, len(random.value)) == (0x53, 16)


def test_tag_lists_name_what_follows(pki: Pki) -> None:
    document = issued(pki, Order(groups=frozenset({11, 12})))
    for number, tag in ((11, 0x6B), (12, 0x6C)):
        tag_list, *parts = only(document.files[0x0100 | number], tag)
        assert tag_list.tag == 0x5C
        listed = [each[0] for each in struct.iter_unpack(">H", tag_list.value)]
        inner = [each for part in parts if part.tag == 0xA0 for each in elements(part.value)]
        present = [part.tag for part in (*parts, *inner) if part.tag not in {0xA0, 0x02}]
        assert listed == present


def test_persons_to_notify_are_counted(pki: Pki) -> None:
    count, *persons = only(issued(pki, Order(groups=frozenset({16}))).files[0x0110], 0x70)
    assert count.value == bytes([len(persons)])
    assert [each.tag for each in persons] == [0xA1, 0xA2]
    assert [each.tag for each in elements(persons[0].value)] == [0x5F50, 0x5F51, 0x5F52, 0x5F53]


@pytest.mark.parametrize(
    ("version", "bytes_", "number"), [("1.7", b"0107", 0), ("1.8", b"0108", 1)]
)
def test_the_lds_version_is_in_both_lists(
    pki: Pki, version: lds.LdsVersion, bytes_: bytes, number: int
) -> None:
    document = issued(pki, Order(lds_version=version))
    assert by_tag(only(document.files[lds.EF_COM], 0x60))[0x5F01] == bytes_
    signed = cms.ContentInfo.load(only(document.files[lds.EF_SOD], 0x77)[0].raw)["content"]
    parts = only(bytes(signed["encap_content_info"]["content"].native), 0x30)
    assert parts[0].value == bytes([number])
    assert len(parts) == 3 + number  # version 1 ends with ldsVersionInfo
    assert number == 0 or elements(parts[3].value)[0].value == bytes_


@pytest.mark.parametrize(
    ("wanted", "kind", "colour"),
    [("jpeg", 0, 1), ("grey", 0, 3), ("jpeg2000", 1, 1), ("jpeg2000-grey-codestream", 1, 3)],
)
def test_the_portrait_is_as_it_says(
    pki: Pki, wanted: PortraitFormat, kind: int, colour: int
) -> None:
    details, image = image_of(issued(pki, Order(portrait_format=wanted)).files[lds.DG2])
    _, image_kind, width, height, colours, *_ = struct.unpack(">BBHHBBHH", details)
    assert (image_kind, colours, width, height) == (kind, colour, 360, 480)
    assert 8_000 < len(image) < 20_000
    decoded = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert decoded.shape[:2] == (480, 360)
    assert decoded.ndim == (2 if colour == 3 else 3)


@pytest.mark.parametrize("wanted", ["jpeg", "jpeg2000", "jpeg2000-grey-codestream"])
@pytest.mark.parametrize("size", [32_768, 140_000])
def test_a_large_dg2_shows_the_same_face(pki: Pki, wanted: PortraitFormat, size: int) -> None:
    _, plain = image_of(issued(pki, Order(portrait_format=wanted)).files[lds.DG2])
    dg2 = issued(pki, Order(portrait_format=wanted, dg2_bytes=size)).files[lds.DG2]
    assert size <= len(dg2) <= size + 20
    _, large = image_of(dg2)
    shown = [cv2.imdecode(np.frombuffer(each, np.uint8), 1) for each in (plain, large)]
    assert np.array_equal(*shown)


def test_a_portrait_is_made_as_small_as_wanted(pki: Pki) -> None:
    for wanted in FORMATS:
        document = issued(pki, Order(portrait_format=wanted, portrait_bytes=4000))
        _, image = image_of(document.files[lds.DG2])
        assert 1000 < len(image) <= 4000
    assert len(compressed("jpeg", PORTRAIT, 1)) > 1  # as far as it goes


@pytest.mark.parametrize("encoding", get_args(FaceEncoding))
def test_tampering_changes_one_byte_and_not_the_image(pki: Pki, encoding: FaceEncoding) -> None:
    genuine = issued(pki, Order(face_encoding=encoding)).files[lds.DG2]
    altered = issued(pki, Order(face_encoding=encoding, tampered=True)).files[lds.DG2]
    different = [at for at, (a, b) in enumerate(zip(genuine, altered, strict=True)) if a != b]
    assert len(different) == 1
    assert PORTRAIT in altered


def test_padding_only_adds() -> None:
    assert padded(PORTRAIT, 100) == PORTRAIT
    for missing in range(1, 8):
        assert len(padded(PORTRAIT, len(PORTRAIT) + missing)) >= len(PORTRAIT) + missing


@pytest.mark.parametrize("wanted", ["grey", "jpeg2000"])
def test_no_portrait_no_conversion(wanted: PortraitFormat) -> None:
    with pytest.raises(lds.NoJpeg):
        portrait_in(wanted, b"GIF89a")
    with pytest.raises(lds.NoJpeg):
        portrait_in(wanted, PORTRAIT[:200] + PORTRAIT[-300:-299])


def test_ef_dir_lists_the_applications(pki: Pki) -> None:
    assert EF_DIR not in issued(pki).master_files
    lds1 = issued(pki, Order(applications="lds1")).master_files[EF_DIR]
    assert lds1 == bytes.fromhex("61094F07A0000002471001")
    listed = elements(issued(pki, Order(applications="lds2")).master_files[EF_DIR])
    names = [elements(each.value)[0].value.hex() for each in listed]
    assert names == ["a0000002471001", "a0000002472001", "a0000002472002", "a0000002472003"]


def test_ef_card_security_is_signed_by_the_document_signer(pki: Pki) -> None:
    info = encode(0x30, encode(0x02, b"\x05"))
    signer = pki.signer("BGD", "standard")
    raw = card_security([info], signer, NOW)
    signed = cms.ContentInfo.load(raw, strict=True)["content"]
    content = signed["encap_content_info"]
    assert content["content_type"].dotted == "0.4.0.127.0.7.3.2.1"
    assert content["content"].native == encode(0x31, info)
    assert signed["certificates"][0].chosen.dump() == signer.certificate.raw


@pytest.mark.parametrize(
    ("document_type", "number", "width"), [("TD1", "D23145890734", 90), ("TD2", "X1", 72)]
)
def test_cards_have_their_zone_in_dg1(
    pki: Pki, document_type: DocumentType, number: str, width: int
) -> None:
    holder = replace(HOLDER, document_type=document_type, document_number=number)
    document = issue(holder, pki, Order(active_authentication=None))
    (zone,) = only(document.files[lds.DG1], 0x61)
    assert zone.value.decode() == "".join(document.mrz)
    assert len(zone.value) == width
    assert document.mrz[0].startswith("I<BGD")
    assert document.mrz_information.startswith(number)
