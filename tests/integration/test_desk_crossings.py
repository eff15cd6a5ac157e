"""Crossings that desks record: which are taken, whose place they take, how they are counted."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egate.central.acceptance import CrossingRow, examine
from egate.central.alarms import open_alarms
from egate.central.desk_acceptance import NOT_A_DESKS, examine_of_desk
from egate.central.statistics.facts import make_all_facts
from egate.central.statistics.figures import Count, count_figures
from egate.central.statistics.period import Period
from egate.central.stays import Movement, Stay, StayKind, opening_direction, pair, replaced
from egate.domain.evidence import TravelDocument
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
)
from egate.domain.time import UtcSeconds
from egate.ports.reporting import Receipt
from egate.reporting.client import CentreClient
from egate.reporting.mapping import encode
from egate.wire.v1 import crossing_pb2 as wire
from tests.centre_harness import GATE, Centre, pending, raw, record
from tests.crossing_histories import BEGUN, arrivals

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONSOLE = "BDDAC-DESK-1"
SPARINGLY = settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
DOCUMENT = TravelDocument(
    "P", "IND", "Z1234567", "2032-04-15", "SEN", "AMARTYA", "IND", "1974-08-12", "M"
)
ENDINGS = {
    CrossingStatus.REFUSED_ENTRY: Direction.ENTRY,
    CrossingStatus.DENIED_EXIT: Direction.EXIT,
    CrossingStatus.OFFLOADED: Direction.EXIT,
}


def made(number: int, at: datetime, direction: Direction, **changes: object) -> CrossingRecord:
    """A gate's completed crossing."""
    moment = at.timestamp()
    given_ = {
        "occurred_at": UtcSeconds(moment),
        "recorded_at": UtcSeconds(moment + 9.0),
        "direction": direction,
        "verdict": RecordVerdict.ADMIT,
        "status": CrossingStatus.COMPLETED,
        "findings": (),
        "document": DOCUMENT,
    }
    return record(number, **(given_ | changes))


def at_desk(number: int, at: datetime, direction: Direction, **changes: object) -> CrossingRecord:
    given_ = {"gate_id": CONSOLE, "capture_mode": CaptureMode.DESK, "entered_by": "sb-1042"}
    return made(number, at, direction, **(given_ | changes))


async def send(centre: Centre, *records: CrossingRecord | bytes) -> Receipt:
    client = CentreClient(centre.at.grpc, centre.tls("console", CONSOLE))
    try:
        return await client.submit(pending(*records))
    finally:
        await client.close()


async def kinds(centre: Centre) -> list[tuple[str, StayKind]]:
    rows = await centre.database.fetch(
        "SELECT first_id, kind FROM stay ORDER BY since, first_id, doc_key"
    )
    return [(str(row["first_id"])[-2:], StayKind(row["kind"])) for row in rows]


async def test_a_desk_settles_what_a_gate_referred(centre: Centre) -> None:
    referral = {"verdict": RecordVerdict.REFER, "status": CrossingStatus.REFERRED}
    referred = made(1, BEGUN, Direction.ENTRY, **referral)
    await centre.submit(referred)
    assert await kinds(centre) == []
    settled = at_desk(2, BEGUN, Direction.ENTRY, gate_seq=1, supersedes=referred.crossing_id)
    assert (await send(centre, settled)).accepted == {settled.crossing_id}
    assert await kinds(centre) == [("02", StayKind.OPEN)]
    assert await centre.store.watermarks([CONSOLE]) == {CONSOLE: 1}


async def test_a_correction_moves_a_crossing_to_the_right_document(centre: Centre) -> None:
    wrong = made(1, BEGUN, Direction.ENTRY, document=replace(DOCUMENT, document_number="Z7654321"))
    left = made(3, BEGUN + timedelta(days=3), Direction.EXIT)
    await centre.submit(wrong, left)
    assert [kind for _, kind in await kinds(centre)] == [
        StayKind.OPEN,
        StayKind.EXIT_WITHOUT_ENTRY,
    ]
    await send(centre, at_desk(2, BEGUN, Direction.ENTRY, supersedes=wrong.crossing_id))
    assert await kinds(centre) == [("02", StayKind.MATCHED)]


async def test_paper_entered_years_later_is_no_wrong_clock(centre: Centre) -> None:
    paper = at_desk(
        1,
        datetime(2014, 3, 9, 8, 30, tzinfo=UTC),
        Direction.EXIT,
        capture_mode=CaptureMode.MANUAL_RETROSPECTIVE,
        fallback_reasons=("power_cut",),
        recorded_at=UtcSeconds(BEGUN.timestamp()),
        document=replace(DOCUMENT, document_code="TP", date_of_expiry="", sex=""),
    )
    assert not (await send(centre, paper)).refused
    assert not await centre.database.fetchval("SELECT clock_suspect FROM crossing")


