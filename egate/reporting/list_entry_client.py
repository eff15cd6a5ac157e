"""What officers propose and decide about lists, at the centre, seen from a console."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import grpc
from grpc import aio

from egate.ports.reporting import CentreUnavailable
from egate.reporting.link import Link
from egate.wire.v1 import list_entry_pb2 as wire
from egate.wire.v1 import list_entry_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 10.0
_IMPORT_SECONDS: Final = 120.0
_PIECE_BYTES: Final = 1 << 19
_REFUSED: Final = frozenset({grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT})


class ListActRefused(Exception):
    """The centre did not do it; says why in one line, without what is personal."""


@dataclass(frozen=True, slots=True)
class ListAct:
    """Who acts, and why.

    Args:
        officer_id: the centre believes the console.
        reason: at most 300 characters.

    """

    officer_id: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileOfRows:
    """A file as docs/lists.md has it. Personal.

    Args:
        kind: the list.
        content: CSV or JSON.
        whole: what it leaves out is taken off the list.
        without_refused: propose the rows that are not refused; else nothing when one is.

    """

    kind: str
    content: bytes = field(repr=False)
    whole: bool = False
    without_refused: bool = False


class ListEntryClient:
    """The lists of the centre; its certificate must be a console's.

    Every call raises ``CentreUnavailable`` when nothing is known of what became of it, and
    ``ListActRefused`` when the centre did not do it. What is answered is personal.

    Args:
        link: to the centre.

    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def propose_entry(
        self, act: ListAct, kind: str, rows: Sequence[Mapping[str, str]]
    ) -> wire.ProposeEntryResponse:
        """Propose one entry, new or changed: ``rows`` say all of it, columns by name."""
        made = [wire.ListRow(**row) for row in rows]
        request = wire.ProposeEntryRequest(act=_act(act), list=kind, rows=made)
        with self._faults():
            return await (await self._stub()).ProposeEntry(request, timeout=_DEADLINE_SECONDS)

    async def propose_revocation(
        self, act: ListAct, kind: str, entry_id: str
    ) -> wire.ProposeRevocationResponse:
        """Propose that an entry leaves its list."""
        request = wire.ProposeRevocationRequest(act=_act(act), list=kind, entry_id=entry_id)
        with self._faults():
            return await (await self._stub()).ProposeRevocation(request, timeout=_DEADLINE_SECONDS)

    async def propose_import(
        self, act: ListAct, file: FileOfRows, *, preview_only: bool
    ) -> wire.ProposeImportResponse:
        """Propose what a file says, or with ``preview_only`` ask what it would change."""
        begin = wire.ListImport(
            act=_act(act),
            list=file.kind,
            whole=file.whole,
            without_refused=file.without_refused,
            preview_only=preview_only,
        )
        with self._faults():
            stub = await self._stub()
            return await stub.ProposeImport(_parts(begin, file.content), timeout=_IMPORT_SECONDS)

    async def decide(self, act: ListAct, proposal_id: int, *, approved: bool) -> None:
        """Approve what another officer proposed, or refuse it."""
        request = wire.DecideRequest(act=_act(act), proposal_id=proposal_id, approved=approved)
        with self._faults():
            await (await self._stub()).Decide(request, timeout=_IMPORT_SECONDS)

    async def withdraw(self, act: ListAct, proposal_id: int) -> None:
        """Take back what the officer proposed, as long as nobody decided about it."""
        request = wire.WithdrawProposalRequest(act=_act(act), proposal_id=proposal_id)
        with self._faults():
            await (await self._stub()).WithdrawProposal(request, timeout=_DEADLINE_SECONDS)

    async def waiting(self) -> Mapping[str, int]:
        """Return how many proposals of each maker wait for a checker."""
        with self._faults():
            answer = await (await self._stub()).CountWaiting(
                wire.CountWaitingRequest(), timeout=_DEADLINE_SECONDS
            )
        return {each.proposed_by: each.count for each in answer.waiting}

    async def proposals(self, *, decided_too: bool = False) -> Sequence[wire.ListProposal]:
        """Return proposals of every list, the newest first, to 200."""
        request = wire.ListProposalsRequest(decided_too=decided_too)
        with self._faults():
            answer = await (await self._stub()).ListProposals(request, timeout=_DEADLINE_SECONDS)
        return answer.proposals

    async def proposal(self, proposal_id: int) -> wire.GetProposalResponse:
        """Return a proposal, and the entries as it would make them."""
        request = wire.GetProposalRequest(proposal_id=proposal_id)
        with self._faults():
            answer = await (await self._stub()).GetProposal(request, timeout=_DEADLINE_SECONDS)
        _demand_rows(answer.entries)
        return answer

    async def search(self, wanted: wire.SearchEntriesRequest) -> Sequence[wire.ListedEntry]:
        """Return entries that are or were in force, to 200."""
        with self._faults():
            answer = await (await self._stub()).SearchEntries(wanted, timeout=_DEADLINE_SECONDS)
        _demand_rows(answer.entries)
        return answer.entries

    async def find_persons(self, wanted: wire.FindPersonsRequest) -> Sequence[wire.FoundPerson]:
        """Return entries that may list a traveller, as a gate finds them, likeliest first."""
        with self._faults():
            answer = await (await self._stub()).FindPersons(wanted, timeout=_DEADLINE_SECONDS)
        return answer.found

    async def history(self, kind: str, entry_id: str) -> Sequence[wire.EntryRevision]:
        """Return every revision of an entry, the newest first, to 200."""
        request = wire.GetHistoryRequest(list=kind, entry_id=entry_id)
        with self._faults():
            answer = await (await self._stub()).GetHistory(request, timeout=_DEADLINE_SECONDS)
        return answer.revisions

    async def export(self, kind: str, form: str) -> AsyncIterator[bytes]:
        """Give what is in force on a list in pieces, as ``csv`` or ``json``."""
        request = wire.ExportRequest(list=kind, format=form)
        with self._faults():
            call = (await self._stub()).Export(request, timeout=_IMPORT_SECONDS)
            try:
                async for piece in call:
                    yield piece.content
            finally:
                call.cancel()

    async def _stub(self) -> "wire_grpc.ListEntryServiceAsyncStub":
        return wire_grpc.ListEntryServiceStub(await self._link.channel())

    @contextmanager
    def _faults(self) -> Iterator[None]:
        with self._link.failing_as(CentreUnavailable):
            try:
                yield
            except aio.AioRpcError as error:
                if error.code() not in _REFUSED:
                    raise
                raise ListActRefused(error.details() or "refused") from error


def _demand_rows(entries: Iterable[wire.ListedEntry]) -> None:
    """Refuse entries of which nothing is said."""
    if not all(each.rows for each in entries):
        raise CentreUnavailable("an entry of another version of the centre")


def _act(act: ListAct) -> wire.ActOfOfficer:
    return wire.ActOfOfficer(officer_id=act.officer_id, reason=act.reason)


async def _parts(
    begin: wire.ListImport, content: bytes
) -> AsyncIterator[wire.ProposeImportRequest]:
    yield wire.ProposeImportRequest(begin=begin)
    for start in range(0, len(content), _PIECE_BYTES):
        yield wire.ProposeImportRequest(content=content[start : start + _PIECE_BYTES])
