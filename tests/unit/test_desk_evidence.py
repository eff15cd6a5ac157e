"""A desk sees that its chain holds, and that the centre has what it sent, as gates do."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from egate.console.desk.writing import DeskWriting
from tests.centre_harness import record
from tests.desk_samples import Sink, desk, entry
from tests.evidence_proofs import Proofs


async def proving(writing: DeskWriting, until: Callable[[], bool]) -> None:
    """Let the desk look at its evidence until something is so."""
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(writing.keep_proving())
        while not until():  # noqa: ASYNC110 - it changes on another thread
            await asyncio.sleep(0.01)
        looking.cancel()


async def test_a_crossing_that_the_centre_lost_is_found_out_and_told_after_a_restart(
    tmp_path: Path,
) -> None:
    proofs = Proofs({1: 1, 3: 1}, newest=2)
    async with desk(tmp_path, proofs=proofs) as writing:
        await writing.enter([entry(number) for number in (1, 2, 3)])
        await writing.send()
        assert not writing.evidence_is_broken
        await proving(writing, lambda: writing.evidence_is_broken)
    async with desk(tmp_path, proofs=proofs) as writing:
        assert writing.evidence_is_broken
        proofs.trees[2] = 1
        await proving(writing, lambda: not writing.evidence_is_broken)


async def test_what_the_centre_has_not_taken_or_took_late_is_not_lost(tmp_path: Path) -> None:
    sink = Sink(refuses=frozenset({record(number).crossing_id for number in (1, 2)}))
    proofs = Proofs({3: 1}, newest=2)
    async with desk(tmp_path, sink, proofs=proofs) as writing:
        await writing.enter([entry(number) for number in (1, 2, 3)])
        await writing.send()
        sink.refuses = frozenset()
        await writing.send_again(record(2).crossing_id)
        await writing.send()
        await proving(writing, lambda: bool(proofs.asked))
        assert not writing.evidence_is_broken


async def test_a_book_that_was_written_anew_is_found_out(tmp_path: Path) -> None:
    async with desk(tmp_path) as writing:
        await writing.enter([entry(number) for number in (1, 2, 3)])
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as database, database:
        database.execute("UPDATE chain_link SET digest = zeroblob(32) WHERE gate_seq = 2")
    async with desk(tmp_path) as writing:
        await proving(writing, lambda: writing.evidence_is_broken)
