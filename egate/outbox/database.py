"""The gate's one SQLite file: journal and outbox, so that both commit or neither does."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from egate.durable_files.database import DatabaseKind, DatabaseUnusable, connect

__all__ = [
    "DatabaseInUse",
    "DatabaseUnusable",
    "is_owned",
    "open_database",
    "opened",
    "owning",
    "reading",
    "reasons_set_aside",
]

_KIND: Final = DatabaseKind(application_id=0x65474154, schema_version=1)  # "eGAT"


class DatabaseInUse(DatabaseUnusable):
    """Another gate runs with it."""


@contextmanager
def open_database(file: Path) -> Iterator[sqlite3.Connection]:
    """Open ``file``, or make it, for this process alone.

    A commit returns when the data are on the disk (WAL with synchronous FULL).

    Raises:
        DatabaseUnusable: as ``owning`` and ``opened``.

    """
    with owning(file), opened(file) as database:
        yield database


@contextmanager
def owning(file: Path) -> Iterator[None]:
    """Keep every other gate from ``file``.

    Raises:
        DatabaseInUse: another gate has it.
        DatabaseUnusable: its folder is not there, or not writable.

    """
    handle = _lock(file)
    try:
        yield
    finally:
        os.close(handle)


def is_owned(file: Path) -> bool:
    """Say whether a gate runs with ``file`` now; nothing is made or changed."""
    try:
        handle = os.open(f"{file}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False  # no gate has ever run with it, or none that we may know of
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Open ``file``, or make it; the caller owns it.

    Raises:
        DatabaseUnusable: it is no database of a gate, damaged or not writable.

    """
    with closing(connect(file, _KIND)) as database:
        yield database


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Open ``file`` to read one state of it, also while a gate has it open.

    Raises:
        DatabaseUnusable: it cannot be read, also within the block.

    """
    address = f"{file.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, isolation_level=None, uri=True)) as database:
            database.execute("BEGIN")
            yield database
    except (sqlite3.Error, UnicodeDecodeError) as error:  # of names in a damaged file
        raise DatabaseUnusable(f"{file}: cannot be read: {error}") from error


def reasons_set_aside(file: Path) -> Mapping[str, int]:
    """Return why records of ``file`` will never reach the centre, and how many for each reason.

    Also while a gate has it open; it is not written to.

    Raises:
        DatabaseUnusable: it cannot be read.

    """
    with reading(file) as database:
        return dict(
            database.execute(
                "SELECT set_aside, count(*) FROM outbox WHERE set_aside IS NOT NULL GROUP BY 1"
            ).fetchall()
        )


def _lock(file: Path) -> int:
    try:
        handle = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseUnusable(f"{file}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise DatabaseInUse(f"{file}: in use by another process") from error
    return handle
