"""Whose key makes something believed, where several could."""

from pathlib import Path

import pytest

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust.collection import key_of
from egate.trust.entry import Kind
from egate.trust.store import TrustStore
from egate.trust.versions import FOLDER, find_version
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from tests.trust_forge import Forge, key
from tests.trust_taking import BD, CSCA, reasons, take


def test_the_key_of_one_state_brings_in_no_csca_of_another(tmp_path: Path) -> None:
    take(tmp_path, CSCA.raw)
    same_key = Forge(country="IN", csca_key=BD.csca_key).csca()
    assert reasons(take(tmp_path, same_key.raw, anchors=())) == ["chains to no trusted CSCA"]
    renewed = BD.csca(years=(-1, 9))
    assert take(tmp_path, renewed.raw, anchors=()).imported == {Kind.CSCA: 1}


def test_an_anchored_certificate_of_a_key_is_preferred(tmp_path: Path) -> None:
    take(tmp_path, BD.csca(years=(-1, 9)).raw, anchors=(), accept_unanchored=True)
    take(tmp_path, CSCA.raw)
    link = BD.link(key("new"))
    take(tmp_path, link.raw, anchors=())
    entry = TrustStore.open(tmp_path).find(link.fingerprint)
    assert entry is not None
    assert not entry.provenance.is_unanchored
    assert entry.provenance.trusted_by == f"signed by {CSCA.fingerprint}"


def test_an_anchor_without_identifier_signs_what_names_one(tmp_path: Path) -> None:
    raw = mock._signed_certificate(
        BD.subject(BD.name), BD.csca_key.public_info(), BD.name, BD.csca_key, []
    )
    anchor = Certificate.parse(raw)
    link = BD.link(key("new"))
    assert anchor.ski is None
    assert link.aki is not None
    assert take(tmp_path, link.raw, anchors=[anchor]).imported == {Kind.LINK: 1}


def test_a_key_that_no_state_may_use_is_no_key() -> None:
    at = CSCA.raw.index(der.oid("1.2.840.10045.2.1"))
    odd = CSCA.raw[: at + 8] + b"\x05" + CSCA.raw[at + 9 :]
    assert key_of(Certificate.parse(odd)) is None
    assert key_of(CSCA) == CSCA.public_key()


@pytest.mark.parametrize(
    ("wanted", "number"), [("aaaaaaaa", None), ("aaaaaaaab", 3), ("aaaaaaaac", 2), ("", None)]
)
def test_a_version_is_named_by_an_unambiguous_beginning(
    tmp_path: Path, wanted: str, number: int | None
) -> None:
    (tmp_path / FOLDER).mkdir()
    for each, letter in enumerate("bcb", start=1):
        (tmp_path / FOLDER / f"{each:08}-{'aaaaaaaa'.ljust(64, letter)}.sqlite3").touch()
    found = find_version(tmp_path, wanted)
    assert (found and found.number) == number
