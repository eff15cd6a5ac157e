import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from egate.console.audit.acts import AuditAct
from egate.console.audit.chain import BEGINNING, row_hash, verify
from egate.console.audit.log import AuditLog, AuditUnusable, reading
from egate.console.audit.retention import keep_retention
from egate.domain.time import UtcSeconds
from egate.observability.logging import configure_logging

START = 1_790_000_000.0
WRITER = """
import sys
from pathlib import Path
from egate.console.audit.log import AuditAct, AuditLog
log = AuditLog(Path(sys.argv[1]), lambda: 1_790_000_000.0)
print("ready", flush=True)
for number in range(1, 1_000_000):
    log.note("officer-1", AuditAct.RECORD_SEEN, str(number))
    print(number, flush=True)
"""


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> UtcSeconds:
        self.at += 1
        return UtcSeconds(self.at)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "audit.sqlite"


def filled(file: Path, count: int) -> AuditLog:
    log = AuditLog(file, Clock())
    for number in range(1, count + 1):
        log.note("officer-1", AuditAct.RECORD_SEEN, f"crossing-{number}", "from the board")
    return log


def rows_of(file: Path) -> list[tuple[object, ...]]:
    with reading(file) as database:
        return database.execute("SELECT * FROM act ORDER BY seq").fetchall()


def by_force(file: Path, *statements: str) -> None:
    """Change the file as somebody would who may write it and knows what a trigger is."""
    database = sqlite3.connect(file)
    triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    kept = triggers.fetchall()
    with database:
        for name, _ in kept:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _, definition in kept:
            database.execute(definition)
    database.close()


def test_what_is_noted_is_there_with_its_time_and_the_chain_holds(file: Path) -> None:
    log = filled(file, 3)

    state = log.verify()

    assert (state.first, state.last, state.fault) == (1, 3, "")
    assert rows_of(file)[2][:6] == (
        3, int(START + 3) * 1000, "officer-1", "record_seen", "crossing-3", "from the board",
    )  # fmt: skip
    assert file.stat().st_mode & 0o077 == 0
    log.close()


def test_the_chain_can_be_recomputed_by_anybody(file: Path) -> None:
    filled(file, 2).close()
    head = BEGINNING
    for *row, found in rows_of(file):
        head = row_hash(head, tuple(row))  # type: ignore[arg-type]
        assert found == head


def test_a_row_is_neither_updated_nor_deleted(file: Path) -> None:
    filled(file, 2).close()
    database = sqlite3.connect(file)
    for statement in (
        "UPDATE act SET officer_id = 'officer-2'",
        "DELETE FROM act",
        "DELETE FROM act WHERE seq = 1",
        "INSERT OR REPLACE INTO act SELECT 1, at_ms, 'x', act, subject, detail, hash FROM act",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            database.executescript(f"PRAGMA recursive_triggers = ON; {statement}")
    database.close()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE act SET officer_id = 'officer-2' WHERE seq = 5", "row 5 was changed"),
        ("UPDATE act SET at_ms = at_ms - 1 WHERE seq = 1", "row 1 was changed"),
        ("UPDATE act SET subject = CAST(x'ff41' AS TEXT) WHERE seq = 4", "row 4 was changed"),
        ("UPDATE act SET hash = x'00' WHERE seq = 7", "row 7 was changed"),
        ("DELETE FROM act WHERE seq = 6", "row 6 is missing"),
        ("DELETE FROM act WHERE seq <= 2", "rows 1 to 2 are missing"),
        ("DELETE FROM act WHERE seq > 7", "rows 8 to 9 are missing"),
        ("DELETE FROM act", "rows 1 to 9 are missing"),
        ("INSERT INTO act SELECT 12, at_ms, act, act, act, act, hash FROM act WHERE seq = 9",
         "row 10 is missing"),
        ("INSERT INTO act SELECT 10, at_ms, act, act, act, act, hash FROM act WHERE seq = 9",
         "row 10 was changed"),
        ("DROP INDEX act_at", "the definition of act_at was changed"),
        ("CREATE TABLE more (a)", "there is more in the file"),
        ("PRAGMA application_id = 1", "not of an audit log"),
    ],
)  # fmt: skip
def test_a_change_is_named(file: Path, statement: str, fault: str) -> None:
    filled(file, 9).close()
    by_force(file, statement)

    with reading(file) as database:
        assert fault in verify(database).fault


def test_a_log_cut_short_shows_its_gap_also_after_more_notes(file: Path) -> None:
    filled(file, 9).close()
    by_force(file, "DELETE FROM act WHERE seq > 7")
    log = filled(file, 5)
    assert log.verify().fault == "row 8 is missing"
    log.close()


def test_every_changed_byte_is_named_or_changes_no_row(file: Path, tmp_path: Path) -> None:
    filled(file, 30).close()
    sound, rows = file.read_bytes(), rows_of(file)
    copy = tmp_path / "copy.sqlite"
    named = 0
    for place in range(0, len(sound), 31):
        copy.write_bytes(sound[:place] + bytes([sound[place] ^ 0x55]) + sound[place + 1 :])
        fault = _fault_of(copy)
        named += bool(fault)
        if not fault:
            assert rows_of(copy) == rows, f"byte {place} changed a row and nobody noticed"
        for left in tmp_path.glob("copy.sqlite-*"):
            left.unlink()
    assert named > 50


