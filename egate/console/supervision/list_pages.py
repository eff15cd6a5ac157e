"""The pages of entries: what waits for a checker, search, one entry, a proposal of one."""

from collections.abc import Mapping, Sequence
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.officer import Permission
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.supervision.entry_form import (
    ORDER_FIELDS,
    PERSON_FIELDS,
    BadEntry,
    EntryForm,
)
from egate.console.supervision.list_answers import (
    ListAnswers,
    NotThere,
    act_of,
    kind_of,
    officer_of,
)
from egate.domain.time import UtcSeconds
from egate.lists.kinds import ListAction, ListKind
from egate.reporting.list_entry_client import ListActRefused, ListEntryClient
from egate.reporting.wire_values import decode_moment
from egate.wire.v1 import list_entry_pb2 as wire

_PERMISSION: Final = Permission.CHANGE_LISTS
_SEARCHED: Final = ("entry_id", "issuing_state", "document_number", "words")
_SAID: Final = frozenset({"list_proposed", "list_approved", "list_refused", "list_withdrawn"})
_MOST_ENDED: Final = 20
_COUNTS: Final = (
    "rows",
    "added",
    "removed",
    "changed_documents",
    "new_entries",
    "changed_entries",
    "revoked_entries",
    "stays_for_good",
)


def list_routes(console: Console) -> list[BaseRoute]:
    """Return the routes of these pages."""
    answers = ListAnswers(console)
    pages = _ListPages(answers)
    asked = answers.by_centre
    return [
        guarded("/lists", asked(pages.show), _PERMISSION),
        guarded("/lists/search", asked(pages.search), _PERMISSION, ["POST"]),
        guarded("/lists/new/{kind}", asked(pages.new), _PERMISSION),
        guarded("/lists/new/{kind}", asked(pages.propose_new), _PERMISSION, ["POST"]),
        guarded("/lists/proposals/{number:number}", asked(pages.proposal), _PERMISSION),
        guarded("/lists/proposals/{number:number}", asked(pages.decide), _PERMISSION, ["POST"]),
        guarded(
            "/lists/proposals/{number:number}/withdraw",
            asked(pages.withdraw),
            _PERMISSION,
            ["POST"],
        ),
        guarded("/lists/entry/{kind}/{entry_id:path}", asked(pages.entry), _PERMISSION),
        guarded("/lists/change/{kind}/{entry_id:path}", asked(pages.change), _PERMISSION),
        guarded(
            "/lists/change/{kind}/{entry_id:path}",
            asked(pages.propose_change),
            _PERMISSION,
            ["POST"],
        ),
        guarded(
            "/lists/revoke/{kind}/{entry_id:path}",
            asked(pages.propose_revocation),
            _PERMISSION,
            ["POST"],
        ),
    ]


