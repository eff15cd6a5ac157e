"""A station looks over its own chain beside its work, and keeps what it finds."""

import sqlite3
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox.chain_watch import watch_chain
from egate.outbox.sealing import Seal
from egate.outbox.station_evidence import EvidencePart, StationEvidence, in_own_thread
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


def evidence_in(database: sqlite3.Connection) -> StationEvidence:
    return Memory(database, Seal(bytes(32)), KeyOfTests()).evidence(GATE)


async def watched(evidence: StationEvidence) -> tuple[list[float], list[object]]:
    """The pauses that it made, and what it logged."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with capture_logs() as lines:
        await watch_chain(in_own_thread(evidence), sleep=sleep)
    return pauses, [(line["event"], line.get("reason")) for line in lines]


async def test_a_whole_chain_is_looked_over_with_pauses_and_without_a_word(
    database: sqlite3.Connection,
) -> None:
    evidence = evidence_in(database)
    assert await watched(evidence) == ([0.05, 0.05], [])
    assert evidence.faults == {}


async def test_a_break_is_kept_until_a_look_finds_none(database: sqlite3.Connection) -> None:
    lost = database.execute("SELECT * FROM chain_link WHERE gate_seq = 30").fetchone()
    database.execute("DELETE FROM chain_link WHERE gate_seq = 30")
    fault = "record 31 does not hang on the link before"
    evidence = evidence_in(database)
    assert await watched(evidence) == ([0.05], [("evidence broken", fault)])
    after_a_restart = evidence_in(database)
    assert after_a_restart.faults == {EvidencePart.CHAIN: fault}
    assert await watched(after_a_restart) == ([0.05], [])  # it is known
    database.execute("INSERT INTO chain_link VALUES (?, ?, ?, ?, ?)", lost)
    mended = evidence_in(database)
    await watched(mended)
    assert mended.faults == {}


async def test_a_disk_that_is_lost_is_the_journal_s_matter(database: sqlite3.Connection) -> None:
    evidence = evidence_in(database)
    database.execute("DROP TABLE chain_link")
    fault = ("chain cannot be read", "no such table: chain_link")
    assert await watched(evidence) == ([], [fault])
    assert evidence.faults == {}
