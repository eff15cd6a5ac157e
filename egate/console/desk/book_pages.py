"""The page of the desk's book: what waits, what was refused and why; the banner of all pages."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from egate.console.access.officer import Officer, Permission
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.desk.writing import DeskWriting
from egate.domain.evidence import TravelDocument
from egate.domain.record_id import made_at
from egate.domain.time import UtcSeconds
from egate.outbox.desk_backlog import Unsettled
from egate.outbox.desk_book import DeskKind
from egate.reporting.decision_mapping import decode_decision
from egate.reporting.mapping import decode

PATH: Final = "/desk/book"
_MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class BookRow:
    """One record that the centre does not have. Personal.

    Args:
        record_id: of it.
        kind: of it.
        made_at: when.
        what: key of the text that says what it is.
        document: State and number.
        holder: the name.
        refused: why the centre refused it; "" while it waits.
        acknowledged_by: who took note of that.

    """

    record_id: str
    kind: str
    made_at: UtcSeconds
    what: str
    document: str = field(repr=False)
    holder: str = field(repr=False)
    refused: str
    acknowledged_by: str


class BookPages:
    """The pages of the book.

    Args:
        console: whose.
        desk: of it.

    """

    def __init__(self, console: Console, desk: DeskWriting) -> None:
        self._console = console
        self._desk = desk

    async def show(self, request: Request) -> Response:
        await self._note(request, AuditAct.DESK_BOOK_SEEN)
        rows = [_row(each) for each in await self._desk.unsettled(_MOST_SHOWN)]
        return self._console.pages.render(
            request, "desk/book.html", rows=rows, away=self._desk.centre_fault
        )

    async def try_now(self, _: Request) -> Response:
        self._desk.try_now()
        return RedirectResponse(PATH, 303)

    async def acknowledge(self, request: Request) -> Response:
        record_id = request.state.form.text("record_id")
        await self._note(request, AuditAct.DESK_REFUSAL_SEEN, record_id)
        await self._desk.acknowledge(record_id, _officer(request).officer_id)
        return RedirectResponse(PATH, 303)

    async def send_again(self, request: Request) -> Response:
        record_id = request.state.form.text("record_id")
        await self._note(request, AuditAct.DESK_SENT_AGAIN, record_id)
        await self._desk.send_again(record_id)
        return RedirectResponse(PATH, 303)

    async def banner(self, request: Request) -> Response:
        """Give the banner of every page, empty while all is well."""
        values = self.banner_values(request)
        return HTMLResponse(self._console.pages.part(request, "desk/banner.html", **values))

    def banner_values(self, request: Request) -> dict[str, object]:
        """Return what the banner says, to those who are logged in."""
        officer: Officer | None = getattr(request.state, "officer", None)
        if officer is None:
            return {}
        waiting = self._desk.waiting()
        oldest_at = waiting.oldest_at or self._console.now()
        return {
            "desk_waiting": waiting,
            "desk_away": self._desk.centre_fault,
            "desk_is_broken": self._desk.evidence_is_broken,
            "desk_age": max(0.0, self._console.now() - oldest_at),
            "may_see_book": officer.may(Permission.ENTER_CROSSINGS),
        }

    async def _note(self, request: Request, act: AuditAct, subject: str = "") -> None:
        officer_id = _officer(request).officer_id
        await asyncio.to_thread(self._console.audit.note, officer_id, act, subject)


def _officer(request: Request) -> Officer:
    officer: Officer = request.state.officer
    return officer


def _row(record: Unsettled) -> BookRow:
    if record.kind is DeskKind.CROSSING:
        crossing = decode(record.payload)
        what, document = f"desk.direction.{crossing.direction}", crossing.document
        return _of(record, what, _named(document), _holder(document))
    decision = decode_decision(record.payload)
    seen = decision.documents_seen[0] if decision.documents_seen else None
    return _of(
        record,
        f"desk.decision.{decision.decision}",
        f"{seen.issuing_state} {seen.document_number}" if seen else "",
        "",
    )


def _of(record: Unsettled, what: str, document: str, holder: str) -> BookRow:
    return BookRow(
        record.record_id,
        record.kind.value,
        made_at(record.record_id),
        what,
        document,
        holder,
        record.refused,
        record.acknowledged_by,
    )


def _named(document: TravelDocument | None) -> str:
    return f"{document.issuing_state} {document.document_number}" if document else ""


def _holder(document: TravelDocument | None) -> str:
    if document is None:
        return ""
    return f"{document.primary_identifier} {document.secondary_identifier}".strip()
