"""The SQLite file of accounts and sessions; the command beside the console opens it as well."""

import sqlite3
from pathlib import Path
from typing import Final

from egate.durable_files.database import DatabaseKind, connect

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

_KIND: Final = DatabaseKind(0x65474143, 1, _SCHEMA)  # "eGAC"


def open_accounts(file: Path) -> sqlite3.Connection:
    """Open ``file``, or make it (mode 0600).

    Raises:
        DatabaseUnusable: it cannot be used.

    """
    return connect(file, _KIND, between_threads=True)
