"""What left a gate or a desk leaves nothing in their files, not even sealed bytes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox.chain import Chain
from egate.outbox.database import open_database
from egate.outbox.desk_book import DeskBook, DeskKind
from egate.outbox.desk_journeys import DeskJourneys
from egate.outbox.images import ImageLimits, ImageQueue
from egate.outbox.sealing import Seal
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.ports.reporting import PendingRecord, Receipt
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.mapping import encode
from tests.desk_samples import entry
from tests.station_keys import KeyOfTests

BODY = b"QUXTRAVELLER whom nobody may find, " * 20
SEALED = {
    "outbox": "SELECT sealed FROM outbox",
    "desk": "SELECT sealed FROM desk_record WHERE sealed IS NOT NULL",
}


def all_bytes(folder: Path) -> bytes:
    return b"\0".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def keep_in_outbox(folder: Path, seal: Seal) -> Callable[[], None]:
    with open_database(folder / "file.sqlite") as database:
        outbox = Memory(database, seal, KeyOfTests()).outbox("BDDAC-A-01")
        for number in range(20):
            with database:
                outbox.add(f"r-{number}", number + 1, BODY, UtcSeconds(1.0))

    def settle() -> None:
        with open_database(folder / "file.sqlite") as database:
            outbox = Memory(database, seal, KeyOfTests()).outbox("BDDAC-A-01")
            batch = outbox.oldest(100, 1 << 20)
            outbox.settle(batch, Receipt(frozenset(each.record_id for each in batch), {}))
            outbox.sent.forget(keep_seconds=0.0)

    return settle


def desk_book(database: sqlite3.Connection, seal: Seal) -> DeskBook:
    journeys = DeskJourneys(database, seal)
    chain = Chain(database, "BDDAC-DESK-1", KeyOfTests())
    return DeskBook(database, seal, journeys, chain, encode, encode_decision)


def keep_in_book(folder: Path, seal: Seal) -> Callable[[], None]:
    with open_database(folder / "file.sqlite") as database:
        book = desk_book(database, seal)
        book.enter([entry(number) for number in range(1, 20)])

    def settle() -> None:
        with open_database(folder / "file.sqlite") as database:
            book = desk_book(database, seal)
            batch: list[PendingRecord] = book.waiting(DeskKind.CROSSING, 100)
            book.settle(batch, Receipt(frozenset(each.record_id for each in batch), {}))
            book.sent.forget(keep_seconds=0.0)

    return settle


@pytest.mark.parametrize(
    ("keep", "sealed"), [(keep_in_outbox, SEALED["outbox"]), (keep_in_book, SEALED["desk"])]
)
def test_what_the_centre_has_had_for_long_enough_is_nowhere_in_the_file(
    tmp_path: Path, keep: Callable[[Path, Seal], Callable[[], None]], sealed: str
) -> None:
    seal = Seal.from_file(tmp_path / "own.key")
    folder = tmp_path / "state"
    folder.mkdir()
    settle = keep(folder, seal)
    with closing(sqlite3.connect(folder / "file.sqlite")) as database:
        bodies = [body for (body,) in database.execute(sealed)]
    assert len(bodies) >= 19
    before = all_bytes(folder)
    assert b"QUXTRAVELLER" not in before
    assert b"ERIKSSON" not in before
    assert all(body[:64] in before for body in bodies)
    settle()
    after = all_bytes(folder)
    assert [body for body in bodies if body[:64] in after or body[-64:] in after] == []


def test_a_picture_that_was_taken_or_is_too_old_leaves_no_file(tmp_path: Path) -> None:
    seal, folder = Seal.from_file(tmp_path / "own.key"), tmp_path / "images"
    queue = ImageQueue(folder, seal, ImageLimits(keep_seconds=60.0, most_bytes=1 << 20))
    face = CaseImage(CaseImageKind.LIVE_FRAME, b"\xff\xd8\xff" + BODY)
    queue.add("0197f000-0000-7000-8000-000000000001", 0, face, UtcSeconds(1000.0))
    queue.add("0197f000-0000-7000-8000-000000000002", 0, face, UtcSeconds(1010.0))
    assert b"QUXTRAVELLER" not in all_bytes(folder)
    taken = queue.oldest(UtcSeconds(1020.0))
    assert taken
    queue.settle(taken)
    assert queue.oldest(UtcSeconds(1071.0)) is None
    assert all_bytes(folder) == b""
