"""Officers' acts about lists over gRPC with mutual TLS, as a console sends them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import grpc
import pytest
from grpc import aio

from egate.central.lists.acts import ActRefused
from egate.central.lists.importing import Imports
from egate.lists.kinds import ListKind
from egate.lists.source import read_row
from egate.lists.written_rows import COLUMNS
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.wire.v1 import list_entry_pb2 as wire
from egate.wire.v1 import list_entry_pb2_grpc as wire_grpc
from tests.centre_harness import Centre

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROW = {
    "entry_id": "SB-1",
    "document_type": "P",
    "issuing_state": "BGD",
    "document_number": "A1",
    "legal_basis": "Passport Order 1973",
    "order_reference": "case 9",
    "authority": "SB",
    "valid_from": "2026-01-01",
    "valid_to": "2027-01-01",
}
MAKER = wire.ActOfOfficer(officer_id="rahman", reason="order came in")
CHECKER = wire.ActOfOfficer(officer_id="begum", reason="seen")


@asynccontextmanager
async def stub(
    centre: Centre, role: str = "console", name: str = "desk-1"
) -> AsyncIterator[wire_grpc.ListEntryServiceStub]:
    channel = open_channel(centre.at.grpc, credentials.load(centre.tls(role, name)), Role.CENTRE)
    async with channel:
        yield wire_grpc.ListEntryServiceStub(channel)


@contextmanager
def refused(code: grpc.StatusCode, words: str = "") -> Iterator[None]:
    with pytest.raises(aio.AioRpcError) as error:
        yield
    assert error.value.code() is code, error.value.details()
    assert words in (error.value.details() or "")


def entry_request(**changes: str) -> wire.ProposeEntryRequest:
    return wire.ProposeEntryRequest(
        act=MAKER, list="WANTED", rows=[wire.ListRow(**(ROW | changes))]
    )


def import_requests(content: bytes, **said: bool) -> Iterator[wire.ProposeImportRequest]:
    yield wire.ProposeImportRequest(begin=wire.ListImport(act=MAKER, list="SLTD", **said))
    for at in range(0, len(content), 1000):
        yield wire.ProposeImportRequest(content=content[at : at + 1000])


def csv_of(count: int) -> bytes:
    rows = [",".join((ROW | {"document_number": f"N{n}"}).values()) for n in range(count)]
    return "\n".join([",".join(ROW), *rows]).encode()


async def test_a_console_names_who_acts_and_two_people_are_needed(centre: Centre) -> None:
    async with stub(centre) as console:
        made = await console.ProposeEntry(entry_request(), timeout=5)
        assert (made.preview.added, made.preview.new_entries) == (1, 1)
        number = made.proposal_id
        with refused(grpc.StatusCode.FAILED_PRECONDITION, "who proposed"):
            await console.Decide(
                wire.DecideRequest(act=MAKER, proposal_id=number, approved=True), timeout=5
            )
        seen = await console.GetProposal(wire.GetProposalRequest(proposal_id=number), timeout=5)
        assert seen.proposal.proposed == MAKER
        assert not seen.proposal.HasField("decision")
        assert seen.entries[0].rows[0].document_number == "A1"
        decision = wire.DecideRequest(act=CHECKER, proposal_id=number, approved=True)
        for _ in range(2):
            await console.Decide(decision, timeout=5)
        found = await console.SearchEntries(
            wire.SearchEntriesRequest(issuing_state="BGD", document_number="a-1"), timeout=5
        )
        assert [entry.rows[0].entry_id for entry in found.entries] == ["SB-1"]
        gone = await console.ProposeRevocation(
            wire.ProposeRevocationRequest(act=CHECKER, list="WANTED", entry_id="SB-1"), timeout=5
        )
        waiting = await console.ListProposals(wire.ListProposalsRequest(list="WANTED"), timeout=5)
        assert [each.proposal_id for each in waiting.proposals] == [gone.proposal_id]
        everything = wire.ListProposalsRequest(decided_too=True)
        assert len((await console.ListProposals(everything, timeout=5)).proposals) == 2
        told = await console.GetHistory(
            wire.GetHistoryRequest(list="WANTED", entry_id="SB-1"), timeout=5
        )
        assert [each.entry.revoked for each in told.revisions] == [True, False]
        assert told.revisions[1].proposal.decision.decided == CHECKER
        assert told.revisions[1].proposal.decision.approved


async def test_a_maker_takes_back_what_waits_and_the_count_says_so(centre: Centre) -> None:
    async with stub(centre) as console:
        first = (await console.ProposeEntry(entry_request(), timeout=5)).proposal_id
        await console.ProposeEntry(entry_request(entry_id="SB-2"), timeout=5)
        counted = await console.CountWaiting(wire.CountWaitingRequest(), timeout=5)
        assert counted.waiting == [wire.WaitingProposals(proposed_by="rahman", count=2)]
        with refused(grpc.StatusCode.FAILED_PRECONDITION, "did not propose"):
            await console.WithdrawProposal(
                wire.WithdrawProposalRequest(act=CHECKER, proposal_id=first), timeout=5
            )
        own = wire.WithdrawProposalRequest(act=MAKER, proposal_id=first)
        await console.WithdrawProposal(own, timeout=5)
        counted = await console.CountWaiting(wire.CountWaitingRequest(), timeout=5)
        assert [each.count for each in counted.waiting] == [1]
        seen = await console.GetProposal(wire.GetProposalRequest(proposal_id=first), timeout=5)
        assert seen.proposal.decision.decided == MAKER
        assert (seen.proposal.decision.withdrawn, seen.proposal.decision.approved) == (True, False)
    async with stub(centre, "officer", "begum") as officer:
        with refused(grpc.StatusCode.PERMISSION_DENIED, "own name"):
            await officer.WithdrawProposal(own, timeout=5)


async def test_an_officer_acts_in_their_own_name_alone(centre: Centre) -> None:
    async with stub(centre, "officer", "rahman") as officer:
        made = await officer.ProposeEntry(entry_request(), timeout=5)
        with refused(grpc.StatusCode.PERMISSION_DENIED, "own name"):
            await officer.Decide(
                wire.DecideRequest(act=CHECKER, proposal_id=made.proposal_id, approved=True),
                timeout=5,
            )
    async with stub(centre, "officer", "begum") as officer:
        await officer.Decide(
            wire.DecideRequest(act=CHECKER, proposal_id=made.proposal_id, approved=True),
            timeout=5,
        )


@pytest.mark.parametrize("role", ["gate", "centre"])
async def test_nobody_else_acts_or_looks(centre: Centre, role: str) -> None:
    async with stub(centre, role, "BDDAC-A-01") as other:
        with refused(grpc.StatusCode.PERMISSION_DENIED):
            await other.ProposeEntry(entry_request(), timeout=5)
        with refused(grpc.StatusCode.PERMISSION_DENIED):
            await other.SearchEntries(wire.SearchEntriesRequest(words="x"), timeout=5)
        with refused(grpc.StatusCode.PERMISSION_DENIED):
            await other.CountWaiting(wire.CountWaitingRequest(), timeout=5)
        with refused(grpc.StatusCode.PERMISSION_DENIED):
            await other.WithdrawProposal(
                wire.WithdrawProposalRequest(act=MAKER, proposal_id=1), timeout=5
            )
        with refused(grpc.StatusCode.PERMISSION_DENIED):
            await other.ProposeImport(import_requests(b""), timeout=5)
        with refused(grpc.StatusCode.PERMISSION_DENIED):
            [each async for each in other.Export(wire.ExportRequest(list="WANTED"), timeout=5)]


async def test_what_cannot_be_is_refused_in_one_line(centre: Centre) -> None:
    precondition, invalid = grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT
    async with stub(centre) as console:
        nobody = entry_request()
        nobody.act.officer_id = ""
        with refused(invalid, "officer_id"):
            await console.ProposeEntry(nobody, timeout=5)
        with refused(precondition, "legal_basis"):
            await console.ProposeEntry(entry_request(legal_basis=" "), timeout=5)
        with refused(precondition, "none of that name"):
            await console.GetHistory(wire.GetHistoryRequest(list="x"), timeout=5)
        with refused(precondition, "no text has"):
            await console.GetHistory(wire.GetHistoryRequest(list="SLTD", entry_id="\0"), timeout=5)
        with refused(precondition, "no text has"):
            await console.SearchEntries(wire.SearchEntriesRequest(words="\0"), timeout=5)
        with refused(invalid, "document_number"):
            await console.SearchEntries(
                wire.SearchEntriesRequest(issuing_state="BGD", document_number="-"), timeout=5
            )
        with refused(precondition, "none of that number"):
            await console.GetProposal(wire.GetProposalRequest(proposal_id=2**64 - 1), timeout=5)
        many = wire.ProposeEntryRequest(act=MAKER, list="SLTD", rows=[wire.ListRow()] * 501)
        with refused(precondition, "import a file"):
            await console.ProposeEntry(many, timeout=5)
        with refused(precondition, "csv or json"):
            [e async for e in console.Export(wire.ExportRequest(list="SLTD", format="x"))]


async def test_a_file_goes_in_as_a_whole_and_comes_out_again(centre: Centre) -> None:
    content = csv_of(2000)
    async with stub(centre) as console:
        seen = await console.ProposeImport(import_requests(content, preview_only=True), timeout=25)
        assert (seen.proposal_id, seen.preview.added, seen.preview.rows) == (0, 2000, 2000)
        made = await console.ProposeImport(import_requests(content), timeout=25)
        await console.Decide(
            wire.DecideRequest(act=CHECKER, proposal_id=made.proposal_id, approved=True), timeout=5
        )
        for form in ("csv", "json"):
            request = wire.ExportRequest(list="SLTD", format=form)
            out = [each.content async for each in console.Export(request, timeout=25)]
            back = import_requests(b"".join(out), preview_only=True, whole=True)
            seen = await console.ProposeImport(back, timeout=25)
            assert (seen.preview.rows, seen.preview.added, seen.preview.removed) == (2000, 0, 0)
            assert seen.preview.changed_entries == 0


async def test_what_is_no_file_of_rows_is_refused(centre: Centre) -> None:
    bad = csv_of(3) + b"\nSB-2,P,BGD,,x,x,x,2026-01-01,"
    async with stub(centre) as console:
        made = await console.ProposeImport(import_requests(bad), timeout=5)
        assert made.proposal_id == 0
        (row,) = made.preview.refused_rows
        assert (row.line, row.reason) == (5, "document_number: missing")
        told = import_requests(bad, without_refused=True)
        assert (await console.ProposeImport(told, timeout=5)).proposal_id > 0
        for content in (b"", b"no columns", b"[1", b"\xff"):
            with refused(grpc.StatusCode.INVALID_ARGUMENT):
                await console.ProposeImport(import_requests(content), timeout=5)
        with refused(grpc.StatusCode.INVALID_ARGUMENT, "officer_id"):
            await console.ProposeImport(iter(()), timeout=5)


async def test_one_import_at_a_time_and_none_beyond_its_limit() -> None:
    imports = Imports()

    async def sent(content: bytes) -> AsyncIterator[wire.ProposeImportRequest]:
        yield wire.ProposeImportRequest(content=content)

    async with imports.received(sent(b"one")) as file:
        assert file.path.read_bytes() == b"one"
        with pytest.raises(ActRefused, match="under way"):
            async with imports.received(sent(b"two")):
                pass
    assert not file.path.exists()
    async with imports.received(sent(b"three")) as file:
        assert file.path.read_bytes() == b"three"
    small = Imports(most_bytes=2)
    with pytest.raises(ActRefused, match="more than 2 bytes"):
        async with small.received(sent(b"two")):
            pass


async def test_a_row_on_the_wire_has_the_columns_of_a_file() -> None:
    names = {field.name for field in wire.ListRow.DESCRIPTOR.fields}
    assert names == {*COLUMNS, "primary_identifier", "secondary_identifier"}
    # Each of them is known: a column that is not would be refused as such.
    for name in names:
        said = read_row(1, {name: "x"}, ListKind.INFO)
        assert "column" not in getattr(said, "reason", "")
