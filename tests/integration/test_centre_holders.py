"""Stays of holders with several documents: those of `pair`, whatever came first."""

import asyncio
import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egate.central import intake
from egate.central.acceptance import CrossingRow
from egate.central.authorisations.acts import ActRefused, Origin, file_act
from egate.central.authorisations.limits import RulesInForce, judge_some
from egate.central.authorisations.rows import ExtensionRow, Row, SuccessionRow
from egate.central.stays import Movement, Stay, StayKind, pair
from egate.domain.authorisation.succession import documents_of_holder
from egate.domain.record import Direction
from tests.authorisation_samples import RULES_FILE
from tests.centre_harness import Centre, unmatched_counts
from tests.crossing_histories import arrivals, movements
from tests.integration.test_centre_stays import Document, new_document

pytestmark = pytest.mark.asyncio(loop_scope="session")
SPARINGLY = settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PASSPORTS = Origin("dip", "Passport Order 1973", "passports")
WAYS = {1: Direction.ENTRY, 2: Direction.EXIT}


def succession(earlier: Document, later: Document, **changes: str) -> SuccessionRow:
    return SuccessionRow.of(
        {
            "kind": "renewed",
            "earlier_issuing_state": earlier.issuing_state,
            "earlier_document_number": earlier.number,
            "later_issuing_state": later.issuing_state,
            "later_document_number": later.number,
            **changes,
        }
    )


async def stays_of(running: Centre, documents: Sequence[Document]) -> set[Stay]:
    found = await running.database.fetch(
        "SELECT * FROM stay WHERE doc_key = ANY($1)", [each.key for each in documents]
    )
    stays = set()
    for row in found:
        ends = sorted(
            Movement(row[f"{way}_at"], row[f"{way}_id"], way)
            for way in Direction
            if row[f"{way}_id"]
        )
        assert (row["since"], row["first_id"]) == (ends[0].at, ends[0].crossing_id)
        stays.add(Stay(ends[0], ends[1] if len(ends) > 1 else None, StayKind(row["kind"])))
    assert len(stays) == len(found)
    return stays


def expected(
    documents: Sequence[Document], rows: Sequence[CrossingRow], said: Sequence[SuccessionRow]
) -> set[Stay]:
    successions = [value for each in said if (value := each.value())]
    keys = {row.documents[side]: row.keys[side] for row in said for side in (0, 1)}
    stays: set[Stay] = set()
    for document in documents:
        (named,) = [each for each in keys if keys[each] == document.key] or [None]
        own = documents_of_holder(named, successions) if named else ()
        members = {keys[each] for each in own} | {document.key}
        is_own = any(each.key in members for each in documents if each.issuing_state == "BGD")
        moved = [
            Movement(row.occurred_at, row.crossing_id, WAYS[row.direction])
            for row in rows
            if row.doc_key in members
        ]
        stays |= set(pair(moved, Direction.EXIT if is_own else Direction.ENTRY))
    return stays


@given(
    st.data(),
    st.lists(movements, min_size=3, max_size=3),
    st.sets(st.sampled_from([(0, 1), (1, 2), (2, 0)]), min_size=1),
    st.sets(st.sampled_from([(0, 1), (1, 2), (2, 0)])),
    st.booleans(),
)
@SPARINGLY
async def test_any_order_of_records_and_successions_gives_the_same_stays(
    running: Centre,
    data: st.DataObject,
    histories: list[list[Movement]],
    pairs: set[tuple[int, int]],
    withdrawn: set[tuple[int, int]],
    at_once: bool,  # noqa: FBT001 - drawn
) -> None:
    states = data.draw(st.sampled_from([("IND", "IND", "IND"), ("GBR", "BGD", "GBR")]))
    documents = [new_document(state) for state in states]
    rows = [
        row for each, moved in zip(documents, histories, strict=True) for row in each.rows(moved)
    ]
    said = [succession(documents[one], documents[other]) for one, other in sorted(pairs)]
    arriving = data.draw(arrivals([*rows, *said]))

    async def take(batch: list[CrossingRow | SuccessionRow]) -> None:
        records = [each for each in batch if isinstance(each, CrossingRow)]
        named = {each.identity: each for each in batch if isinstance(each, SuccessionRow)}
        if records:
            assert set(await running.store.put(records)) <= {None}
        if named:
            await file_act(running.database, [*named.values()], PASSPORTS)

    if at_once:
        async with asyncio.TaskGroup() as tasks:
            for batch in arriving:
                tasks.create_task(take(batch))
    else:
        for batch in arriving:
            await take(batch)
    assert await stays_of(running, documents) == expected(documents, rows, said)
    taken_back = [
        succession(documents[one], documents[other], status="withdrawn")
        for one, other in sorted(pairs & withdrawn)
    ]
    if taken_back:
        await file_act(running.database, taken_back, PASSPORTS)
        gone = {each.identity for each in taken_back}
        left = [*taken_back, *(each for each in said if each.identity not in gone)]
        assert await stays_of(running, documents) == expected(documents, rows, left)


