"""The search for crossings, and the history of a holder."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.records.asking import NotAnswered, answered
from egate.console.records.findings import reasons_in
from egate.console.records.search_form import (
    described,
    document_faults,
    entered,
    faults_of,
    search_of,
)
from egate.console.records.timeline import stay_bars
from egate.domain.record import CrossingStatus, Direction, RecordVerdict

_PAGE: Final = 50
_MAX_CURSOR: Final = 2000
_BAD: Final = 400


class SearchPage:
    """Answers ``/records`` and ``/records/holder``; a document is never part of an address."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def show(self, request: Request) -> Response:
        return self._form(request, entered({}))

    async def search(self, request: Request) -> Response:
        values = entered(request.state.form)
        faults = faults_of(values, self._console.now())
        if faults:
            return self._form(request, values, _BAD, faults=faults)
        if self._console.centre is None:
            return self._form(request, values)
        officer_id = request.state.officer.officer_id
        self._console.audit.note(officer_id, AuditAct.CROSSINGS_SEARCHED, "", described(values))
        try:
            cursor = _cursor(request.state.form)
            page = await answered(
                self._console.centre.inquiry.find(search_of(values), officer_id, _PAGE, cursor)
            )
        except NotAnswered as away:
            return self._form(request, values, away.status_code, fault=away.text)
        cursor_text = urlsafe_b64encode(page.cursor).decode()
        return self._form(request, values, page=page, cursor=cursor_text)

    async def holder(self, request: Request) -> Response:
        """Answer what is known of the holder of a document; by POST."""
        values = entered(request.state.form)
        if faults := document_faults(values):
            return self._form(request, values, _BAD, faults=faults)
        if self._console.centre is None:
            return self._form(request, values)
        officer_id = request.state.officer.officer_id
        self._console.audit.note(officer_id, AuditAct.HOLDER_SEEN)
        try:
            holder = await answered(
                self._console.centre.inquiry.holder(
                    values["issuing_state"], values["document_number"], officer_id
                )
            )
        except NotAnswered as away:
            return self._form(request, values, away.status_code, fault=away.text)
        return self._console.pages.render(
            request,
            "records/holder.html",
            holder=holder,
            bars=stay_bars(holder.stays, self._console.now()),
            overstays=len(holder.overstays),
            reason=reasons_in(request),
        )

    def _form(
        self, request: Request, values: Mapping[str, str], status_code: int = 200, **more: object
    ) -> Response:
        searchable = self._console.centre is not None
        shown: dict[str, object] = {
            "fault": "" if searchable else "records.no_centre",
            "faults": {},
            "page": None,
            "cursor": "",
        }
        return self._console.pages.render(
            request,
            "records/search.html",
            status_code=status_code,
            values=values,
            searchable=searchable,
            directions=list(Direction),
            statuses=list(CrossingStatus),
            verdicts=list(RecordVerdict),
            reason=reasons_in(request),
            **shown | more,
        )


def _cursor(form: Mapping[str, object]) -> bytes:
    """Return where the next page begins, as a page of ours sent it back.

    Raises:
        NotAnswered: it is none of ours.

    """
    text = str(form.get("cursor", ""))
    try:
        return urlsafe_b64decode(text[:_MAX_CURSOR].encode("ascii"))
    except (binascii.Error, ValueError):
        raise NotAnswered("records.refused", _BAD) from None
