"""What a desk has entered: numbered, sealed until the centre has it, and never entered twice.

A file that is entered again is told by a fingerprint of each of its entries, so that whoever is
not sure whether the first time went well may simply do it again.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from egate.domain.decision import OfficerDecision
from egate.domain.record import CrossingRecord
from egate.outbox.sealing import Seal
from egate.ports.reporting import PendingRecord, Receipt

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS desk_entry (
    fingerprint BLOB PRIMARY KEY,
    crossing_id TEXT,
    decision_id TEXT
);
CREATE TABLE IF NOT EXISTS desk_record (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    record_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    -- Of crossings alone.
    gate_seq INTEGER UNIQUE,
    -- Absent as soon as the centre has it.
    sealed BLOB,
    refused TEXT
);
"""
_ABOUT: Final = "desk"


class DeskKind(StrEnum):
    """What goes to which service of the centre."""

    CROSSING = "crossing"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """One thing that an officer entered. Personal.

    Args:
        content: by which it is told again; the same for the same entry.
        crossing: without its number; None for a decision alone.
        decision: on which it rests, or alone; None for none.

    """

    content: bytes = field(repr=False)
    crossing: CrossingRecord | None = field(default=None, repr=False)
    decision: OfficerDecision | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """Under which ids an entry is known, now or from an earlier time.

    Args:
        crossing_id: "" for a decision alone.
        decision_id: "" for none.
        is_new: it was not entered before.

    """

    crossing_id: str
    decision_id: str
    is_new: bool


class DeskBook:
    """The book of one desk, over a database that is this process's alone.

    Args:
        database: open.
        seal: for what is personal.
        encode_crossing: to its wire format; raises ValueError.
        encode_decision: likewise.

    """

    def __init__(
        self,
        database: sqlite3.Connection,
        seal: Seal,
        encode_crossing: Callable[[CrossingRecord], bytes],
        encode_decision: Callable[[OfficerDecision], bytes],
    ) -> None:
        self._database = database
        self._seal = seal
        self._encode_crossing = encode_crossing
        self._encode_decision = encode_decision
        with database:
            database.executescript(_SCHEMA)

    def enter(self, entries: Sequence[DeskEntry]) -> list[Entered]:
        """Write down ``entries``, all or none; for each the ids that it has from now on.

        Raises:
            ValueError: one has no wire format.

        """
        with self._database:
            return [self._enter(entry) for entry in entries]

    def waiting(self, kind: DeskKind, limit: int) -> list[PendingRecord]:
        """Return the oldest records that the centre has neither confirmed nor refused.

        Raises:
            SealBroken: one was changed, or sealed with another key.

        """
        rows = self._database.execute(
            "SELECT place, record_id, sealed FROM desk_record"
            " WHERE kind = ? AND sealed IS NOT NULL AND refused IS NULL ORDER BY place LIMIT ?",
            (kind, limit),
        ).fetchall()
        return [
            PendingRecord(place, record_id, self._seal.unseal(sealed, record_id))
            for place, record_id, sealed in rows
        ]

    def settle(self, batch: Sequence[PendingRecord], receipt: Receipt) -> None:
        """Forget what the centre confirmed of ``batch``, and note what it refused for ever."""
        with self._database:
            for record in batch:
                if record.record_id in receipt.accepted:
                    self._note(record, "sealed = NULL, refused = ?", None)
                elif reason := receipt.refused.get(record.record_id):
                    self._note(record, "refused = ?", reason)

    def fault_of(self, record_id: str) -> str | None:
        """Return "" for what the centre has, why it was refused, or None while it waits."""
        sealed, refused = self._database.execute(
            "SELECT sealed IS NOT NULL, refused FROM desk_record WHERE record_id = ?", (record_id,)
        ).fetchone()
        return (refused or None) if sealed else ""

    def _note(self, record: PendingRecord, change: str, value: str | None) -> None:
        self._database.execute(
            f"UPDATE desk_record SET {change} WHERE place = ?",  # noqa: S608 - of constants
            (value, record.seq),
        )

    def _enter(self, entry: DeskEntry) -> Entered:
        fingerprint = self._seal.fingerprint(entry.content, _ABOUT)
        known = self._database.execute(
            "SELECT crossing_id, decision_id FROM desk_entry WHERE fingerprint = ?", (fingerprint,)
        ).fetchone()
        if known:
            return Entered(known[0], known[1], is_new=False)
        crossing_id, decision_id = "", ""
        if entry.decision is not None:
            decision_id = entry.decision.decision_id
            payload = self._encode_decision(entry.decision)
            self._keep(decision_id, DeskKind.DECISION, None, payload)
        if entry.crossing is not None:
            crossing_id, number = entry.crossing.crossing_id, self._next_number()
            payload = self._encode_crossing(replace(entry.crossing, gate_seq=number))
            self._keep(crossing_id, DeskKind.CROSSING, number, payload)
        self._database.execute(
            "INSERT INTO desk_entry VALUES (?, ?, ?)", (fingerprint, crossing_id, decision_id)
        )
        return Entered(crossing_id, decision_id, is_new=True)

    def _next_number(self) -> int:
        row = self._database.execute("SELECT coalesce(max(gate_seq), 0) + 1 FROM desk_record")
        number: int = row.fetchone()[0]
        return number

    def _keep(self, record_id: str, kind: DeskKind, number: int | None, payload: bytes) -> None:
        self._database.execute(
            "INSERT INTO desk_record (record_id, kind, gate_seq, sealed) VALUES (?, ?, ?, ?)",
            (record_id, kind, number, self._seal.seal(payload, record_id)),
        )
