"""The pages of a case, and what their script asks for.

``/gates/GATE/cases/CROSSING`` is the page; below it ``take`` (who has it), ``images``,
``specimens`` (genuine documents, to compare with), ``holder`` (what the centre knows),
``decision``, and ``events`` (whose the case is, until it is over).
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.officer import Officer, Permission
from egate.console.audit.acts import AuditAct
from egate.console.cases.deciding import (
    CaseDesk,
    CaseOfAnother,
    CaseOver,
    Decided,
    GateLost,
)
from egate.console.cases.decision_form import DecisionFaulty
from egate.console.cases.history import history_of
from egate.console.cases.judging import against_the_traveller, decisions_of, faces_were_compared
from egate.console.cases.open_cases import OpenCase
from egate.console.cases.page_findings import page_findings
from egate.console.cases.pictures import (
    is_with_officer,
    needed,
    pictures_response,
)
from egate.console.cases.shown import basis_of, check_rows, findings, hits_shown, lists_named
from egate.console.cases.specimens import specimens_response
from egate.console.cases.standing import Standing, StandingKind, standing_of
from egate.console.context import Console
from egate.console.desk.book_thread import BookUnusable
from egate.console.hall.live import Lane
from egate.console.language import language_of
from egate.console.local_time import DHAKA
from egate.console.words import Words
from egate.domain.desk_record import RECORD_ID
from egate.emrtd.checks import CheckId
from egate.reporting.gate_client import GateUnavailable
from egate.web.event_stream import EventStream

_PAGE: Final = "/gates/{gate_id}/cases/{crossing_id}"
_LONGEST_OFFLOAD: Final = timedelta(days=31)


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of cases."""
    pages = _Cases(console)
    post = ("POST",)
    return [
        guarded(_PAGE, pages.show, Permission.DECIDE),
        guarded(f"{_PAGE}/events", pages.events, Permission.DECIDE),
        guarded(f"{_PAGE}/take", pages.take, Permission.DECIDE, post),
        guarded(f"{_PAGE}/images", pages.images, Permission.DECIDE, post),
        guarded(f"{_PAGE}/specimens", pages.specimens, Permission.DECIDE, post),
        guarded(f"{_PAGE}/holder", pages.holder, Permission.DECIDE, post),
        guarded(f"{_PAGE}/decision", pages.decide, Permission.DECIDE, post),
    ]


class _Asked:
    """Which case a request is about, and who asks."""

    def __init__(self, request: Request, console: Console) -> None:
        self.officer: Officer = request.state.officer
        self.gate_id: str = request.path_params["gate_id"]
        self.crossing_id: str = request.path_params["crossing_id"]
        self._hall = console.hall
        if not RECORD_ID.fullmatch(self.crossing_id):
            raise HTTPException(404)
        _ = self.lane

    @property
    def lane(self) -> Lane:
        try:
            return self._hall.lane(self.gate_id, self.officer)
        except KeyError:
            raise HTTPException(404) from None

    def standing(self) -> Standing:
        return standing_of(self.lane, self.crossing_id, self.officer)


