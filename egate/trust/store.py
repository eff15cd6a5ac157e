"""The trust store: one folder, one SQLite file that is replaced as a whole.

An update writes a new file beside the old one and renames it over: a reader sees the
old store or the new one, a power cut leaves one of the two, and no reader ever waits.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Self

from egate.trust import schema
from egate.trust.audit import AuditEvent
from egate.trust.collection import Collection
from egate.trust.entry import Entry, Kind, ListRecord

_FILE: Final = "trust.sqlite3"
_LOCK: Final = "trust.lock"


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
                if not 1 <= schema.version_of(database) <= schema.VERSION:
                    raise TrustStoreError(f"{folder}: trust store of another version of egate")
                store = cls(schema.trusted_entries(database), schema.list_records(database))
                digest = schema.digest_of(database)
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
        self.trusted = Collection(
            schema.trusted_entries(self._database), schema.list_records(self._database)
        )

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
        schema.write_entry(self._database, entry)

    def remove(self, entry: Entry) -> None:
        """Forget ``entry``."""
        self.trusted.remove(entry.fingerprint)
        self._database.execute("DELETE FROM entries WHERE fingerprint = ?", (entry.fingerprint,))

    def record_list(self, record: ListRecord) -> None:
        """Note that a list was taken in, now or once more."""
        schema.write_list(self._database, record)

    def record(self, event: AuditEvent) -> None:
        """Write down what was done; it counts with the next commit."""
        schema.write_events(self._database, [event])

    def commit(self) -> None:
        """Put the new store in the place of the old one.

        Raises:
            TrustStoreError: it cannot be written; the old one stays.

        """
        temporary = self._folder / f"{_FILE}.new"
        try:
            with self._database:
                schema.write_digest(self._database, self.trusted.version)
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
            schema.create(self._database)
            return
        TrustStore.open(self._folder)  # a damaged store is refused, not mended
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source:
            source.backup(self._database)
        schema.bring_up_to_date(self._database)


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


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
