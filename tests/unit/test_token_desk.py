"""Who is listed between the kiosk and the gate of a segregated lane is referred at the gate."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.domain.token import document_digest
from egate.emrtd.checks import CheckId, Outcome
from egate.gate.token_book import TokenBook
from egate.gate.token_desk import KioskDesk
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument
from egate.lists.source import RowStatus, SourceRow
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.ports.tokens import Prepared, TokenClaim, TokenRefusal
from tests.gate_lists import Gate, Offers, Times, gate_of
from tests.gate_samples import DOCUMENT, INSPECTED, OTHER_ID, SESSION_ID
from tests.list_samples import entry

KIOSK = replace(INSPECTED, flow=m.Flow.KIOSK, face=None)
CLAIM = TokenClaim(document_digest(DOCUMENT), OTHER_ID, "DAC-E-02", Direction.ENTRY)
ANNA = ListedDocument.of(DOCUMENT.document_code, DOCUMENT.issuing_state, DOCUMENT.document_number)
OFFLOAD = SourceRow(1, ANNA, entry(kind=ListKind.OFFLOAD, direction=None), RowStatus.LISTED)


@pytest_asyncio.fixture
async def gate(tmp_path: Path) -> AsyncIterator[Gate]:
    offers = Offers(tmp_path / "made", Times())
    offers.publish_all()
    async with gate_of(tmp_path / "lists", offers) as made:
        yield made


@pytest.fixture
def book(tmp_path: Path, gate: Gate) -> Iterator[TokenBook]:
    with open_database(tmp_path / "journal.sqlite") as database:
        made = TokenBook(database, Seal.from_file(tmp_path / "journal.key"), gate.times.clocks)
        made.issue(KIOSK, b"portrait", 300.0)
        yield made


async def redeemed(book: TokenBook, gate: Gate) -> Prepared:
    answer = await KioskDesk(book, gate.lists, "BDDAC", gate.times.clocks).redeem(CLAIM)
    assert isinstance(answer, Prepared)
    return answer


def outcomes(prepared: Prepared) -> dict[CheckId, Outcome]:
    checks = prepared.background.checks
    assert len({each.check_id for each in checks}) == len(checks)
    return {each.check_id: each.outcome for each in checks}


async def test_an_offload_after_the_kiosk_stops_the_traveller_at_the_gate(
    book: TokenBook, gate: Gate
) -> None:
    gate.offers.publish(ListKind.OFFLOAD, OFFLOAD)
    await gate.polled()
    prepared = await redeemed(book, gate)
    assert outcomes(prepared)[CheckId.WATCHLIST] is Outcome.FAILED
    used = {each.name: each.version for each in prepared.background.lists_used}
    assert used["OFFLOAD"] == 2


async def test_who_is_not_listed_since_goes_on_with_what_the_kiosk_found(
    book: TokenBook, gate: Gate
) -> None:
    assert KIOSK.background is not None
    prepared = await redeemed(book, gate)
    found = {each.check_id: each.outcome for each in KIOSK.background.checks}
    assert outcomes(prepared) == found | dict.fromkeys(
        (CheckId.DOCUMENT_STATUS, CheckId.WATCHLIST), Outcome.SUCCESSFUL
    )
    assert prepared.crossing_id == SESSION_ID


async def test_the_case_at_the_kiosk_keeps_its_hits(book: TokenBook, gate: Gate) -> None:
    gate.offers.publish(ListKind.OFFLOAD, OFFLOAD)
    await gate.polled()
    await gate.check(DOCUMENT)  # of another traveller, who waits for an officer at the kiosk
    (before,) = gate.lists.hits(SESSION_ID)
    await redeemed(book, gate)
    assert gate.lists.hits(SESSION_ID) == (before,)


async def test_a_token_is_good_once_with_lists_too(book: TokenBook, gate: Gate) -> None:
    await redeemed(book, gate)
    answer = await KioskDesk(book, gate.lists, "BDDAC", gate.times.clocks).redeem(CLAIM)
    assert answer is TokenRefusal.USED
