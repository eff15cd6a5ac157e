"""The record of the traveller who waits for an officer, kept until the case is over.

The outbox forgets a record as soon as the centre has it, and a case may outlast a restart.
These are the same bytes, written in the same transaction: never another truth.
"""

import sqlite3
from typing import Final

from egate.domain.session import model as m
from egate.outbox.sealing import Seal, SealBroken

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS case_record (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    crossing_id TEXT NOT NULL,
    sealed BLOB NOT NULL
)
"""


class CaseRecord:
    """At most one record, in the journal's database.

    Args:
        database: of the journal.
        seal: for what is personal.

    Raises:
        sqlite3.Error: the table cannot be made.

    """

    def __init__(self, database: sqlite3.Connection, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        database.execute(_SCHEMA)

    def keep(self, crossing_id: str, payload: bytes) -> None:
        """Keep a record inside the caller's transaction, in place of any other."""
        self._database.execute(
            "INSERT OR REPLACE INTO case_record VALUES (1, ?, ?)",
            (crossing_id, self._seal.seal(payload, _about(crossing_id))),
        )

    def forget(self) -> None:
        """Forget the record, if there is one, inside the caller's transaction."""
        self._database.execute("DELETE FROM case_record")

    def of(self, case: m.SessionId) -> bytes | None:
        """Return the record of ``case``; None if it was not kept, or cannot be read."""
        try:
            row = self._database.execute(
                "SELECT sealed FROM case_record WHERE crossing_id = ?", (case,)
            ).fetchone()
            return self._seal.unseal(row[0], _about(case)) if row else None
        except (sqlite3.Error, SealBroken):  # a lost journal is told as a lost device
            return None


def _about(crossing_id: str) -> str:
    return f"case {crossing_id}"
