"""Batches of many gates share a commit, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest

from egate.central.acceptance import CrossingRow, examine
from egate.central.group_commit import GroupCommit, Stored
from egate.reporting.mapping import encode
from tests.centre_harness import record


def rows_of(gate: str, *numbers: int) -> list[CrossingRow]:
    made = (examine(encode(record(number, gate_id=gate)), gate) for number in numbers)
    return [row for row in made if isinstance(row, CrossingRow)]


class Tables:
    """Remembers which rows were committed together; ``fault`` spoils transactions."""

    def __init__(self) -> None:
        self.commits: list[list[tuple[str, int]]] = []
        self.opens = asyncio.Event()
        self.fault: Callable[[Sequence[CrossingRow]], Exception | None] = lambda _: None

    async def put(self, rows: Sequence[CrossingRow]) -> list[str | None]:
        self.commits.append([(row.gate_id, row.gate_seq) for row in rows])
        await self.opens.wait()
        if (fault := self.fault(rows)) is not None:
            raise fault
        return ["conflict" if row.gate_seq == 13 else None for row in rows]

    async def watermarks(self, gate_ids: Collection[str]) -> dict[str, int]:
        return {gate_id: len(gate_id) for gate_id in gate_ids if gate_id != "NEW"}


@asynccontextmanager
async def running(tables: Tables) -> AsyncIterator[GroupCommit]:
    commits = GroupCommit(tables)  # type: ignore[arg-type]
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        worker = tasks.create_task(commits.run())
        yield commits
        worker.cancel()


async def answers(
    tables: Tables, commits: GroupCommit, *batches: list[CrossingRow]
) -> list[Stored | Exception]:
    """Put ``batches`` while another one is being committed."""

    async def put(batch: list[CrossingRow]) -> Stored | Exception:
        try:
            return await commits.put(batch[0].gate_id if batch else "NEW", batch)
        except (RuntimeError, OSError, asyncpg.PostgresError) as error:
            return error

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(put(rows_of("FIRST", 1)))
        while not tables.commits:  # noqa: ASYNC110 - another task's
            await asyncio.sleep(0)
        waiting = [tasks.create_task(put(batch)) for batch in batches]
        await asyncio.sleep(0)
        tables.opens.set()
    return [one.result() for one in waiting]


async def test_what_waits_goes_together_and_each_gets_its_own_answer() -> None:
    tables = Tables()
    async with running(tables) as commits:
        found = await answers(
            tables, commits, rows_of("A", 1, 13), rows_of("BB", 7), [], rows_of("A", 2)
        )
    assert tables.commits == [[("FIRST", 1)], [("A", 1), ("A", 13), ("BB", 7), ("A", 2)]]
    assert found == [
        Stored([None, "conflict"], 1),
        Stored([None], 2),
        Stored([], 0),
        Stored([None], 1),
    ]


async def test_a_transaction_holds_no_more_than_its_share() -> None:
    tables = Tables()
    batches = [rows_of("A", *range(start, start + 200)) for start in range(1, 1400, 200)]
    async with running(tables) as commits:
        found = await answers(tables, commits, *batches)
    assert [len(commit) for commit in tables.commits] == [1, 600, 600, 200]
    assert all(isinstance(one, Stored) for one in found)


async def test_the_oddity_of_one_gate_is_no_other_s() -> None:
    tables = Tables()
    tables.fault = lambda rows: (
        RuntimeError("odd") if any(row.gate_id == "ODD" for row in rows) else None
    )
    async with running(tables) as commits:
        found = await answers(tables, commits, rows_of("A", 1), rows_of("ODD", 1), rows_of("B", 1))
        assert [type(one) for one in found] == [Stored, RuntimeError, Stored]
        assert await commits.put("A", rows_of("A", 2)) == Stored([None], 1)


@pytest.mark.parametrize("fault", [OSError("gone"), asyncpg.PostgresError("down")])
async def test_when_the_database_is_away_all_are_told_and_the_next_are_served(
    fault: Exception,
) -> None:
    tables = Tables()
    tables.fault = lambda rows: fault if len(rows) > 1 else None
    async with running(tables) as commits:
        found = await answers(tables, commits, rows_of("A", 1), rows_of("B", 1))
        assert found == [fault, fault]
        assert await commits.put("A", rows_of("A", 2)) == Stored([None], 1)


async def test_a_gate_that_hangs_up_disturbs_nobody() -> None:
    tables = Tables()
    async with running(tables) as commits, asyncio.TaskGroup() as tasks:
        gone = tasks.create_task(commits.put("A", rows_of("A", 1)))
        while not tables.commits:  # noqa: ASYNC110 - another task's
            await asyncio.sleep(0)
        gone.cancel()
        stays = tasks.create_task(commits.put("B", rows_of("B", 1)))
        await asyncio.sleep(0)
        tables.opens.set()
        assert await stays == Stored([None], 1)
    assert tables.commits == [[("A", 1)], [("B", 1)]]
