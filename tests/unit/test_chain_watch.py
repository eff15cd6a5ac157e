"""A gate looks over its own chain beside the lane, and says what it finds."""

import sqlite3
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from egate.domain.time import UtcSeconds
from egate.gate.chain_watch import watch_chain
from egate.gate.memory import Memory
from egate.outbox.chain_audit import ChainAudit
from egate.outbox.sealing import Seal
from tests.station_keys import KeyOfTests

GATE = "BDDAC-A-01"


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:")
    outbox = Memory(database, Seal(bytes(32)), KeyOfTests()).outbox(GATE)
    for number in range(1, 51):
        with database:
            outbox.add(f"id {number}", number, f"record {number}".encode(), UtcSeconds(0.0))
    yield database
    database.close()


async def watched(database: sqlite3.Connection) -> tuple[list[float], list[object]]:
    """The pauses that it made, and what it logged."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with capture_logs() as lines:
        await watch_chain(ChainAudit(database, GATE), sleep=sleep)
    return pauses, [(line["event"], line.get("gate_seq"), line.get("reason")) for line in lines]


async def test_a_whole_chain_is_looked_over_with_pauses_and_without_a_word(
    database: sqlite3.Connection,
) -> None:
    assert await watched(database) == ([0.05, 0.05], [])


async def test_a_break_is_logged(database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM chain_link WHERE gate_seq = 30")
    broken = ("chain broken", 31, "does not hang on the link before")
    assert await watched(database) == ([0.05], [broken])


async def test_a_disk_that_is_lost_is_the_journal_s_matter(database: sqlite3.Connection) -> None:
    database.execute("DROP TABLE chain_link")
    assert await watched(database) == ([], [("chain cannot be read", None, None)])
