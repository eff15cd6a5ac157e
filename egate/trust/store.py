"""The trust store: one folder, one SQLite file that is replaced as a whole.

An update writes a new file beside the old one and renames it over: a reader sees the
old store or the new one, a power cut leaves one of the two, and no reader ever waits.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Self

from egate.durable_files import synchronise
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust import schema, versions
from egate.trust.audit import AuditEvent
from egate.trust.collection import Collection
from egate.trust.entry import Entry, Kind, ListRecord, Pending

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
        return cls.open_file(folder, folder / _FILE)

    @classmethod
    def open_file(cls, folder: Path, file: Path) -> Self:
        """Read ``file``, the present or an earlier version of the store in ``folder``.

        Raises:
            TrustStoreError: there is none, or it is damaged.

        """
        with _reading(folder, file) as database:
            store = cls(schema.trusted_entries(database), schema.list_records(database))
            digest = schema.digest_of(database)
        if digest != store.version:
            raise TrustStoreError(f"{folder}: trust store is damaged")
        return store


def pending_in(folder: Path) -> Sequence[Pending]:
    """Return what waits for a second officer, oldest first.

    Raises:
        TrustStoreError: there is no store, or it is damaged.

    """
    with _reading(folder, folder / _FILE) as database:
        return tuple(schema.pending_certificates(database))


def history_of(folder: Path, file: Path | None = None) -> Sequence[AuditEvent]:
    """Return the trail of the store in ``folder``, or of an earlier ``file`` of it, oldest first.

    Raises:
        TrustStoreError: there is no store, or it is damaged.

    """
    with _reading(folder, file or folder / _FILE) as database:
        return tuple(schema.audit_events(database))


def signers_of(folder: Path, country: str) -> Sequence[Certificate]:
    """Return the certificates of document and seal signers that the store keeps of a State.

    They are no anchors: the path of each is verified when it is used.

    Args:
        folder: where the store is.
        country: in the normal spelling of ``country.normalise``.

    Raises:
        TrustStoreError: there is no store, or it is damaged.

    """
    with _reading(folder, folder / _FILE) as database:
        try:
            return [Certificate.parse(der) for der in schema.signers_of(database, country)]
        except Asn1Malformed as error:
            raise TrustStoreError(f"{folder}: trust store is damaged") from error


class StoreUpdate:
    """A change to the store, seen by nobody before ``commit``."""

    def __init__(self, folder: Path, versions_kept: int) -> None:
        self._folder = folder
        self._versions_kept = versions_kept
        self._database = sqlite3.connect(":memory:", uri=True)
        self._replaced = self._load()
        self.trusted = self._read()

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
        if not entry.provenance.is_unanchored:
            schema.delete_pending(self._database, entry.fingerprint)

    def remove(self, entry: Entry) -> None:
        """Forget ``entry``."""
        self.trusted.remove(entry.fingerprint)
        self._database.execute("DELETE FROM entries WHERE fingerprint = ?", (entry.fingerprint,))

    def find_pending(self, fingerprint: str) -> Pending | None:
        """Return what waits under this fingerprint."""
        waiting = schema.pending_certificates(self._database)
        return next((each for each in waiting if each.entry.fingerprint == fingerprint), None)

    def put_pending(self, pending: Pending) -> None:
        """Keep something that nobody trusts before a second officer approves it."""
        schema.write_pending(self._database, pending)

    def remove_pending(self, fingerprint: str) -> None:
        """Forget what waits under this fingerprint."""
        schema.delete_pending(self._database, fingerprint)

    def restore(self, wanted: str) -> str:
        """Go back to an earlier version; the trail goes on, and this one can be restored too.

        Args:
            wanted: SHA-256 of the version or, if it is unambiguous, the first 8 digits or more.

        Returns:
            the whole SHA-256.

        Raises:
            TrustStoreError: no such version is kept, or it is damaged.

        """
        kept = versions.find_version(self._folder, wanted)
        if kept is None:
            raise TrustStoreError(f"{self._folder}: no version {wanted} is kept")
        store = TrustStore.open_file(self._folder, kept.file)
        if store.version != kept.version:
            raise TrustStoreError(f"{self._folder}: version {kept.version} is damaged")
        self._database.commit()
        schema.replace_content(self._database, _uri(kept.file))
        self.trusted = self._read()
        return kept.version

    def record_list(self, record: ListRecord) -> None:
        """Note that a list was taken in, now or once more."""
        schema.write_list(self._database, record)

    def record(self, event: AuditEvent) -> None:
        """Write down what was done; it counts with the next commit."""
        schema.write_events(self._database, [event])

    def commit(self) -> None:
        """Put the new store in the place of the old one, which is kept if the new one decides else.

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
            synchronise(temporary)
            if self._replaced not in ("", self.trusted.version):
                versions.keep(
                    self._folder, self._folder / _FILE, self._replaced, self._versions_kept
                )
                synchronise(self._folder / versions.FOLDER)
            temporary.replace(self._folder / _FILE)
            synchronise(self._folder)
        except (OSError, sqlite3.Error) as error:
            raise TrustStoreError(f"{self._folder}: cannot write trust store: {error}") from error

    def close(self) -> None:
        self._database.close()

    def _read(self) -> Collection:
        return Collection(
            schema.trusted_entries(self._database), schema.list_records(self._database)
        )

    def _load(self) -> str:
        """Return the version of what is there, "" if nothing is."""
        file = self._folder / _FILE
        if not file.exists():
            schema.create(self._database)
            return ""
        store = TrustStore.open(self._folder)  # a damaged store is refused, not mended
        with closing(sqlite3.connect(_uri(file), uri=True)) as source:
            source.backup(self._database)
        schema.bring_up_to_date(self._database)
        return store.version


def stamp_of(folder: Path) -> tuple[int, int, int]:
    """Return what is another whenever the store in ``folder`` is; cheap enough to be asked often.

    Raises:
        TrustStoreError: there is no store.

    """
    try:
        status = (folder / _FILE).stat()
    except OSError as error:
        raise TrustStoreError(f"{folder}: no trust store here") from error
    return status.st_ino, status.st_size, status.st_mtime_ns


@contextmanager
def update(folder: Path, versions_kept: int = 10) -> Iterator[StoreUpdate]:
    """Change the store in ``folder``, made if it is not there; one at a time.

    Args:
        folder: of the store.
        versions_kept: how many of the versions it replaces can be restored.

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
        change = StoreUpdate(folder, versions_kept)
        try:
            yield change
        finally:
            change.close()
    finally:
        os.close(lock)


@contextmanager
def _reading(folder: Path, file: Path) -> Iterator[sqlite3.Connection]:
    """Open ``file`` to be read only; ``folder`` is how its user knows it."""
    if not file.is_file():
        raise TrustStoreError(f"{folder}: no trust store here")
    try:
        with closing(sqlite3.connect(_uri(file), uri=True)) as database:
            if not 1 <= schema.version_of(database) <= schema.VERSION:
                raise TrustStoreError(f"{folder}: trust store of another version of egate")
            yield database
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise TrustStoreError(f"{folder}: trust store cannot be read: {error}") from error


def _uri(file: Path) -> str:
    return f"{file.resolve().as_uri()}?mode=ro"
