"""A station whose disk was put back gives no number a second time."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from egate.cli.service_identity import create_authority, issue
from egate.domain.evidence.chain import FIRST
from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox.chain import Chain, ChainHead, StationBehind
from egate.outbox.sealing import Seal
from egate.ports.reporting import Standing
from egate.reporting.station_key import StationKey
from tests.station_keys import KeyOfTests, first_break

GATE = "BDDAC-A-01"
KEY, NEW_KEY = KeyOfTests(), KeyOfTests(2)
OTHER_LINK = b"\x07" * 32


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """Of a station with five records."""
    database = sqlite3.connect(":memory:")
    record(database, 1, 2, 3, 4, 5)
    yield database
    database.close()


def record(database: sqlite3.Connection, *numbers: int, key: KeyOfTests = KEY) -> None:
    outbox = Memory(database, Seal(bytes(32)), key).outbox(GATE)
    for number in numbers:
        with database:
            outbox.add(f"id {number}", number, f"record {number}".encode(), UtcSeconds(0.0))


def chain(database: sqlite3.Connection, key: KeyOfTests = KEY) -> Chain:
    return Chain(database, GATE, key)


def is_behind(database: sqlite3.Connection, key: KeyOfTests = KEY) -> bool:
    try:
        chain(database, key).check()
    except StationBehind:
        return True
    return False


@pytest.mark.parametrize("number", [0, 3, 5])
def test_a_station_that_has_more_than_the_centre_lacks_nothing(
    database: sqlite3.Connection, number: int
) -> None:
    chain(database).compare(Standing(number, b"", KEY.key_id))
    assert not is_behind(database)


def test_a_station_with_the_link_that_the_centre_has_lacks_nothing(
    database: sqlite3.Connection,
) -> None:
    chain(database).compare(Standing(5, chain(database).head.link, KEY.key_id))
    assert not is_behind(database)


@pytest.mark.parametrize(
    "centre",
    [
        Standing(6, OTHER_LINK, KEY.key_id),
        Standing(6, OTHER_LINK, NEW_KEY.key_id),  # put back to before it was enrolled anew
        Standing(6),
        Standing(4, OTHER_LINK, KEY.key_id),  # it was put back, and went on without the centre
    ],
)
def test_a_station_that_lost_records_stops_until_it_is_enrolled_anew(
    database: sqlite3.Connection, centre: Standing
) -> None:
    with pytest.raises(StationBehind, match=f"behind number {centre.gate_seq} at the centre"):
        chain(database).compare(centre)
    assert is_behind(database)
    with pytest.raises(StationBehind):  # the centre says nothing more against it
        chain(database).compare(Standing(3))
    newer = KeyOfTests(3)
    assert is_behind(database, newer)  # until the centre was asked with the new key
    chain(database, newer).compare(centre)
    assert not is_behind(database, newer)


def test_a_station_that_is_enrolled_anew_goes_on_from_where_the_centre_stands(
    database: sqlite3.Connection,
) -> None:
    chain(database, NEW_KEY).compare(Standing(9, OTHER_LINK, KEY.key_id))
    assert chain(database, NEW_KEY).head == ChainHead(9, OTHER_LINK)
    record(database, 10, 11, key=NEW_KEY)
    link = Memory(database, Seal(bytes(32)), NEW_KEY).outbox(GATE).oldest(9, 999)[5].link
    assert link is not None
    assert (link.previous, link.key_id) == (OTHER_LINK, NEW_KEY.key_id)
    assert first_break(database, GATE) is None
    with pytest.raises(StationBehind):  # from its first record on, its key is not new
        chain(database, NEW_KEY).compare(Standing(12, OTHER_LINK, NEW_KEY.key_id))


def test_the_last_link_may_be_one_that_was_taken_from_the_centre(
    database: sqlite3.Connection,
) -> None:
    chain(database, NEW_KEY).compare(Standing(9, OTHER_LINK, KEY.key_id))
    assert first_break(database, GATE) is None


def test_a_new_disk_begins_where_a_centre_without_links_stands() -> None:
    database = sqlite3.connect(":memory:")
    chain(database).compare(Standing(500))
    assert chain(database).head == ChainHead(500, FIRST)


def test_a_new_key_on_the_old_disk_changes_nothing(database: sqlite3.Connection) -> None:
    head = chain(database).head
    chain(database, NEW_KEY).compare(Standing(5, head.link, KEY.key_id))
    assert chain(database).head == head


def test_a_new_disk_with_the_key_of_before_is_behind() -> None:
    database = sqlite3.connect(":memory:")
    with pytest.raises(StationBehind):
        chain(database).compare(Standing(6, OTHER_LINK, KEY.key_id))


def test_a_station_that_went_on_alone_gives_none_of_its_numbers_again(
    database: sqlite3.Connection,
) -> None:
    chain(database, NEW_KEY).compare(Standing(4, OTHER_LINK, KEY.key_id))
    assert chain(database, NEW_KEY).head == ChainHead(5, OTHER_LINK)
    record(database, 6, key=NEW_KEY)
    assert first_break(database, GATE) is None


def test_a_running_station_sees_that_it_was_enrolled_anew(tmp_path: Path) -> None:
    create_authority(tmp_path)
    key = StationKey(issue(tmp_path, "gate", GATE))
    database = sqlite3.connect(":memory:")
    outbox = Memory(database, Seal(bytes(32)), key).outbox(GATE)
    with database:
        outbox.add("id 1", 1, b"record 1", UtcSeconds(0.0))
    centre = Standing(6, OTHER_LINK, key.key_id)
    issue(tmp_path, "gate", GATE)
    outbox.chain.compare(centre)
    assert outbox.chain.head == ChainHead(6, OTHER_LINK)
