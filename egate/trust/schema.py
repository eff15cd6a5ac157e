"""The SQLite file of a trust store: its tables, and the rows of each as values."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from egate.trust.audit import Action, AuditEvent, Occasion
from egate.trust.entry import Entry, Kind, ListKind, ListRecord, Pending, Provenance

VERSION: Final = 2
_FIRST_TABLES: Final = """
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
_SECOND_TABLES: Final = """
CREATE TABLE lists (
    source_sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    country TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    source TEXT NOT NULL,
    count INTEGER NOT NULL,
    is_unanchored INTEGER NOT NULL,
    PRIMARY KEY (source_sha256, kind, country, signed_at)
) STRICT;
CREATE TABLE pending (
    fingerprint TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    country TEXT NOT NULL,
    ski BLOB,
    der BLOB NOT NULL,
    source TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    at TEXT NOT NULL,
    officer TEXT NOT NULL,
    statement TEXT NOT NULL
) STRICT;
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    officer TEXT NOT NULL,
    statement TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    version TEXT NOT NULL
) STRICT;
"""
_ENTRY: Final = "kind, country, ski, der, source, source_sha256, trusted_by, is_unanchored"
_LIST: Final = "kind, country, signed_at, imported_at, source, source_sha256, count, is_unanchored"
_PENDING: Final = "kind, country, ski, der, source, source_sha256, at, officer, statement"
_EVENT: Final = "at, officer, statement, action, detail, version"


def create(database: sqlite3.Connection) -> None:
    """Make the tables of an empty store."""
    database.executescript(_FIRST_TABLES + _SECOND_TABLES)
    database.execute(f"PRAGMA user_version = {VERSION}")


def bring_up_to_date(database: sqlite3.Connection) -> None:
    """Give a store of the first version what it lacks."""
    if version_of(database) < VERSION:
        database.executescript(_SECOND_TABLES)
        database.execute(f"PRAGMA user_version = {VERSION}")


