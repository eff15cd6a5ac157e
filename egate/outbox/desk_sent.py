"""What of a desk's book the centre has confirmed, kept sealed for some days; see `SentRecords`."""

import sqlite3
from typing import Final

from egate.outbox.sent import MOST_KEPT, DatabaseLife
from egate.ports.reporting import Standing

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS desk_sent (
    place INTEGER PRIMARY KEY,
    sent_at REAL NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS desk_sent_by_time ON desk_sent (sent_at);
"""
_TAKE: Final = """
INSERT INTO desk_sent (place, sent_at, sealed)
SELECT place, unixepoch('now'), sealed FROM desk_record WHERE place = ? AND sealed IS NOT NULL
"""
# A decision has no number: all of them are sent again.
_RETURN: Final = """
UPDATE desk_record SET sealed = desk_sent.sealed FROM desk_sent
WHERE desk_record.place = desk_sent.place AND (gate_seq IS NULL OR gate_seq > ?)
"""
_RETURNED: Final = """
DELETE FROM desk_sent
WHERE place IN (SELECT place FROM desk_record WHERE sealed IS NOT NULL)
"""
_FORGET: Final = "DELETE FROM desk_sent WHERE sent_at <= unixepoch('now') - ?"


class DeskSent:
    """Of one desk, in the database of its book.

    Args:
        database: of the book.

    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._life = DatabaseLife(database)
        with database:
            database.executescript(_SCHEMA)

    def take(self, place: int) -> None:
        """Move a record that is confirmed out of the book, inside the caller's transaction."""
        self._database.execute("DELETE FROM desk_sent WHERE place <= ?", (place - MOST_KEPT,))
        self._database.execute(_TAKE, (place,))
        self._database.execute(
            "UPDATE desk_record SET sealed = NULL, refused = NULL WHERE place = ?", (place,)
        )

    def send_again(self, centre: Standing) -> int:
        """Let wait again what a restored centre may lack; return how many records that is.

        Args:
            centre: how far this desk's crossings go there.

        """
        with self._database:
            if not self._life.is_another(centre):
                return 0
            returned = self._database.execute(_RETURN, (centre.watermark,)).rowcount
            self._database.execute(_RETURNED)
        return returned

    def forget(self, keep_seconds: float) -> None:
        """Forget what was sent longer ago than ``keep_seconds``."""
        with self._database:
            self._database.execute(_FORGET, (keep_seconds,))
