"""Sealed pages through a lane: laid on the wire of a scanner, read, verified, before an officer."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.catalogue import PAGE_SCANNERS, find
from egate.domain.evidence import CheckId, CheckResult, Outcome
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingRecord, RecordVerdict
from egate.domain.session import model as m
from egate.gate.lane_pages import PageProcedures
from egate.gate.printed_portrait import PrintedPortraitCheck
from egate.gate.seal_trust import LaneSealTrust
from egate.optical.page_reading import page_reader
from egate.trust.snapshot import TrustSnapshot
from egate.trust.store import TrustStore
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.page_scanner.scanning import Scan
from tests.gate_lane import QUICK, Comparison, Hall, Procedure, good_chip, hall
from tests.gate_pages import NoFaces
from tests.integration.test_gate_pages import page_is_known
from tests.sealed_documents import SealedPage, SealingState

SEAL = CheckId.OPTICAL_SEAL
# Specimens end on fixed days, which is not what this is about.
USUAL = QUICK.obligations | {CheckId.OPTICAL_MRZ_EXPIRY: Obligation.EVALUATORY}


def demanding(obligation: Obligation) -> Policy:
    return replace(QUICK, obligations=USUAL | {SEAL: obligation})


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> SealingState:
    return SealingState(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def glass(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    return folder


def lane(
    glass: Path, store: Path, obligation: Obligation = Obligation.OPTIONAL
) -> AbstractAsyncContextManager[Hall]:
    policy = demanding(obligation)
    scanner = find(PAGE_SCANNERS, "folder")(str(glass), {"poll_seconds": 0.02})
    snapshot = TrustSnapshot.of(TrustStore.open(store))
    read = page_reader(LaneSealTrust(lambda: snapshot, store))
    pages = PageProcedures(read, PrintedPortraitCheck(NoFaces(), lambda: policy))  # type: ignore[arg-type]
    ways = (Procedure(), lambda _: Comparison(), scanner, pages)
    return hall(glass.parent, policy=policy, ways=ways, reads_mrz=False)


async def cross(h: Hall, glass: Path, page: SealedPage) -> CrossingRecord:
    await h.walk_up()
    await h.until_state(m.ReadingMrz)
    lights = (page.scan.white, page.scan.infrared, page.scan.ultraviolet)
    FolderScanner(glass).scan(Scan(*lights, page.reading.geometry.to_pixels))
    await h.until(lambda: page_is_known(h), seconds=20)
    await h.chip_reader.insert(good_chip)
    await h.until(lambda: isinstance(h.state, m.Passing | m.AwaitingOfficer), seconds=20)
    if isinstance(h.state, m.Passing):
        await h.until(lambda: h.barrier.now.entry_open)
        await h.walk_through()
    return (await h.records(1))[-1]


def seal_check(record: CrossingRecord) -> CheckResult:
    (check,) = [each for each in record.checks if each.check_id is SEAL]
    return check


async def test_a_genuine_seal_is_verified(glass: Path, state: SealingState) -> None:
    async with lane(glass, state.store, Obligation.MANDATORY) as h:
        record = await cross(h, glass, state.page("bd_travel_permit"))
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    check = seal_check(record)
    assert check.outcome is Outcome.SUCCESSFUL
    assert check.detail == "seal: of a trusted signer, and as the MRZ"


@pytest.mark.parametrize(
    ("forgery", "detail"),
    [
        ("seal_of_another", "seal: the printed MRZ is not the one in the seal"),
        ("seal_altered", "seal: the signature is wrong"),
    ],
)
async def test_a_forged_seal_is_for_an_officer_who_sees_where(
    glass: Path, state: SealingState, forgery: str, detail: str
) -> None:
    page = state.page("bd_travel_permit", forgery)
    async with lane(glass, state.store) as h:
        record = await cross(h, glass, page)
        facts = h.gate.supervision.case(record.crossing_id, "officer-17")
    assert record.findings == (SEAL.value,)
    assert (seal_check(record).outcome, seal_check(record).detail) == (Outcome.FAILED, detail)
    (found,) = [each for each in facts.optical_findings if each.check_id is SEAL]
    expected = page.reading.geometry.region(*page.truth["regions"]["seal"])
    assert found.region is not None
    assert found.region.left == pytest.approx(expected.left, abs=0.02)
    assert found.region.top == pytest.approx(expected.top, abs=0.02)


async def test_a_forged_seal_without_influence_stops_nobody(
    glass: Path, state: SealingState
) -> None:
    async with lane(glass, state.store, Obligation.EVALUATORY) as h:
        record = await cross(h, glass, state.page("bd_travel_permit", "seal_altered"))
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert seal_check(record).outcome is Outcome.FAILED


async def test_a_blank_place_is_for_an_officer(glass: Path, state: SealingState) -> None:
    async with lane(glass, state.store) as h:
        record = await cross(h, glass, state.page("bd_travel_permit").covered(1.0))
    assert record.findings == (SEAL.value,)
    assert seal_check(record).detail == "seal: its place is blank"


async def test_a_signer_that_the_gate_does_not_know_is_for_an_officer(
    glass: Path, state: SealingState, tmp_path: Path
) -> None:
    async with lane(glass, state.store_without_signers(tmp_path / "other")) as h:
        record = await cross(h, glass, state.page("bd_travel_permit"))
    assert record.findings == (SEAL.value,)
    assert seal_check(record).outcome is Outcome.UNDETERMINED
    assert seal_check(record).detail == "seal: no certificate of the seal's signer"


@pytest.mark.parametrize(
    ("obligation", "verdict"),
    [(Obligation.OPTIONAL, RecordVerdict.ADMIT), (Obligation.MANDATORY, RecordVerdict.REFER)],
)
async def test_a_passport_has_no_seal(
    glass: Path, state: SealingState, obligation: Obligation, verdict: RecordVerdict
) -> None:
    async with lane(glass, state.store, obligation) as h:
        record = await cross(h, glass, state.page("bd_e_passport"))
    assert record.verdict is verdict, record.findings
    assert seal_check(record).outcome is Outcome.NOT_SUPPORTED
