"""Acts about lists by the console's client, at a running centre."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from egate.ports.reporting import CentreUnavailable
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.list_entry_client import (
    FileOfRows,
    ListAct,
    ListActRefused,
    ListEntryClient,
)
from egate.wire.v1 import list_entry_pb2 as wire
from tests.centre_harness import Centre
from tests.integration.test_centre_list_entry_service import ROW, csv_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
MAKER, CHECKER = ListAct("rahman", "order came in"), ListAct("begum", "seen")


@asynccontextmanager
async def lists_of(centre: Centre) -> AsyncIterator[ListEntryClient]:
    link = Link(centre.at.grpc, centre.tls("console", "desk-1"), Role.CENTRE)
    try:
        yield ListEntryClient(link)
    finally:
        await link.close()


async def test_an_entry_is_proposed_approved_by_another_found_and_taken_off(centre: Centre) -> None:
    async with lists_of(centre) as lists:
        made = await lists.propose_entry(MAKER, "WANTED", [ROW])
        with pytest.raises(ListActRefused, match="who proposed something"):
            await lists.decide(MAKER, made.proposal_id, approved=True)
        (waiting,) = await lists.proposals()
        assert (waiting.proposal_id, waiting.preview.added) == (made.proposal_id, 1)
        seen = await lists.proposal(made.proposal_id)
        assert seen.entries[0].rows[0].document_number == "A1"
        await lists.decide(CHECKER, made.proposal_id, approved=True)
        (found,) = await lists.search(wire.SearchEntriesRequest(words="case 9"))
        assert found.rows[0].entry_id == "SB-1"
        gone = await lists.propose_revocation(CHECKER, "WANTED", "SB-1")
        (off,) = (await lists.proposal(gone.proposal_id)).entries
        assert (off.revoked, off.rows[0].entry_id) == (True, "SB-1")
        await lists.decide(MAKER, gone.proposal_id, approved=True)
        assert [each.entry.revoked for each in await lists.history("WANTED", "SB-1")] == [
            True,
            False,
        ]
        assert not await lists.proposals()
        assert len(await lists.proposals(decided_too=True)) == 2


async def test_a_file_is_looked_at_then_proposed_and_given_back(centre: Centre) -> None:
    file = FileOfRows("SLTD", csv_of(3))
    async with lists_of(centre) as lists:
        looked = await lists.propose_import(MAKER, file, preview_only=True)
        assert (looked.proposal_id, looked.preview.added) == (0, 3)
        made = await lists.propose_import(MAKER, file, preview_only=False)
        await lists.decide(CHECKER, made.proposal_id, approved=True)
        content = b"".join([piece async for piece in lists.export("SLTD", "csv")])
        assert content.count(b"\n") == 4
        with pytest.raises(ListActRefused, match="change"):
            await lists.propose_import(MAKER, FileOfRows("SLTD", content), preview_only=False)
        with pytest.raises(ListActRefused, match="format"):
            _ = [piece async for piece in lists.export("SLTD", "pdf")]


async def test_a_centre_that_is_away_is_told_apart_from_one_that_refuses(centre: Centre) -> None:
    link = Link("127.0.0.1:1", centre.tls("console", "desk-1"), Role.CENTRE)
    with pytest.raises(CentreUnavailable):
        await ListEntryClient(link).proposals()
    await link.close()


async def test_a_link_that_was_closed_fails_as_one_that_is_away(centre: Centre) -> None:
    """What is sent last while a console ends: gRPC itself would end the process."""
    link = Link(centre.at.grpc, centre.tls("console", "desk-1"), Role.CENTRE)
    await link.close()
    with pytest.raises(CentreUnavailable, match="closed"):
        await ListEntryClient(link).proposals()
