"""A desk's book: numbers without gaps, nothing lost, and no sending in circles."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from egate.console.desk.book_thread import BookUnusable, opened_book
from egate.console.desk.writing import DeskWaiting, DeskWriting
from egate.domain.evidence.chain import FIRST, link_hash
from egate.domain.record import Direction
from egate.domain.record_id import made_at
from egate.domain.time import UtcSeconds
from egate.outbox.desk_book import DeskEntry, DeskKind, DeskState
from egate.ports.reporting import CentreUnavailable, Standing
from egate.reporting.mapping import decode
from tests.centre_harness import record
from tests.desk_samples import NOW, Sink, desk, entry
from tests.station_keys import KeyOfTests
from tests.unit.test_decision import CLEARED, OTHER_ID, decision


@pytest.fixture
def crossings() -> Sink:
    return Sink()


@pytest.fixture
def decisions() -> Sink:
    return Sink()


@pytest.fixture
async def writing(tmp_path: Path, crossings: Sink, decisions: Sink) -> AsyncIterator[DeskWriting]:
    async with desk(tmp_path, crossings, decisions) as writing:
        yield writing


async def numbers(writing: DeskWriting) -> list[int]:
    records = await writing.unsettled(99)
    return [decode(each.payload).gate_seq for each in records if each.kind is DeskKind.CROSSING]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110 - it changes on another thread
            await asyncio.sleep(0.01)


async def test_records_are_numbered_in_the_order_of_entering(writing: DeskWriting) -> None:
    await writing.enter([entry(1), entry(2)])
    await writing.enter([entry(1), entry(3)])
    assert await numbers(writing) == [1, 2, 3]
    await writing.send()
    await writing.enter([entry(4)])
    assert await numbers(writing) == [4]


async def test_what_cannot_be_encoded_leaves_nothing_of_its_file(writing: DeskWriting) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        await writing.enter([entry(1), entry(2, policy_version="\ud800")])
    await writing.enter([entry(3)])
    assert await numbers(writing) == [1]


async def test_an_entry_of_nothing_is_a_mistake(writing: DeskWriting) -> None:
    with pytest.raises(ValueError, match="nothing"):
        await writing.enter([DeskEntry(b"nothing")])
    assert writing.waiting() == DeskWaiting()


async def test_everything_is_sent_once_decisions_first(
    writing: DeskWriting, crossings: Sink, decisions: Sink
) -> None:
    crossings.refuses = frozenset({record(2).crossing_id})
    await writing.enter([entry(1), entry(2)])
    await writing.enter([DeskEntry(b"a", decision=CLEARED)])
    await writing.enter([DeskEntry(b"b", record(3), decision(decision_id=OTHER_ID))])
    for _ in range(2):
        await writing.send()
    assert decisions.sent == [CLEARED.decision_id, OTHER_ID]
    assert crossings.sent == [record(number).crossing_id for number in (1, 2, 3)]
    states = [await writing.state_of(each) for each in crossings.sent]
    assert states == [(DeskState.SENT, ""), (DeskState.REFUSED, "no"), (DeskState.SENT, "")]
    assert await writing.state_of(OTHER_ID[:-1]) is None


async def test_more_than_one_batch_is_sent_to_the_end(
    writing: DeskWriting, crossings: Sink
) -> None:
    await writing.enter([entry(number) for number in range(1, 121)])
    await writing.send()
    assert len(set(crossings.sent)) == len(crossings.sent) == 120


async def test_an_answer_about_nothing_ends_the_sending(
    writing: DeskWriting, crossings: Sink
) -> None:
    crossings.heeds = False
    await writing.enter([entry(1)])
    with pytest.raises(CentreUnavailable, match="about nothing"):
        await writing.send()
    assert await writing.state_of(record(1).crossing_id) == (DeskState.WAITING, "")


async def test_who_entered_it_first_is_told_to_the_second(writing: DeskWriting) -> None:
    first = DeskEntry(b"case", decision=CLEARED)
    second = DeskEntry(b"case", decision=decision(decision_id=OTHER_ID, officer_id="sb-2001"))
    (entered,) = await writing.enter([first])
    (late,) = await writing.enter([second])
    assert (entered.is_new, late.is_new) == (True, False)
    assert replace(late, is_new=True) == entered
    assert (late.officer_id, late.decision) == ("sb-1042", "clear")
    assert late.entered_at == CLEARED.decided_at


async def test_what_waits_is_counted_with_its_age_also_after_a_restart(
    tmp_path: Path, crossings: Sink
) -> None:
    async with desk(tmp_path, crossings) as writing:
        assert writing.waiting() == DeskWaiting()
        oldest = writing.new_id()
        later = record(2, crossing_id=f"f{oldest[1:]}")
        await writing.enter([entry(1, crossing_id=oldest), DeskEntry(b"2", later)])
        assert writing.waiting() == DeskWaiting(2, made_at(oldest), 0)
    crossings.refuses = frozenset({later.crossing_id})
    async with desk(tmp_path, crossings) as writing:
        assert writing.waiting() == DeskWaiting(2, NOW, 0)
        await writing.send()
        assert writing.waiting() == DeskWaiting(0, None, 1)


async def test_a_refusal_is_shown_until_an_officer_knows_of_it(
    writing: DeskWriting, crossings: Sink
) -> None:
    crossings.refuses = frozenset({record(1).crossing_id})
    await writing.enter([entry(1)])
    assert not await writing.acknowledge(record(1).crossing_id, "sb-1042")
    await writing.send()
    assert await writing.acknowledge(record(1).crossing_id, "sb-1042")
    assert not await writing.acknowledge(record(1).crossing_id, "sb-2001")
    assert writing.waiting() == DeskWaiting()
    (refused,) = await writing.unsettled(99)
    assert (refused.refused, refused.acknowledged_by) == ("no", "sb-1042")
    assert "ERIKSSON" not in repr(refused)


async def test_what_was_refused_is_sent_again_when_it_is_wanted(
    writing: DeskWriting, crossings: Sink
) -> None:
    crossings.refuses = frozenset({record(1).crossing_id})
    await writing.enter([entry(1)])
    await writing.send()
    await writing.acknowledge(record(1).crossing_id, "sb-1042")
    assert await writing.send_again(record(1).crossing_id)
    assert not await writing.send_again(record(1).crossing_id)
    await writing.send()
    assert writing.waiting().refused == 1  # it was refused anew, and nobody knows of that
    crossings.refuses = frozenset()
    assert await writing.send_again(record(1).crossing_id)
    await writing.send()
    assert await writing.state_of(record(1).crossing_id) == (DeskState.SENT, "")
    assert not await writing.send_again(record(1).crossing_id)


@pytest.mark.parametrize(
    ("changes", "minutes", "is_like"),
    [
        ({}, 0, True),
        ({}, 29, True),
        ({}, -29, True),
        ({}, 31, False),
        ({"document_number": "L898902C4"}, 0, False),
        ({"issuing_state": "BGD"}, 0, False),
        ({"primary_identifier": "ANOTHER"}, 0, True),
        (None, 0, False),
    ],
)
async def test_the_same_journey_is_noticed(
    writing: DeskWriting, changes: dict[str, str] | None, minutes: int, *, is_like: bool
) -> None:
    await writing.enter([entry(1), entry(2, document=None)])
    await writing.send()  # the personal part is gone; this is not
    made = record(1)
    assert made.document
    direction = made.direction if changes is not None else Direction.EXIT
    at = UtcSeconds(made.occurred_at + minutes * 60)
    found = await writing.like(replace(made.document, **changes or {}), direction, at)
    assert found == (made.crossing_id if is_like else "")


async def test_a_journey_is_forgotten_after_a_week(writing: DeskWriting) -> None:
    made = record(1)
    assert made.document
    await writing.enter([entry(1)])
    week_later = UtcSeconds(made.recorded_at + 7 * 86_400 + 1)
    await writing.enter([entry(2, recorded_at=week_later)])
    assert await writing.like(made.document, made.direction, made.occurred_at) == (
        record(2).crossing_id  # within half an hour as well
    )
    await writing.enter([entry(3, recorded_at=UtcSeconds(week_later * 2), document=None)])
    assert await writing.like(made.document, made.direction, made.occurred_at) == ""


async def test_it_is_sent_for_ever_and_at_once_when_it_comes(
    writing: DeskWriting, crossings: Sink
) -> None:
    crossings.is_away = True
    await writing.enter([entry(1)])
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(writing.keep_sending())

        async def is_away() -> bool:
            return writing.centre_fault == "away"

        async def is_sent() -> bool:
            return not writing.waiting().count and not writing.centre_fault

        await until(is_away)
        crossings.is_away = False
        writing.try_now()
        await until(is_sent)
        await writing.enter([entry(2)])
        await until(is_sent)
        crossings.is_away = True
        writing.try_now()
        await until(is_away)
        keeping.cancel()
    assert crossings.sent == [record(number).crossing_id for number in (1, 2)]


async def test_two_that_send_at_once_send_it_once(writing: DeskWriting, crossings: Sink) -> None:
    await writing.enter([entry(number) for number in range(1, 121)])
    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(writing.send())
    assert len(crossings.sent) == 120


async def test_a_book_that_was_put_back_is_entered_into_no_more(
    writing: DeskWriting, crossings: Sink
) -> None:
    await writing.enter([entry(1)])
    crossings.has = Standing(7)
    with pytest.raises(BookUnusable, match="behind number 7 at the centre: enrol this station"):
        await writing.send()
    assert crossings.sent  # what is in it goes out all the same
    with pytest.raises(BookUnusable, match="behind number 7"):
        await writing.enter([entry(2)])


async def test_a_restored_centre_gets_again_what_it_lacks(
    writing: DeskWriting, crossings: Sink, decisions: Sink
) -> None:
    crossings.has = Standing(0, database_life="life 1")
    await writing.send()
    await writing.enter([entry(1), DeskEntry(b"a", decision=CLEARED), entry(2)])
    await writing.send()
    assert [writing.waiting().count, len(crossings.sent), len(decisions.sent)] == [0, 2, 1]
    crossings.has = Standing(1, database_life="life 2", watermark=1)
    await writing.send()
    assert crossings.sent[2:] == crossings.sent[1:2]
    assert decisions.sent[1:] == [CLEARED.decision_id]
    assert writing.waiting().count == 0
    await writing.send()
    assert [len(crossings.sent), len(decisions.sent)] == [3, 2]


async def test_crossings_of_a_desk_are_chained_and_decisions_are_not(
    writing: DeskWriting, crossings: Sink, decisions: Sink
) -> None:
    await writing.enter([entry(1), DeskEntry(b"a", decision=CLEARED), entry(2)])
    await writing.send()
    first, second = (crossings.links[each] for each in crossings.sent)
    assert first is not None
    assert second is not None
    payload = crossings.payloads[crossings.sent[0]]
    assert first.previous == FIRST
    assert second.previous == link_hash("BDDAC-DESK-1", 1, FIRST, payload)
    assert list(decisions.links.values()) == [None]


@pytest.mark.usefixtures("writing")
async def test_only_one_process_has_the_book(tmp_path: Path) -> None:
    with pytest.raises(BookUnusable, match="has it open"):
        async with opened_book(tmp_path / "desk.sqlite", "BDDAC-DESK-1", KeyOfTests()):
            pass


@pytest.mark.parametrize("what", ["key", "book", "folder"])
async def test_a_book_that_cannot_be_used_says_so(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "none" if what == "folder" else tmp_path
    if what != "folder":
        (folder / {"key": "desk.key", "book": "desk.sqlite"}[what]).write_bytes(b"x" * 5000)
    with pytest.raises(BookUnusable, match=r"desk\.|none"):
        async with desk(folder):
            pass


async def test_a_book_of_another_key_is_not_sent(tmp_path: Path, crossings: Sink) -> None:
    async with desk(tmp_path) as writing:
        await writing.enter([entry(1)])
    (tmp_path / "desk.key").write_bytes(os.urandom(32))
    async with desk(tmp_path, crossings) as writing:
        with pytest.raises(BookUnusable, match="seal is broken"):
            await writing.send()
    assert crossings.sent == []


async def test_an_older_book_is_taken_over(tmp_path: Path, crossings: Sink) -> None:
    """Its tables were the first two, and said nothing of who entered what."""
    async with desk(tmp_path) as writing:
        await writing.enter([entry(1)])
    with sqlite3.connect(tmp_path / "desk.sqlite") as database:
        for table in ("desk_author", "desk_acknowledged", "desk_journey"):
            database.execute(f"DROP TABLE {table}")
        database.execute("DROP INDEX desk_unsettled")
    database.close()
    async with desk(tmp_path, crossings) as writing:
        (again,) = await writing.enter([entry(1)])
        assert (again.is_new, again.officer_id, again.entered_at) == (False, "", 0.0)
        await writing.send()
    assert crossings.sent == [record(1).crossing_id]
