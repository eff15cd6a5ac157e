"""The page of one crossing, its pictures, and the question to the Special Branch about it."""

import functools
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from egate.console.audit.acts import AuditAct
from egate.console.cases.details import in_language
from egate.console.cases.pictures import pictures_response
from egate.console.centre import CentreLinks
from egate.console.context import Console
from egate.console.language import language_of
from egate.console.records.asking import NotAnswered, answered
from egate.console.records.findings import reasons_in
from egate.console.words import Words
from egate.domain.desk_record import RECORD_ID
from egate.ports.case_images import CaseImageKind
from egate.ports.inquiries import CrossingKept
from egate.ports.reporting import CentreUnavailable
from egate.ports.special_branch import PersonHit, PersonQuery, SpecialBranchAway

_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.-]{0,39}")
_MISSING: Final = 404
_BAD: Final = 400
_AWAY: Final = 503


class AskReason(StrEnum):
    """Why an officer may ask the Special Branch about a person."""

    LIST_HIT = "list_hit"
    IDENTITY = "identity"
    COURT_ORDER = "court_order"
    INVESTIGATION = "investigation"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the Special Branch answered; ``away`` when it did not."""

    hits: tuple[PersonHit, ...] = ()
    away: bool = False


class RecordPage:
    """Answers ``/records/{crossing_id}`` and what is below it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def show(self, request: Request) -> Response:
        return await self._answer(request)

    async def pictures(self, request: Request) -> Response:
        """Answer the pictures that the centre still keeps; 204 when it has none."""
        crossing_id, centre = request.path_params["crossing_id"], self._console.centre
        if centre is None or not RECORD_ID.fullmatch(crossing_id):
            return Response(status_code=_MISSING)
        officer_id = request.state.officer.officer_id
        self._console.audit.note(officer_id, AuditAct.RECORD_PICTURES_SEEN, crossing_id)
        try:
            images = await centre.images.of(crossing_id, officer_id)
        except CentreUnavailable:
            return Response(status_code=_AWAY)
        return pictures_response(images) if images else Response(status_code=204)

    async def ask(self, request: Request) -> Response:
        """Ask the Special Branch about the person of the record, for a reason that is kept."""
        form = request.state.form
        reason, file = form.text("reason"), form.text("file").strip()
        if reason not in list(AskReason) or not _FILE.fullmatch(file):
            return await self._answer(request, _BAD, ask_fault=True)
        return await self._answer(request, ask_about=f"{reason} {file}")

    async def _answer(
        self,
        request: Request,
        status_code: int = 200,
        *,
        ask_about: str = "",
        ask_fault: bool = False,
    ) -> Response:
        crossing_id, centre = request.path_params["crossing_id"], self._console.centre
        if centre is None:
            return self._message(request, "records.no_centre", _AWAY)
        if not RECORD_ID.fullmatch(crossing_id):
            return self._message(request, "records.missing", _MISSING)
        officer_id = request.state.officer.officer_id
        self._console.audit.note(officer_id, AuditAct.RECORD_SEEN, crossing_id)
        try:
            kept = await answered(centre.inquiry.crossing(crossing_id, officer_id))
        except NotAnswered as away:
            return self._message(request, away.text, away.status_code)
        if kept is None:
            return self._message(request, "records.missing", _MISSING)
        asked = await self._asked(centre, kept, officer_id, ask_about) if ask_about else None
        return self._console.pages.render(
            request,
            "records/record.html",
            status_code=status_code,
            kept=kept,
            asked=asked,
            ask_fault=ask_fault,
            ask_reasons=list(AskReason),
            picture_kinds=list(CaseImageKind),
            reason=reasons_in(request),
            said=functools.partial(in_language, words=Words(language_of(request))),
        )

    async def _asked(
        self, centre: CentreLinks, kept: CrossingKept, officer_id: str, about: str
    ) -> Asked | None:
        record = kept.record
        if record.document is None:
            return None
        self._console.audit.note(officer_id, AuditAct.PERSON_ASKED, record.crossing_id, about)
        query = PersonQuery(officer_id, record.crossing_id, record.document)
        try:
            return Asked(await centre.persons.ask(query))
        except SpecialBranchAway:
            return Asked(away=True)

    def _message(self, request: Request, text: str, status_code: int) -> Response:
        return self._console.pages.render(
            request,
            "records/message.html",
            status_code=status_code,
            title="records.record",
            text=text,
        )
