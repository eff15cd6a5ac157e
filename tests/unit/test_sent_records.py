"""What the centre confirmed stays at its station for days, and goes again to a restored one."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox import sent
from egate.outbox.sealing import Seal
from egate.outbox.sending_again import SendingAgain
from egate.outbox.store import Outbox
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt, Standing
from tests.station_keys import KeyOfTests

GATE = "BDDAC-A-01"
BEFORE, RESTORED = "life 1", "life 2"


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as made:
        yield made


@pytest.fixture
def outbox(database: sqlite3.Connection) -> Outbox:
    return Memory(database, Seal(bytes(32)), KeyOfTests()).outbox(GATE)


def record(outbox: Outbox, *numbers: int) -> None:
    with outbox._database:
        for number in numbers:
            outbox.add(f"id {number}", number, f"record {number}".encode(), UtcSeconds(0.0))


def confirm(outbox: Outbox) -> None:
    batch = outbox.oldest(99, 1 << 20)
    outbox.settle(batch, Receipt(frozenset(each.record_id for each in batch), {}))


def waiting(outbox: Outbox) -> list[bytes]:
    return [each.payload for each in outbox.oldest(99, 1 << 20)]


def known_to_have_sent(outbox: Outbox, *numbers: int) -> None:
    assert outbox.sent.send_again(Standing(0, database_life=BEFORE)) == 0
    record(outbox, *numbers)
    confirm(outbox)
    assert outbox.backlog().depth == 0


def test_what_was_confirmed_goes_again_to_a_restored_centre(outbox: Outbox) -> None:
    known_to_have_sent(outbox, 1, 2, 3, 4, 5)
    links = [outbox.chain.link_of(f"record {number}".encode()) for number in (4, 5)]
    record(outbox, 6)
    restored = Standing(3, database_life=RESTORED, watermark=3)
    assert outbox.sent.send_again(restored) == 2
    again = outbox.oldest(99, 1 << 20)
    assert [each.payload for each in again] == [b"record 4", b"record 5", b"record 6"]
    assert [each.link for each in again[:2]] == links
    confirm(outbox)
    assert outbox.sent.send_again(restored) == 0
    assert waiting(outbox) == []


def test_a_hole_is_filled_though_a_later_record_came_first(outbox: Outbox) -> None:
    known_to_have_sent(outbox, 1, 2, 3, 4)
    assert outbox.sent.send_again(Standing(4, database_life=RESTORED, watermark=1)) == 3


@pytest.mark.parametrize("life", [BEFORE, ""])
def test_nothing_goes_again_to_the_same_centre_or_to_one_that_does_not_say(
    outbox: Outbox, life: str
) -> None:
    known_to_have_sent(outbox, 1, 2, 3)
    assert outbox.sent.send_again(Standing(0, database_life=life)) == 0


def test_a_second_restoration_is_told_from_the_first(outbox: Outbox) -> None:
    known_to_have_sent(outbox, 1, 2)
    for life in (RESTORED, "life 3"):
        assert outbox.sent.send_again(Standing(1, database_life=life, watermark=1)) == 1
        confirm(outbox)


def test_what_was_sent_is_sealed_and_goes_in_time(
    outbox: Outbox, database: sqlite3.Connection
) -> None:
    known_to_have_sent(outbox, 1, 2)
    assert b"record" not in b"".join(
        row[0] for row in database.execute("SELECT sealed FROM sent").fetchall()
    )
    database.execute("UPDATE sent SET sent_at = sent_at - 61 WHERE gate_seq = 1")
    outbox.sent.forget(60.0)
    assert outbox.sent.send_again(Standing(0, database_life=RESTORED)) == 1
    assert waiting(outbox) == [b"record 2"]


def test_the_oldest_goes_when_there_are_too_many(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "MOST_KEPT", 3)
    known_to_have_sent(outbox, *range(1, 8))
    outbox.sent.send_again(Standing(0, database_life=RESTORED))
    assert waiting(outbox) == [b"record 5", b"record 6", b"record 7"]


class Centre:
    """Says what it is told to, and is away when it has nothing to say."""

    def __init__(self, *said: Standing | None) -> None:
        self.said = list(said)

    async def standing(self, _: int) -> Standing:
        found = self.said.pop(0)
        if found is None:
            raise CentreUnavailable("away")
        return found

    async def submit(self, batch: list[PendingRecord]) -> Receipt:
        raise CentreUnavailable("away")


async def test_a_station_asks_by_itself_and_wakes_who_sends(outbox: Outbox) -> None:
    known_to_have_sent(outbox, 1)
    woken = asyncio.Event()
    centre = Centre(None, Standing(1, database_life=BEFORE), Standing(0, database_life=RESTORED))
    again = SendingAgain(outbox, centre, woken.set, 60.0, sleep=lambda _: asyncio.sleep(0))
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(again.run())
        await woken.wait()
        running.cancel()
    assert waiting(outbox) == [b"record 1"]
