"""Records wait until the centre has them, and one bad record blocks nobody."""

import asyncio
import itertools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.record_id import made_at, make_record_id
from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox.backoff import delays
from egate.outbox.batch_size import MAX_RECORDS, BatchSize
from egate.outbox.forwarder import MAX_BYTES, Forwarder
from egate.outbox.sealing import Seal
from egate.outbox.store import Outbox
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt
from tests.station_keys import KeyOfTests

NOW = UtcSeconds(1_800_000_000.0)
NUMBERS = itertools.count(1)


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    database = sqlite3.connect(":memory:")
    yield Memory(database, Seal(bytes(32)), KeyOfTests()).outbox("BDDAC-A-01")
    database.close()


def fill(outbox: Outbox, *ids: str, payload: bytes = b"record") -> None:
    for later, record_id in enumerate(ids):
        outbox.add(record_id, next(NUMBERS), payload, UtcSeconds(NOW + later))


class Centre:
    """Answers each call with the next of ``answers``; None is unavailable."""

    def __init__(self, *answers: Callable[[Sequence[PendingRecord]], Receipt] | None) -> None:
        self.answers = list(answers)
        self.batches: list[list[str]] = []

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        self.batches.append([record.record_id for record in batch])
        answer = self.answers.pop(0) if self.answers else accept
        if answer is None:
            raise CentreUnavailable("away")
        return answer(batch)


def accept(batch: Sequence[PendingRecord]) -> Receipt:
    return Receipt(frozenset(record.record_id for record in batch), {})


@asynccontextmanager
async def forwarding(outbox: Outbox, centre: Centre, waits: list[float]):  # noqa: ANN201
    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    forwarder = Forwarder(
        outbox, centre, lambda: delays(lambda: 0.0, first=1.0, most=4.0), sleep=sleep
    )
    task = asyncio.ensure_future(forwarder.run())  # noqa: TID251 - owned by this block
    try:
        yield forwarder
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_the_oldest_go_first_and_are_forgotten_when_confirmed(outbox: Outbox) -> None:
    fill(outbox, "a", "b", "c")
    centre = Centre()
    async with forwarding(outbox, centre, []) as forwarder:
        await until(lambda: not outbox.backlog().depth)
        assert centre.batches == [["a", "b", "c"]]
        fill(outbox, "d")
        forwarder.wake()
        await until(lambda: centre.batches[1:] == [["d"]])
        assert forwarder.centre_reachable


async def test_an_absent_centre_is_tried_for_ever_with_longer_waits(outbox: Outbox) -> None:
    fill(outbox, "a")
    waits: list[float] = []
    centre = Centre(*[None] * 5)
    async with forwarding(outbox, centre, waits) as forwarder:
        reachable: list[bool] = []
        forwarder.on_change(lambda: reachable.append(forwarder.centre_reachable))
        await until(lambda: not outbox.backlog().depth)
        await until(lambda: len(reachable) == 7)
    assert reachable == [False] * 5 + [True] * 2
    assert waits == [1.0, 2.0, 4.0, 4.0, 4.0]
    assert centre.batches == [["a"]] * 6


async def test_a_refused_record_is_kept_aside(outbox: Outbox) -> None:
    fill(outbox, "a", "b")
    centre = Centre(lambda _: Receipt(frozenset({"b"}), {"a": "malformed"}))
    async with forwarding(outbox, centre, []):
        await until(lambda: not outbox.backlog().depth)
    assert outbox.backlog().set_aside == 1
    assert centre.batches == [["a", "b"]]


async def test_what_the_centre_forgets_to_mention_is_sent_again(outbox: Outbox) -> None:
    fill(outbox, "a", "b")
    waits: list[float] = []
    centre = Centre(lambda _: Receipt(frozenset({"a"}), {}), lambda _: Receipt(frozenset(), {}))
    async with forwarding(outbox, centre, waits):
        await until(lambda: not outbox.backlog().depth)
    assert centre.batches == [["a", "b"], ["b"], ["b"]]
    assert waits == [1.0]


