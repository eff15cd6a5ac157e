"""Cases as gates have them, for tests of the case page: records, hits and pictures."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from functools import cache

import cv2

from egate.biometrics.officer_picture import officer_picture
from egate.domain.evidence import CheckResult, TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.session.message import TravellerMessage
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import LANE_CHECKS, CheckId, Outcome
from egate.ports.case_facts import CaseFacts, CaseThresholds
from egate.ports.case_hits import CaseHit, HitMatch, PersonListed
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.ports.supervision import GateState, GateStatus, OfficerOrder
from egate.reporting.gate_client import GateUnavailable
from tests.conftest import ROOT

CROSSING = "0197f000-0000-7000-8000-000000000001"
GATE = "DAC-D-01"
AT = UtcSeconds(1_790_000_000.0)
THRESHOLDS = CaseThresholds("2026-11.9", "standard", 0.45, 0.6, 0.45)
BAN = CaseHit(
    list_name="EXIT_BAN",
    version=8,
    entry_id="EB-2026-0117",
    revision="b" * 16,
    action="REFER_SILENT",
    match=HitMatch.DOCUMENT,
    score=None,
    legal_basis="Code of Criminal Procedure 1898, s. 496",
    order_reference="Writ 4437/2021",
    authority="SB",
    court="High Court Division, Dhaka",
    instruction="Do not let the person leave. Call the duty officer; no handcuffs in the hall.",
    contact="Duty officer, +880 2 0000 0000",
    valid_from="2026-03-01",
    valid_to="2027-03-01",
    persons=(PersonListed(("KARIM ABDUL", "KARIM MD ABDUL"), "1990-02-28", "BGD", "M"),),
)
LIKE = replace(
    BAN,
    list_name="WANTED",
    entry_id="W-77",
    revision="c" * 16,
    action="REFER",
    match=HitMatch.LIKE_NAME,
    score=0.91,
    court="",
    instruction="Compare the photograph on file before anything else.",
    persons=(PersonListed(("KARIM ABDUS",), "1990-XX-XX", "BGD", "M"),),
)
DOCUMENT = TravelDocument(
    "P", "BGD", "BX0123456", "2031-04-15", "KARIM", "ABDUL", "BGD", "1990-02-28", "M"
)


def record(*failed: CheckId, similarity: float | None = 0.71, **changes: object) -> CrossingRecord:
    """A gate's referral, because of ``failed``."""
    details = {
        CheckId.FACE: "similarity 0.310, required 0.450; poor portrait: blurred",
        CheckId.ACCESS: "SELECT the eMRTD application: 6982",
        CheckId.PAD: "score 0.830, at most 0.600; parallax 0.912",
        CheckId.WATCHLIST: "EXIT_BAN 8: EB-2026-0117",
    }
    checks = tuple(
        CheckResult(each, Outcome.FAILED, details.get(each, "does not agree"))
        if each in failed
        else CheckResult(
            each, Outcome.NOT_SUPPORTED if each.startswith("OPTICAL.U") else Outcome.SUCCESSFUL
        )
        for each in LANE_CHECKS
    )
    made = CrossingRecord(
        crossing_id=CROSSING,
        gate_id=GATE,
        gate_seq=7,
        direction=Direction.EXIT,
        border_crossing_point="BDDAC",
        occurred_at=AT,
        recorded_at=UtcSeconds(AT + 9.0),
        verdict=RecordVerdict.REFER,
        status=CrossingStatus.REFERRED,
        policy_version="2026-11.9",
        software_version="0.1.0",
        document=DOCUMENT,
        checks=checks,
        similarity=similarity,
        threshold=0.45 if similarity is not None else None,
        findings=tuple(sorted(failed)),
        attempts=1,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@cache
def photographs(pad_frames: int = 0) -> tuple[CaseImage, ...]:
    """Pictures of a case: of one person before the camera, in the chip and on the page."""
    folder = ROOT / "hardware_mocks" / "photographs" / "P001"
    live = cv2.imread(str(folder / "selfie.jpg"))
    chip = cv2.imread(str(folder / "portrait.jpg"))
    page = cv2.GaussianBlur(chip, (9, 9), 0)
    faces = (
        (CaseImageKind.LIVE_FRAME, live),
        (CaseImageKind.CHIP_PORTRAIT, chip),
        (CaseImageKind.PRINTED_PORTRAIT, page),
    )
    frames = [
        cv2.resize(cv2.convertScaleAbs(live, alpha=1 - 0.08 * n), (640, 360))
        for n in range(pad_frames)
    ]
    return (
        *(CaseImage(kind, officer_picture(picture)) for kind, picture in faces),
        *(CaseImage(CaseImageKind.PAD_FRAME, officer_picture(frame)) for frame in frames),
    )


@dataclass
class CaseLink:
    """A gate with one case, held in the test's hand."""

    facts: CaseFacts
    hits: tuple[CaseHit, ...] = ()
    images: tuple[CaseImage, ...] = ()
    reachable: bool = True
    orders: list[tuple[OfficerOrder, str, str | None]] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    holder: str = ""
    is_open: bool = True
    gate_id: str = GATE
    crossing: str = CROSSING

    async def changes(self) -> AsyncIterator[GateStatus]:
        last = None
        while self.reachable:
            if (now := self.status()) != last:
                last = now
                yield now
            await asyncio.sleep(0.01)
        raise GateUnavailable("A: UNAVAILABLE")

    async def attend(self, officer_id: str) -> None:
        await asyncio.Event().wait()

    def status(self) -> GateStatus:
        found = self.facts.record
        return GateStatus(
            self.gate_id,
            GateState.AWAITING_OFFICER if self.is_open else GateState.IDLE,
            TravellerMessage.OFFICER_WILL_HELP,
            crossing_id=self.crossing if self.is_open else "",
            findings=found.findings if found else (),
            case_officer_id=self.holder,
        )

    async def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool:
        self._reach()
        self.orders.append((order, officer_id, crossing_id))
        was_open, self.is_open = self.is_open, False
        return was_open

    async def case(self, crossing_id: str, officer_id: str) -> CaseFacts | None:
        return self.facts if self._looks(crossing_id, officer_id) else None

    async def case_hits(self, crossing_id: str, officer_id: str) -> tuple[CaseHit, ...] | None:
        return self.hits if self._looks(crossing_id, officer_id) else None

    async def case_images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        return self.images if self._looks(crossing_id, officer_id) else None

    async def take_case(
        self, crossing_id: str, officer_id: str, from_officer_id: str = ""
    ) -> str | None:
        if not self._looks(crossing_id, officer_id):
            return None
        if self.holder == from_officer_id:
            self.holder = officer_id
        return self.holder

    def _looks(self, crossing_id: str, officer_id: str) -> bool:
        self._reach()
        self.views.append(officer_id)
        return self.is_open and crossing_id == self.crossing

    def _reach(self) -> None:
        if not self.reachable:
            raise GateUnavailable("A: UNAVAILABLE")