@pytest.mark.parametrize("mode", [CaptureMode.DESK, CaptureMode.MANUAL_RETROSPECTIVE])
async def test_a_gate_makes_no_record_of_a_desk(centre: Centre, mode: CaptureMode) -> None:
    desk = at_desk(1, BEGUN, Direction.ENTRY, gate_id=GATE, capture_mode=mode)
    (reason,) = (await centre.submit(desk)).refused.values()
    assert reason == "capture_mode: a gate records as EGATE, and corrects nothing"
    (alarm,) = await open_alarms(centre.database)
    assert (alarm.kind, alarm.subject) == ("not_its_to_send", GATE)


async def test_a_gate_takes_no_records_place(centre: Centre) -> None:
    first = made(1, BEGUN, Direction.ENTRY)
    thief = made(2, BEGUN, Direction.EXIT, supersedes=first.crossing_id)
    receipt = await centre.submit(first, thief)
    assert list(receipt.refused) == [thief.crossing_id]
    assert await kinds(centre) == [("01", StayKind.OPEN)]


@pytest.mark.parametrize("mode", [None, wire.CAPTURE_MODE_EGATE, 7])
async def test_a_console_makes_no_record_of_a_gate(centre: Centre, mode: int | None) -> None:
    (reason,) = (await send(centre, raw(1, gate_id=CONSOLE, capture_mode=mode))).refused.values()
    assert reason == NOT_A_DESKS
    (alarm,) = await open_alarms(centre.database)
    assert (alarm.kind, alarm.subject) == ("not_its_to_send", CONSOLE)


async def test_what_was_typed_wrongly_is_refused_with_one_reason(centre: Centre) -> None:
    nobody = at_desk(1, BEGUN, Direction.ENTRY, entered_by="", document=None)
    unknown = wire.CrossingRecord.FromString(encode(at_desk(2, BEGUN, Direction.ENTRY)))
    unknown.status = 99  # type: ignore[assignment]
    receipt = await send(centre, nobody, unknown.SerializeToString())
    assert receipt.refused == {
        nobody.crossing_id: "entered_by: not the id of the officer who enters it",
        "raw-2": "status: 99 is unknown",
    }
    assert await open_alarms(centre.database) == []
    assert await centre.store.total() == 0


async def test_how_desks_are_counted(centre: Centre) -> None:
    """A referral and its settling are two attempts; of a correction only the last counts."""
    referral = {"verdict": RecordVerdict.REFER, "status": CrossingStatus.REFERRED}
    gates = [
        made(1, BEGUN, Direction.ENTRY, **referral, fallback_reasons=("lists_old",)),
        made(2, BEGUN, Direction.ENTRY),
        made(3, BEGUN, Direction.EXIT),
    ]
    stopped = {"verdict": RecordVerdict.NONE, "decision_id": record(99).crossing_id}
    desks = [
        at_desk(11, BEGUN, Direction.ENTRY, supersedes=gates[0].crossing_id),
        at_desk(12, BEGUN, Direction.ENTRY, supersedes=gates[1].crossing_id),
        at_desk(13, BEGUN, Direction.ENTRY, supersedes=record(12).crossing_id),
        *(
            at_desk(20 + place, BEGUN, way, status=status, **stopped)
            for place, (status, way) in enumerate(ENDINGS.items())
        ),
    ]
    assert not (await send(centre, *desks)).refused
    await centre.submit(*gates)
    await centre.database.execute(
        "UPDATE crossing SET accepted_at = accepted_at - interval '1 hour'"
    )
    await make_all_facts(centre.database)
    found = await count_figures(centre.database, Period(date(2026, 11, 1), date(2026, 11, 1)))
    assert found.total == Count(attempts=7, crossed=3, referred=1, stopped=3)
    assert found.by["capture_mode"] == {1: Count(2, 1, 1), 2: Count(5, 2, 0, 3)}
    assert found.fallback == 1
    assert set(found.seen) == {GATE}