def version_of(database: sqlite3.Connection) -> int:
    """Return the version of the tables."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def digest_of(database: sqlite3.Connection) -> str:
    """Return the SHA-256 over everything that decides, as it was written."""
    (digest,) = database.execute("SELECT digest FROM version").fetchone()
    return str(digest)


def write_digest(database: sqlite3.Connection, digest: str) -> None:
    """Write the digest of what is to be committed, also into the trail that led to it."""
    database.execute("DELETE FROM version")
    database.execute("INSERT INTO version VALUES (?)", (digest,))
    database.execute("UPDATE events SET version = ? WHERE version = ''", (digest,))


def trusted_entries(database: sqlite3.Connection) -> Iterator[Entry]:
    """Yield everything but document signers, in one query."""
    query = f"SELECT {_ENTRY} FROM entries WHERE kind <> ? ORDER BY rowid"  # noqa: S608  constant
    rows = database.execute(query, (Kind.DSC.value,))
    for kind, country, ski, der, source, digest, trusted_by, unanchored in rows:
        provenance = Provenance(source, digest, trusted_by, bool(unanchored))
        yield Entry(Kind(kind), country, ski, der, provenance)


def signers_of(database: sqlite3.Connection, country: str) -> Iterator[bytes]:
    """Yield the certificate of every document and seal signer of a State, DER."""
    query = "SELECT der FROM entries WHERE kind = ? AND country = ? ORDER BY rowid"
    for (der,) in database.execute(query, (Kind.DSC.value, country)):
        yield bytes(der)


def write_entry(database: sqlite3.Connection, entry: Entry) -> None:
    """Write ``entry`` in the place of the same thing with another provenance."""
    origin = entry.provenance
    database.execute(
        f"INSERT OR REPLACE INTO entries (fingerprint, {_ENTRY})"  # noqa: S608  constant
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


def list_records(database: sqlite3.Connection) -> Iterator[ListRecord]:
    """Yield what is known of the lists that were taken in; nothing of a store of old."""
    if version_of(database) < VERSION:
        return
    rows = database.execute(f"SELECT {_LIST} FROM lists ORDER BY imported_at")  # noqa: S608
    for kind, country, signed_at, imported_at, source, digest, count, unanchored in rows:
        yield ListRecord(
            kind=ListKind(kind),
            country=country,
            signed_at=datetime.fromisoformat(signed_at) if signed_at else None,
            imported_at=datetime.fromisoformat(imported_at),
            source=source,
            source_sha256=digest,
            count=count,
            is_unanchored=bool(unanchored),
        )


def write_list(database: sqlite3.Connection, record: ListRecord) -> None:
    """Write ``record`` in the place of what was known of the same file."""
    database.execute(
        f"INSERT OR REPLACE INTO lists ({_LIST}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            record.kind.value,
            record.country,
            record.signed_at.isoformat() if record.signed_at else "",
            record.imported_at.isoformat(),
            record.source,
            record.source_sha256,
            record.count,
            int(record.is_unanchored),
        ),
    )


def pending_certificates(database: sqlite3.Connection) -> Iterator[Pending]:
    """Yield what waits for a second officer, oldest first; nothing of a store of old."""
    if version_of(database) < VERSION:
        return
    rows = database.execute(f"SELECT {_PENDING} FROM pending ORDER BY at")  # noqa: S608
    for kind, country, ski, der, source, digest, at, officer, statement in rows:
        origin = Provenance(source, digest, "pending", is_unanchored=True)
        occasion = Occasion(datetime.fromisoformat(at), officer, statement)
        yield Pending(Entry(Kind(kind), country, ski, der, origin), occasion)


def write_pending(database: sqlite3.Connection, pending: Pending) -> None:
    """Write what waits for a second officer."""
    entry, occasion = pending.entry, pending.occasion
    database.execute(
        f"INSERT INTO pending (fingerprint, {_PENDING})"  # noqa: S608
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.fingerprint,
            entry.kind.value,
            entry.country,
            entry.ski,
            entry.der,
            entry.provenance.source,
            entry.provenance.source_sha256,
            occasion.at.isoformat(),
            occasion.officer,
            occasion.statement,
        ),
    )


def delete_pending(database: sqlite3.Connection, fingerprint: str) -> None:
    """Forget what waited, if it did."""
    database.execute("DELETE FROM pending WHERE fingerprint = ?", (fingerprint,))


def replace_content(database: sqlite3.Connection, kept: str) -> None:
    """Put the content of another store in the place of this one's; the trail stays.

    Args:
        database: outside of any transaction.
        kept: URI of the other file.

    """
    database.execute("ATTACH DATABASE ? AS kept", (kept,))
    try:
        present = {row[0] for row in database.execute("SELECT name FROM kept.sqlite_schema")}
        with database:
            for table in ("entries", "lists", "pending"):
                database.execute(f"DELETE FROM main.{table}")  # noqa: S608  constant
                if table in present:
                    database.execute(
                        f"INSERT INTO main.{table} SELECT * FROM kept.{table}"  # noqa: S608
                    )
    finally:
        database.execute("DETACH DATABASE kept")


def audit_events(database: sqlite3.Connection) -> Iterator[AuditEvent]:
    """Yield the trail, oldest first; nothing of a store of old."""
    if version_of(database) < VERSION:
        return
    rows = database.execute(f"SELECT {_EVENT} FROM events ORDER BY number")  # noqa: S608
    for at, officer, statement, action, detail, version in rows:
        occasion = Occasion(datetime.fromisoformat(at), officer, statement)
        yield AuditEvent(occasion, Action(action), json.loads(detail), version)


def write_events(database: sqlite3.Connection, events: Iterable[AuditEvent]) -> None:
    """Write ``events`` at the end of the trail."""
    database.executemany(
        f"INSERT INTO events ({_EVENT}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            (
                event.occasion.at.isoformat(),
                event.occasion.officer,
                event.occasion.statement,
                event.action.value,
                json.dumps(event.detail, sort_keys=True),
                event.version,
            )
            for event in events
        ),
    )
