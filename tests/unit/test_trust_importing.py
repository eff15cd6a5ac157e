"""What an import believes, refuses and replaces."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust import content
from egate.trust.audit import Action, Occasion
from egate.trust.content import ContentKind, UnknownContent, items_of
from egate.trust.entry import Kind, ListKind
from egate.trust.store import TrustStore, history_of
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import CSCA_MASTER_LIST, Signer, signed_data
from tests.trust_forge import NOW, Forge, key
from tests.trust_taking import BD, CSCA, IN, reasons, take

DEVIATION_LIST = "2.23.136.1.1.7"


def list_signer(forge: Forge = BD) -> Signer:
    subject = forge.subject(mock.name(C=forge.country, CN="ML"))
    raw = mock.master_list_signer(subject, key("list"), forge.name, forge.csca_key)
    return Signer(key("list"), mock.Certificate.parse(raw))


def master_list(
    certificates: Sequence[bytes],
    signer: Signer | None = None,
    *,
    others: Sequence[Certificate] = (),
    content_type: str = CSCA_MASTER_LIST,
) -> bytes:
    listed = der.sequence(der.integer(0), der.set_of(certificates))
    companions = [mock.Certificate.parse(each.raw) for each in others]
    return signed_data(content_type, listed, signer or list_signer(), NOW, others=companions)


def test_a_list_brings_what_stands(tmp_path: Path) -> None:
    broken = bytearray(IN.csca().raw)
    broken[-1] ^= 1
    at = CSCA.raw.index(bytes.fromhex("06072A8648CE3D0101")) + 20  # in the prime of its curve
    odd_key = CSCA.raw[:at] + bytes((CSCA.raw[at] ^ 1,)) + CSCA.raw[at + 1 :]
    report = take(tmp_path, master_list([CSCA.raw, bytes(broken), b"\x30\x00", odd_key]))
    assert report.imported == {Kind.CSCA: 1}
    assert len(report.rejected) == 3
    assert all(each.index is not None for each in report.rejected)
    assert "its own signature is wrong" in reasons(report)
    assert report.is_complete


def test_a_link_in_a_list_is_held_to_its_issuer(tmp_path: Path) -> None:
    """Nobody's word for a list covers a link that the key of its own issuer did not sign."""
    good, broken = BD.link(key("new")).raw, bytearray(BD.link(key("newer")).raw)
    broken[-1] ^= 1
    beside = master_list([good, bytes(broken), CSCA.raw])
    report = take(tmp_path / "beside", beside)
    assert report.imported == {Kind.CSCA: 1, Kind.LINK: 1}
    assert reasons(report) == ["the key of its issuer did not sign it"]
    # The issuer may be in the store already; where it is nowhere, the list alone speaks.
    take(tmp_path / "kept", CSCA.raw)
    assert len(take(tmp_path / "kept", master_list([bytes(broken)])).rejected) == 1
    bare = der.sequence(der.integer(0), der.set_of([bytes(broken)]))
    report = take(tmp_path / "nowhere", bare, anchors=(), accept_unanchored=True)
    assert report.imported == {Kind.LINK: 1}


def test_a_document_signer_in_a_list_is_no_anchor(tmp_path: Path) -> None:
    """As in Italy's list of 2023: a document signer of Ukraine among the CSCAs."""
    report = take(tmp_path, master_list([CSCA.raw, BD.signer().certificate.raw]))
    assert report.imported == {Kind.CSCA: 1, Kind.DSC: 1}
    assert [each.raw for each in TrustStore.open(tmp_path).cscas_of("BD")] == [CSCA.raw]


def test_a_list_that_is_changed_is_refused(tmp_path: Path) -> None:
    file = bytearray(master_list([CSCA.raw]))
    file[-1] ^= 1
    report = take(tmp_path, bytes(file), accept_unanchored=True)
    assert reasons(report) == ["ECDSA signature is wrong"]
    assert not report.is_complete
    assert not report.imported


def test_a_document_signer_may_not_sign_lists(tmp_path: Path) -> None:
    assert reasons(take(tmp_path, master_list([IN.csca().raw], BD.signer()))) == [
        "chains to no trusted CSCA"
    ]


