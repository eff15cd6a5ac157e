"""Links between the keys of a State, from the import to a document: real ones and made-up ones."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.passive_authentication.verify import PassiveAuthentication, verify
from egate.trust.entry import Kind
from egate.trust.store import TrustStore
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import Signer
from tests.trust_data import read_certificate
from tests.trust_forge import DG1, TODAY, Forge, key, make_sod
from tests.trust_taking import BD, CSCA, take

# Name of a link -> its State; its issuer lies beside it.
LINKS = {
    "cn_pss_salt64_sha256": "CN",
    "gb_to_bm_namechange_link": "BM",
    "il_same_ski_b_named_curve": "IL",
    "it_pathlen_with_ca_false": "IT",
    "lt_broken_ski_ext": "LT",
    "lu_critical_namechange": "LU",
    "lv_link_without_aki": "LV",
    "ph_link_aki_ok_name_differs": "PH",
    "pt_ku_without_keycertsign": "PT",
    "ro_lowercase_to_RO_link": "RO",
}
NEW = Forge(csca_key=key("new"))


@pytest.fixture(scope="module")
def certs(shared_data: Path) -> Path:
    return shared_data / "trust/certs"


def path_of(answer: PassiveAuthentication) -> Outcome:
    (found,) = [c.outcome for c in answer.checks if c.check_id is CheckId.CERTIFICATE_PATH]
    return found


def look_at(signer: Signer, store: Path, others: Sequence[mock.Certificate] = ()) -> Outcome:
    sod = make_sod(signer, {1: DG1}, others=others)
    return path_of(verify(sod, {1: DG1}, TrustStore.open(store), TODAY, clock=lambda: 0.0))


@pytest.mark.parametrize("name", LINKS)
def test_real_links_establish_anchors(certs: Path, tmp_path: Path, name: str) -> None:
    (issuer,) = certs.glob(f"issuer_of_{name}_*")
    (link,) = certs.glob(f"{name}_*")
    old, new = read_certificate(issuer), read_certificate(link)
    # Neither is believed alone; by its older key the link is, in whatever order they come.
    assert not take(tmp_path / "alone", new.raw, anchors=()).imported
    report = take(tmp_path / "both", new.raw, old.raw, anchors=[old])
    assert report.rejected == []
    assert report.imported == {Kind.CSCA: 1, Kind.LINK: 1}
    store = TrustStore.open(tmp_path / "both")
    assert new in store.cscas_of(LINKS[name])
    (entry,) = [each for each in store if each.kind is Kind.LINK]
    assert entry.provenance.trusted_by.endswith(old.fingerprint)


def test_a_real_key_in_two_encodings_under_one_identifier(certs: Path, tmp_path: Path) -> None:
    first, second = (next(certs.glob(f"il_same_ski_{each}*")) for each in "ab")
    issuers = [read_certificate(file) for file in certs.glob("issuer_of_il_*")]
    one, other = read_certificate(first), read_certificate(second)
    assert one.ski == other.ski
    assert one.ski is not None
    assert one.spki != other.spki  # explicit parameters, and the name of the same curve
    take(tmp_path, one.raw, other.raw, anchors=issuers)
    assert set(TrustStore.open(tmp_path).cscas_with_key_identifier(one.ski)) == {one, other}


def test_both_keys_of_bangladesh_are_anchors_at_once(certs: Path, tmp_path: Path) -> None:
    names = ("2022_self", "2025_link", "2025_self")
    old, link, new = (read_certificate(next(certs.glob(f"csca_bd_{n}*"))) for n in names)
    take(tmp_path, link.raw, new.raw, old.raw, anchors=[old])
    store = TrustStore.open(tmp_path)
    assert old.ski is not None
    assert new.ski is not None
    assert list(store.cscas_with_key_identifier(old.ski)) == [old]
    assert set(store.cscas_with_key_identifier(new.ski)) == {link, new}
    assert len(store.cscas_of("BD")) == 3


def test_a_link_is_never_an_intermediate(tmp_path: Path) -> None:
    """A document may carry the link itself: what it carries is no reason to trust it."""
    signer, link = NEW.signer(), BD.link(NEW.csca_key)
    carried = [mock.Certificate.parse(link.raw), mock.Certificate.parse(CSCA.raw)]
    take(tmp_path, CSCA.raw)
    assert look_at(signer, tmp_path, carried) is Outcome.UNDETERMINED
    assert look_at(BD.signer(), tmp_path, carried) is Outcome.SUCCESSFUL
    take(tmp_path, link.raw, anchors=())
    assert look_at(signer, tmp_path) is Outcome.SUCCESSFUL
    # Nor does a trusted link vouch for what another link says, unless that is imported too.
    newest = Forge(csca_key=key("newest"))
    further = mock.Certificate.parse(NEW.link(newest.csca_key).raw)
    assert look_at(newest.signer(), tmp_path, [further]) is Outcome.UNDETERMINED


def test_a_state_that_changes_its_name(tmp_path: Path) -> None:
    new_name = mock.name(C="BD", O="GOVERNMENT", CN="CSCA 2")
    link = mock.csca(BD.subject(new_name), NEW.csca_key, BD.name, BD.csca_key)
    take(tmp_path, CSCA.raw, link)
    raw = mock.document_signer(
        BD.subject(mock.name(C="BD", CN="DS")), key("signer"), new_name, NEW.csca_key
    )
    signer = Signer(key("signer"), mock.Certificate.parse(raw))
    assert look_at(signer, tmp_path) is Outcome.SUCCESSFUL
    assert look_at(BD.signer(), tmp_path) is Outcome.SUCCESSFUL


def test_a_country_that_signs_for_another(tmp_path: Path) -> None:
    """GB links its key to BM: then documents of BM are verified, and their CRL is believed."""
    british = Forge(country="GB", csca_key=key("british"))
    bermudan = Forge(country="BM", csca_key=key("bermudan"))
    link = british.link(bermudan.csca_key, country="BM")
    report = take(
        tmp_path, bermudan.crl().raw, bermudan.csca().raw, link.raw, anchors=[british.csca()]
    )
    assert report.imported == {Kind.LINK: 1, Kind.CSCA: 1, Kind.CRL: 1}
    assert look_at(bermudan.signer(country="BM"), tmp_path) is Outcome.SUCCESSFUL


def with_identifier_of(forge: Forge, signing: Forge) -> bytes:
    """A self-signed CSCA of one key with the identifier of another."""
    identifier = forge.csca_key.key_identifier()
    extensions = [
        mock._extension("2.5.29.19", der.sequence(der.TRUE)),
        mock._extension("2.5.29.14", der.octet_string(identifier)),
    ]
    return mock._signed_certificate(
        signing.subject(signing.name),
        signing.csca_key.public_info(),
        signing.name,
        signing.csca_key,
        extensions,
    )


def test_two_keys_of_one_identifier_are_both_tried(tmp_path: Path) -> None:
    twin = with_identifier_of(BD, NEW)
    take(tmp_path, CSCA.raw, twin, accept_unanchored=True)
    assert CSCA.ski is not None
    assert len(TrustStore.open(tmp_path).cscas_with_key_identifier(CSCA.ski)) == 2
    assert look_at(BD.signer(), tmp_path) is Outcome.SUCCESSFUL
    # A link of the first key, believed though the second stands under the same identifier.
    further = BD.link(key("further"))
    report = take(tmp_path, further.raw, anchors=())
    assert report.imported == {Kind.LINK: 1}
    (entry,) = [each for each in TrustStore.open(tmp_path) if each.kind is Kind.LINK]
    assert entry.provenance.trusted_by == f"signed by {CSCA.fingerprint}"
