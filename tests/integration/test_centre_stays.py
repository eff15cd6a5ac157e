"""Stays in PostgreSQL: whatever the order, the batches, the haste, they are those of `pair`."""

import asyncio
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egate.central import intake
from egate.central.acceptance import CrossingRow, examine
from egate.central.authorisations.work_lists import Matter, unmatched
from egate.central.database import Connection
from egate.central.document_key import document_key
from egate.central.status.figures import work
from egate.central.stays import Movement, Stay, StayKind, opening_direction, pair
from egate.central.store import LastEntry
from egate.domain.evidence import TravelDocument
from egate.domain.record import CrossingStatus, Direction
from egate.domain.time import UtcSeconds
from egate.reporting.mapping import encode
from tests.centre_harness import GATE, Centre, record
from tests.crossing_histories import arrivals, movements

pytestmark = pytest.mark.asyncio(loop_scope="session")
SPARINGLY = settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
NUMBERS = itertools.count(1_000_001)  # other files may have left records with small ones


@dataclass(frozen=True)
class Document:
    """A document that no other example uses."""

    issuing_state: str
    number: str

    @property
    def key(self) -> uuid.UUID:
        key = document_key(self.issuing_state, self.number)
        assert key is not None
        return key

    def rows(self, moved: Sequence[Movement], **changes: object) -> list[CrossingRow]:
        return [self.row(movement, **changes) for movement in moved]

    def row(self, movement: Movement, **changes: object) -> CrossingRow:
        seq = next(NUMBERS)
        made = record(
            seq,
            direction=movement.direction,
            occurred_at=UtcSeconds(movement.at.timestamp()),
            status=CrossingStatus.COMPLETED,
            document=TravelDocument("P", self.issuing_state, self.number, *[""] * 6),
        )
        row = examine(encode(replace(made, **changes)), GATE)  # type: ignore[arg-type]
        assert isinstance(row, CrossingRow)
        return row


def new_document(issuing_state: str) -> Document:
    return Document(issuing_state, f"T{next(NUMBERS):08}")


def expected(document: Document, rows: Sequence[CrossingRow]) -> list[Stay]:
    ways = {1: Direction.ENTRY, 2: Direction.EXIT}
    moved = [
        Movement(row.occurred_at, row.crossing_id, ways[row.direction])
        for row in rows
        if row.doc_key == document.key
    ]
    return list(pair(moved, opening_direction(document.issuing_state)))


async def stored(database: Connection, document: Document) -> list[Stay]:
    found = await database.fetch(
        "SELECT * FROM stay WHERE doc_key = $1 ORDER BY since, first_id", document.key
    )
    stays = []
    for row in found:
        entry, left = (
            Movement(row[f"{way}_at"], row[f"{way}_id"], way) if row[f"{way}_id"] else None
            for way in Direction
        )
        ends = sorted(one for one in (entry, left) if one)
        assert (row["since"], row["first_id"]) == (ends[0].at, ends[0].crossing_id)
        assert row["absence"] is (document.issuing_state == "BGD")
        stays.append(Stay(ends[0], ends[1] if len(ends) > 1 else None, StayKind(row["kind"])))
    return stays


@given(st.data(), movements, movements, st.booleans())
@SPARINGLY
async def test_any_order_any_batches_any_repetition_give_the_same_stays(
    running: Centre,
    data: st.DataObject,
    foreign: list[Movement],
    own: list[Movement],
    at_once: bool,  # noqa: FBT001 - drawn
) -> None:
    documents = [new_document("IND"), new_document("BGD")]
    rows = [*documents[0].rows(foreign), *documents[1].rows(own)]
    batches = data.draw(arrivals(rows))
    if at_once:
        async with asyncio.TaskGroup() as tasks:
            for batch in batches:
                tasks.create_task(running.store.put(batch))
    else:
        for batch in batches:
            assert set(await running.store.put(batch)) <= {None}
    for document in documents:
        assert await stored(running.database, document) == expected(document, rows)


def at(month: int, day: int = 5) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def moved(*directions: tuple[datetime, Direction]) -> list[Movement]:
    return [Movement(when, uuid.UUID(int=0), way) for when, way in directions]


