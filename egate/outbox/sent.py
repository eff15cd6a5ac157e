"""What the centre has confirmed, kept sealed for some days.

A centre whose disk is lost is restored from a backup, and lacks what it confirmed since. Here it
still is: it waits again, and is sent as what it was.
"""

import sqlite3
from typing import Final

from egate.ports.reporting import Standing

MOST_KEPT: Final = 20_000
"""Records; about 30 MB. The disk of a lane is not for an archive."""
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS sent (
    -- Its place in the outbox, to which it returns.
    seq INTEGER PRIMARY KEY,
    record_id TEXT NOT NULL,
    -- NULL for a record of before there were links.
    gate_seq INTEGER,
    stored_at REAL NOT NULL,
    sent_at REAL NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS sent_by_time ON sent (sent_at);
"""
_TAKE: Final = """
INSERT INTO sent (seq, record_id, gate_seq, stored_at, sent_at, sealed)
VALUES (?, ?, ?, ?, unixepoch('now'), ?)
"""
_RETURN: Final = """
INSERT INTO outbox (seq, record_id, stored_at, sealed)
SELECT seq, record_id, stored_at, sealed FROM sent WHERE gate_seq IS NULL OR gate_seq > ?
ON CONFLICT DO NOTHING
"""
_FORGET: Final = "DELETE FROM sent WHERE sent_at <= unixepoch('now') - ?"


class SentRecords:
    """Of one station, in the database of its outbox.

    Args:
        database: open, and this process's alone; the outbox has made its table.

    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._life = DatabaseLife(database)
        with database:
            database.executescript(_SCHEMA)

    def take(self, seq: int, gate_seq: int | None) -> None:
        """Move a record that is confirmed from the outbox, inside the caller's transaction.

        Args:
            seq: its place there.
            gate_seq: its number; None if that is not known.

        """
        # What leaves makes room for what comes, so that a full disk takes no more than before.
        row = self._database.execute(
            "DELETE FROM outbox WHERE seq = ? RETURNING record_id, stored_at, sealed", (seq,)
        ).fetchone()
        if row is None:
            return
        self._database.execute("DELETE FROM sent WHERE seq <= ?", (seq - MOST_KEPT,))
        record_id, stored_at, sealed = row
        self._database.execute(_TAKE, (seq, record_id, gate_seq, stored_at, sealed))

    def send_again(self, centre: Standing) -> int:
        """Let wait again what a restored centre may lack; return how many records that is.

        Args:
            centre: how far this station's records go there.

        """
        with self._database:
            if not self._life.is_another(centre):
                return 0
            returned = self._database.execute(_RETURN, (centre.watermark,)).rowcount
            self._database.execute("DELETE FROM sent WHERE seq IN (SELECT seq FROM outbox)")
        return returned

    def forget(self, keep_seconds: float) -> None:
        """Forget what was sent longer ago than ``keep_seconds``."""
        with self._database:
            self._database.execute(_FORGET, (keep_seconds,))


class DatabaseLife:
    """Which life of the centre's database a station has heard of last.

    Args:
        database: of the station.

    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        with database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS centre_life"
                " (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL)"
            )

    def is_another(self, centre: Standing) -> bool:
        """Note the life of now, in the caller's transaction; say whether there was one before it.

        Args:
            centre: as it said.

        """
        if not centre.database_life:
            return False
        known = self._database.execute("SELECT name FROM centre_life").fetchone()
        if known == (centre.database_life,):
            return False
        self._database.execute(
            "INSERT INTO centre_life VALUES (1, ?) ON CONFLICT DO UPDATE SET name = excluded.name",
            (centre.database_life,),
        )
        return known is not None