def history(draw: st.DrawFn) -> list[CrossingRow]:
    """Crossings at gates, and at desks what takes the place of any other record."""
    count = draw(st.integers(1, 9))
    base = next_base()
    rows: list[CrossingRow] = []
    for place in range(count):
        of = draw(st.none() | st.integers(0, count - 1).filter(lambda of: of != place))  # noqa: B023
        at = BEGUN + timedelta(days=9 * draw(st.integers(0, 8)))
        number = base + place
        document = replace(DOCUMENT, document_number=f"{draw(st.sampled_from('AB'))}{base:07}")
        completed = draw(st.booleans()) or of is None
        changes = {
            "gate_seq": number,
            "document": document,
            "status": CrossingStatus.COMPLETED if completed else CrossingStatus.ABORTED,
            "verdict": RecordVerdict.ADMIT if completed else RecordVerdict.NONE,
        }
        way = draw(st.sampled_from(Direction))
        if of is None:
            row = examine(encode(made(number, at, way, **changes)), GATE)
        else:
            other = record(base + of).crossing_id
            corrected = at_desk(number, at, way, **changes, supersedes=other)
            row = examine_of_desk(encode(corrected), CONSOLE)
        assert isinstance(row, CrossingRow), row
        rows.append(row)
    return rows


_BASES = iter(range(1000, 10_000_000, 10))


def next_base() -> int:
    return next(_BASES)


def links_of(rows: Sequence[CrossingRow]) -> dict[uuid.UUID, uuid.UUID]:
    return {row.crossing_id: row.supersedes for row in rows if row.supersedes}


def expected(rows: Sequence[CrossingRow]) -> dict[uuid.UUID, list[Stay]]:
    gone = replaced(links_of(rows))
    ways = {1: Direction.ENTRY, 2: Direction.EXIT}
    stays = {}
    for key in {row.doc_key for row in rows}:
        moved = [
            Movement(row.occurred_at, row.crossing_id, ways[row.direction])
            for row in rows
            if row.doc_key == key
            and row.status == wire.CROSSING_STATUS_COMPLETED
            and row.crossing_id not in gone
        ]
        stays[key] = list(pair(moved, opening_direction("IND")))
    return stays


async def stored(centre: Centre, key: uuid.UUID) -> list[Stay]:
    found = await centre.database.fetch(
        "SELECT * FROM stay WHERE doc_key = $1 ORDER BY since, first_id", key
    )
    stays = []
    for row in found:
        ends = sorted(
            Movement(row[f"{way}_at"], row[f"{way}_id"], way)
            for way in Direction
            if row[f"{way}_id"]
        )
        stays.append(Stay(ends[0], ends[1] if len(ends) > 1 else None, StayKind(row["kind"])))
    return stays


@given(st.data(), st.booleans())
@SPARINGLY
async def test_any_order_of_corrections_gives_the_same_stays(
    running: Centre,
    data: st.DataObject,
    at_once: bool,  # noqa: FBT001 - drawn
) -> None:
    rows = data.draw(st.composite(history)())
    batches = data.draw(arrivals(rows))
    if at_once:
        async with asyncio.TaskGroup() as tasks:
            for batch in batches:
                tasks.create_task(running.store.put(batch))
    else:
        for batch in batches:
            assert set(await running.store.put(batch)) <= {None}
    for key, stays in expected(rows).items():
        assert await stored(running, key) == stays
    ids = [row.crossing_id for row in rows]
    gone = await running.database.fetch(
        "SELECT crossing_id FROM crossing_replaced WHERE crossing_id = ANY($1)", ids
    )
    assert {row[0] for row in gone} == replaced(links_of(rows))


async def test_an_id_that_a_refused_record_named_is_taken_as_any_other(centre: Centre) -> None:
    """A conflict announces an id, and nothing takes the place of that record."""
    first = at_desk(1, BEGUN, Direction.ENTRY)
    later = made(2, BEGUN, Direction.EXIT)
    twin = replace(first, supersedes=later.crossing_id)
    await send(centre, first)
    assert (await send(centre, twin)).refused == {first.crossing_id: "conflict"}
    await centre.submit(later)
    assert await kinds(centre) == [("01", StayKind.MATCHED)]
    again = replace(later, attempts=3)
    assert (await centre.submit(again)).refused == {later.crossing_id: "conflict"}


async def test_a_circle_that_closes_gives_a_record_its_place_back(centre: Centre) -> None:
    """A record stood, was replaced, and stands again, since the circle is only seen at its end."""
    greatest, middle, least = 3, 2, 1
    for number, of in ((greatest, least), (middle, greatest), (least, middle)):
        other = record(of).crossing_id
        await send(centre, at_desk(number, BEGUN, Direction.ENTRY, supersedes=other))
    assert await kinds(centre) == [("03", StayKind.OPEN)]
    gone = await centre.database.fetch("SELECT crossing_id::text FROM crossing_replaced")
    assert {row[0] for row in gone} == {record(n).crossing_id for n in (middle, least)}
