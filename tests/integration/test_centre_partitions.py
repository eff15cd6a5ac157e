"""Months of crossings: there is a place for every clock, and none of them is a trap."""

from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from egate.central.acceptance import CrossingRow, examine
from egate.central.database import Connection
from egate.domain.record import CrossingStatus, Direction
from egate.domain.time import UtcSeconds
from egate.reporting.mapping import decode, encode
from tests.centre_harness import GATE, Centre, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
MIGRATIONS = files("egate.central") / "migrations"


def row_at(number: int, when: datetime) -> CrossingRow:
    row = examine(encode(record(number, occurred_at=UtcSeconds(when.timestamp()))), GATE)
    assert isinstance(row, CrossingRow)
    return row


async def places(database: Connection) -> dict[int, str]:
    return dict(await database.fetch("SELECT gate_seq, tableoid::regclass::text FROM crossing"))


async def test_every_clock_has_its_place(centre: Centre) -> None:
    now = await centre.database.fetchval("SELECT now()")
    times = [datetime(1970, 1, 1, tzinfo=UTC), now, datetime(9999, 12, 31, tzinfo=UTC)]
    rows = [row_at(number, when) for number, when in enumerate(times, 1)]
    assert await centre.store.put(rows) == [None] * 3
    month = f"crossing_{now.astimezone(UTC):%Y_%m}"
    assert await places(centre.database) == {1: "crossing_earlier", 2: month, 3: "crossing_later"}


async def test_what_waits_among_the_later_records_moves_into_its_month(centre: Centre) -> None:
    bound = await centre.database.fetchval("SELECT crossing_end_of_months()")
    first = datetime(bound.year, bound.month, 1, tzinfo=UTC)
    await centre.store.put([row_at(1, first), row_at(2, first.replace(year=first.year + 50))])
    async with centre.database.acquire() as connection:
        trial = connection.transaction()
        await trial.start()
        for _ in range(2):
            horizon = "($1::date + interval '2 months')::date"
            await connection.execute(f"SELECT crossing_make_months({horizon})", bound)
            month = f"crossing_{first:%Y_%m}"
            assert await places(connection) == {1: month, 2: "crossing_later"}
        await trial.rollback()
    assert await places(centre.database) == {1: "crossing_later", 2: "crossing_later"}
    await centre.store.make_months()
    assert await centre.database.fetchval("SELECT crossing_end_of_months()") == bound


OLD = """
INSERT INTO crossing (crossing_id, gate_id, gate_seq, occurred_at, recorded_at, clock_suspect,
    border_crossing_point, direction, verdict, status, findings, issuing_state, document_number,
    content_hash, payload)
VALUES ($1, $2, $3, $4, $5, $4 < '2020-01-01Z'::timestamptz, 'BDDAC', $6, 1, $7, '{A,B}', $8, $9,
    $10, $11)
"""


async def test_what_an_older_centre_stored_is_as_if_it_came_now(centre: Centre) -> None:
    rows = old_rows()
    async with centre.database.acquire() as connection:
        trial = connection.transaction()
        await trial.start()
        await connection.execute("CREATE SCHEMA older; SET LOCAL search_path = older")
        await connection.execute((MIGRATIONS / "0001_crossing.sql").read_text("utf-8"))
        for row in rows:
            await connection.execute(OLD, *old_values(row))
        for name in ("0002_stays", "0003_statistics", "0006_authorisations", "0007_desk"):
            await connection.execute((MIGRATIONS / f"{name}.sql").read_text("utf-8"))
        migrated = await everything(connection)
        assert len(set((await places(connection)).values())) > 1
        await trial.rollback()
    assert await centre.store.put(rows) == [None] * len(rows)
    assert migrated == await everything(centre.database)
    assert [len(table) for table in migrated[:2]] == [len(rows)] * 2


def old_rows() -> list[CrossingRow]:
    made = []
    states, numbers = ("IND", "BGD", "NPL"), ("a 123<", "A123", "B7", "", None)
    for seq in range(1, 120):
        model = row_at(seq, datetime(2026, 9 + seq % 3, 1 + seq % 7, tzinfo=UTC))
        number = numbers[seq % 5]
        document = replace(
            record(1).document,  # type: ignore[type-var]
            issuing_state=states[seq % 4 % 3],
            document_number=number or "",
        )
        again = record(
            seq,
            gate_seq=seq + (seq > 50) - (seq == 99),
            occurred_at=UtcSeconds(0.0 if seq == 7 else model.occurred_at.timestamp()),
            direction=Direction.ENTRY if seq * seq % 7 % 2 else Direction.EXIT,
            status=CrossingStatus.ABANDONED if seq % 11 == 0 else CrossingStatus.COMPLETED,
            document=document,
        )
        row = examine(encode(again), GATE)
        assert isinstance(row, CrossingRow)
        made.append(row)
    return made


def old_values(row: CrossingRow) -> tuple[object, ...]:
    return (
        row.crossing_id,
        row.gate_id,
        row.gate_seq,
        row.occurred_at,
        row.recorded_at,
        row.direction,
        row.status,
        row.issuing_state,
        number_of(row),
        row.content_hash,
        row.payload,
    )


def number_of(row: CrossingRow) -> str | None:
    """Return the number of the document; None for a number with a character that none has."""
    number = decode(row.payload).document
    return (number.document_number or None) if number else None


async def everything(database: Connection) -> list[list[tuple[object, ...]]]:
    """Every table but for what differs by itself: arrival, and what the old rows left out."""
    queries = (
        """SELECT crossing_id, doc_key, gate_id, gate_seq, occurred_at, status FROM crossing
            ORDER BY 1""",
        "SELECT * FROM crossing_registry ORDER BY 1",
        """SELECT doc_key, since, first_id, entry_id, entry_at, exit_id, exit_at, kind, absence
            FROM stay ORDER BY doc_key, since, first_id""",
        "SELECT gate_id, received::text FROM gate_sequence ORDER BY 1",
        "SELECT * FROM gate_fork ORDER BY 1, 2, 3",
    )
    return [[tuple(row) for row in await database.fetch(query)] for query in queries]
