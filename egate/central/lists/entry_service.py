"""The centre's service for officers' acts about lists."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import grpc
from grpc import aio

from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.lists import looking
from egate.central.lists.acts import ActRefused, Maker
from egate.central.lists.deciding import decide, withdraw
from egate.central.lists.entries import propose_entry, revoke_entry
from egate.central.lists.entry_mapping import (
    decode_person_query,
    decode_rows,
    encode_entry,
    encode_found_person,
    encode_preview,
    encode_proposal,
    kind_named,
)
from egate.central.lists.exporting import exported
from egate.central.lists.importing import Imports
from egate.central.lists.persons import ListedPersons
from egate.lists.errors import ListRefused
from egate.lists.listed_document import ListedDocument
from egate.lists.written_rows import RowFormat
from egate.observability.logging import Logger
from egate.reporting.identity import Identity, Role, deny, require_role
from egate.wire.v1 import list_entry_pb2 as wire
from egate.wire.v1 import list_entry_pb2_grpc as wire_grpc

_OFFICERS: Final = frozenset({Role.CONSOLE, Role.OFFICER})
_MOST_ROWS: Final = 500
_MAX_PROPOSAL: Final = (1 << 63) - 1

Context = aio.ServicerContext[Any, Any]


class ListEntryService(wire_grpc.ListEntryServiceServicer):
    """Takes what officers propose and decide, and shows what there is.

    Args:
        pool: of connections to the centre's database.
        persons: whom entries list.
        log: for who did what.

    """

    def __init__(self, pool: Pool, persons: ListedPersons, log: Logger) -> None:
        self._pool = pool
        self._persons = persons
        self._log = log
        self._imports = Imports()
        self._exporting = asyncio.Semaphore()

    async def ProposeEntry(  # noqa: N802 - the name of the call
        self, request: wire.ProposeEntryRequest, context: Context
    ) -> wire.ProposeEntryResponse:
        async with self._acting(context) as (caller, connection):
            maker = await _maker(request.act, caller, context)
            if len(request.rows) > _MOST_ROWS:
                raise ActRefused(f"rows: more than {_MOST_ROWS}; import a file")
            kind = kind_named(request.list)
            made = await propose_entry(connection, kind, decode_rows(request.rows, kind), maker)
            self._tell("list entry proposed", maker, kind)
            preview = encode_preview(made.preview.as_json())
        return wire.ProposeEntryResponse(proposal_id=made.proposal_id or 0, preview=preview)

    async def ProposeRevocation(  # noqa: N802 - the name of the call
        self, request: wire.ProposeRevocationRequest, context: Context
    ) -> wire.ProposeRevocationResponse:
        async with self._acting(context) as (caller, connection):
            maker = await _maker(request.act, caller, context)
            kind = kind_named(request.list)
            made = await revoke_entry(connection, kind, _text(request.entry_id), maker)
            self._tell("list revocation proposed", maker, kind)
            preview = encode_preview(made.preview.as_json())
        return wire.ProposeRevocationResponse(proposal_id=made.proposal_id or 0, preview=preview)

    async def ProposeImport(  # noqa: N802 - the name of the call
        self, request_iterator: AsyncIterator[wire.ProposeImportRequest], context: Context
    ) -> wire.ProposeImportResponse:
        caller = await require_role(context, _OFFICERS)
        begin = (await anext(aiter(request_iterator), wire.ProposeImportRequest())).begin
        maker = await _maker(begin.act, caller, context)
        async with self._faults(context), self._imports.received(request_iterator) as file:
            kind = kind_named(begin.list)
            async with self._pool.acquire() as connection:
                made = await file.proposed(connection, begin, kind, maker)
            self._tell("list import proposed", maker, kind)
            preview = encode_preview(made.preview.as_json())
        return wire.ProposeImportResponse(proposal_id=made.proposal_id or 0, preview=preview)

    async def Decide(  # noqa: N802 - the name of the call
        self, request: wire.DecideRequest, context: Context
    ) -> wire.DecideResponse:
        async with self._acting(context) as (caller, connection):
            checker = await _maker(request.act, caller, context)
            number = _number(request.proposal_id)
            await decide(connection, number, checker, approved=request.approved)
            self._log.info(
                "list proposal decided",
                officer_id=checker.officer_id,
                accepted=request.approved,
                order=str(number),
            )
        return wire.DecideResponse()

    async def WithdrawProposal(  # noqa: N802 - the name of the call
        self, request: wire.WithdrawProposalRequest, context: Context
    ) -> wire.WithdrawProposalResponse:
        async with self._acting(context) as (caller, connection):
            maker = await _maker(request.act, caller, context)
            number = _number(request.proposal_id)
            await withdraw(connection, number, maker)
            self._log.info(
                "list proposal withdrawn", officer_id=maker.officer_id, order=str(number)
            )
        return wire.WithdrawProposalResponse()

    async def ListProposals(  # noqa: N802 - the name of the call
        self, request: wire.ListProposalsRequest, context: Context
    ) -> wire.ListProposalsResponse:
        async with self._acting(context) as (_, connection):
            kind = kind_named(request.list) if request.list else None
            found = await looking.proposals(connection, kind, decided_too=request.decided_too)
        return wire.ListProposalsResponse(proposals=map(encode_proposal, found))

    async def CountWaiting(  # noqa: N802 - the name of the call
        self, _: wire.CountWaitingRequest, context: Context
    ) -> wire.CountWaitingResponse:
        async with self._acting(context) as (_caller, connection):
            waiting = await looking.waiting(connection)
        return wire.CountWaitingResponse(
            waiting=[
                wire.WaitingProposals(proposed_by=maker, count=count)
                for maker, count in waiting.items()
            ]
        )

    async def GetProposal(  # noqa: N802 - the name of the call
        self, request: wire.GetProposalRequest, context: Context
    ) -> wire.GetProposalResponse:
        async with self._acting(context) as (_, connection):
            seen, entries = await looking.proposal(connection, _number(request.proposal_id))
        found = [encode_entry(seen.kind, each) for each in entries]
        return wire.GetProposalResponse(proposal=encode_proposal(seen), entries=found)

    async def SearchEntries(  # noqa: N802 - the name of the call
        self, request: wire.SearchEntriesRequest, context: Context
    ) -> wire.SearchEntriesResponse:
        async with self._acting(context) as (_, connection):
            document = None
            if request.document_number:  # the kind of a document plays no part
                document = ListedDocument.of("P", request.issuing_state, request.document_number)
            found = await looking.search(
                connection,
                kind_named(request.list) if request.list else None,
                entry_id=request.entry_id,
                document=document,
                words=request.words,
            )
        return wire.SearchEntriesResponse(entries=[encode_entry(*each) for each in found])

    async def FindPersons(  # noqa: N802 - the name of the call
        self, request: wire.FindPersonsRequest, context: Context
    ) -> wire.FindPersonsResponse:
        await require_role(context, _OFFICERS)
        async with self._faults(context):  # it may wait, and keeps no connection meanwhile
            found = await self._persons.find(decode_person_query(request))
        return wire.FindPersonsResponse(found=map(encode_found_person, found))

    async def GetHistory(  # noqa: N802 - the name of the call
        self, request: wire.GetHistoryRequest, context: Context
    ) -> wire.GetHistoryResponse:
        async with self._acting(context) as (_, connection):
            kind = kind_named(request.list)
            found = await looking.history(connection, kind, _text(request.entry_id))
        revisions = [
            wire.EntryRevision(proposal=encode_proposal(seen), entry=encode_entry(kind, entry))
            for seen, entry in found
        ]
        return wire.GetHistoryResponse(revisions=revisions)

    async def Export(  # noqa: N802 - the name of the call
        self, request: wire.ExportRequest, context: Context
    ) -> AsyncIterator[wire.ExportResponse]:
        # One at a time: whoever reads slowly keeps a connection.
        async with self._exporting, self._acting(context) as (caller, connection):
            kind = kind_named(request.list)
            if request.format not in frozenset(RowFormat):
                raise ActRefused("format: not csv or json")
            self._log.info("list exported", officer_id=caller.name, list=kind)
            async for piece in exported(connection, kind, RowFormat(request.format)):
                yield wire.ExportResponse(content=piece)

    @asynccontextmanager
    async def _acting(self, context: Context) -> AsyncIterator[tuple[Identity, Connection]]:
        caller = await require_role(context, _OFFICERS)
        async with self._faults(context), self._pool.acquire() as connection:
            yield caller, connection

    @asynccontextmanager
    async def _faults(self, context: Context) -> AsyncIterator[None]:
        """End the call with what is wrong, in one line."""
        try:
            yield
        except ActRefused as error:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        except ListRefused as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except CONNECTION_FAULTS as error:
            await away(context, error)

    def _tell(self, event: str, maker: Maker, kind: str) -> None:
        self._log.info(event, officer_id=maker.officer_id, list=kind)


async def _maker(act: wire.ActOfOfficer, caller: Identity, context: Context) -> Maker:
    """Return who acts: whom a console names, and an officer for themselves alone."""
    if caller.role is Role.OFFICER and act.officer_id != caller.name:
        await deny(context, "an officer acts in their own name")
    try:
        return Maker(act.officer_id, act.reason)
    except ActRefused as error:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        raise AssertionError("abort does not return") from error


def _number(proposal_id: int) -> int:
    if proposal_id > _MAX_PROPOSAL:
        raise ActRefused("proposal: there is none of that number")
    return proposal_id


def _text(text: str) -> str:
    if "\0" in text:
        raise ActRefused("a character that no text has")
    return text