async def test_a_late_entry_between_the_two_of_a_stay_takes_the_exit(centre: Centre) -> None:
    document = new_document("IND")
    first, left, late = document.rows(
        moved((at(9), Direction.ENTRY), (at(11), Direction.EXIT), (at(10), Direction.ENTRY))
    )
    await centre.store.put([first, left])
    await centre.store.put([late])
    kinds = [stay.kind for stay in await stored(centre.database, document)]
    assert kinds == [StayKind.ENTRY_WITHOUT_EXIT, StayKind.MATCHED]
    (alone,) = await unmatched(centre.database, 10)
    assert (alone.crossing_id, alone.occurred_at) == (first.crossing_id, at(9))


async def test_the_last_entry_of_a_document(centre: Centre) -> None:
    document, citizen = new_document("IND"), new_document("BGD")
    assert await centre.store.last_entry(document.key) is None
    both = moved((at(9), Direction.ENTRY), (at(10), Direction.EXIT))
    for of in (document, citizen):
        rows = of.rows(both)
        await centre.store.put(rows)
        assert await centre.store.last_entry(of.key) == LastEntry(rows[0].crossing_id, at(9))


async def test_what_did_not_complete_or_names_no_document_begins_no_stay(centre: Centre) -> None:
    document = new_document("IND")
    (movement,) = moved((at(9), Direction.ENTRY))
    await centre.store.put(
        [
            document.row(movement, status=CrossingStatus.REFERRED),
            document.row(movement, document=None),
            document.row(movement)._replace(direction=7),
        ]
    )
    assert await centre.store.total() == 3
    assert await centre.database.fetchval("SELECT count(*) FROM stay") == 0


async def test_one_id_in_two_months_is_a_conflict_and_one_record(centre: Centre) -> None:
    document = new_document("IND")
    row = document.row(*moved((at(9), Direction.ENTRY)))
    twin = row._replace(occurred_at=at(11), content_hash=b"other")
    other = row._replace(doc_key=new_document("IND").key, content_hash=b"another")
    assert await centre.store.put([row]) == [None]
    assert await centre.store.put([twin, other, row]) == ["conflict", "conflict", None]
    assert (await centre.store.total(), await centre.store.conflicts()) == (1, 2)
    assert len(await stored(centre.database, document)) == 1


async def test_one_id_twice_at_once_is_a_conflict(centre: Centre) -> None:
    document = new_document("IND")
    row = document.row(*moved((at(9), Direction.ENTRY)))
    twin = row._replace(occurred_at=at(11), content_hash=b"other")
    async with asyncio.TaskGroup() as tasks:
        puts = [tasks.create_task(centre.store.put([one])) for one in (row, twin) * 6]
    answers = [put.result()[0] for put in puts]
    assert answers.count("conflict") == answers.count(None) == 6
    assert await centre.store.total() == 1


async def test_what_belongs_to_no_stay_is_counted(centre: Centre) -> None:
    (row,) = new_document("IND").rows(moved((at(9), Direction.EXIT)))
    home = new_document("BGD").rows(moved((at(9), Direction.ENTRY)))  # left before there was a gate
    await centre.store.put([row, *home])
    found = {one.matter: (one.count, one.oldest) for one in (await work(centre.database)).lists}
    assert found == {
        Matter.OVERDUE: (0, None),
        Matter.ENTRY_WITHOUT_EXIT: (0, None),
        Matter.EXIT_WITHOUT_ENTRY: (1, row.occurred_at),
    }


async def test_of_two_batches_at_once_with_one_number_the_later_one_finds_the_fork(
    centre: Centre,
) -> None:
    rows = new_document("IND").rows(moved((at(9), Direction.ENTRY), (at(10), Direction.EXIT)))
    first, before = (row._replace(gate_seq=2 - place) for place, row in enumerate(rows))
    await centre.store.put([before])
    twin = first._replace(doc_key=uuid.uuid4(), crossing_id=uuid.uuid4())
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with (
        asyncio.TaskGroup() as tasks,
        centre.database.acquire() as connection,
        connection.transaction(),
    ):
        await intake.take(connection, [first])
        later = tasks.create_task(centre.store.put([twin]))
        async with asyncio.timeout(10):
            while not await centre.database.fetchval(waiting):
                assert not later.done()
    (fork,) = await centre.store.forks()
    assert set(fork.crossing_ids) == {first.crossing_id, twin.crossing_id}
