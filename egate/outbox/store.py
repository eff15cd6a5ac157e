"""Records on their way to the centre: stored first, sent later, and then kept for some days."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from egate.domain.time import UtcSeconds
from egate.outbox.chain import Chain
from egate.outbox.sealing import Seal, SealBroken
from egate.outbox.sent import SentRecords
from egate.ports.reporting import PendingRecord, Receipt

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    record_id TEXT NOT NULL UNIQUE,
    stored_at REAL NOT NULL,
    sealed BLOB NOT NULL,
    set_aside TEXT
)
"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits.

    Args:
        depth: records to be sent.
        oldest_at: when the oldest of them was stored, None when there is none.
        set_aside: records that the centre refused for ever, or that could not be sent whole.

    """

    depth: int
    oldest_at: UtcSeconds | None
    set_aside: int


class Outbox:
    """Shares the journal's connection, so both commit or neither does.

    Args:
        database: of the journal.
        seal: for what is personal.
        chain: of the same database; each record that is queued gets its link.

    """

    def __init__(self, database: sqlite3.Connection, seal: Seal, chain: Chain) -> None:
        self._database = database
        self._seal = seal
        self.chain = chain
        with database:
            database.execute(_SCHEMA)
        self.sent = SentRecords(database)

    def add(self, record_id: str, gate_seq: int, payload: bytes, at: UtcSeconds) -> None:
        """Queue and chain a record inside the caller's transaction; a known id changes nothing.

        Raises:
            SignerUnavailable: it cannot be chained; the transaction must not be committed.

        """
        queued = self._database.execute(
            "INSERT INTO outbox (record_id, stored_at, sealed) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (record_id, at, self._seal.seal(payload, record_id)),
        )
        if queued.rowcount:
            self.chain.append(gate_seq, payload)

    def keep_aside(self, record_id: str, content: bytes, reason: str, at: UtcSeconds) -> None:
        """Keep what can never be sent inside the caller's transaction; it counts as set aside."""
        self._database.execute(
            "INSERT INTO outbox (record_id, stored_at, sealed, set_aside) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (record_id, at, self._seal.seal(content, record_id), reason),
        )

    def oldest(self, limit: int, max_bytes: int) -> Sequence[PendingRecord]:
        """Return the oldest records, at least one if there is any that can be unsealed.

        Args:
            limit: the most records.
            max_bytes: the most bytes of all payloads, unless one alone has more.

        """
        while rows := self._waiting(limit):
            if batch := self._unsealed(rows, max_bytes):
                return batch
        return []

    def _waiting(self, limit: int) -> list[tuple[int, str, bytes]]:
        return self._database.execute(
            "SELECT seq, record_id, sealed FROM outbox WHERE set_aside IS NULL"
            " ORDER BY seq LIMIT ?",
            (limit,),
        ).fetchall()

    def _unsealed(
        self, rows: Sequence[tuple[int, str, bytes]], max_bytes: int
    ) -> Sequence[PendingRecord]:
        batch: list[PendingRecord] = []
        size = 0
        for seq, record_id, sealed in rows:
            try:
                payload = self._seal.unseal(sealed, record_id)
            except SealBroken:
                self._set_aside(seq, "the seal is broken")
                continue
            size += len(payload)
            if batch and size > max_bytes:
                break
            batch.append(PendingRecord(seq, record_id, payload, self.chain.link_of(payload)))
        return batch

    def _set_aside(self, seq: int, reason: str) -> None:
        with self._database:
            self._database.execute("UPDATE outbox SET set_aside = ? WHERE seq = ?", (reason, seq))

    def settle(self, batch: Sequence[PendingRecord], receipt: Receipt) -> int:
        """Move what the centre confirmed of ``batch`` to what was sent, set aside what it refused.

        Returns:
            How many records that were.

        """
        settled = 0
        with self._database:
            for record in batch:
                if record.record_id in receipt.accepted:
                    self.sent.take(record.seq, self.chain.number_of(record.payload))
                elif reason := receipt.refused.get(record.record_id):
                    self._database.execute(
                        "UPDATE outbox SET set_aside = ? WHERE seq = ?", (reason, record.seq)
                    )
                else:
                    continue
                settled += 1
        return settled

    def backlog(self) -> Backlog:
        depth, oldest, aside = self._database.execute(
            "SELECT count(*) FILTER (WHERE set_aside IS NULL),"
            " min(stored_at) FILTER (WHERE set_aside IS NULL),"
            " count(*) FILTER (WHERE set_aside IS NOT NULL) FROM outbox"
        ).fetchone()
        return Backlog(depth, oldest, aside)
