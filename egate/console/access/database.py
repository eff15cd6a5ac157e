"""The SQLite file of accounts and sessions; the command beside the console opens it as well."""

import os
import sqlite3
from pathlib import Path
from typing import Final

_APPLICATION_ID: Final = 0x65474143  # "eGAC"
_SCHEMA_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS officers (
    officer_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    gates TEXT NOT NULL,
    language TEXT NOT NULL,
    password TEXT NOT NULL,
    first_until REAL,
    disabled_at REAL,
    totp BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    new_totp BLOB
) STRICT;
CREATE TABLE IF NOT EXISTS recovery_codes (
    officer_id TEXT NOT NULL REFERENCES officers,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (officer_id, fingerprint)
) STRICT;
CREATE TABLE IF NOT EXISTS passkeys (
    credential_id BLOB PRIMARY KEY,
    officer_id TEXT NOT NULL REFERENCES officers,
    public_key BLOB NOT NULL,
    uses INTEGER NOT NULL,
    added_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS known_addresses (
    officer_id TEXT NOT NULL REFERENCES officers,
    address TEXT NOT NULL,
    used_at REAL NOT NULL,
    PRIMARY KEY (officer_id, address)
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    fingerprint BLOB PRIMARY KEY,
    officer_id TEXT NOT NULL REFERENCES officers,
    stage TEXT NOT NULL,
    began_at REAL NOT NULL,
    active_at REAL NOT NULL,
    locked_at REAL,
    challenge BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_of ON sessions (officer_id);
"""


class AccountsUnusable(Exception):
    """The file of accounts is damaged, foreign or not writable; one line with its name."""


def open_accounts(file: Path) -> sqlite3.Connection:
    """Open ``file``, or make it (mode 0600).

    A commit returns when it is on the disk (WAL with synchronous FULL).

    Raises:
        AccountsUnusable: it cannot be used.

    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        # The thread that opens it need not be the one that serves; one at a time uses it.
        database = sqlite3.connect(file, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise AccountsUnusable(f"{file}: {error}") from error
    try:
        _prepare(database, file)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, file: Path) -> None:
    try:
        tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        owner = database.execute("PRAGMA application_id").fetchone()[0]
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if tables and (owner, version) != (_APPLICATION_ID, _SCHEMA_VERSION):
            raise AccountsUnusable(f"{file}: not the accounts of this version of the console")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA foreign_keys = ON")
        if not tables:
            database.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id = {_APPLICATION_ID};"
                f" PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;"
            )
    except sqlite3.Error as error:
        raise AccountsUnusable(f"{file}: {error}") from error
