"""Lists made to keep an importer busy: bounded work, one clear rejection, the rest is taken."""

import base64
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.passive_authentication import revocation
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust import belief, content
from egate.trust.content import ContentKind, UnknownContent, items_of
from egate.trust.entry import Kind
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import CSCA_MASTER_LIST, signed_data
from tests.trust_forge import NOW, Forge, key
from tests.trust_taking import BD, CSCA, IN, reasons, take

PEM = b"-----BEGIN CERTIFICATE-----\n%b-----END CERTIFICATE-----\n"
SIGNED_DATA = "1.2.840.113549.1.7.2"


def ldif(*values: bytes) -> bytes:
    lines = (b"cACertificate;binary:: " + base64.b64encode(each) + b"\n" for each in values)
    return b"version: 1\n" + b"".join(lines)


def without_identifier(issuer: Forge, new_key: str) -> bytes:
    """A link that does not say which key signed it."""
    return mock._signed_certificate(
        issuer.subject(issuer.name),
        key(new_key).public_info(),
        issuer.name,
        issuer.csca_key,
        [mock._extension("2.5.29.19", der.sequence(der.TRUE))],
    )


def test_a_structure_has_few_fields() -> None:
    element = asn1.decode(asn1.encode(0x30, b"\x05\x00" * 257))
    with pytest.raises(Asn1Malformed, match="list has more than 256 fields"):
        element.fields("list")
    assert asn1.decode(asn1.encode(0x30, b"\x05\x00" * 256)).fields("list").rest()


def test_a_crl_names_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "_MAX_REVOKED", 2)
    assert len(RevocationList.parse(BD.crl([1, 2]).raw).revoked) == 2
    with pytest.raises(Asn1Malformed, match="CRL of more than 2 certificates"):
        BD.crl([1, 2, 3])


def test_zeros_are_nothing() -> None:
    zeros = bytes(40 << 20)
    for file in (zeros, b"\x30\x84" + len(zeros).to_bytes(4, "big") + zeros):
        with pytest.raises(UnknownContent):
            items_of(file)


def test_lengths_in_lengths(tmp_path: Path) -> None:
    nested = asn1.encode(0x30, asn1.encode(0x30, b"\x30\x80" * 100_000))
    report = take(tmp_path, nested, CSCA.raw)
    assert report.imported == {Kind.CSCA: 1}
    assert len(report.rejected) == 1


def test_the_same_certificate_again_and_again() -> None:
    text = PEM % base64.encodebytes(CSCA.raw)
    assert [each.index for each in items_of(text * 1000)] == [0]
    assert [each.index for each in items_of(ldif(*[CSCA.raw] * 1000, IN.csca().raw))] == [0, 1000]


def test_a_file_has_a_bounded_number_of_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "_MAX_ITEMS", 3)
    assert len(items_of(ldif(CSCA.raw, CSCA.raw, CSCA.raw))) == 1
    with pytest.raises(UnknownContent, match="more than 3 entries"):
        items_of(ldif(*[CSCA.raw] * 4))


@pytest.mark.parametrize(
    ("file", "found"),
    [
        (b"-----BEGIN CERTIFICATE-----" * 1000, 0),
        (b"-----BEGIN A-----" * 1000 + b"-----END B-----", 0),
        (b"-----END A-----" * 1000, 0),
        (b"-----BEGIN A" * 10 + b"-----END A-----", 0),
        (b"-----BEGIN A-----\nAAAA\n-----END A-----", 1),
        (b"-----BEGIN B-----\n-----BEGIN A-----\nAAAA\n-----END A-----\n-----END B-----", 1),
    ],
)
def test_armour_that_does_not_close(file: bytes, found: int) -> None:
    if found:
        assert [each.der for each in items_of(file)] == [b"\x00\x00\x00"]
        return
    with pytest.raises(UnknownContent):
        items_of(file)


def test_two_that_sign_each_other(tmp_path: Path) -> None:
    first, second = Forge(csca_key=key("first")), Forge(csca_key=key("second"))
    cycle = [first.link(second.csca_key).raw, second.link(first.csca_key).raw]
    report = take(tmp_path, *cycle, CSCA.raw)
    assert reasons(report) == ["chains to no trusted CSCA"] * 2
    assert report.imported == {Kind.CSCA: 1}
    # Once one of them is vouched for both chain, and nothing goes round for ever.
    assert take(tmp_path, *cycle, anchors=[first.csca()]).imported == {Kind.LINK: 2}


