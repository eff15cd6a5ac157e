"""SQLite files that one program owns: nobody else's is touched, and a commit is on the disk."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from egate.durable_files import synchronise
from egate.durable_files.write_ahead_log import log_fault


class DatabaseUnusable(Exception):
    """The file is damaged, foreign, locked or not writable; one line with its name."""


@dataclass(frozen=True, slots=True)
class DatabaseKind:
    """What a program keeps in one SQLite file.

    Args:
        application_id: the mark in the file's head, by which another program's is told.
        schema_version: of the tables, as this program knows them.
        schema: makes them in a new file; "" where whoever uses the connection does.

    """

    application_id: int
    schema_version: int
    schema: str = ""


def connect(file: Path, kind: DatabaseKind, *, between_threads: bool = False) -> sqlite3.Connection:
    """Open ``file``, or make it for its owner alone (mode 0600); the caller closes it.

    A commit returns when the data are on the disk (WAL with synchronous FULL), and what is
    deleted is overwritten.

    Args:
        file: its folder is there.
        kind: of what is in it.
        between_threads: other threads than this one use it as well, one at a time.

    Raises:
        DatabaseUnusable: it is of another program or version, damaged or not writable.

    """
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        if fault := log_fault(file):
            raise DatabaseUnusable(f"{file}: damaged: {fault}")
        database = sqlite3.connect(file, check_same_thread=not between_threads)
    except OSError as error:
        raise DatabaseUnusable(f"{file}: {error.strerror}") from error
    except sqlite3.Error as error:
        raise DatabaseUnusable(f"{file}: {error}") from error
    try:
        _prepare(database, file, kind)
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:  # of names in a damaged file
        database.close()
        raise DatabaseUnusable(f"{file}: {error}") from error
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, file: Path, kind: DatabaseKind) -> None:
    is_new = not _number(database, "SELECT count(*) FROM sqlite_master")
    if not is_new:
        _require(database, file, kind)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA secure_delete = ON")
    database.execute("PRAGMA foreign_keys = ON")
    if is_new:  # to nothing else is written here: the disk may be full
        database.executescript(
            f"BEGIN IMMEDIATE; {kind.schema} PRAGMA application_id = {kind.application_id};"
            f" PRAGMA user_version = {kind.schema_version}; COMMIT;"
        )
        synchronise(file.parent)


def _require(database: sqlite3.Connection, file: Path, kind: DatabaseKind) -> None:
    if _number(database, "PRAGMA application_id") != kind.application_id:
        raise DatabaseUnusable(f"{file}: a database of another program")
    version = _number(database, "PRAGMA user_version")
    if version != kind.schema_version:
        raise DatabaseUnusable(f"{file}: schema {version}, and this is {kind.schema_version}")
    fault = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if fault != "ok":
        raise DatabaseUnusable(f"{file}: damaged: {fault}")


def _number(database: sqlite3.Connection, question: str) -> int:
    number: int = database.execute(question).fetchone()[0]
    return number