class _ListPages:
    def __init__(self, answers: ListAnswers) -> None:
        self._answers = answers
        self._render = answers.console.pages.render

    async def show(self, request: Request, lists: ListEntryClient) -> Response:
        return await self._front(request, lists)

    async def search(self, request: Request, lists: ListEntryClient) -> Response:
        form = request.state.form
        kind = form.text("list")
        given = {name: form.text(name).strip() for name in _SEARCHED}
        by = ", ".join(name for name, value in given.items() if value)
        self._note(request, AuditAct.LIST_SEARCHED, kind and kind_of(kind), by)
        found = await lists.search(wire.SearchEntriesRequest(list=kind, **given))
        return await self._front(request, lists, given=given | {"list": kind}, found=found)

    async def new(self, request: Request, _: ListEntryClient) -> Response:
        kind = kind_of(request.path_params["kind"])
        return self._form(request, EntryForm.new(kind, self._answers.today()))

    async def propose_new(self, request: Request, lists: ListEntryClient) -> Response:
        entry = EntryForm.sent(kind_of(request.path_params["kind"]), request.state.form)
        if entry.entry_id and await lists.history(entry.kind, entry.entry_id):
            return self._form(request, entry, 409, fault="supervision.id_is_taken")
        return await self._propose(request, lists, entry)

    async def change(self, request: Request, lists: ListEntryClient) -> Response:
        found = await self._found(request, lists)
        return self._form(request, EntryForm.of(found))

    async def propose_change(self, request: Request, lists: ListEntryClient) -> Response:
        found = await self._found(request, lists)
        sent = EntryForm.sent(kind_of(found.list), request.state.form)
        entry_id = found.rows[0].entry_id
        entry = EntryForm(sent.kind, entry_id, sent.order, sent.documents, sent.persons)
        return await self._propose(request, lists, entry)

    async def entry(self, request: Request, lists: ListEntryClient) -> Response:
        found = await self._found(request, lists)
        kind, entry_id = found.list, found.rows[0].entry_id
        history = await lists.history(kind, entry_id)
        return self._render(
            request, "supervision/entry.html", entry=found, history=history, at=_seconds
        )

    async def propose_revocation(self, request: Request, lists: ListEntryClient) -> Response:
        kind, entry_id = kind_of(request.path_params["kind"]), request.path_params["entry_id"]
        self._note(request, AuditAct.LIST_REVOCATION_PROPOSED, entry_id, kind)
        await lists.propose_revocation(act_of(request), kind, entry_id)
        return await self._answers.done("list_proposed")

    async def proposal(self, request: Request, lists: ListEntryClient) -> Response:
        number = request.path_params["number"]
        self._note(request, AuditAct.LIST_PROPOSAL_SEEN, str(number))
        found = await lists.proposal(number)
        return self._render(
            request,
            "supervision/proposal.html",
            proposal=found.proposal,
            entries=found.entries,
            counts=counts_of(found.proposal.preview),
            at=_seconds,
        )

    async def decide(self, request: Request, lists: ListEntryClient) -> Response:
        number = request.path_params["number"]
        approved = request.state.form.text("decision") == "approve"
        act = AuditAct.LIST_PROPOSAL_APPROVED if approved else AuditAct.LIST_PROPOSAL_REFUSED
        self._note(request, act, str(number))
        await lists.decide(act_of(request), number, approved=approved)
        return await self._answers.done("list_approved" if approved else "list_refused")

    async def withdraw(self, request: Request, lists: ListEntryClient) -> Response:
        number = request.path_params["number"]
        self._note(request, AuditAct.LIST_PROPOSAL_WITHDRAWN, str(number))
        await lists.withdraw(act_of(request), number)
        return await self._answers.done("list_withdrawn")

    async def _front(
        self,
        request: Request,
        lists: ListEntryClient,
        *,
        given: Mapping[str, str] | None = None,
        found: object = None,
    ) -> Response:
        done = request.query_params.get("done", "")
        return self._render(
            request,
            "supervision/lists.html",
            waiting=await lists.proposals(),
            ended=await _ended(lists),
            kinds=list(ListKind),
            given=given or dict.fromkeys((*_SEARCHED, "list"), ""),
            found=found,
            said=f"supervision.done_{done}" if done in _SAID else "",
            counts=counts_of,
            at=_seconds,
        )

    async def _propose(
        self, request: Request, lists: ListEntryClient, entry: EntryForm
    ) -> Response:
        try:
            rows = entry.rows(self._answers.today())
        except BadEntry as error:
            return self._form(request, entry, 400, fault=str(error))
        self._note(request, AuditAct.LIST_ENTRY_PROPOSED, rows[0]["entry_id"], entry.kind)
        try:
            made = await lists.propose_entry(act_of(request), entry.kind, rows)
        except ListActRefused as error:
            return self._form(
                request, entry, 409, fault="supervision.list_refused", because=str(error)
            )
        if made.proposal_id == 0:
            refused = made.preview.refused_rows[0].reason if made.preview.refused_rows else ""
            return self._form(
                request, entry, 400, fault="supervision.rows_refused", because=refused
            )
        return await self._answers.done("list_proposed")

    async def _found(self, request: Request, lists: ListEntryClient) -> wire.ListedEntry:
        """Return the entry that the path names, as it is in force, and note who sees it."""
        kind, entry_id = kind_of(request.path_params["kind"]), request.path_params["entry_id"]
        self._note(request, AuditAct.LIST_ENTRY_SEEN, entry_id, kind)
        found = await lists.search(wire.SearchEntriesRequest(list=kind, entry_id=entry_id))
        if not found:
            raise NotThere
        return found[0]

    def _form(
        self,
        request: Request,
        entry: EntryForm,
        status_code: int = 200,
        *,
        fault: str = "",
        because: str = "",
    ) -> Response:
        return self._render(
            request,
            "supervision/entry_form.html",
            status_code,
            entry=entry,
            is_new="/lists/new/" in request.url.path,
            order_fields=ORDER_FIELDS,
            person_fields=PERSON_FIELDS,
            kinds=list(ListKind),
            actions=list(ListAction),
            reason=request.state.form.text("reason") if request.method == "POST" else "",
            fault=fault,
            because=because,
        )

    def _note(self, request: Request, act: AuditAct, subject: str, detail: str = "") -> None:
        self._answers.console.audit.note(officer_of(request).officer_id, act, subject, detail)


async def _ended(lists: ListEntryClient) -> Sequence[wire.ListProposal]:
    """Return what was decided or taken back, of the newest proposals."""
    every = await lists.proposals(decided_too=True)
    return [each for each in every if each.HasField("decision")][:_MOST_ENDED]


def counts_of(preview: wire.ListPreview) -> dict[str, int]:
    """Return what a preview counts and is not nothing."""
    counted = {name: getattr(preview, name) for name in _COUNTS}
    return {name: count for name, count in counted.items() if count}


def _seconds(stamp: Timestamp) -> UtcSeconds:
    return decode_moment(stamp)
