"""Commands of the machine carried out on the devices of the lane."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from egate.domain.evidence import CheckResult, FaceEvidence
from egate.domain.guidance import Guidance
from egate.domain.optical_finding import OpticalFinding
from egate.domain.policy.eligibility import eligibility_check
from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.case import document_of
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.errors import RetryableReadError
from egate.emrtd.lds.files import LdsFile
from egate.gate.background.checking import BackgroundPart
from egate.gate.background.subject import BackgroundSubject
from egate.gate.case_images import CaseImages
from egate.gate.chip_reading import ChipProcedure, Meter, read_chip, with_gate_seconds
from egate.gate.clocks import Clocks
from egate.gate.documents import DocumentSlot
from egate.gate.lane_pages import LanePages
from egate.gate.mrz_reading import WITHOUT_SCANNER, optical_checks, read_mrz, travel_document
from egate.gate.token_ways import NO_TOKENS, REFUSALS, TokenWays, ask_kiosks
from egate.gate.warrants import Warrants
from egate.gate.work import OfficersCase, Work
from egate.ports.case_images import CaseImage
from egate.ports.devices import Barrier, ChipReader, SignalLights
from egate.ports.tokens import TokenRefusal

# A chip at the edge of the field would use up every attempt before anybody moved it.
_AGAIN_SECONDS: Final = 0.5

_NO_PAGE_SCANNER: Final = CheckResult(CheckId.PORTRAIT, Outcome.NOT_SUPPORTED, "no page scanner")


class Comparison(Protocol):
    """What is asked of ``FaceComparison``."""

    def on_guidance(self, listener: Callable[[Guidance | None], None]) -> None: ...

    async def run(
        self, portrait: asyncio.Future[bytes | None], images: CaseImages
    ) -> FaceEvidence: ...


@dataclass(frozen=True, slots=True)
class LaneWays:
    """The devices and procedures of one lane, as the executor uses them; ``port`` a UN/LOCODE."""

    documents: DocumentSlot
    pages: LanePages
    chip_reader: ChipReader
    barrier: Barrier
    face: Comparison
    chip_procedure: ChipProcedure
    policy: Callable[[], Policy]
    background: BackgroundPart
    port: str
    tokens: TokenWays = NO_TOKENS
    lights: SignalLights | None = None


class LaneExecutor:
    """Keeps what is known of the present traveller, until told to forget."""

    def __init__(self, lane: LaneWays, clocks: Clocks) -> None:
        self._lane = lane
        self._clocks = clocks
        self._work: Work | None = None
        self._case: OfficersCase | None = None
        self._warrants = Warrants()

    def forget(self, case: m.SessionId | None = None) -> None:
        """Drop everything that is known of the session's traveller.

        Args:
            case: the session that an officer takes care of; its pictures alone stay, and what
                was found on its page.

        """
        self._work = None
        if self._case is not None and self._case.session != case:
            self._case.images.drop()
            self._case = None
        self._lane.documents.clear()
        self._lane.pages.slot.clear()

    def case_images(self, session: m.SessionId) -> tuple[CaseImage, ...]:
        """Return the pictures of ``session``; none of one that is forgotten."""
        case = self._case
        return case.images.all() if case and case.session == session else ()

    def page_findings(self, session: m.SessionId) -> tuple[OpticalFinding, ...]:
        """Return what was found on the page of ``session``; nothing of one that is forgotten."""
        case = self._case
        return case.findings if case and case.session == session else ()

    async def execute(self, command: m.Command) -> m.Event | None:
        """Carry out ``command`` and return what came of it.

        Raises:
            DeviceError: a device is lost.

        """
        match command:
            case m.ReadMrz(session):
                return await self._read_mrz(self._work_of(session))
            case m.InspectChip(session):
                return await self._inspect_chip(self._work_of(session))
            case m.InspectPage() | m.CompareFace():
                return await self._look(command, self._work_of(command.session))
            case m.CheckBackground(session):
                return await self._check_background(session)
            case m.SetBarrier(position, warrant):
                return await self._set_barrier(position, warrant)
            case m.SetSignal(signal):
                await (self._lane.lights or self._lane.barrier).set_signal(signal)
            case m.IssueToken() | m.RedeemToken():
                return await self._token(command, self._work_of(command.session.id))
            case m.Show() | m.StopWork() | m.Report():
                pass  # the runner's own
        return None

    async def _check_background(self, session: m.Session) -> m.Event | None:
        document = document_of(session)
        if document is None:
            return None
        subject = BackgroundSubject(
            session.id, document, session.direction, self._lane.port, session.began_at
        )
        evidence = await self._lane.background.check(subject)
        return m.BackgroundChecked(session.id, evidence, document)

    async def _set_barrier(
        self, position: m.BarrierPosition, warrant: m.Warrant | None
    ) -> m.Event | None:
        if warrant and not self._warrants.redeem(warrant, self._clocks.now()):
            return m.OpeningExpired(m.SessionId(warrant.crossing_id))
        await self._lane.barrier.set_position(position)
        return None

    def _work_of(self, session: m.SessionId) -> Work:
        if self._work is None or self._work.session != session:
            self._case = OfficersCase(session)
            self._work = Work(self._case)
        return self._work

    async def _read_mrz(self, work: Work) -> m.Event:
        lines = await self._lane.documents.take()
        began, today = self._clocks.now(), self._clocks.today()
        mrz = read_mrz(lines, today)
        if mrz is None:
            return m.MrzUnreadable(work.session)
        work.read(mrz)
        pages = self._lane.pages
        pages.slot.document_read()
        document = travel_document(mrz)
        eligible = eligibility_check(document, self._lane.policy().eligibility, today)
        unseen = () if pages.inspection else WITHOUT_SCANNER
        checks = (*optical_checks(mrz, today), *unseen, eligible)
        return m.MrzRead(work.session, document, checks, self._clocks.now() - began)

    async def _look(self, command: m.InspectPage | m.CompareFace, work: Work) -> m.Event | None:
        if isinstance(command, m.CompareFace):
            return m.FaceCompared(work.session, await self._compare_face(work))
        pages = self._lane.pages
        if pages.inspection is None:
            return None
        work.case.findings = await pages.inspection.findings(pages.of(work), work.images)
        return m.PageInspected(
            work.session, tuple(finding.as_result() for finding in work.case.findings)
        )

    async def _compare_face(self, work: Work) -> FaceEvidence:
        comparing, pages = self._lane.face.run(work.portrait, work.images), self._lane.pages
        if pages.printed is None:
            evidence = await comparing
            return replace(evidence, checks=(*evidence.checks, _NO_PAGE_SCANNER))
        return await pages.printed.beside(comparing, pages.of(work), work.images)

    async def _token(self, command: m.IssueToken | m.RedeemToken, work: Work) -> m.Event | None:
        session, tokens = command.session, self._lane.tokens
        if isinstance(command, m.IssueToken):
            portrait = work.portrait.result() if work.portrait.done() else None
            if tokens.book and portrait:
                tokens.book.issue(session, portrait, self._lane.policy().token_seconds)
            return None
        answer = await ask_kiosks(tokens.kiosks, session)
        if isinstance(answer, TokenRefusal):
            return m.TokenRefused(session.id, REFUSALS[answer])
        if not work.portrait.done():
            work.portrait.set_result(answer.portrait)
        return m.TokenRedeemed(session.id, answer.crossing_id, answer.chip, answer.background)

    async def _inspect_chip(self, work: Work) -> m.Event | None:
        if not work.mrz.done():
            return None  # a command of a session that was forgotten meanwhile
        if work.chip_lost:
            await asyncio.sleep(_AGAIN_SECONDS)
        meter = None
        try:
            async with self._lane.chip_reader.chip() as carry:
                meter = Meter(self._clocks.monotonic)
                conversation = self._lane.chip_procedure(
                    work.mrz.result(), work.memory, self._clocks.today()
                )
                evaluate = await read_chip(conversation, carry, meter)
        except RetryableReadError as error:
            work.chip_lost = True
            work.chip_gate_seconds += meter.gate_seconds if meter else 0.0
            return m.ChipReadFailed(work.session, str(error))
        # The face is compared beside the evaluation: its first step takes longer than all checks.
        if not work.portrait.done() and (dg2 := work.memory.files.get(LdsFile.EF_DG2)):
            work.portrait.set_result(dg2)
        inspection = await asyncio.to_thread(evaluate)
        seconds = work.chip_gate_seconds + meter.gate_seconds
        if not work.portrait.done():
            work.portrait.set_result(inspection.portrait)
        return m.ChipInspected(work.session, with_gate_seconds(inspection, seconds).evidence)