def _fault_of(file: Path) -> str:
    try:
        with reading(file) as database:
            return verify(database).fault
    except sqlite3.Error as error:
        return str(error)


def test_another_chain_is_told_by_a_hash_that_the_log_of_the_console_has(file: Path) -> None:
    log = filled(file, 9)
    head = log.verify().head
    log.close()
    shutil.move(file, file.with_name("old"))
    filled(file, 8).close()
    with reading(file.with_name("old")) as database:
        assert verify(database, {9: head}).fault == ""
    with reading(file) as database:
        assert "row 9 was expected" in verify(database, {9: head}).fault
    with reading(file) as database:
        assert "another chain" in verify(database, {8: head}).fault


def test_the_chain_holds_after_a_purge_which_is_noted(file: Path) -> None:
    log = filled(file, 9)
    assert log.purge(UtcSeconds(START + 4), "console") == 3
    assert log.purge(UtcSeconds(START + 4), "console") == 0

    state = log.verify()

    assert (state.first, state.last, state.fault) == (4, 10, "")
    assert rows_of(file)[-1][2:5] == ("console", "log_purged", "3")
    assert log.purge(UtcSeconds(START + 100), "console") == 7
    assert (log.verify().first, log.verify().fault) == (11, "")
    log.close()


def test_a_purge_that_was_noted_does_not_cover_more(file: Path) -> None:
    log = filled(file, 9)
    log.purge(UtcSeconds(START + 4), "console")
    log.close()
    by_force(file, "DELETE FROM act WHERE seq = 4")
    assert "rows 1 to 4 are missing" in _fault_of(file)


def test_two_consoles_write_one_chain(file: Path) -> None:
    first, second = AuditLog(file, Clock()), AuditLog(file, Clock())

    def write(log: AuditLog) -> None:
        for _ in range(40):
            log.note("officer-1", AuditAct.RECORD_SEEN)

    threads = [threading.Thread(target=write, args=(log,)) for log in (first, second, first)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (first.verify().last, first.verify().fault) == (120, "")
    first.close()
    second.close()


@pytest.mark.parametrize("finished", [1, 7, 60])
def test_killed_while_it_writes_the_log_has_all_that_was_noted(file: Path, finished: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = 0
    for line in writer.stdout:
        if line.strip().isdigit() and (told := int(line)) >= finished:
            os.kill(writer.pid, signal.SIGKILL)
            break
    writer.wait()
    # What was told before the signal came through is there, and at most what was told later.
    told = max([told, *(int(line) for line in writer.stdout if line.strip().isdigit())])
    writer.stdout.close()

    log = AuditLog(file, Clock())
    state = log.verify()
    log.note("officer-1", AuditAct.RECORD_SEEN)

    assert state.fault == ""
    assert state.last in (told, told + 1)
    assert log.verify().last == state.last + 1
    log.close()


def test_hostile_text_is_bounded_and_cannot_look_like_another_line(file: Path) -> None:
    log = AuditLog(file, Clock())
    log.note("a" * 500 + "\n", AuditAct.RECORD_SEEN, "x\nofficer-2\x00\ud800", "ক্‌ষ" + "d" * 5000)
    (row,) = rows_of(file)
    assert len(str(row[2])) == 128
    assert row[4] == "x\ufffdofficer-2\ufffd\ufffd"
    assert str(row[5]).startswith("ক্‌ষ")
    assert len(str(row[5])) == 1000
    assert log.verify().fault == ""
    log.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b"no database" * 100),
        lambda file: file.mkdir(),
        lambda file: sqlite3.connect(file).executescript("CREATE TABLE theirs (a)").close(),
    ],
)
def test_no_log_no_console(file: Path, spoil: Callable[[Path], object]) -> None:
    spoil(file)
    with pytest.raises(AuditUnusable, match=r"audit\.sqlite"):
        AuditLog(file, Clock())


def test_damaged_names_are_told_as_damage(file: Path) -> None:
    """SQLite names what it cannot read in its messages, and that need not be text."""
    filled(file, 1).close()
    whole = file.read_bytes()
    begins = whole.index(b"CREATE TABLE")
    refused = 0
    for at in range(begins, begins + 40):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1 :])
        try:
            AuditLog(file, Clock()).close()
        except AuditUnusable:
            refused += 1
            with pytest.raises(sqlite3.Error):
                rows_of(file)
    assert refused > 10


def test_a_note_that_cannot_be_written_is_an_error(file: Path) -> None:
    log = filled(file, 1)
    database = sqlite3.connect(file)
    database.execute("DROP TABLE act")
    database.commit()
    database.close()
    with pytest.raises(AuditUnusable):
        log.note("officer-1", AuditAct.RECORD_SEEN)
    log.close()


def test_the_newest_hash_goes_to_the_log_of_the_console(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(file, 101).close()
    configure_logging()
    filled(file, 100).close()
    heads = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "head" in line]
    assert [(head["last"], len(head["sha256"])) for head in heads] == [(201, 64)]


async def test_what_is_past_its_time_goes_at_the_start(file: Path) -> None:
    log = filled(file, 9)
    day = 86_400
    now = UtcSeconds(START + 4 + 40 * day)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(keep_retention(log, 40, lambda: now))
        while (await asyncio.to_thread(log.verify)).first != 4:
            pass
        keeping.cancel()
    assert (log.verify().first, log.verify().fault) == (4, "")
    log.close()
