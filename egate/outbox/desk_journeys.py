"""Which journeys a desk has entered of late, so that one that comes again is noticed."""

import sqlite3
from typing import Final

from egate.domain.evidence import TravelDocument
from egate.domain.record import CrossingRecord, Direction
from egate.domain.time import UtcSeconds
from egate.outbox.sealing import Seal

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS desk_journey (
    crossing_id TEXT PRIMARY KEY,
    journey BLOB NOT NULL,
    occurred_at REAL NOT NULL,
    entered_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS desk_journey_again ON desk_journey (journey, occurred_at);
"""
_ABOUT: Final = "journey"
_SAME_SECONDS: Final = 30 * 60.0
_KEPT_SECONDS: Final = 7 * 24 * 3600.0


class DeskJourneys:
    """The journeys of the last week, each as a keyed fingerprint that says nothing of it.

    Args:
        database: of the desk's book.
        seal: of the same.

    """

    def __init__(self, database: sqlite3.Connection, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        with database:
            database.executescript(_SCHEMA)

    def note(self, crossing: CrossingRecord) -> None:
        """Keep the journey of ``crossing``, in the caller's transaction."""
        self._database.execute(
            "DELETE FROM desk_journey WHERE entered_at < ?", (crossing.recorded_at - _KEPT_SECONDS,)
        )
        if crossing.document is None:
            return
        self._database.execute(
            "INSERT INTO desk_journey VALUES (?, ?, ?, ?)",
            (
                crossing.crossing_id,
                self._fingerprint(crossing.document, crossing.direction),
                crossing.occurred_at,
                crossing.recorded_at,
            ),
        )

    def like(self, document: TravelDocument, direction: Direction, occurred_at: UtcSeconds) -> str:
        """Return the crossing of the same document and direction within half an hour, "" if none.

        Args:
            document: of the traveller.
            direction: of the journey.
            occurred_at: when it took place.

        """
        row = self._database.execute(
            "SELECT crossing_id FROM desk_journey WHERE journey = ?"
            " AND occurred_at BETWEEN ? AND ? ORDER BY entered_at DESC LIMIT 1",
            (
                self._fingerprint(document, direction),
                occurred_at - _SAME_SECONDS,
                occurred_at + _SAME_SECONDS,
            ),
        ).fetchone()
        return row[0] if row else ""

    def _fingerprint(self, document: TravelDocument, direction: Direction) -> bytes:
        words = f"{direction} {document.issuing_state} {document.document_number}"
        return self._seal.fingerprint(words.encode(), _ABOUT)
