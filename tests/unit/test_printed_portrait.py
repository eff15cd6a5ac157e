"""The printed portrait against the chip's: found, compared, and never waited for in vain."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from egate.biometrics.printed_portrait import MIN_SIMILARITY, printed_portrait
from egate.biometrics.verification import FaceTemplate, FaceVerifier
from egate.domain.evidence import CheckId, CheckResult, FaceEvidence, Outcome
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.emrtd.mrz.parse import Mrz, parse
from egate.gate.case_images import CaseImages
from egate.gate.clocks import Clocks
from egate.gate.pages import PageSlot
from egate.gate.printed_portrait import PrintedPortraitCheck
from egate.gate.travellers_page import TravellersPage
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.ports.case_images import CaseImageKind
from egate.ports.devices import DeviceError, DeviceName, PageScan
from hardware_mocks.page_scanner.page import data_page
from tests.emrtd_passport import NOW, passport
from tests.gate_samples import POLICY, ROOT, face

UNREAD = MrzImageUnread("of nobody")
PEOPLE = ("P001", "P003", "P005", "P008")
MRZ = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F3204153ZE184226B<<<<<16",
)
DG2 = passport("bac").files[0x0102]  # shows P001


@pytest.fixture(scope="module")
def verifier() -> FaceVerifier:
    return FaceVerifier.load()


def photograph(person: str) -> np.ndarray:
    file = ROOT / "hardware_mocks" / "photographs" / person / "portrait.jpg"
    return np.asarray(cv2.imread(str(file)), np.uint8)


def mandatory(seconds: float) -> Policy:
    profile = replace(POLICY.profile, face_seconds=seconds)
    obligations = {**POLICY.obligations, CheckId.PORTRAIT: Obligation.MANDATORY}
    return replace(POLICY, profile=profile, obligations=obligations)


def test_people_on_worn_pages_are_told_apart(verifier: FaceVerifier) -> None:
    stored = {person: verifier.template(photograph(person)) for person in PEOPLE}
    alike: dict[bool, list[float]] = {True: [], False: []}
    for seed, person in enumerate(PEOPLE):
        page = data_page(photograph(person), MRZ, seed, wear=0.5)
        printed = printed_portrait(page, verifier)
        assert printed is not None
        for other in PEOPLE:
            alike[person == other].append(verifier.similarity(printed, stored[other]))
    assert min(alike[True]) > MIN_SIMILARITY > max(alike[False]) + 0.05


def test_the_ghost_image_is_not_the_portrait(verifier: FaceVerifier) -> None:
    page = data_page(photograph("P001"), MRZ, wear=0.0)
    printed = printed_portrait(page, verifier)
    assert printed is not None
    assert printed.box.x + printed.box.width < 0.42 * page.shape[1]
    page[:, : round(0.42 * page.shape[1])] = 235  # the portrait is scratched out; the ghost stays
    assert printed_portrait(page, verifier) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1)])
def test_a_page_of_a_few_pixels_has_no_portrait(
    verifier: FaceVerifier, shape: tuple[int, int]
) -> None:
    assert printed_portrait(np.zeros((*shape, 3), np.uint8), verifier) is None


class Lane:
    """One session of a lane with a page scanner."""

    def __init__(self, faces: object, policy: Policy = POLICY) -> None:
        self.now = 100.0
        self.pages = PageSlot(Clocks(lambda: self.now, lambda: 0.0))
        self.images = CaseImages()
        self.check = PrintedPortraitCheck(faces, lambda: policy)
        loop = asyncio.get_running_loop()
        self.portrait: asyncio.Future[bytes | None] = loop.create_future()
        self.mrz: asyncio.Future[Mrz] = loop.create_future()
        self.mrz.set_result(parse(MRZ, NOW.date()))
        self.own = TravellersPage(self.pages, self.mrz, self.portrait, lambda: policy)
        self.compared = asyncio.Event()

    def scan(self, page: PageScan) -> None:
        """Scan ``page``, whose MRZ nobody can read."""
        self.pages.put(page).reading.set_result(UNREAD)

    async def face(self) -> FaceEvidence:
        await self.compared.wait()
        return face()

    async def result(self, dg2: bytes | None = DG2) -> CheckResult:
        """The face is compared as soon as the chip's portrait is there."""
        self.portrait.set_result(dg2)
        self.compared.set()
        async with asyncio.timeout(5):
            evidence = await self.check.beside(self.face(), self.own, self.images)
        assert evidence.similarity == face().similarity
        return found(evidence.checks)


def found(checks: Sequence[CheckResult]) -> CheckResult:
    (check,) = [each for each in checks[-1:] if each.check_id is CheckId.PORTRAIT]
    return check