def test_a_master_list_signer_may_not_sign_deviation_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = master_list([], content_type=DEVIATION_LIST)
    assert not take(tmp_path, file).is_complete
    monkeypatch.setattr(mock, "MASTER_LIST_SIGNING", "2.23.136.1.1.8")
    file = master_list([], list_signer(), content_type=DEVIATION_LIST)
    assert take(tmp_path, file).imported == {Kind.DEVIATION: 1}
    assert take(tmp_path, file).unchanged == 1


def test_a_link_beside_the_list_stands_between(tmp_path: Path) -> None:
    new = Forge(csca_key=key("new"))
    file = master_list([new.csca().raw], list_signer(new), others=[BD.link(key("new"))])
    assert take(tmp_path, file).imported == {Kind.CSCA: 1}
    stranger = Forge(csca_key=key("stranger"))
    file = master_list([new.csca().raw], list_signer(stranger), others=[stranger.csca()])
    assert not take(tmp_path, file).is_complete
    unnamed = Signer(key("list"), mock.Certificate.parse(CSCA.raw))
    hidden = master_list([], unnamed).replace(
        der.integer(CSCA.serial), der.integer(CSCA.serial ^ 1)
    )
    assert not take(tmp_path, hidden).is_complete


def test_a_csca_may_not_link_to_another_state(tmp_path: Path) -> None:
    """The key of one State must never bring in a key of another."""
    take(tmp_path, CSCA.raw)
    foreign = BD.link(key("indian"), country="IN")
    for anchors in ((), (CSCA,)):
        assert reasons(take(tmp_path, foreign.raw, anchors=anchors)) == [
            "chains to no trusted CSCA"
        ]
    assert not TrustStore.open(tmp_path).cscas_of("IN")


def test_order_does_not_matter(tmp_path: Path) -> None:
    new, newest = Forge(csca_key=key("new")), Forge(csca_key=key("newest"))
    crl = newest.crl()
    files = [crl.raw, newest.csca().raw, new.link(key("newest")).raw, new.csca().raw]
    report = take(tmp_path, *files, BD.link(key("new")).raw, CSCA.raw)
    assert report.rejected == []
    assert report.imported == {Kind.CSCA: 3, Kind.LINK: 2, Kind.CRL: 1}


def test_a_link_that_looks_self_signed(tmp_path: Path) -> None:
    """Two keys with one name and one identifier (IL, TR, HU)."""
    new = Forge(csca_key=key("new"))
    twin = mock.csca(BD.subject(BD.name), key("new"), BD.name, BD.csca_key).replace(
        key("new").key_identifier(), BD.csca_key.key_identifier()
    )
    broken = Certificate.parse(twin)
    assert broken.is_self_issued
    assert reasons(take(tmp_path, twin)) == ["its own signature is wrong"]
    # Without an identifier only the signature tells.
    bare = mock._signed_certificate(
        BD.subject(BD.name),
        new.csca_key.public_info(),
        BD.name,
        BD.csca_key,
        [mock._extension("2.5.29.19", der.sequence(der.TRUE))],
    )
    assert take(tmp_path, bare).imported == {Kind.LINK: 1}


def test_crls(tmp_path: Path) -> None:
    old, new = BD.crl([1], days=(-60, -30)), BD.crl([1, 2])
    assert reasons(take(tmp_path, new.raw, anchors=())) == ["chains to no trusted CSCA"]
    take(tmp_path, CSCA.raw)
    assert take(tmp_path, old.raw, anchors=()).imported == {Kind.CRL: 1}
    assert take(tmp_path, old.raw, anchors=()).unchanged == 1
    assert take(tmp_path, new.raw, anchors=()).imported == {Kind.CRL: 1}
    (kept,) = TrustStore.open(tmp_path).crls_of("BD")
    assert kept.raw == new.raw
    # An older list does not come back, and a forged one displaces nothing.
    report = take(tmp_path, old.raw)
    assert (report.unchanged, report.is_complete) == (1, True)
    assert [each.note for each in report.notes] == [
        "CRL of BD of 2026-04-02 refused: one of 2026-05-31 is kept"
    ]
    forged = BD.crl(days=(0, 90), signed_by=key("forger"))
    assert take(tmp_path, forged.raw, accept_unanchored=True).imported == {Kind.CRL: 1}
    assert new.raw in [crl.raw for crl in TrustStore.open(tmp_path).crls_of("BD")]
    # Lists of another issuer of the same State stay side by side.
    other = BD.crl(name=mock.name(C="BD", O="OTHER"))
    take(tmp_path, other.raw)
    assert len(TrustStore.open(tmp_path).crls_of("BD")) == 3


