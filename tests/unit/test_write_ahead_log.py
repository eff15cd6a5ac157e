"""A damaged write-ahead log is told from one that power loss cut short."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from egate.domain.session import model as m
from egate.durable_files.database import DatabaseKind, DatabaseUnusable, connect
from egate.durable_files.write_ahead_log import log_fault
from egate.gate.safing import position_after_restart

KIND = DatabaseKind(1, 1, "CREATE TABLE word (word TEXT);")
HEAD, FRAME = 32, 24 + 4096


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A database whose process was killed after five transactions, each of one write."""
    return made(tmp_path, lambda _: None)


def made(folder: Path, before_kill: Callable[[sqlite3.Connection], None]) -> Path:
    (folder / "well").mkdir()
    database = connect(folder / "well" / "book", KIND)
    for number in range(5):
        with database:
            database.execute("INSERT INTO word VALUES (?)", (f"word {number}",))
    before_kill(database)
    for name in ("book", "book-wal"):
        (folder / name).write_bytes((folder / "well" / name).read_bytes())
    database.close()
    return folder / "book"


def log_of(book: Path) -> Path:
    return book.with_name("book-wal")


def flip(file: Path, bit: int) -> None:
    content = bytearray(file.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    file.write_bytes(content)


def words(book: Path) -> int:
    database = connect(book, KIND)
    try:
        count: int = database.execute("SELECT count(*) FROM word").fetchone()[0]
    finally:
        database.close()
    return count


def test_a_whole_log_is_whole_and_so_is_none(killed: Path) -> None:
    assert log_fault(killed) == ""
    assert words(killed) == 5
    assert not log_of(killed).exists()
    assert log_fault(killed) == ""


def test_every_bit_of_its_head_is_found(killed: Path) -> None:
    whole = log_of(killed).read_bytes()
    for bit in range(8 * HEAD):
        flip(log_of(killed), bit)
        assert log_fault(killed) == "the head of its log"
        log_of(killed).write_bytes(whole)


@pytest.mark.parametrize("number", [1, 3, -1])
@pytest.mark.parametrize(
    "byte", [0, 5, 8, 15, 16, 23, 24, 25, 2000, 4119], ids=lambda byte: f"byte {byte}"
)
def test_a_bit_of_any_write_is_found_also_of_the_last(killed: Path, number: int, byte: int) -> None:
    writes = (log_of(killed).stat().st_size - HEAD) // FRAME
    place = HEAD + ((number - 1) % writes if number > 0 else writes - 1) * FRAME + byte
    for bit in (0, 7):
        flip(log_of(killed), 8 * place + bit)
        told = f"write {(place - HEAD) // FRAME + 1} in its log"
        assert log_fault(killed) == told
        with pytest.raises(DatabaseUnusable, match=f"damaged: {told}"):
            connect(killed, KIND)
        flip(log_of(killed), 8 * place + bit)
    assert words(killed) == 5


def test_a_spoilt_sector_is_found_where_more_was_written_behind_it(killed: Path) -> None:
    whole = log_of(killed).read_bytes()
    writes = (len(whole) - HEAD) // FRAME
    for number in range(writes):
        spoilt = bytearray(whole)
        start = HEAD + number * FRAME + 1024
        spoilt[start : start + 512] = bytes(range(256)) * 2
        log_of(killed).write_bytes(spoilt)
        is_last = number == writes - 1  # which power loss may have cut short as well
        assert log_fault(killed) == ("" if is_last else f"write {number + 1} in its log")


def test_a_page_left_of_an_earlier_log_is_not_damage_though_it_differs_by_a_bit(
    tmp_path: Path,
) -> None:
    before = 0

    def of_many_pages(database: sqlite3.Connection) -> None:
        nonlocal before
        before = (tmp_path / "well" / "book-wal").stat().st_size
        with database:
            database.execute("INSERT INTO word VALUES (?)", ("long " * 4000,))

    book = made(tmp_path, of_many_pages)
    whole = log_of(book).read_bytes()
    for bit in (8 * (before + FRAME) - 1, 8 * (before + 2000)):  # the end of the page, its middle
        log_of(book).write_bytes(whole[: before + FRAME])
        flip(log_of(book), bit)
        assert log_fault(book) == ""  # power loss, before the rest was written
        log_of(book).write_bytes(whole)
        flip(log_of(book), bit)
        assert log_fault(book)
    log_of(book).write_bytes(whole[: before + FRAME])
    assert words(book) == 5


@pytest.mark.parametrize("left", [0, 31, HEAD, HEAD + 30, HEAD + FRAME - 1])
def test_a_log_cut_short_is_none_that_is_damaged(killed: Path, left: int) -> None:
    log_of(killed).write_bytes(log_of(killed).read_bytes()[:left])
    assert log_fault(killed) == ""


def test_what_is_left_of_an_earlier_log_is_not_this_one(tmp_path: Path) -> None:
    def begun_anew(database: sqlite3.Connection) -> None:
        database.execute("PRAGMA wal_checkpoint")
        with database:
            database.execute("INSERT INTO word VALUES ('the first of a new log')")

    book = made(tmp_path, begun_anew)
    assert log_of(book).stat().st_size > HEAD + 2 * FRAME
    assert log_fault(book) == ""
    assert words(book) == 6


def test_a_head_that_was_cut_short_has_nothing_behind_it(tmp_path: Path) -> None:
    def begun_anew(database: sqlite3.Connection) -> None:
        database.execute("PRAGMA wal_checkpoint")

    book = made(tmp_path, begun_anew)
    content = bytearray(log_of(book).read_bytes())
    content[8:20] = bytes(12)
    log_of(book).write_bytes(content)
    assert log_fault(book) == ""
    assert words(book) == 5


def test_a_gate_with_a_damaged_log_lets_out_whoever_is_inside(killed: Path) -> None:
    flip(log_of(killed), 8 * (HEAD + 100))
    position = position_after_restart(killed, m.Flow.TWO_STEP)
    assert position is m.BarrierPosition.ENTRY_OPEN