class _Cases:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._pages = console.pages
        self._open = console.cases.open
        self._desk = console.cases.desk
        self._specimens = console.cases.specimens

    async def show(self, request: Request) -> Response:
        asked = _Asked(request, self._console)
        self._note(asked, AuditAct.CASE_SEEN)
        try:
            case = await self._open.look(asked.gate_id, asked.crossing_id, asked.officer)
        except GateUnavailable:
            return await self._closed(request, asked, is_lost=True)
        if case is None:
            return await self._closed(request, asked, is_lost=False)
        return self._page(request, asked, case)

    async def take(self, request: Request) -> Response:
        """Take the case: ``{"from": "officer-2"}``, or "" for one that nobody has."""
        asked = _Asked(request, self._console)
        given_up_by = request.state.form.text("from")
        self._note(asked, AuditAct.CASE_TAKEN, f"from {given_up_by}" if given_up_by else "")
        link = self._console.hall.link(asked.gate_id, asked.officer)
        try:
            holder = await link.take_case(asked.crossing_id, asked.officer.officer_id, given_up_by)
        except GateUnavailable:
            return JSONResponse({"text": Words(language_of(request))("case.unreachable")}, 503)
        return JSONResponse({"officer_id": holder})

    async def images(self, request: Request) -> Response:
        """Give the pictures. By POST, so that nothing on the way takes them for its own to keep."""
        asked = _Asked(request, self._console)
        self._note(asked, AuditAct.CASE_PICTURES_SEEN)
        link, status = self._console.hall.link(asked.gate_id, asked.officer), asked.lane.status
        if status is None or not is_with_officer(status, asked.crossing_id):
            return Response(status_code=204)
        try:
            images = await link.case_images(asked.crossing_id, asked.officer.officer_id)
        except GateUnavailable:
            return JSONResponse({"error": "the gate was not reached"}, 503)
        if images is None:
            return Response(status_code=204)  # the case is over
        return pictures_response(needed(images, status))

    async def specimens(self, request: Request) -> Response:
        """Give the specimens of documents such as that of the case.

        By POST as the pictures, so that no address tells which State's document it is.
        """
        asked = _Asked(request, self._console)
        case = self._open.seen_by(asked.gate_id, asked.crossing_id, asked.officer)
        document = case.record.document if case and case.record else None
        return specimens_response(self._specimens.of(document))

    async def holder(self, request: Request) -> Response:
        """Give what the centre knows of the traveller, or that it is away."""
        asked = _Asked(request, self._console)
        self._note(asked, AuditAct.CASE_HISTORY_SEEN)
        case = self._open.seen_by(asked.gate_id, asked.crossing_id, asked.officer)
        document = case.record.document if case and case.record else None
        officer_id = asked.officer.officer_id
        history = await history_of(self._console.centre, document, officer_id, asked.crossing_id)
        return JSONResponse(
            {"html": self._pages.part(request, "cases/history.html", history=history)}
        )

    async def decide(self, request: Request) -> Response:
        asked, words = _Asked(request, self._console), Words(language_of(request))
        if self._desk is None:
            raise HTTPException(404)
        case = self._open.seen_by(asked.gate_id, asked.crossing_id, asked.officer)
        try:
            if case is None:
                return await self._not_open(request, asked, self._desk)
            decided = await self._desk.decide(case, asked.officer, request.state.form)
        except DecisionFaulty as error:
            faults = {name: words(key) for name, key in error.faults.items()}
            return JSONResponse({"faults": faults}, 422)
        except CaseOfAnother as error:
            text = f"{words('case.fault.not_yours')} {error.officer_id}"
            return JSONResponse({"faults": {"form": text}}, 409)
        except CaseOver:
            return JSONResponse({"html": await self._ended(request, asked, None)}, 410)
        except GateLost:
            return JSONResponse({"faults": {"form": words("case.fault.gate_lost")}}, 503)
        except BookUnusable:
            return JSONResponse({"faults": {"form": words("case.fault.unwritten")}}, 503)
        return JSONResponse({"html": await self._ended(request, asked, decided)})

    async def events(self, request: Request) -> Response:
        return EventStream(self._standings(request, _Asked(request, self._console)))

    async def _standings(self, request: Request, asked: _Asked) -> AsyncIterator[dict[str, Any]]:
        given: Standing | None = None
        while True:
            changed = self._console.hall.next_change()
            standing = asked.standing()
            if standing.kind is StandingKind.OVER:
                decided = await self._decided(asked)
                yield {"over": True, "html": await self._ended(request, asked, decided)}
                return
            if standing != given:
                given = standing
                yield {
                    "may_decide": standing.may_decide,
                    "reachable": not asked.lane.fault,
                    "html": self._pages.part(request, "cases/standing.html", standing=standing),
                }
            await changed.wait()

    def _page(self, request: Request, asked: _Asked, case: OpenCase) -> Response:
        words, record = Words(language_of(request)), case.record
        status, thresholds = asked.lane.status, case.facts.thresholds
        today = datetime.fromtimestamp(self._console.now(), DHAKA).date()
        found = record.findings if record else status.findings if status else ()
        return self._pages.render(
            request,
            "cases/case.html",
            gate_id=asked.gate_id,
            standing=asked.standing(),
            record=record,
            document=record.document if record else None,
            findings=findings(found, words),
            rows=check_rows(case.facts, words),
            page_findings=page_findings(
                case.facts.optical_findings, record.findings if record else (), words
            ),
            specimens=self._specimens.of(record.document if record else None),
            policy_changed=record is not None
            and record.policy_version != thresholds.policy_version,
            named=lists_named(case, found, words),
            hits=hits_shown(case, words),
            decisions=decisions_of(case) if self._desk else (),
            reasons=self._desk.reasons.reason if self._desk else (),
            legal_basis=basis_of(case.stopping),
            override=bool(against_the_traveller(case)),
            compares_faces=faces_were_compared(case),
            shows_frames=CheckId.PAD in found,
            today=today.isoformat(),
            last_day=(today + _LONGEST_OFFLOAD).isoformat(),
        )

    async def _closed(self, request: Request, asked: _Asked, *, is_lost: bool) -> Response:
        decided = await self._decided(asked)
        return self._pages.render(
            request,
            "cases/closed.html",
            status_code=503 if is_lost and decided is None else 200,
            lost=is_lost and decided is None,
            **await self._of_the_end(asked, decided),
        )

    async def _not_open(self, request: Request, asked: _Asked, desk: CaseDesk) -> Response:
        """Answer a decision on what this officer has not open: decided meanwhile, or over."""
        decided = await desk.decided(asked.gate_id, asked.crossing_id)
        return JSONResponse({"html": await self._ended(request, asked, decided)}, 410)

    async def _ended(self, request: Request, asked: _Asked, decided: Decided | None) -> str:
        shown = await self._of_the_end(asked, decided)
        return self._pages.part(request, "cases/ended.html", **shown)

    async def _of_the_end(self, asked: _Asked, decided: Decided | None) -> dict[str, object]:
        state = await self._desk.state(decided) if self._desk and decided else ""
        return {
            "gate_id": asked.gate_id,
            "decided": decided,
            "state": state,
            "by_another": decided and decided.entered.officer_id != asked.officer.officer_id,
        }

    async def _decided(self, asked: _Asked) -> Decided | None:
        if self._desk is None:
            return None
        try:
            return await self._desk.decided(asked.gate_id, asked.crossing_id)
        except BookUnusable:
            return None

    def _note(self, asked: _Asked, act: AuditAct, detail: str = "") -> None:
        self._console.audit.note(asked.officer.officer_id, act, asked.crossing_id, detail)
