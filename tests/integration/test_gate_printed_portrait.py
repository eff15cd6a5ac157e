"""A passport whose photograph was changed, through a lane with a page scanner."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.catalogue import PAGE_SCANNERS, find
from drivers.simulated import SimulatedPageScanner
from egate.biometrics.verification import FaceVerifier
from egate.domain.evidence import CheckId, CheckResult, Outcome
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingRecord, RecordVerdict
from egate.domain.session import model as m
from egate.gate.clocks import Clocks
from egate.gate.documents import DocumentSlot
from egate.gate.executor import LaneExecutor, LaneWays
from egate.gate.lane_pages import LanePages, PageProcedures
from egate.gate.printed_portrait import PrintedPortraitCheck
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.ports.case_images import CaseImageKind
from egate.ports.devices import MrzLines, PageScan, PageScanner
from hardware_mocks.chip.document import Document
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.page_scanner.page import data_page
from tests.emrtd_passport import NOW, chip_of, passport
from tests.gate_lane import Hall, hall
from tests.gate_samples import POLICY
from tests.integration.test_gate_documents import CLOCKS, PHOTOGRAPHS, in_the_field, ways_of

UNREAD = MrzImageUnread("of nobody")
MANDATORY = replace(
    POLICY, obligations={**POLICY.obligations, CheckId.PORTRAIT: Obligation.MANDATORY}
)


@pytest.fixture(scope="module")
def verifier() -> FaceVerifier:
    return FaceVerifier.load()


def page_of(document: Document, person: str) -> np.ndarray:
    photograph = cv2.imread(str(PHOTOGRAPHS / person / "portrait.jpg"))
    return data_page(np.asarray(photograph, np.uint8), document.mrz)


def lane(folder: Path, verifier: FaceVerifier, scanner: PageScanner, policy: Policy) -> object:
    pages = PageProcedures(lambda *_: UNREAD, PrintedPortraitCheck(verifier, lambda: policy))
    ways = (*ways_of(verifier, policy), scanner, pages)
    return hall(folder, policy=policy, ways=ways, clocks=CLOCKS)


async def cross(h: Hall, document: Document) -> CrossingRecord:
    """P001, whom the chip shows, stands before the camera with ``document``."""
    h.camera.show(cv2.imread(str(PHOTOGRAPHS / "P001" / "selfie.jpg")))
    await h.walk_up()
    await h.until_state(m.ReadingMrz)
    await h.chip_reader.insert(in_the_field(chip_of(document)))
    h.mrz_reader.present(*document.mrz)
    await h.until(lambda: isinstance(h.state, m.Passing | m.AwaitingOfficer), seconds=20)
    if isinstance(h.state, m.Passing):
        await h.until(lambda: h.barrier.now.entry_open)
        await h.walk_through()
    return (await h.records(h.gate.runner.sessions))[-1]


def portrait_check(record: CrossingRecord) -> CheckResult:
    (check,) = [each for each in record.checks if each.check_id is CheckId.PORTRAIT]
    return check


@pytest.mark.parametrize(
    ("printed", "outcome"), [("P001", Outcome.SUCCESSFUL), ("P007", Outcome.FAILED)]
)
async def test_a_changed_photograph_is_in_the_record_and_stops_nobody(
    tmp_path: Path, verifier: FaceVerifier, printed: str, outcome: Outcome
) -> None:
    document = passport("bac")
    pages = tmp_path / "pages"
    pages.mkdir()
    scanner = find(PAGE_SCANNERS, "folder")(str(pages), {"poll_seconds": 0.02})
    async with lane(tmp_path, verifier, scanner, POLICY) as h:
        FolderScanner(pages).scan(page_of(document, printed))
        record = await cross(h, document)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert portrait_check(record).outcome is outcome
    assert not any(pages.iterdir())


async def test_where_the_policy_says_so_a_changed_photograph_is_for_an_officer(
    tmp_path: Path, verifier: FaceVerifier
) -> None:
    document, scanner = passport("bac"), SimulatedPageScanner()
    async with lane(tmp_path, verifier, scanner, MANDATORY) as h:
        scanner.scan(page_of(document, "P007"))
        record = await cross(h, document)
        shown = h.gate.supervision.case_images(h.state.session_id, "officer-17") or ()
    assert record.findings == (CheckId.PORTRAIT.value,)
    kinds = [image.kind for image in shown]
    assert kinds[:3] == [
        CaseImageKind.LIVE_FRAME,
        CaseImageKind.CHIP_PORTRAIT,
        CaseImageKind.PRINTED_PORTRAIT,
    ]


async def test_a_page_is_of_one_session_alone(tmp_path: Path, verifier: FaceVerifier) -> None:
    document, scanner = passport("bac"), SimulatedPageScanner()
    async with lane(tmp_path, verifier, scanner, POLICY) as h:
        scanner.scan(page_of(document, "P007"))
        await cross(h, document)
        await h.until_state(m.Idle)
        await h.beams()
        await cross(h, document)
        first, second = await h.records(2)
    assert portrait_check(first).outcome is Outcome.FAILED
    assert portrait_check(second).detail == "no page was scanned in time"


async def test_a_page_that_came_long_before_the_document_is_let_go() -> None:
    now = 100.0
    clocks = Clocks(lambda: now, NOW.timestamp)
    documents, pages = DocumentSlot(clocks), LanePages(None, None, lambda: POLICY, clocks)
    ways = LaneWays(documents, pages, *[None] * 4, lambda: POLICY, None, "BDDAC")
    executor = LaneExecutor(ways, clocks)
    pages.slot.put(PageScan(np.zeros((1, 1, 3), np.uint8)))
    for seconds, is_there in ((1.0, True), (3.0, False)):
        now += seconds
        documents.put(MrzLines(passport("bac").mrz))
        await executor.execute(m.ReadMrz(m.SessionId("0190a")))
        assert pages.slot.has_page is is_there


async def test_a_lost_page_scanner_stops_nobody(tmp_path: Path, verifier: FaceVerifier) -> None:
    scanner = SimulatedPageScanner()
    async with lane(tmp_path, verifier, scanner, POLICY) as h:
        scanner.fail()
        record = await cross(h, passport("bac"))
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert portrait_check(record).outcome is Outcome.UNDETERMINED