def test_document_signers_are_kept_but_are_no_anchors(tmp_path: Path) -> None:
    raw = BD.signer().certificate.raw
    assert take(tmp_path, raw).imported == {Kind.DSC: 1}
    assert take(tmp_path, raw).unchanged == 1
    store = TrustStore.open(tmp_path)
    assert not list(store)


def test_content_decides_what_a_file_is() -> None:
    pem = (
        b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(BD.crl().raw) + b"-----END X509 CRL-----"
    )
    assert [item.kind for item in items_of(pem)] == [ContentKind.CRL]
    certificate = b"-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n"
    assert [(item.kind, item.index) for item in items_of(certificate + pem)] == [
        (None, 0),
        (ContentKind.CRL, 1),
    ]
    ldif = (
        b"# comment\r\nVERSION: 1\r\ndn: x\r\ncACertificate;binary:: "
        + base64.b64encode(CSCA.raw)
        + b"\r\nuserCertificate:: %%%\r\nother:: AAAA\r\n"
    )
    assert [item.kind for item in items_of(ldif)] == [ContentKind.CERTIFICATE, None]


@pytest.mark.parametrize(
    "file", [b"", b"text", b"\x30\x00", b"\x30\x02\x05", b"\x30\x03\x06\x01\x00"]
)
def test_content_nobody_knows(file: bytes) -> None:
    with pytest.raises(UnknownContent):
        items_of(file)


def test_other_signed_data_is_unknown() -> None:
    with pytest.raises(UnknownContent):
        items_of(master_list([], content_type="1.2.3"))


def test_files_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_FILE_BYTES", 3)
    with pytest.raises(UnknownContent, match="more than 3 bytes"):
        items_of(b"text")


def test_a_part_nobody_knows_is_refused_and_the_rest_is_taken(tmp_path: Path) -> None:
    ldif = b"dn: x\nuserCertificate:: AAAA\ncACertificate:: " + base64.b64encode(CSCA.raw)
    report = take(tmp_path, ldif)
    assert report.imported == {Kind.CSCA: 1}
    assert [(each.index, each.reason) for each in report.rejected] == [
        (0, "no list, certificate or CRL")
    ]


def test_lists_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("egate.trust.importing._MAX_LISTED", 1)
    report = take(tmp_path, master_list([CSCA.raw, IN.csca().raw]))
    assert reasons(report) == ["more than 1 certificates in a list"]
    assert not report.imported


def test_a_crl_of_another_key_is_kept_beside(tmp_path: Path) -> None:
    new = Forge(csca_key=key("new"))
    before, after = BD.crl(days=(-9, 5)), new.crl(days=(-1, 30))
    take(tmp_path, CSCA.raw, BD.link(key("new")).raw, before.raw)
    assert take(tmp_path, after.raw, anchors=()).imported == {Kind.CRL: 1}
    assert {each.raw for each in TrustStore.open(tmp_path).crls_of("BD")} == {before.raw, after.raw}
    again = take(tmp_path, BD.crl(days=(-20, 5)).raw, anchors=())
    assert not again.imported
    assert len(again.notes) == 1


def test_the_number_decides_between_crls_of_one_moment(tmp_path: Path) -> None:
    def numbered(number: int) -> bytes:
        content = mock.RevocationList(number, NOW, NOW, ())
        return mock.crl(BD.name, BD.csca_key, content)

    take(tmp_path, CSCA.raw, numbered(2))
    assert take(tmp_path, numbered(1)).notes
    assert take(tmp_path, numbered(3)).imported == {Kind.CRL: 1}
    (kept,) = TrustStore.open(tmp_path).crls_of("BD")
    assert kept.number == 3


