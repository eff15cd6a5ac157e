"""SQLite files that one program owns: made whole or not at all, for their owner alone."""

import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest

from egate.durable_files.database import DatabaseKind, DatabaseUnusable, connect

SCHEMA = """
CREATE TABLE halls (name TEXT PRIMARY KEY) STRICT;
CREATE TABLE lanes (hall TEXT NOT NULL REFERENCES halls) STRICT;
"""
KIND = DatabaseKind(0x65475454, 3, SCHEMA)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "halls.sqlite"


def test_a_new_file_is_its_owners_alone_and_what_is_written_is_on_the_disk(file: Path) -> None:
    with contextlib.closing(connect(file, KIND)) as database, database:
        database.execute("INSERT INTO halls VALUES ('arrivals')")
        settings = [
            database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete", "user_version")
        ]
        modes = {each.name: each.stat().st_mode & 0o777 for each in file.parent.iterdir()}
    assert settings == ["wal", 2, 1, 3]
    assert modes == dict.fromkeys(["halls.sqlite", "halls.sqlite-wal", "halls.sqlite-shm"], 0o600)


def test_what_it_refers_to_must_be_there(file: Path) -> None:
    with contextlib.closing(connect(file, KIND)) as database, pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO lanes VALUES ('nowhere')")


def test_it_is_found_again(file: Path) -> None:
    for _ in range(2):
        with contextlib.closing(connect(file, KIND)) as database, database:
            database.execute("INSERT INTO halls VALUES ('arrivals') ON CONFLICT DO NOTHING")
    with contextlib.closing(connect(file, KIND)) as database:
        assert database.execute("SELECT * FROM halls").fetchall() == [("arrivals",)]


@pytest.mark.parametrize(
    ("found_by", "fault"),
    [
        (DatabaseKind(0x65475455, 3), "another program"),
        (DatabaseKind(0x65475454, 4), "schema 3, and this is 4"),
    ],
)
def test_one_of_another_program_or_version_is_left_as_it_is(
    file: Path, found_by: DatabaseKind, fault: str
) -> None:
    connect(file, KIND).close()
    before = file.read_bytes()
    with pytest.raises(DatabaseUnusable, match=rf"halls\.sqlite: .*{fault}"):
        connect(file, found_by)
    assert file.read_bytes() == before


def test_damage_is_found_before_anything_is_written(file: Path) -> None:
    with contextlib.closing(connect(file, KIND)) as database, database:
        database.executemany(
            "INSERT INTO halls VALUES (?)", [(f"hall {number}",) for number in range(500)]
        )
    content = bytearray(file.read_bytes())
    content[-4000:-2000] = b"\xff" * 2000
    file.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match=r"halls\.sqlite: damaged"):
        connect(file, KIND)


def test_a_file_that_could_not_be_made_whole_is_made_the_next_time(file: Path) -> None:
    broken = DatabaseKind(KIND.application_id, KIND.schema_version, f"{SCHEMA} CREATE NONSENSE;")
    with pytest.raises(DatabaseUnusable, match="syntax error"):
        connect(file, broken)
    with contextlib.closing(connect(file, KIND)) as database:
        assert database.execute("SELECT count(*) FROM halls").fetchone() == (0,)


@pytest.mark.parametrize(("between_threads", "said"), [(False, []), (True, [(1,)])])
def test_another_thread_uses_it_only_if_that_was_said(
    file: Path, *, between_threads: bool, said: list[tuple[int]]
) -> None:
    answers = []

    def ask() -> None:
        with contextlib.suppress(sqlite3.ProgrammingError):
            answers.append(database.execute("SELECT 1").fetchone())

    with contextlib.closing(connect(file, KIND, between_threads=between_threads)) as database:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert answers == said


def test_a_place_where_nothing_can_be_written_is_told_once(tmp_path: Path) -> None:
    absent = tmp_path / "absent" / "halls.sqlite"
    with pytest.raises(DatabaseUnusable) as caught:
        connect(absent, KIND)
    assert str(caught.value) == f"{absent}: No such file or directory"
