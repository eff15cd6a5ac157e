"""The page of the audit log, for auditors and supervisors; a look at it is in it too."""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.officer import Officer, Permission
from egate.console.audit.acts import AuditAct
from egate.console.audit.chain import NOTHING_EXPECTED
from egate.console.audit.log import AuditUnusable
from egate.console.audit.reading import PAGE_ROWS, AuditNote, AuditQuery, LogFormat, exported, find
from egate.console.context import Console
from egate.console.local_time import entered_time
from egate.domain.desk_record import RECORD_ID
from egate.ports.reporting import CentreUnavailable
from egate.reporting.audit_head_client import KeptHeads
from egate.web.spreadsheet import UTF_8_MARK

_FIELDS: Final = ("officer_id", "act", "subject", "since", "until")
_MAX_TEXT: Final = 128
_MAX_DIGITS: Final = 15
_MEDIA_TYPES: Final = {
    LogFormat.CSV: "text/csv; charset=utf-8",
    LogFormat.JSON_LINES: "application/jsonl; charset=utf-8",
}


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of the audit log."""
    page = _AuditPage(console)
    allowed = Permission.SEE_AUDIT
    return [
        guarded("/audit", page.show, allowed),
        guarded("/audit", page.search, allowed, methods=("POST",)),
        # What only a form answers leads back to the page: by the choice of a language, by reload.
        guarded("/audit/export", page.show, allowed),
        guarded("/audit/verify", page.show, allowed),
        guarded("/audit/export", page.export, allowed, methods=("POST",)),
        guarded("/audit/verify", page.verify, allowed, methods=("POST",)),
    ]


@dataclass(frozen=True)
class _Asked:
    """What stands in the form."""

    values: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(_FIELDS, ""))
    query: AuditQuery = field(default_factory=AuditQuery)
    before: int | None = None
    fault: str = ""


class _AuditPage:
    def __init__(self, console: Console) -> None:
        self._console = console

    async def show(self, request: Request) -> Response:
        """Answer the newest rows."""
        self._note(request, AuditAct.LOG_SEARCHED, "")
        return await self._page(request, _Asked())

    async def search(self, request: Request) -> Response:
        """Answer the rows of a search; by POST, as a subject may be anything."""
        asked = _asked(request.state.form)
        self._note(request, AuditAct.LOG_SEARCHED, _described(asked))
        return await self._page(request, asked)

    async def verify(self, request: Request) -> Response:
        self._note(request, AuditAct.LOG_VERIFIED, "")
        kept = await self._kept()
        expected = kept.as_expected() if kept else NOTHING_EXPECTED
        state = await asyncio.to_thread(self._console.audit.verify, expected)
        return await self._page(request, _Asked(), state=state, kept=kept)

    async def _kept(self) -> KeptHeads | None:
        """Return what the centre has of this log, None when it cannot be asked."""
        if self._console.centre is None:
            return None
        try:
            return await self._console.centre.audit_heads.kept()
        except CentreUnavailable:
            return None

    async def export(self, request: Request) -> Response:
        asked = _asked(request.state.form)
        try:
            form = LogFormat(request.state.form.text("format"))
        except ValueError:
            return await self._page(request, asked, status_code=400)
        if asked.fault:
            return await self._page(request, asked, status_code=400)
        self._note(request, AuditAct.LOG_EXPORTED, f"{form} {_described(asked)}")
        pieces = exported(self._console.audit.path, asked.query, form)
        return StreamingResponse(
            _marked(pieces) if form is LogFormat.CSV else pieces,
            media_type=_MEDIA_TYPES[form],
            headers={"Content-Disposition": f'attachment; filename="audit-log.{form}"'},
        )

    async def _page(
        self, request: Request, asked: _Asked, status_code: int = 200, **values: object
    ) -> Response:
        found: tuple[AuditNote, ...] = ()
        if not asked.fault:
            try:
                found = await asyncio.to_thread(
                    find, self._console.audit.path, asked.query, asked.before
                )
            except sqlite3.Error as error:
                raise AuditUnusable(f"{self._console.audit.path}: {error}") from error
        return self._console.pages.render(
            request,
            "audit/log.html",
            status_code=400 if asked.fault else status_code,
            asked=asked,
            acts=list(AuditAct),
            notes=found[:PAGE_ROWS],
            older=found[PAGE_ROWS - 1].number if len(found) > PAGE_ROWS else None,
            may_search=request.state.officer.may(Permission.SEARCH),
            is_record=RECORD_ID.fullmatch,
            **{"state": None, "kept": None} | values,
        )

    def _note(self, request: Request, act: AuditAct, detail: str) -> None:
        officer: Officer = request.state.officer
        self._console.audit.note(officer.officer_id, act, "", detail)


def _asked(form: Mapping[str, object]) -> _Asked:
    values = {name: str(form.get(name, "")).strip()[:_MAX_TEXT] for name in _FIELDS}
    try:
        since, until = entered_time(values["since"]), entered_time(values["until"])
    except ValueError:
        return _Asked(values, fault="audit.bad_time")
    act = AuditAct(values["act"]) if values["act"] in list(AuditAct) else None
    return _Asked(
        values,
        AuditQuery(values["officer_id"], act, values["subject"], since, until),
        _row_number(str(form.get("before", ""))),
    )


def _row_number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else None


def _described(asked: _Asked) -> str:
    """Return what was asked for; a subject that is no id of ours may be personal by mistake."""
    parts = dict(asked.values)
    if not RECORD_ID.fullmatch(parts["subject"]) and parts["subject"]:
        parts["subject"] = "(another)"
    if asked.before is not None:
        parts["before"] = str(asked.before)
    return " ".join(f"{name}={value}" for name, value in parts.items() if value)


def _marked(pieces: Iterator[str]) -> Iterator[str]:
    yield UTF_8_MARK
    yield from pieces