def test_the_word_for_a_crl_gives_way_to_a_signature(tmp_path: Path) -> None:
    take(tmp_path, BD.crl(days=(0, 90), signed_by=key("forger")).raw, accept_unanchored=True)
    real = BD.crl(days=(-5, 30))
    assert take(tmp_path, real.raw).imported == {Kind.CRL: 1}
    assert [each.raw for each in TrustStore.open(tmp_path).crls_of("BD")] == [real.raw]


def deviation_list(signed_at: datetime) -> bytes:
    listed = der.sequence(der.integer(0), der.set_of([]))
    return signed_data(DEVIATION_LIST, listed, list_signer(), signed_at)


def test_a_newer_deviation_list_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mock, "MASTER_LIST_SIGNING", "2.23.136.1.1.8")
    old, new = deviation_list(NOW - timedelta(days=9)), deviation_list(NOW)
    assert take(tmp_path, old).imported == {Kind.DEVIATION: 1}
    assert take(tmp_path, new).imported == {Kind.DEVIATION: 1}
    report = take(tmp_path, old)
    assert (report.unchanged, len(report.notes)) == (1, 1)
    store = TrustStore.open(tmp_path)
    assert [each.der for each in store.deviation_entries] == [new]
    assert [each.der for each in store.deviation_entries_of("BD")] == [new]
    assert not store.deviation_entries_of("IN")
    # The operator's word displaces nothing that is signed.
    monkeypatch.setattr(mock, "MASTER_LIST_SIGNING", "2.23.136.1.1.3")
    on_word = deviation_list(NOW + timedelta(days=1))
    take(tmp_path, on_word, accept_unanchored=True)
    assert len(TrustStore.open(tmp_path).deviation_entries) == 2


def test_an_older_master_list_takes_nothing_away_and_is_noted(tmp_path: Path) -> None:
    listed = der.sequence(der.integer(0), der.set_of([CSCA.raw]))
    earlier = NOW - timedelta(days=9)
    older = signed_data(CSCA_MASTER_LIST, listed, list_signer(), earlier)
    assert not take(tmp_path, master_list([CSCA.raw, IN.csca().raw])).notes
    report = take(tmp_path, older)
    assert [each.note for each in report.notes] == [
        "older than the master list of BD of 2026-06-01; it takes nothing away"
    ]
    store = TrustStore.open(tmp_path)
    assert len(store) == 2
    assert [(each.kind, each.country, each.signed_at, each.count) for each in store.lists] == [
        (ListKind.MASTER_LIST, "BD", NOW, 2),
        (ListKind.MASTER_LIST, "BD", earlier, 1),
    ]


def test_several_document_signers_are_a_list_too(tmp_path: Path) -> None:
    signers = [BD.signer().certificate.raw, IN.signer().certificate.raw]
    lines = (b"userCertificate:: " + base64.b64encode(each) + b"\n" for each in signers)
    take(tmp_path, b"dn: x\n" + b"".join(lines))
    (record,) = TrustStore.open(tmp_path).lists
    assert (record.kind, record.country, record.count) == (ListKind.SIGNER_LIST, "", 2)


def test_what_was_imported_is_written_down(tmp_path: Path) -> None:
    take(tmp_path, CSCA.raw, occasion=Occasion(NOW, "a.rahman"))
    take(tmp_path, b"\x30\x03\x02\x01\x00")
    first, second = history_of(tmp_path)
    assert first.occasion == Occasion(NOW, "a.rahman")
    assert first.action is Action.IMPORT
    assert first.version == TrustStore.open(tmp_path).version
    assert first.detail["files"] == [{"name": "0", "sha256": sha256(CSCA.raw).hexdigest()}]
    assert first.detail["imported"] == {"csca": 1}
    assert first.detail["anchors"] == [CSCA.fingerprint]
    assert second.detail["rejected"] == 1