def test_a_list_of_a_thousand_signers(tmp_path: Path) -> None:
    listed = der.sequence(der.integer(0), der.set_of([IN.csca().raw]))
    signed = asn1.decode(signed_data(CSCA_MASTER_LIST, listed, BD.signer(), NOW))
    kind, wrapper = signed.children()
    (body,) = wrapper.children()
    *others, signers = body.children()
    crowd = asn1.encode(0x31, signers.content * 1000)
    body = asn1.decode(asn1.encode(0x30, b"".join(each.raw for each in others) + crowd))
    file = asn1.encode(0x30, kind.raw + asn1.encode(0xA0, body.raw))
    report = take(tmp_path, file, CSCA.raw)
    assert reasons(report) == ["signed data by nobody or by too many"]
    assert report.imported == {Kind.CSCA: 1}


def test_one_serial_number_for_two(tmp_path: Path) -> None:
    """A serial number is nobody's name: what is kept is found by its SHA-256."""
    new = BD.link(key("new"))
    same = mock._signed_certificate(
        BD.subject(BD.name), key("newer").public_info(), BD.name, BD.csca_key, []
    )
    report = take(tmp_path, ldif(CSCA.raw, new.raw, same, CSCA.raw))
    assert sum(report.imported.values()) == 3
    assert report.rejected == []


def chain(length: int) -> Sequence[bytes]:
    forges = [Forge(csca_key=key(f"step {number}")) for number in range(length)]
    links = [old.link(new.csca_key).raw for old, new in pairwise(forges)]
    return [BD.link(forges[0].csca_key).raw, *links]


def test_a_chain_of_links_is_followed_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = chain(6)
    assert take(tmp_path / "a", ldif(*links)).imported == {Kind.LINK: 6}
    assert take(tmp_path / "b", ldif(*reversed(links))).imported == {Kind.LINK: 6}
    monkeypatch.setattr("egate.trust.importing._MAX_PASSES", 2)
    report = take(tmp_path / "c", ldif(*reversed(links)))
    assert report.imported == {Kind.LINK: 2}
    assert reasons(report) == ["chains to no trusted CSCA"] * 4


def test_signatures_are_tried_in_vain_only_so_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path, CSCA.raw)
    monkeypatch.setattr(belief, "_MAX_VAIN_TRIES", 2)
    stranger = Forge(csca_key=key("stranger"))
    vain = [without_identifier(stranger, f"vain {number}") for number in range(4)]
    report = take(tmp_path, IN.csca().raw, *vain, anchors=[IN.csca()])
    assert report.imported == {Kind.CSCA: 1}
    assert reasons(report) == ["too many signatures were tried in vain"] * 4


def certificates_only(
    *certificates: bytes, crls: Sequence[bytes] = (), inner: bytes = b""
) -> bytes:
    body = der.sequence(
        der.integer(1),
        der.set_of([]),
        der.sequence(der.oid("1.2.840.113549.1.7.1"), inner),
        asn1.encode(0xA0, b"".join(certificates)),
        asn1.encode(0xA1, b"".join(crls)) if crls else b"",
        der.set_of([]),
    )
    return der.sequence(der.oid(SIGNED_DATA), asn1.encode(0xA0, body))


def test_a_list_of_document_signers_in_cms(tmp_path: Path) -> None:
    signer, crl = BD.signer().certificate.raw, BD.crl().raw
    file = certificates_only(signer, CSCA.raw, crls=[crl])
    assert [each.kind for each in items_of(file)] == [
        ContentKind.CERTIFICATE,
        ContentKind.CERTIFICATE,
        ContentKind.CRL,
    ]
    report = take(tmp_path, file)
    assert report.imported == {Kind.DSC: 1, Kind.CSCA: 1, Kind.CRL: 1}
    # Being in such a list is no reason to trust a CSCA.
    assert reasons(take(tmp_path / "b", file, anchors=())) == ["chains to no trusted CSCA"] * 2


@pytest.mark.parametrize(
    "file",
    [
        certificates_only(CSCA.raw, inner=asn1.encode(0xA0, der.octet_string(b"x"))),
        certificates_only(CSCA.raw).replace(der.oid(SIGNED_DATA), der.oid("1.2.840.113549.1.7.3")),
        certificates_only(),
    ],
)
def test_other_cms_is_unknown(file: bytes) -> None:
    with pytest.raises(UnknownContent, match=r"ASN\.1, but no list"):
        items_of(file)