@pytest.mark.parametrize(
    ("printed", "outcome"), [("P001", Outcome.SUCCESSFUL), ("P005", Outcome.FAILED)]
)
async def test_a_substituted_photograph_fails_its_check(
    verifier: FaceVerifier, printed: str, outcome: Outcome
) -> None:
    lane = Lane(verifier)
    lane.scan(PageScan(data_page(photograph(printed), MRZ)))
    result = await lane.result()
    assert result.outcome is outcome
    assert result.detail.endswith(f"required {MIN_SIMILARITY:.3f}")
    kinds = [image.kind for image in lane.images.all()]
    assert CaseImageKind.PRINTED_PORTRAIT in kinds


class NoFaces:
    """Sees nobody anywhere."""

    def template(self, _: np.ndarray) -> FaceTemplate | None:
        return None


class OnPageAlone:
    """Sees a face on wide pictures alone."""

    def __init__(self, verifier: FaceVerifier) -> None:
        self._seen = verifier.template(photograph("P001"))

    def template(self, image: np.ndarray) -> FaceTemplate | None:
        return self._seen if image.shape[0] > 1000 else None


@pytest.mark.parametrize(
    ("dg2", "detail"),
    [(None, "the chip gave no portrait"), (b"\x75\x03abc", "the portrait: "), (DG2, "no face in")],
)
async def test_without_a_portrait_of_the_chip_nothing_is_said_of_the_page(
    verifier: FaceVerifier, dg2: bytes | None, detail: str
) -> None:
    lane = Lane(OnPageAlone(verifier))
    lane.scan(PageScan(data_page(photograph("P001"), MRZ)))
    result = await lane.result(dg2)
    assert result.outcome is Outcome.UNDETERMINED
    assert result.detail.startswith(detail)


async def test_a_page_without_a_face_is_undetermined() -> None:
    lane = Lane(NoFaces())
    lane.scan(PageScan(np.zeros((60, 80, 3), np.uint8)))
    result = await lane.result()
    assert (result.outcome, result.detail) == (
        Outcome.UNDETERMINED,
        "no face where the page has its portrait",
    )


async def test_a_check_without_influence_never_waits_for_a_page() -> None:
    lane = Lane(NoFaces())  # whose patience would be longer than this test may take
    result = await lane.result()
    assert (result.outcome, result.detail) == (
        Outcome.UNDETERMINED,
        "no page was scanned in time",
    )


async def test_a_check_that_counts_waits_for_its_page_and_not_for_ever() -> None:
    lane = Lane(NoFaces(), mandatory(seconds=30))
    lane.portrait.set_result(DG2)
    lane.compared.set()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(lane.check.beside(lane.face(), lane.own, lane.images))
        for _ in range(9):
            await asyncio.sleep(0)
        assert not running.done()
        lane.scan(PageScan(np.zeros((60, 80, 3), np.uint8)))
    assert "no face" in found(running.result().checks).detail
    in_vain = await Lane(NoFaces(), mandatory(seconds=0.05)).result()
    assert in_vain.detail == "no page was scanned in time"


async def test_patience_begins_with_the_chips_portrait() -> None:
    lane = Lane(NoFaces(), mandatory(seconds=0.05))
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(lane.check.beside(lane.face(), lane.own, lane.images))
        await asyncio.sleep(0.1)  # the chip takes longer than the face may
        lane.scan(PageScan(np.zeros((60, 80, 3), np.uint8)))
        lane.portrait.set_result(DG2)
        lane.compared.set()
    assert "no face" in found(running.result().checks).detail


async def test_a_lost_camera_ends_both() -> None:
    async def lost() -> FaceEvidence:
        raise DeviceError(DeviceName.CAMERA, "unplugged")

    lane = Lane(NoFaces())
    with pytest.raises(DeviceError, match="unplugged"):
        await lane.check.beside(lost(), lane.own, lane.images)


@pytest.mark.parametrize(("age", "is_there"), [(2.9, True), (3.1, False)])
async def test_a_page_from_before_the_document_is_somebody_elses(
    age: float,
    is_there: bool,  # noqa: FBT001
) -> None:
    lane = Lane(NoFaces())
    lane.scan(PageScan(np.zeros((1, 1, 3), np.uint8)))
    lane.now += age
    lane.pages.document_read()
    assert lane.pages.has_page is is_there


async def test_a_page_and_a_portrait_that_are_there_already_are_compared_at_once() -> None:
    broken: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: broken.append(context))
    lane = Lane(NoFaces(), mandatory(0.5))
    lane.scan(PageScan(photograph("P001")))
    await lane.result()
    await asyncio.sleep(0)
    assert not broken
