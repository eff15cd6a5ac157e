"""What a desk has entered: numbered, sealed until the centre has it, and never entered twice.

What is entered again is told by a fingerprint of each entry, so that whoever is not sure whether
the first time went well may simply do it again.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from egate.domain.decision import OfficerDecision
from egate.domain.record import CrossingRecord
from egate.domain.time import UtcSeconds
from egate.outbox.chain import Chain
from egate.outbox.desk_journeys import DeskJourneys
from egate.outbox.desk_sent import DeskSent
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
    -- Absent as soon as the centre has it: then it is in desk_sent, for some days.
    sealed BLOB,
    refused TEXT
);
CREATE INDEX IF NOT EXISTS desk_unsettled ON desk_record (kind, place) WHERE sealed IS NOT NULL;
-- Who entered what, and when: it says nothing of a traveller, and outlives the sealed bytes.
CREATE TABLE IF NOT EXISTS desk_author (
    fingerprint BLOB PRIMARY KEY,
    officer_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    entered_at REAL NOT NULL
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
        officer_id: who entered it, the first time.
        decision: what was decided then; "" for none.
        entered_at: when that was.

    """

    crossing_id: str
    decision_id: str
    is_new: bool
    officer_id: str
    decision: str
    entered_at: UtcSeconds


class DeskState(StrEnum):
    """What became of a record."""

    WAITING = "waiting"
    SENT = "sent"
    """The centre has it."""
    REFUSED = "refused"
    """The centre will never take it as it is."""


class DeskBook:
    """The book of one desk, over a database that is this process's alone.

    Args:
        database: open.
        seal: for what is personal.
        journeys: of the same database.
        chain: of the same database; each crossing gets its link.
        encode_crossing: to its wire format; raises ValueError.
        encode_decision: likewise.

    """

    def __init__(
        self,
        database: sqlite3.Connection,
        seal: Seal,
        journeys: DeskJourneys,
        chain: Chain,
        encode_crossing: Callable[[CrossingRecord], bytes],
        encode_decision: Callable[[OfficerDecision], bytes],
    ) -> None:
        self._database = database
        self._seal = seal
        self._encode_crossing = encode_crossing
        self._encode_decision = encode_decision
        self._journeys = journeys
        self._chain = chain
        self.sent = DeskSent(database)
        with database:
            database.executescript(_SCHEMA)
            last = database.execute("SELECT coalesce(max(gate_seq), 0) FROM desk_record").fetchone()
            chain.begin_after(last[0])

    def enter(self, entries: Sequence[DeskEntry]) -> list[Entered]:
        """Write down ``entries``, all or none; for each the ids that it has from now on.

        Raises:
            ValueError: one has no wire format.
            SignerUnavailable: they cannot be chained.
            StationBehind: records of this desk were lost.

        """
        self._chain.check_whole()
        with self._database:
            return [self._enter(entry) for entry in entries]

    def known(self, content: bytes) -> Entered | None:
        """Return what was entered as ``content``, None if nothing was."""
        return self._known(self._seal.fingerprint(content, _ABOUT))

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
            self._pending(place, record_id, self._seal.unseal(sealed, record_id))
            for place, record_id, sealed in rows
        ]

    def settle(self, batch: Sequence[PendingRecord], receipt: Receipt) -> None:
        """Note what the centre confirmed of ``batch``, and what it refused for ever."""
        with self._database:
            for record in batch:
                if record.record_id in receipt.accepted:
                    self.sent.take(record.seq)
                elif reason := receipt.refused.get(record.record_id):
                    self._database.execute(
                        "UPDATE desk_record SET refused = ? WHERE place = ?", (reason, record.seq)
                    )

    def state_of(self, record_id: str) -> tuple[DeskState, str] | None:
        """Return what became of a record, and why it was refused; None when it is not here."""
        row = self._database.execute(
            "SELECT sealed IS NOT NULL, refused FROM desk_record WHERE record_id = ?", (record_id,)
        ).fetchone()
        if row is None:
            return None
        is_here, refused = row
        if not is_here:
            return DeskState.SENT, ""
        return (DeskState.REFUSED, refused) if refused else (DeskState.WAITING, "")

    def _pending(self, place: int, record_id: str, payload: bytes) -> PendingRecord:
        return PendingRecord(place, record_id, payload, self._chain.link_of(payload))

    def _enter(self, entry: DeskEntry) -> Entered:
        fingerprint = self._seal.fingerprint(entry.content, _ABOUT)
        known = self._known(fingerprint)
        if known:
            return known
        crossing_id, decision_id = "", ""
        if entry.decision is not None:
            decision_id = entry.decision.decision_id
            payload = self._encode_decision(entry.decision)
            self._keep(decision_id, DeskKind.DECISION, None, payload)
        if entry.crossing is not None:
            crossing_id, number = entry.crossing.crossing_id, self._chain.head.gate_seq + 1
            payload = self._encode_crossing(replace(entry.crossing, gate_seq=number))
            self._keep(crossing_id, DeskKind.CROSSING, number, payload)
            self._chain.append(number, payload)
            self._journeys.note(entry.crossing)
        self._database.execute(
            "INSERT INTO desk_entry VALUES (?, ?, ?)", (fingerprint, crossing_id, decision_id)
        )
        author = _author(entry)
        self._database.execute(
            "INSERT INTO desk_author VALUES (?, ?, ?, ?)", (fingerprint, *author)
        )
        return Entered(crossing_id, decision_id, True, *author)

    def _known(self, fingerprint: bytes) -> Entered | None:
        row = self._database.execute(
            "SELECT crossing_id, decision_id, coalesce(officer_id, ''), coalesce(decision, ''),"
            " coalesce(entered_at, 0.0)"
            " FROM desk_entry LEFT JOIN desk_author USING (fingerprint) WHERE fingerprint = ?",
            (fingerprint,),
        ).fetchone()
        if row is None:
            return None
        crossing_id, decision_id, *author = row
        return Entered(crossing_id, decision_id, False, *author)

    def _keep(self, record_id: str, kind: DeskKind, number: int | None, payload: bytes) -> None:
        self._database.execute(
            "INSERT INTO desk_record (record_id, kind, gate_seq, sealed) VALUES (?, ?, ?, ?)",
            (record_id, kind, number, self._seal.seal(payload, record_id)),
        )


def _author(entry: DeskEntry) -> tuple[str, str, UtcSeconds]:
    """Return who entered it, what they decided, "" for nothing, and when."""
    crossing, decision = entry.crossing, entry.decision
    decided = decision.decision.value if decision else ""
    if crossing:
        return crossing.entered_by, decided, crossing.recorded_at
    if decision:
        return decision.officer_id, decided, decision.decided_at
    raise ValueError("an entry of nothing")
