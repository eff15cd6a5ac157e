"""A lane whose lists come from a running centre, over gRPC with mutual TLS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from egate.central.lists.entries import file_offload
from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.gate.background.listed import ListPlan, ListsAtGate
from egate.lists.keeper import Pinned
from egate.lists.keys import ListKey, read_signer
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument
from egate.ports.supervision import OfficerOrder
from tests.gate_lane import CLOCKS, Hall, hall
from tests.gate_lists import REQUIRED
from tests.gate_samples import DOCUMENT
from tests.integration.test_centre_list_service import (
    Publishing,
    publishing,  # noqa: F401  a fixture
)
from tests.integration.test_gate_lists import POLICY
from tests.list_centre import ORDER

pytestmark = pytest.mark.asyncio(loop_scope="session")
ANNA = ListedDocument.of(DOCUMENT.document_code, DOCUMENT.issuing_state, DOCUMENT.document_number)
OFFLOAD = ListKind.OFFLOAD


@dataclass
class Lane:
    """A lane that asks the centre when a test says so."""

    hall: Hall
    lists: ListsAtGate
    pauses: list[float]
    turn: asyncio.Event

    def version(self, kind: ListKind = OFFLOAD) -> int:
        return {each.name: each.version for each in self.lists.status()}[kind]

    async def polled_until(self, condition: object) -> int:
        """Let the gate ask until it is so; return how often it asked."""
        polls = 0
        async with asyncio.timeout(20):
            while not condition():
                self.turn.set()
                polls += 1
                await asyncio.sleep(0.2)
        return polls


@asynccontextmanager
async def lane(publishing: Publishing, folder: Path) -> AsyncIterator[Lane]:  # noqa: F811
    pauses: list[float] = []
    turn = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await turn.wait()
        turn.clear()

    keys = publishing.folder
    pinned = Pinned(read_signer(keys / "signer.pem"), ListKey.from_file(keys / "list.key"))
    plan, offers = ListPlan(folder / "gate", pinned, REQUIRED, 360), publishing.client()
    lists = await ListsAtGate.opened(plan, offers, CLOCKS, lambda: POLICY, sleep=sleep)
    (folder / "lane").mkdir()
    async with hall(folder / "lane", policy=POLICY, lists=lists, direction=Direction.EXIT) as h:
        made = Lane(h, lists, pauses, turn)
        await made.polled_until(lambda: not lists.conditions())
        await h.until(lambda: isinstance(h.state, m.Idle) and not h.state.lane.conditions)
        yield made
    lists.close()
    await offers.close()


async def published(publishing: Publishing, after: int) -> None:  # noqa: F811
    """Wait until the centre has a newer version than ``after`` of the offloads."""
    offers = publishing.client()
    async with asyncio.timeout(20):
        while not (await offers.versions({OFFLOAD.value: after}))[0].manifests:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await offers.close()


async def test_an_offload_refers_the_traveller_one_poll_after_it_was_filed(
    publishing: Publishing,  # noqa: F811
    tmp_path: Path,
) -> None:
    async with lane(publishing, tmp_path) as made:
        h = made.hall
        before = made.version()
        async with publishing.centre.database.acquire() as connection:
            filed = await file_offload(connection, replace(ORDER, document=ANNA))
            assert filed.approved
        await published(publishing, before)
        assert await made.polled_until(lambda: made.version() > before) == 1
        await h.walk_up()
        await h.present()
        await h.until_state(m.AwaitingOfficer)
        crossing = h.gate.supervision.status().crossing_id
        (hit,) = h.gate.supervision.case_hits(crossing, "SB-1107") or ()
        assert (hit.list_name, hit.authority) == ("OFFLOAD", "SB")
        assert h.gate.supervision.order(OfficerOrder.RESET, "SB-1107", crossing)
