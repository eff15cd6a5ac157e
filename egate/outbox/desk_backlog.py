"""What of a desk's book the centre does not have: it waits, or it was refused."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from egate.domain.time import UtcSeconds
from egate.outbox.database import reading
from egate.outbox.desk_book import DeskKind
from egate.outbox.sealing import Seal

_SCHEMA: Final = """
-- Refusals that an officer has taken note of.
CREATE TABLE IF NOT EXISTS desk_acknowledged (
    record_id TEXT PRIMARY KEY,
    officer_id TEXT NOT NULL,
    acknowledged_at REAL NOT NULL
);
-- They came late: days after later numbers were in a tree of the centre.
CREATE TABLE IF NOT EXISTS desk_sent_again (record_id TEXT PRIMARY KEY);
CREATE VIEW IF NOT EXISTS desk_refused AS
    SELECT record_id FROM desk_record WHERE sealed IS NOT NULL AND refused IS NOT NULL;
"""
_TO_NOTE: Final = (
    "SELECT count(*) FROM desk_refused"
    " WHERE record_id NOT IN (SELECT record_id FROM desk_acknowledged)"
)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A record that the centre does not have. Personal.

    Args:
        record_id: of the crossing or the decision.
        kind: which of the two.
        refused: why the centre refused it; "" while it waits.
        acknowledged_by: the officer who took note of the refusal; "" for nobody yet.
        payload: the encoded record.

    """

    record_id: str
    kind: DeskKind
    refused: str
    acknowledged_by: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much the centre does not have.

    Args:
        waiting: how many records wait.
        oldest: the id of the oldest of them; "" when none waits.
        refused: how many were refused, and nobody has taken note of it.

    """

    waiting: int = 0
    oldest: str = ""
    refused: int = 0


def refusals_to_note(book: Path) -> int:
    """Return how many records of ``book`` were refused and nobody took note; it may be in use.

    Raises:
        DatabaseUnusable: it cannot be read.

    """
    with reading(book) as database:
        return int(database.execute(_TO_NOTE).fetchone()[0])


class DeskBacklog:
    """What is unsettled in a book.

    Args:
        database: of the book, which has made its tables.
        seal: of the same.

    """

    def __init__(self, database: sqlite3.Connection, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        with database:
            database.executescript(_SCHEMA)

    def count(self) -> Backlog:
        """Return how much the centre does not have."""
        waiting, oldest = self._database.execute(
            "SELECT count(*), coalesce(min(record_id), '') FROM desk_record"
            " WHERE sealed IS NOT NULL AND refused IS NULL"
        ).fetchone()
        refused = self._database.execute(_TO_NOTE).fetchone()[0]
        return Backlog(waiting, oldest, refused)

    def records(self, limit: int) -> list[Unsettled]:
        """Return what is unsettled: refusals to take note of, what waits, the other refusals.

        Raises:
            SealBroken: one was changed, or sealed with another key.

        """
        rows = self._database.execute(
            "SELECT record_id, kind, coalesce(refused, ''), coalesce(officer_id, ''), sealed"
            " FROM desk_record LEFT JOIN desk_acknowledged USING (record_id)"
            " WHERE sealed IS NOT NULL"
            " ORDER BY officer_id IS NOT NULL, refused IS NULL, place LIMIT ?",
            (limit,),
        ).fetchall()
        return [
            Unsettled(record_id, DeskKind(kind), refused, by, self._seal.unseal(sealed, record_id))
            for record_id, kind, refused, by, sealed in rows
        ]

    def acknowledge(self, record_id: str, officer_id: str, at: UtcSeconds) -> bool:
        """Note that an officer knows of a refusal; False when there is none to take note of."""
        with self._database:
            done = self._database.execute(
                "INSERT OR IGNORE INTO desk_acknowledged"
                " SELECT record_id, ?, ? FROM desk_refused WHERE record_id = ?",
                (officer_id, at, record_id),
            )
        return done.rowcount > 0

    def send_again(self, record_id: str) -> bool:
        """Let a refused record wait again; False when it was not refused."""
        with self._database:
            self._database.execute(
                "INSERT OR IGNORE INTO desk_sent_again"
                " SELECT record_id FROM desk_refused WHERE record_id = ?",
                (record_id,),
            )
            done = self._database.execute(
                "UPDATE desk_record SET refused = NULL"
                " WHERE record_id IN (SELECT record_id FROM desk_refused) AND record_id = ?",
                (record_id,),
            )
            self._database.execute(
                "DELETE FROM desk_acknowledged WHERE record_id = ?", (record_id,)
            )
        return done.rowcount > 0

    def not_to_be_proven(self) -> set[int]:
        """Return the numbers that the centre may lack while it has later ones.

        It did not take them, or not yet; or it refused them and they were sent again.
        """
        found = self._database.execute(
            "SELECT gate_seq FROM desk_record WHERE gate_seq IS NOT NULL AND"
            " (sealed IS NOT NULL OR record_id IN (SELECT record_id FROM desk_sent_again))"
        )
        return {number for (number,) in found.fetchall()}
