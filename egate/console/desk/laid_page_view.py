"""What the form's script asks for of the page that lies on the desk's scanner.

``/desk/page`` is the view of the page, ``/desk/page/pictures`` are its pictures under each light
and ``/desk/page/specimens`` those of genuine documents. All by POST, so that no address tells
anything and nothing on the way takes an answer for its own to keep; another session than that
whose form was attached when the page was laid down gets nothing.
"""

import asyncio
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.bodies import Form
from egate.console.access.guarding import guarded
from egate.console.access.officer import Permission
from egate.console.audit.acts import AuditAct
from egate.console.cases.page_findings import FindingShown, page_findings
from egate.console.cases.pictures import form_response
from egate.console.cases.specimens import specimens_response
from egate.console.context import Console
from egate.console.desk.laid_pages import LaidPage, LaidPages
from egate.console.language import language_of
from egate.console.words import Words
from egate.domain.desk_record import RECORD_ID

_PAGE: Final = "/desk/page"


def laid_page_routes(console: Console, pages: LaidPages) -> list[BaseRoute]:
    """Return the routes of a desk with a page scanner."""
    view, post = _LaidPageView(console, pages), ("POST",)
    enter = Permission.ENTER_CROSSINGS
    return [
        guarded(_PAGE, view.show, enter, post),
        guarded(f"{_PAGE}/pictures", view.pictures, enter, post),
        guarded(f"{_PAGE}/specimens", view.specimens, enter, post),
    ]


class _LaidPageView:
    def __init__(self, console: Console, pages: LaidPages) -> None:
        self._console = console
        self._pages = pages
        self._specimens = console.cases.specimens

    async def show(self, request: Request) -> Response:
        """Give ``{"state": "none" | "looking" | "shown"}``, and of the last the view as HTML."""
        entry, page = _entry(request), self._of(request)
        if page is None:
            return JSONResponse({"state": "none"})
        if page.findings is None:
            return JSONResponse({"state": "looking"})
        await self._note(request, AuditAct.DESK_PAGE_SEEN, entry)
        found = page_findings(page.findings, (), Words(language_of(request)))
        html = self._console.pages.part(
            request,
            "desk/laid_page.html",
            mrz=page.mrz,
            is_visa=page.is_visa,
            is_another=_is_another(page, request.state.form),
            page_findings=found,
            tone=_tone(page, found),
            specimens=self._specimens.of(page.mrz),
            light_keys=("W", "I", "U"),
        )
        return JSONResponse({"state": "shown", "html": html})

    async def pictures(self, request: Request) -> Response:
        entry, page = _entry(request), self._of(request)
        if page is None:
            return Response(status_code=204)
        await self._note(request, AuditAct.DESK_PAGE_PICTURES_SEEN, entry)
        return form_response((f"page_{light}", jpeg) for light, jpeg in page.pictures.items())

    async def specimens(self, request: Request) -> Response:
        page = self._of(request)
        return specimens_response(self._specimens.of(page.mrz if page else None))

    def _of(self, request: Request) -> LaidPage | None:
        return self._pages.of(request.state.session.fingerprint)

    async def _note(self, request: Request, act: AuditAct, entry: str) -> None:
        officer_id = request.state.officer.officer_id
        await asyncio.to_thread(self._console.audit.note, officer_id, act, entry)


def _entry(request: Request) -> str:
    """Return the id of the form that asks."""
    entry: str = request.state.form.text("entry")
    if not RECORD_ID.fullmatch(entry):
        raise HTTPException(404)
    return entry


def _is_another(page: LaidPage, form: Form) -> bool:
    """Say whether the page is neither of the document of ``form`` nor a visa of its traveller."""
    number, birth = form.text("document_number"), form.text("date_of_birth")
    if page.mrz is None or not number:
        return False
    if page.is_visa:
        return page.is_of_another(birth)
    return not page.is_of(form.text("issuing_state"), number)


def _tone(page: LaidPage, found: tuple[FindingShown, ...]) -> str:
    """Return the tone of the view: that of the worst finding, which is the first."""
    if page.mrz is None:
        return "alarm"
    return next((each.tone for each in found if each.tone != "neutral"), "neutral")
