"""A station sees that the centre has what it sent: all of it, and nothing of what was refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from egate.domain.evidence.chain import FIRST, link_hash
from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox.chain import Chain
from egate.outbox.evidence_check import EvidenceCheck
from egate.outbox.sealing import Seal
from egate.outbox.station_evidence import EvidencePart, StationEvidence, in_own_thread
from egate.outbox.store import Outbox
from egate.ports.evidence import EvidenceBroken
from egate.ports.reporting import CentreUnavailable, Receipt
from tests.evidence_proofs import Proofs
from tests.station_keys import KeyOfTests

GATE = "BDDAC-A-01"


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as made:
        yield made


@pytest.fixture
def seal(tmp_path: Path) -> Seal:
    return Seal.from_file(tmp_path / "key")


@pytest.fixture
def outbox(database: sqlite3.Connection, seal: Seal) -> Outbox:
    return Outbox(database, seal, Chain(database, GATE, KeyOfTests()))


def record(outbox: Outbox, database: sqlite3.Connection, *numbers: int) -> None:
    with database:
        for number in numbers:
            outbox.add(f"record {number}", number, b"%d" % number, UtcSeconds(1.0))


def settle(outbox: Outbox, *, refused: frozenset[str] = frozenset()) -> None:
    batch = outbox.oldest(1000, 1 << 20)
    accepted = frozenset(each.record_id for each in batch) - refused
    outbox.settle(batch, Receipt(accepted, dict.fromkeys(refused, "no")))


@pytest.fixture
def evidence(outbox: Outbox, database: sqlite3.Connection, seal: Seal) -> StationEvidence:
    assert outbox.chain.head.gate_seq == 0
    return Memory(database, seal, KeyOfTests()).evidence(GATE)


def check_of(evidence: StationEvidence, centre: Proofs) -> EvidenceCheck:
    return EvidenceCheck(in_own_thread(evidence), centre)


async def test_each_record_is_proven_once_by_its_link(
    database: sqlite3.Connection, outbox: Outbox, evidence: StationEvidence
) -> None:
    record(outbox, database, 1, 2, 3)
    centre = Proofs({1: 1, 2: 1}, newest=1)
    check = check_of(evidence, centre)
    await check.look()
    first = link_hash(GATE, 1, FIRST, b"1")
    second = link_hash(GATE, 2, first, b"2")
    assert centre.asked[0] == {1: first, 2: second, 3: link_hash(GATE, 3, second, b"3")}
    assert evidence.proof.next_links().keys() == {3}
    centre.trees[3], centre.newest = 2, 2
    await check.look()
    assert evidence.proof.next_links() == {}


async def test_many_records_are_asked_for_by_two_hundred(
    database: sqlite3.Connection, outbox: Outbox, evidence: StationEvidence
) -> None:
    record(outbox, database, *range(1, 451))
    centre = Proofs(dict.fromkeys(range(1, 451), 1), newest=1)
    await check_of(evidence, centre).look()
    assert [len(each) for each in centre.asked] == [200, 200, 50]
    assert evidence.proof.next_links() == {}


async def test_a_record_that_is_in_no_tree_while_later_ones_have_been_for_a_day_is_lost(
    database: sqlite3.Connection, outbox: Outbox, evidence: StationEvidence
) -> None:
    record(outbox, database, 1, 2, 3, 4)
    settle(outbox)
    centre = Proofs({1: 1, 3: 2, 4: 2}, newest=2)
    await check_of(evidence, centre).look()  # it may be in the next one
    centre.newest = 3
    with pytest.raises(EvidenceBroken, match="record 2"):
        await check_of(evidence, centre).look()
    centre.trees[2] = 3
    await check_of(evidence, centre).look()
    assert evidence.proof.next_links() == {}


async def test_a_record_that_the_centre_refused_is_not_lost(
    database: sqlite3.Connection, outbox: Outbox, evidence: StationEvidence
) -> None:
    record(outbox, database, 1, 2, 3)
    settle(outbox, refused=frozenset({"record 2"}))
    await check_of(evidence, Proofs({1: 1, 3: 1}, newest=2)).look()
    assert evidence.proof.next_links() == {}


async def test_before_the_first_day_is_over_nothing_is_asked(
    database: sqlite3.Connection, outbox: Outbox, evidence: StationEvidence
) -> None:
    record(outbox, database, 1)
    centre = Proofs({}, newest=0)
    await check_of(evidence, centre).look()
    assert centre.asked == []


class Ended(Exception):
    pass


async def test_a_fault_is_told_once_and_kept_until_it_is_over(
    database: sqlite3.Connection, evidence: StationEvidence
) -> None:
    centre = Proofs(newest=1)
    broken = EvidenceBroken("tree 2 does not continue tree 1")
    faults = iter([broken, broken, CentreUnavailable("away"), None, broken])
    seen: list[bool] = []

    async def sleep(_: float) -> None:
        seen.append(bool(evidence.faults))
        try:
            centre.fault = next(faults)
        except StopIteration:
            raise Ended from None

    with capture_logs() as lines, pytest.raises(Ended):
        await EvidenceCheck(in_own_thread(evidence), centre, sleep=sleep).run()
    assert seen == [False, True, True, True, False, True]
    assert [(line["log_level"], line.get("reason", "")) for line in lines] == [
        ("error", str(broken)),
        ("warning", ""),
        ("error", str(broken)),
    ]
    told = StationEvidence(database, GATE, set)  # after a restart
    assert told.faults == {EvidencePart.PROOF: str(broken)}


async def test_a_disk_that_is_lost_ends_no_station(
    database: sqlite3.Connection, outbox: Outbox, evidence: StationEvidence
) -> None:
    record(outbox, database, 1)
    database.execute("PRAGMA query_only = ON")

    async def sleep(_: float) -> None:
        raise Ended

    check = EvidenceCheck(in_own_thread(evidence), Proofs({1: 1}, newest=1), sleep=sleep)
    with capture_logs() as lines, pytest.raises(Ended):
        await check.run()
    assert [line["event"] for line in lines] == ["evidence cannot be looked at"]