async def test_batches_grow_while_the_centre_is_quick_and_begin_anew_after_it_was_away(
    outbox: Outbox,
) -> None:
    fill(outbox, *(f"r{n}" for n in range(1000)))
    centre = Centre(*[accept] * 7, None)
    async with forwarding(outbox, centre, []):
        await until(lambda: not outbox.backlog().depth)
    assert [len(batch) for batch in centre.batches] == [
        *(5, 10, 20, 40, 80, 160, 200, 200),
        *(5, 10, 20, 40, 80, 160, 170),
    ]


@given(st.lists(st.one_of(st.none(), st.floats(0.0, 20.0)), max_size=60))
def test_a_batch_is_never_empty_nor_too_large_and_shrinks_while_answers_are_slow(
    answers: list[float | None],
) -> None:
    size = BatchSize()
    for seconds in answers:
        before = size.records
        if seconds is None:
            size.lost()
            continue
        size.answered(seconds)
        assert size.records >= before or seconds > 1.0
        assert size.records <= before or seconds < 0.5
        assert 1 <= size.records <= MAX_RECORDS
    for _ in range(10):
        size.answered(1.1)
    assert size.records == 5


def test_batches_are_bounded(outbox: Outbox) -> None:
    fill(outbox, *(f"r{n}" for n in range(MAX_RECORDS + 50)))
    assert len(outbox.oldest(MAX_RECORDS, MAX_BYTES)) == MAX_RECORDS
    assert len(outbox.oldest(MAX_RECORDS, 60)) == 10
    assert len(outbox.oldest(MAX_RECORDS, 1)) == 1


def test_a_record_that_cannot_be_unsealed_is_kept_aside(outbox: Outbox) -> None:
    fill(outbox, "a", "b")
    outbox._database.execute("UPDATE outbox SET sealed = x'00' WHERE record_id = 'a'")
    assert [pending.record_id for pending in outbox.oldest(10, 100)] == ["b"]
    assert outbox.backlog().set_aside == 1


def test_more_broken_seals_than_a_batch_holds_hide_no_record(outbox: Outbox) -> None:
    fill(outbox, "a", "b", "c", "d")
    outbox._database.execute("UPDATE outbox SET sealed = x'00' WHERE record_id < 'd'")
    assert [record.record_id for record in outbox.oldest(2, MAX_BYTES)] == ["d"]
    assert outbox.backlog().set_aside == 3


async def test_a_lost_database_is_tried_again(outbox: Outbox) -> None:
    fill(outbox, "a")
    outbox._database.execute("ALTER TABLE outbox RENAME TO gone")
    waits: list[float] = []
    centre = Centre()
    async with forwarding(outbox, centre, waits):
        await until(lambda: waits)
        outbox._database.execute("ALTER TABLE gone RENAME TO outbox")
        await until(lambda: centre.batches == [["a"]])


def test_a_record_is_kept_once(outbox: Outbox) -> None:
    fill(outbox, "a", payload=b"first")
    fill(outbox, "a", payload=b"second")
    (kept,) = outbox.oldest(10, 100)
    assert kept.payload == b"first"
    assert outbox.backlog().oldest_at == NOW


@given(st.floats(0, 1, exclude_max=True))
def test_waits_double_and_are_jittered(jitter: float) -> None:
    found = list(itertools.islice(delays(lambda: jitter, first=0.2, most=30.0), 12))
    for number, wait in enumerate(found):
        full = min(0.2 * 2**number, 30.0)
        assert full / 2 <= wait <= full


@given(st.integers(0, (1 << 74) - 1), st.floats(0, 1e11))
def test_a_record_id_is_a_uuid_of_version_7(bits: int, at: float) -> None:
    made = UUID(make_record_id(UtcSeconds(at), bits))
    assert made.version == 7
    assert made.variant == RFC_4122
    assert made.int >> 80 == int(at * 1000)
    assert made_at(str(made)) == int(at * 1000) / 1000


def test_the_example_of_rfc_9562() -> None:
    """Appendix A.6: 2022-02-22 19:22:22 UTC, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F."""
    bits = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    made = make_record_id(UtcSeconds(1645557742.0), bits)
    assert made == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_ids_sort_by_time() -> None:
    assert make_record_id(NOW, (1 << 74) - 1) < make_record_id(UtcSeconds(NOW + 0.002), 0)
