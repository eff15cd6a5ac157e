"""A gate sees that the centre has what it sent: all of it, and nothing of what was refused."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from egate.domain.evidence.chain import FIRST, link_hash
from egate.domain.time import UtcSeconds
from egate.gate.evidence_check import EvidenceCheck
from egate.outbox.chain import Chain
from egate.outbox.chain_proof import ChainProof
from egate.outbox.sealing import Seal
from egate.outbox.store import Outbox
from egate.ports.evidence import EvidenceBroken
from egate.ports.reporting import CentreUnavailable, Receipt
from tests.station_keys import KeyOfTests

GATE = "BDDAC-A-01"


class Centre:
    """Proves what it is told to.

    Args:
        trees: of the records that it has, by their numbers.
        newest: number of its newest tree.

    """

    def __init__(self, trees: Mapping[int, int], newest: int) -> None:
        self.trees = dict(trees)
        self.newest = newest
        self.fault: Exception | None = None
        self.asked: list[Mapping[int, bytes]] = []

    async def follow(self) -> int:
        if self.fault:
            raise self.fault
        return self.newest

    async def trees_of(self, links: Mapping[int, bytes]) -> Mapping[int, int]:
        self.asked.append(links)
        return {number: self.trees[number] for number in links if number in self.trees}


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
def proof(outbox: Outbox, database: sqlite3.Connection, seal: Seal) -> ChainProof:
    assert outbox.chain.head.gate_seq == 0
    return ChainProof(database, GATE, seal)


async def test_each_record_is_proven_once_by_its_link(
    database: sqlite3.Connection, outbox: Outbox, proof: ChainProof
) -> None:
    record(outbox, database, 1, 2, 3)
    centre = Centre({1: 1, 2: 1}, newest=1)
    check = EvidenceCheck(proof, centre)
    await check.look()
    first = link_hash(GATE, 1, FIRST, b"1")
    second = link_hash(GATE, 2, first, b"2")
    assert centre.asked[0] == {1: first, 2: second, 3: link_hash(GATE, 3, second, b"3")}
    assert proof.next_links().keys() == {3}
    centre.trees[3], centre.newest = 2, 2
    await check.look()
    assert proof.next_links() == {}


async def test_many_records_are_asked_for_by_two_hundred(
    database: sqlite3.Connection, outbox: Outbox, proof: ChainProof
) -> None:
    record(outbox, database, *range(1, 451))
    centre = Centre(dict.fromkeys(range(1, 451), 1), newest=1)
    await EvidenceCheck(proof, centre).look()
    assert [len(each) for each in centre.asked] == [200, 200, 50]
    assert proof.next_links() == {}


async def test_a_record_that_is_in_no_tree_while_later_ones_have_been_for_a_day_is_lost(
    database: sqlite3.Connection, outbox: Outbox, proof: ChainProof
) -> None:
    record(outbox, database, 1, 2, 3, 4)
    settle(outbox)
    centre = Centre({1: 1, 3: 2, 4: 2}, newest=2)
    await EvidenceCheck(proof, centre).look()  # it may be in the next one
    centre.newest = 3
    with pytest.raises(EvidenceBroken, match="record 2"):
        await EvidenceCheck(proof, centre).look()
    centre.trees[2] = 3
    await EvidenceCheck(proof, centre).look()
    assert proof.next_links() == {}


async def test_a_record_that_the_centre_refused_is_not_lost(
    database: sqlite3.Connection, outbox: Outbox, proof: ChainProof
) -> None:
    record(outbox, database, 1, 2, 3)
    settle(outbox, refused=frozenset({"record 2"}))
    await EvidenceCheck(proof, Centre({1: 1, 3: 1}, newest=2)).look()
    assert proof.next_links() == {}


async def test_before_the_first_day_is_over_nothing_is_asked(
    database: sqlite3.Connection, outbox: Outbox, proof: ChainProof
) -> None:
    record(outbox, database, 1)
    centre = Centre({}, newest=0)
    await EvidenceCheck(proof, centre).look()
    assert centre.asked == []


class Ended(Exception):
    pass


async def test_a_fault_is_told_once_and_an_outage_never(proof: ChainProof) -> None:
    centre = Centre({}, newest=1)
    faults = iter(
        [
            CentreUnavailable("away"),
            EvidenceBroken("tree 2 does not continue tree 1"),
            EvidenceBroken("tree 2 does not continue tree 1"),
            None,
            EvidenceBroken("tree 2 does not continue tree 1"),
        ]
    )

    async def sleep(_: float) -> None:
        try:
            centre.fault = next(faults)
        except StopIteration:
            raise Ended from None

    with capture_logs() as lines, pytest.raises(Ended):
        await EvidenceCheck(proof, centre, sleep=sleep).run()
    assert [(line["log_level"], line["reason"]) for line in lines] == [
        ("error", "tree 2 does not continue tree 1")
    ] * 2
