"""The own State, from the German list to the gate's question: real certificates of Bangladesh.

Two keys of one name, with explicit parameters of brainpoolP384r1: of 2022, on the list, and of
2025, linked from it. Nobody here has their private keys, so the documents are of a stand-in
with two keys of the same name, curve and encoding.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from egate.cli.main import main
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.crypto.public_key import EcPublicKey
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.certificate_path import find_certificate_path
from egate.emrtd.passive_authentication.verify import verify
from egate.trust.ages import Freshness, csca_age
from egate.trust.entry import Kind
from egate.trust.store import TrustStore
from tests.trust_data import read_certificate
from tests.trust_forge import DG1, TODAY, Forge, key, make_sod
from tests.trust_taking import reasons, take

CURVE = "brainpoolP384r1"
GROUPS = {1: DG1}


@dataclass(frozen=True)
class Real:
    german_list: bytes
    germany: Certificate
    old: Certificate
    link: Certificate
    new: Certificate


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Real:
    trust = shared_data / "trust"
    return Real(
        (trust / "masterlists/DE_ML_2025-03-05.ml").read_bytes(),
        read_certificate(trust / "certs/DE_ROOT_CA_CSCA07.cer"),
        read_certificate(trust / "certs/csca_bd_2022_self_1ef07fb289.der"),
        read_certificate(trust / "certs/csca_bd_2025_link_b032493d8f.der"),
        read_certificate(trust / "certs/csca_bd_2025_self_1de6eea75a.der"),
    )


def test_from_the_german_list_over_the_link_to_both_keys(
    real: Real, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take(tmp_path, real.german_list, anchors=[real.germany]).is_complete
    assert TrustStore.open(tmp_path).cscas_of("BD") == [real.old]
    # The new key proves nothing by itself; the old one vouches for it by the link.
    assert reasons(take(tmp_path, real.new.raw, anchors=())) == ["chains to no trusted CSCA"]
    report = take(tmp_path, real.new.raw, real.link.raw, anchors=())
    assert report.imported == {Kind.LINK: 1, Kind.CSCA: 1}

    store = TrustStore.open(tmp_path)
    assert {each.raw for each in store.cscas_of("BD")} == {
        real.old.raw,
        real.link.raw,
        real.new.raw,
    }
    assert not any(entry.provenance.is_unanchored for entry in store.anchors_of("BD"))
    for csca in store.cscas_of("BD"):
        public = csca.public_key()
        assert isinstance(public, EcPublicKey)
        assert public.curve.name == CURVE
    assert store.cscas_with_key_identifier(real.old.ski or b"") == [real.old]
    assert len(store.cscas_with_key_identifier(real.new.ski or b"")) == 2

    assert main(["trust", "list", "--json", f"--store={tmp_path}"]) == 0
    rows = [row for row in json.loads(capsys.readouterr().out) if row["country"] == "BD"]
    assert {row["ski"] for row in rows} == {(c.ski or b"").hex() for c in (real.old, real.new)}
    assert {row["key"] for row in rows} == {f"EC {CURVE}"}
    assert {row["subject"] for row in rows} == {"C=BD, O=GOV, OU=DIP, CN=CSCA-BGD"}


@pytest.mark.parametrize(
    ("day", "count", "freshness"),
    [
        (datetime(2022, 5, 28, tzinfo=UTC), 0, Freshness.NOT_YET),
        (datetime(2024, 1, 1, tzinfo=UTC), 1, Freshness.CURRENT),
        (datetime(2025, 5, 13, tzinfo=UTC), 3, Freshness.CURRENT),
        (datetime(2036, 5, 29, tzinfo=UTC), 1, Freshness.CURRENT),
        (datetime(2039, 4, 1, tzinfo=UTC), 1, Freshness.DUE),
        (datetime(2039, 5, 13, tzinfo=UTC), 0, Freshness.STALE),
    ],
)
def test_both_are_valid_at_once(
    real: Real, tmp_path: Path, day: datetime, count: int, freshness: Freshness
) -> None:
    take(tmp_path, real.old.raw, real.link.raw, real.new.raw, anchors=[real.old])
    age = csca_age(TrustStore.open(tmp_path), "BD", day)
    assert (age.count, age.freshness, age.is_unanchored) == (count, freshness, False)


def test_neither_name_nor_identifier_is_enough(real: Real, tmp_path: Path) -> None:
    """The name of both keys, or the identifier of one, on a signer that neither signed."""
    take(tmp_path, real.old.raw, real.link.raw, real.new.raw, anchors=[real.old])
    store = TrustStore.open(tmp_path)
    stranger = Forge(csca_key=key("stranger", CURVE))
    signer = stranger.signer(issuer=real.old.subject).certificate.raw
    path = find_certificate_path(Certificate.parse(signer), store, TODAY)
    assert (path.outcome, path.csca) == (Outcome.UNDETERMINED, None)
    for ski in (real.old.ski, real.new.ski):
        stolen = signer.replace(stranger.csca_key.key_identifier(), ski or b"")
        path = find_certificate_path(Certificate.parse(stolen), store, TODAY)
        assert (path.outcome, path.csca) == (Outcome.FAILED, None)


def test_documents_of_both_keys_of_one_name(tmp_path: Path) -> None:
    old = Forge(csca_key=key("of 2022", CURVE))
    new = Forge(csca_key=key("of 2025", CURVE))
    assert old.csca().subject == new.csca().subject
    assert bytes.fromhex("06072A8648CE3D0101") in old.csca().spki  # explicit: a prime field
    take(tmp_path, old.csca().raw, anchors=[old.csca()])
    link = old.link(key("of 2025", CURVE))
    take(tmp_path, link.raw, new.csca().raw, new.crl().raw, anchors=())
    store = TrustStore.open(tmp_path)
    assert len(store.cscas_of("BD")) == 3
    for forge in (old, new):
        answer = verify(make_sod(forge.signer(), GROUPS), GROUPS, store, TODAY, clock=lambda: 0.0)
        assert answer.outcome is Outcome.SUCCESSFUL
        assert answer.csca is not None
        assert answer.csca.ski == forge.csca_key.key_identifier().hex()
    # A link is an anchor of its own key, never a step from one key to the other.
    by_old = Certificate.parse(old.signer().certificate.raw)
    assert not by_old.verify_signed_by(link)
    take(tmp_path / "link", link.raw, anchors=[link])
    path = find_certificate_path(by_old, TrustStore.open(tmp_path / "link"), TODAY)
    assert path.outcome is Outcome.UNDETERMINED


def test_a_key_older_than_any_list_comes_from_dip_itself(real: Real, tmp_path: Path) -> None:
    """Passports of 2020 have a CSCA that no public list carries."""
    oldest = Forge(csca_key=key("of 2020", CURVE))
    take(tmp_path, real.german_list, anchors=[real.germany])
    sod = make_sod(oldest.signer(), GROUPS)

    def path() -> Outcome:
        store = TrustStore.open(tmp_path)
        answer = verify(sod, GROUPS, store, TODAY, clock=lambda: 0.0)
        return next(c.outcome for c in answer.checks if c.check_id is CheckId.CERTIFICATE_PATH)

    assert path() is Outcome.UNDETERMINED
    assert not take(tmp_path, oldest.csca().raw, anchors=()).is_complete
    assert path() is Outcome.UNDETERMINED
    assert take(tmp_path, oldest.csca().raw, anchors=[oldest.csca()]).is_complete
    assert path() is Outcome.SUCCESSFUL
