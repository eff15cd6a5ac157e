"""Where a lane and a desk find the signers of seals."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from egate.console.desk.seal_trust import DeskSealTrust
from egate.emrtd.checks import Outcome
from egate.gate.seal_trust import LaneSealTrust
from egate.optical.seals.check import check_seal
from egate.trust.snapshot import TrustSnapshot
from egate.trust.store import TrustStore
from tests.optical_pages import own_models
from tests.sealed_documents import TODAY, SealingState


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> SealingState:
    return SealingState(tmp_path_factory.mktemp("pki"))


def test_a_signer_that_is_imported_meanwhile_is_found(state: SealingState, tmp_path: Path) -> None:
    store = state.store_without_signers(tmp_path / "store")
    snapshot = TrustSnapshot.of(TrustStore.open(store))
    trust = LaneSealTrust(lambda: snapshot, store)
    assert trust.signers_of("BD") == []
    state.import_signer(store)
    (signer,) = trust.signers_of("BD")
    assert f"{signer.serial:X}" == state.signer.reference
    assert trust.anchors.cscas_of("BD")


def test_a_store_that_cannot_be_read_knows_no_signers_and_says_so(tmp_path: Path) -> None:
    trust = LaneSealTrust(lambda: TrustSnapshot.of(TrustStore()), tmp_path)
    with capture_logs() as lines:
        assert trust.signers_of("BD") == ()
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("seal signers cannot be read", "error")
    assert "no trust store" in line["reason"]


@pytest.mark.parametrize(
    ("has_store", "outcome"), [(True, Outcome.SUCCESSFUL), (False, Outcome.UNDETERMINED)]
)
def test_a_desk_proves_seals_with_the_store_that_it_has(
    state: SealingState,
    has_store: bool,  # noqa: FBT001
    outcome: Outcome,
) -> None:
    page = state.page("bd_visa")
    trust = DeskSealTrust(state.store if has_store else None)
    models = own_models().of(page.reading.mrz)
    assert check_seal(page.scan, page.reading, models, trust, TODAY).outcome is outcome


def test_a_desks_store_that_cannot_be_read_proves_nothing_and_says_so(tmp_path: Path) -> None:
    trust = DeskSealTrust(tmp_path)
    with capture_logs() as lines:
        assert trust.signers_of("BD") == ()
        assert not trust.anchors.cscas_of("BD")
    assert [line["log_level"] for line in lines] == ["error", "error"]
