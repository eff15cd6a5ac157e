"""The trust store: one folder, one SQLite file that is replaced as a whole.

An update writes a new file beside the old one and renames it over: a reader sees the
old store or the new one, a power cut leaves one of the two, and no reader ever waits.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Self

from egate.trust.collection import Collection
from egate.trust.entry import Entry, Kind, Provenance

_FILE: Final = "trust.sqlite3"
_LOCK: Final = "trust.lock"
_SCHEMA_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE entries (
    fingerprint TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    country TEXT NOT NULL,
    ski BLOB,
    der BLOB NOT NULL,
    source TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    trusted_by TEXT NOT NULL,
    is_unanchored INTEGER NOT NULL
) STRICT;
CREATE INDEX entries_by_kind ON entries (kind);
CREATE TABLE version (digest TEXT NOT NULL) STRICT;
"""
_COLUMNS: Final = "kind, country, ski, der, source, source_sha256, trusted_by, is_unanchored"


class TrustStoreError(Exception):
    """The store cannot be read or written; the message names the folder and the fault."""


class TrustStore(Collection):
    """One version of the store, read into memory; open it again to see an update.

    It implements ``TrustAnchors``. Reading takes one query; certificates are parsed
    when they are asked for.
    """

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read the store in ``folder``.

        Raises:
            TrustStoreError: there is none, or it is damaged.

        """
        file = folder / _FILE
        if not file.is_file():
            raise TrustStoreError(f"{folder}: no trust store here")
        try:
            with closing(
                sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
            ) as database:
                if _schema_of(database) != _SCHEMA_VERSION:
                    raise TrustStoreError(f"{folder}: trust store of another version of egate")
                store = cls(_read(database, f"kind <> '{Kind.DSC}'"))
                (digest,) = database.execute("SELECT digest FROM version").fetchone()
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise TrustStoreError(f"{folder}: trust store cannot be read: {error}") from error
        if digest != store.version:
            raise TrustStoreError(f"{folder}: trust store is damaged")
        return store


class StoreUpdate:
    """A change to the store, seen by nobody before ``commit``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = sqlite3.connect(":memory:")
        self._load()
        self.trusted = Collection(_read(self._database, f"kind <> '{Kind.DSC}'"))

    def has_signer(self, fingerprint: str) -> bool:
        """Return whether this document signer is kept already."""
        found = self._database.execute(
            "SELECT 1 FROM entries WHERE fingerprint = ?", (fingerprint,)
        ).fetchone()
        return found is not None

    def put(self, entry: Entry) -> None:
        """Add ``entry``, or give a thing that is there its new provenance."""
        if entry.kind is not Kind.DSC:
            self.trusted.add(entry)
        origin = entry.provenance
        self._database.execute(
            f"INSERT OR REPLACE INTO entries (fingerprint, {_COLUMNS})"  # noqa: S608  constant
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.fingerprint,
                entry.kind.value,
                entry.country,
                entry.ski,
                entry.der,
                origin.source,
                origin.source_sha256,
                origin.trusted_by,
                int(origin.is_unanchored),
            ),
        )

    def remove(self, entry: Entry) -> None:
        """Forget ``entry``."""
        self.trusted.remove(entry.fingerprint)
        self._database.execute("DELETE FROM entries WHERE fingerprint = ?", (entry.fingerprint,))

    def commit(self) -> None:
        """Put the new store in the place of the old one.

        Raises:
            TrustStoreError: it cannot be written; the old one stays.

        """
        temporary = self._folder / f"{_FILE}.new"
        try:
            with self._database:
                self._database.execute("DELETE FROM version")
                self._database.execute("INSERT INTO version VALUES (?)", (self.trusted.version,))
            temporary.unlink(missing_ok=True)
            with closing(sqlite3.connect(temporary)) as target:
                self._database.backup(target)
            _synchronise(temporary)
            temporary.replace(self._folder / _FILE)
            _synchronise(self._folder)
        except (OSError, sqlite3.Error) as error:
            raise TrustStoreError(f"{self._folder}: cannot write trust store: {error}") from error

    def close(self) -> None:
        self._database.close()

    def _load(self) -> None:
        file = self._folder / _FILE
        if not file.exists():
            self._database.executescript(_SCHEMA)
            self._database.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            return
        TrustStore.open(self._folder)  # a damaged store is refused, not mended
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source:
            source.backup(self._database)


@contextmanager
def update(folder: Path) -> Iterator[StoreUpdate]:
    """Change the store in ``folder``, made if it is not there; one at a time.

    Raises:
        TrustStoreError: the folder cannot be used, or somebody else is changing it.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise TrustStoreError(f"{folder}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TrustStoreError(f"{folder}: another import is running") from error
        change = StoreUpdate(folder)
        try:
            yield change
        finally:
            change.close()
    finally:
        os.close(lock)


def _schema_of(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def _read(database: sqlite3.Connection, condition: str) -> Iterable[Entry]:
    query = f"SELECT {_COLUMNS} FROM entries WHERE {condition} ORDER BY rowid"  # noqa: S608
    for kind, country, ski, der, source, digest, trusted_by, unanchored in database.execute(query):
        provenance = Provenance(source, digest, trusted_by, bool(unanchored))
        yield Entry(Kind(kind), country, ski, der, provenance)


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
