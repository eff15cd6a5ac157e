"""A desk's book: numbers without gaps, nothing lost, and no sending in circles."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from egate.console.desk_sending import send_waiting
from egate.outbox.database import open_database
from egate.outbox.desk_book import DeskBook, DeskEntry, DeskKind
from egate.outbox.sealing import Seal, SealBroken
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.mapping import decode, encode
from tests.centre_harness import record
from tests.unit.test_decision import CLEARED, OTHER_ID, decision

KEY = bytes(range(32))


def entry(number: int, **changes: object) -> DeskEntry:
    return DeskEntry(f"entry {number}".encode(), record(number, gate_seq=0, **changes))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[DeskBook]:
    with open_database(tmp_path / "desk.sqlite") as database:
        yield DeskBook(database, Seal(KEY), encode, encode_decision)


class Sink:
    """Confirms what it is told to, and remembers what came."""

    def __init__(self, *, refuses: frozenset[str] = frozenset(), heeds: bool = True) -> None:
        self.sent: list[str] = []
        self._refuses = refuses
        self._heeds = heeds

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        ids = [each.record_id for each in batch] if self._heeds else []
        self.sent += ids
        return Receipt(
            frozenset(ids) - self._refuses, {each: "no" for each in ids if each in self._refuses}
        )


def numbers(book: DeskBook) -> list[int]:
    return [decode(each.payload).gate_seq for each in book.waiting(DeskKind.CROSSING, 99)]


async def test_records_are_numbered_in_the_order_of_entering(book: DeskBook) -> None:
    book.enter([entry(1), entry(2)])
    book.enter([entry(1), entry(3)])
    assert numbers(book) == [1, 2, 3]
    await send_waiting(book, Sink(), Sink())
    book.enter([entry(4)])
    assert numbers(book) == [4]


async def test_what_cannot_be_encoded_leaves_nothing_of_its_file(book: DeskBook) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        book.enter([entry(1), entry(2, policy_version="\ud800")])
    book.enter([entry(3)])
    assert numbers(book) == [1]


async def test_everything_is_sent_once_decisions_first(book: DeskBook) -> None:
    refused = record(2).crossing_id
    book.enter([entry(1), entry(2)])
    book.enter([DeskEntry(b"a", decision=CLEARED)])
    book.enter([DeskEntry(b"b", record(3), decision(decision_id=OTHER_ID))])
    crossings, decisions = Sink(refuses=frozenset({refused})), Sink()
    for _ in range(2):
        await send_waiting(book, crossings, decisions)
    assert decisions.sent == [CLEARED.decision_id, OTHER_ID]
    assert crossings.sent == [record(number).crossing_id for number in (1, 2, 3)]
    faults = [book.fault_of(each) for each in crossings.sent]
    assert faults == ["", "no", ""]


async def test_more_than_one_batch_is_sent_to_the_end(book: DeskBook) -> None:
    book.enter([entry(number) for number in range(1, 121)])
    crossings = Sink()
    await send_waiting(book, crossings, Sink())
    assert len(set(crossings.sent)) == len(crossings.sent) == 120


async def test_an_answer_about_nothing_ends_the_sending(book: DeskBook) -> None:
    book.enter([entry(1)])
    with pytest.raises(CentreUnavailable, match="about nothing"):
        await send_waiting(book, Sink(heeds=False), Sink())
    assert book.fault_of(record(1).crossing_id) is None


async def test_a_book_of_another_key_is_not_read(book: DeskBook) -> None:
    book.enter([entry(1)])
    book._seal = Seal(KEY[::-1])
    with pytest.raises(SealBroken):
        book.waiting(DeskKind.CROSSING, 1)
