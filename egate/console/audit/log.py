"""The audit log of one console: who did and saw what, durable before anything is answered."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from egate.console.audit.acts import AuditAct
from egate.console.audit.chain import (
    APPLICATION_ID,
    BEGINNING,
    NOTHING_EXPECTED,
    SCHEMA,
    ChainState,
    last_given,
    row_hash,
    verify,
)
from egate.domain.evidence.audit_head import AuditHead
from egate.domain.time import UtcSeconds
from egate.durable_files.write_ahead_log import log_fault
from egate.observability.logging import logger

FILE_NAME: Final = "audit.sqlite"
"""In the folder of what a console keeps."""
_MAX_ID: Final = 128
_MAX_DETAIL: Final = 1000
_JOINERS: Final = "\u200c\u200d"  # of Bangla: they form and part conjuncts
_WAIT_SECONDS: Final = 5.0
_HEAD_EVERY: Final = 100
_NEWEST: Final = "SELECT seq, hash FROM act ORDER BY seq DESC LIMIT 1"


class AuditUnusable(Exception):
    """The log cannot be written or read, so nothing may be done or shown; one line."""


class AuditLog:
    """Append-only: one row an act, chained by hashes; several processes may write to it.

    A row is on the disk when ``note`` returns (WAL with synchronous FULL).

    Args:
        path: the SQLite file; made for its owner alone if it is not there.
        now: the time.

    Raises:
        AuditUnusable: it cannot be opened, or is no audit log.

    """

    def __init__(self, path: Path, now: Callable[[], UtcSeconds]) -> None:
        self.path = path
        self._now = now
        self._lock = threading.Lock()
        with self._telling():
            self._database = _open(path)

    def note(self, officer_id: str, act: AuditAct, subject: str = "", detail: str = "") -> None:
        """Write down what ``officer_id`` is about to do or see, and return once it is durable.

        Too long text is cut, and what cannot be printed is replaced: the caller may have it
        from somebody who has not even logged in.

        Args:
            officer_id: who.
            act: what.
            subject: the id of what it is about; never personal.
            detail: what else matters; never personal.

        Raises:
            AuditUnusable: it is not written; do and show nothing.

        """
        with self._lock, self._telling(), _transaction(self._database):
            self._append(officer_id, act, subject, detail)

    def purge(self, before: UtcSeconds, officer_id: str) -> int:
        """Let go of what is older than ``before``, note that, and return how many rows went.

        The note has the hash of the last row that went, so the chain can be verified from there.

        Args:
            before: in seconds since the Unix epoch.
            officer_id: in whose name; the console's own for its retention time.

        Raises:
            AuditUnusable: nothing went.

        """
        with self._lock, self._telling(), _transaction(self._database):
            found = self._database.execute(
                "SELECT seq, hash FROM act WHERE seq < coalesce("
                " (SELECT min(seq) FROM act WHERE at_ms >= ?), (SELECT max(seq) + 1 FROM act))"
                " ORDER BY seq DESC LIMIT 1",
                (_milliseconds(before),),
            ).fetchone()
            if found is None:
                return 0
            through, head = found
            self._append(officer_id, AuditAct.LOG_PURGED, str(through), f"through {head.hex()}")
            return self._database.execute("DELETE FROM act WHERE seq <= ?", (through,)).rowcount

    def head(self) -> AuditHead | None:
        """Return the newest row's number and hash, None of an empty log.

        Raises:
            AuditUnusable: it cannot be read.

        """
        with self._lock, self._telling():
            newest = self._database.execute(_NEWEST).fetchone()
        return AuditHead(*newest) if newest else None

    def verify(self, expected: Mapping[int, str] = NOTHING_EXPECTED) -> ChainState:
        """Return whether the chain holds, and where it breaks first.

        Args:
            expected: hash, hexadecimal, of rows by their numbers, as they were kept elsewhere.

        """
        with self._telling(), reading(self.path) as database:
            return verify(database, expected)

    def close(self) -> None:
        """End the use of the file."""
        self._database.close()

    def _append(self, officer_id: str, act: AuditAct, subject: str, detail: str) -> None:
        # Not the number after the newest row: of a log cut short the gap must stay.
        number = last_given(self._database) + 1
        newest = self._database.execute(_NEWEST).fetchone()
        row = (
            number,
            _milliseconds(self._now()),
            _clean(officer_id, _MAX_ID),
            str(act),
            _clean(subject, _MAX_ID),
            _clean(detail, _MAX_DETAIL),
        )
        head = row_hash(newest[1] if newest else BEGINNING, row)
        self._database.execute("INSERT INTO act VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, head))
        if number % _HEAD_EVERY == 1:
            logger().info("audit head", last=number, sha256=head.hex())

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:  # of names in a damaged file
            raise AuditUnusable(f"{self.path}: {error}") from error


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the log at ``path`` to read it, also while a console writes to it.

    Raises:
        sqlite3.Error: there is none, or it cannot be read.

    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    database = sqlite3.connect(address, timeout=_WAIT_SECONDS, isolation_level=None, uri=True)
    try:
        database.execute("BEGIN")  # one state of it, whatever is written meanwhile
        yield database
    except UnicodeDecodeError as error:  # SQLite names what is damaged, as it is then
        raise sqlite3.DatabaseError("damaged: what it holds is no text") from error
    finally:
        database.close()


def _open(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    if fault := log_fault(path):
        raise sqlite3.DatabaseError(f"damaged: {fault}")
    # One connection for the threads of the console; the lock keeps them apart.
    database = sqlite3.connect(
        path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        with _transaction(database):
            if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                for definition in SCHEMA.values():
                    database.execute(definition)
        _require_log(database)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
    except BaseException:
        database.close()
        raise
    return database


def _require_log(database: sqlite3.Connection) -> None:
    if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise sqlite3.DatabaseError("a database of another program")


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Write alone: the hash of the newest row must stay the newest until ours is after it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _clean(text: str, most: int) -> str:
    return "".join(
        letter if letter.isprintable() or letter in _JOINERS else "\ufffd" for letter in text[:most]
    )


def _milliseconds(at: UtcSeconds) -> int:
    return round(at * 1000)
