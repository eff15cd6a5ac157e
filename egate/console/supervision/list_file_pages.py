"""Files of rows: looked at, proposed as a whole, and given out."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.officer import Permission
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.supervision.list_answers import ListAnswers, act_of, kind_of, officer_of
from egate.console.supervision.list_pages import counts_of
from egate.lists.kinds import ListKind
from egate.lists.written_rows import RowFormat
from egate.reporting.list_entry_client import FileOfRows, ListEntryClient
from egate.wire.v1 import list_entry_pb2 as wire

_PERMISSION: Final = Permission.CHANGE_LISTS
_PAGE: Final = "supervision/import.html"
_TYPES: Final = {RowFormat.CSV: "text/csv", RowFormat.JSON: "application/json"}
_MOST_EXPORTED: Final = 64 << 20


def list_file_routes(console: Console) -> list[BaseRoute]:
    """Return the routes of files."""
    answers = ListAnswers(console)
    pages = _FilePages(answers)
    asked = answers.by_centre
    return [
        guarded("/lists/import", asked(pages.show), _PERMISSION),
        guarded("/lists/import", asked(pages.take), _PERMISSION, ["POST"]),
        guarded("/lists/export", asked(pages.export), _PERMISSION, ["POST"]),
    ]


class _FilePages:
    def __init__(self, answers: ListAnswers) -> None:
        self._answers = answers
        self._console = answers.console

    async def show(self, request: Request, _: ListEntryClient) -> Response:
        return self._page(request, FileOfRows("", b""), None)

    async def take(self, request: Request, lists: ListEntryClient) -> Response:
        form = request.state.form
        file = FileOfRows(
            kind_of(form.text("list")),
            form.text("rows").encode(),
            whole=form.text("whole") == "yes",
            without_refused=form.text("without_refused") == "yes",
        )
        looks = form.text("step") != "propose"
        act = AuditAct.LIST_FILE_LOOKED_AT if looks else AuditAct.LIST_FILE_PROPOSED
        officer_id = officer_of(request).officer_id
        self._console.audit.note(officer_id, act, file.kind)
        made = await lists.propose_import(act_of(request), file, preview_only=looks)
        if made.proposal_id:
            return await self._answers.done("list_proposed")
        return self._page(request, file, made.preview)

    async def export(self, request: Request, lists: ListEntryClient) -> Response:
        form = request.state.form
        kind = kind_of(form.text("list"))
        form_of_rows = RowFormat.JSON if form.text("format") == "json" else RowFormat.CSV
        officer_id = officer_of(request).officer_id
        self._console.audit.note(officer_id, AuditAct.LIST_EXPORTED, kind, form_of_rows)
        content = bytearray()
        async for piece in lists.export(kind, form_of_rows):
            content += piece
            if len(content) > _MOST_EXPORTED:
                return self._answers.fault(request, 413, "supervision.export_too_large")
        name = f"{kind}-{self._answers.today()}.{form_of_rows}"
        return Response(
            bytes(content),
            media_type=_TYPES[form_of_rows],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _page(
        self, request: Request, file: FileOfRows, preview: wire.ListPreview | None
    ) -> Response:
        return self._console.pages.render(
            request,
            _PAGE,
            file=file,
            rows=file.content.decode(),
            kinds=list(ListKind),
            preview=preview,
            counts=counts_of(preview) if preview else {},
            reason=request.state.form.text("reason") if request.method == "POST" else "",
        )