def at(month: int) -> datetime:
    return datetime(2026, month, 5, tzinfo=UTC)


async def test_who_leaves_with_the_renewed_passport_is_matched(centre: Centre) -> None:
    old, new = new_document("IND"), new_document("IND")
    (entry,) = old.rows([Movement(at(9), uuid.UUID(int=0), Direction.ENTRY)])
    (left,) = new.rows([Movement(at(10), uuid.UUID(int=0), Direction.EXIT)])
    await centre.store.put([entry, left])
    assert set(await unmatched_counts(centre)) == {StayKind.EXIT_WITHOUT_ENTRY}
    await file_act(centre.database, [succession(old, new)], PASSPORTS)
    assert await unmatched_counts(centre) == {}
    for document in (old, new):
        last = await centre.store.last_entry(document.key)
        assert last is not None
        assert last.crossing_id == entry.crossing_id


async def test_a_corrected_record_counts_for_the_holder_no_more(centre: Centre) -> None:
    old, new = new_document("IND"), new_document("IND")
    wrong, right = old.rows(
        [Movement(at(month), uuid.UUID(int=0), Direction.ENTRY) for month in (8, 9)]
    )
    await centre.store.put([wrong])
    await centre.store.put([right._replace(supersedes=wrong.crossing_id)])
    await file_act(centre.database, [succession(old, new)], PASSPORTS)
    (only,) = await stays_of(centre, [old, new])
    assert (only.first.crossing_id, only.kind) == (right.crossing_id, StayKind.OPEN)


async def test_a_succession_waits_for_the_record_that_is_being_stored(centre: Centre) -> None:
    old, new = new_document("IND"), new_document("IND")
    (entry,) = old.rows([Movement(at(9), uuid.UUID(int=0), Direction.ENTRY)])
    (left,) = new.rows([Movement(at(10), uuid.UUID(int=0), Direction.EXIT)])
    await centre.store.put([left])
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with (
        asyncio.TaskGroup() as tasks,
        centre.database.acquire() as connection,
        connection.transaction(),
    ):
        await intake.take(connection, [entry])
        filing = tasks.create_task(file_act(centre.database, [succession(old, new)], PASSPORTS))
        async with asyncio.timeout(10):
            while not await centre.database.fetchval(waiting):
                assert not filing.done()
    (whole,) = await stays_of(centre, [old, new])
    assert whole.kind is StayKind.MATCHED


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_in_any_order_an_extension_reaches_the_stay_of_the_old_passport(
    centre: Centre, order: tuple[int, ...]
) -> None:
    old, new = new_document("IND"), new_document("IND")
    (entry,) = old.rows([Movement(at(9), uuid.UUID(int=0), Direction.ENTRY)])
    extension = ExtensionRow.of(
        {
            "number": f"X {new.number}",
            "issuing_state": new.issuing_state,
            "document_number": new.number,
            "given_on": "2026-09-20",
            "authorised_until": "2026-12-31",
        }
    )
    arriving: list[CrossingRow | Row] = [entry, succession(old, new), extension]
    rules = RulesInForce.from_file(RULES_FILE)
    for place in order:
        said = arriving[place]
        if isinstance(said, CrossingRow):
            await centre.store.put([said])
        else:
            await file_act(centre.database, [said], PASSPORTS)
        await judge_some(centre.database, rules)
    until = "SELECT allowed_until::text FROM stay WHERE first_id = $1"
    async with asyncio.timeout(10):  # the centre of the harness judges beside us
        while await centre.database.fetchval(until, entry.crossing_id) != "2026-12-31":
            await judge_some(centre.database, rules)


async def test_a_citizen_s_first_return_is_no_fault_and_a_foreigner_s_exit_is(
    centre: Centre,
) -> None:
    citizen, foreigner = new_document("BGD"), new_document("IND")
    (home,) = citizen.rows([Movement(at(9), uuid.UUID(int=0), Direction.ENTRY)])
    (left,) = foreigner.rows([Movement(at(9), uuid.UUID(int=0), Direction.EXIT)])
    await centre.store.put([home, left])
    assert await unmatched_counts(centre) == {StayKind.EXIT_WITHOUT_ENTRY: 1}


async def test_nobody_has_a_hundred_documents(centre: Centre) -> None:
    documents = [new_document("IND") for _ in range(102)]
    chain = [succession(*two) for two in itertools.pairwise(documents)]
    with pytest.raises(ActRefused, match="102 documents"):
        await file_act(centre.database, chain, PASSPORTS)
    assert await centre.database.fetchval("SELECT count(*) FROM authorisation_act") == 0
    assert await centre.database.fetchval("SELECT count(*) FROM document_holder") == 0
