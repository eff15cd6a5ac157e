"""The book of officers' shifts, notes and false alarms: SQLite, kept over restarts."""

import json
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Self

from egate.console.hall.shift import FalseAlarm, HandOver, Note, Shift
from egate.domain.time import UtcSeconds
from egate.durable_files.database import DatabaseKind, connect

FILE_NAME: Final = "shifts.sqlite"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS shifts (
    shift_id INTEGER PRIMARY KEY,
    officer_id TEXT NOT NULL,
    gates TEXT NOT NULL,
    begun_at REAL NOT NULL,
    watched_since REAL NOT NULL,
    seen_at REAL NOT NULL,
    reminded_at REAL NOT NULL,
    ended_at REAL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_shift ON shifts (officer_id) WHERE ended_at IS NULL;
CREATE TABLE IF NOT EXISTS hand_overs (
    hand_over_id INTEGER PRIMARY KEY,
    shift_id INTEGER NOT NULL REFERENCES shifts,
    officer_id TEXT NOT NULL,
    to_officer_id TEXT NOT NULL,
    gates TEXT NOT NULL,
    note TEXT NOT NULL,
    open TEXT NOT NULL,
    offered_at REAL NOT NULL,
    settled_at REAL,
    accepted_by TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_offer ON hand_overs (shift_id) WHERE settled_at IS NULL;
CREATE TABLE IF NOT EXISTS notes (
    note_id INTEGER PRIMARY KEY,
    gate_id TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    written_at REAL NOT NULL,
    text TEXT NOT NULL,
    done_at REAL,
    done_by TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS false_alarms (
    gate_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    crossing_id TEXT NOT NULL,
    since INTEGER NOT NULL,
    officer_id TEXT NOT NULL,
    noted_at REAL NOT NULL,
    PRIMARY KEY (gate_id, kind, crossing_id, since)
) STRICT;
"""
_KIND: Final = DatabaseKind(0x65475348, 1, _SCHEMA)  # "eGSH"


class ShiftBook:
    """One connection for the threads of one console; a commit returns when it is on the disk."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._lock = threading.Lock()

    @classmethod
    def opened(cls, file: Path) -> Self:
        """Open ``file``, or make it (mode 0600).

        Raises:
            DatabaseUnusable: it cannot be used.

        """
        return cls(connect(file, _KIND, between_threads=True))

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def shifts(self) -> tuple[Shift, ...]:
        """Return the shifts that go on."""
        rows = self._read(
            "SELECT shift_id, officer_id, gates, begun_at, watched_since, seen_at, reminded_at"
            " FROM shifts WHERE ended_at IS NULL ORDER BY shift_id"
        )
        return tuple(Shift(row[0], row[1], _list(row[2]), *row[3:]) for row in rows)

    def hand_overs(self) -> tuple[HandOver, ...]:
        """Return what is offered and not settled."""
        rows = self._read(
            "SELECT hand_over_id, shift_id, officer_id, to_officer_id, gates, note, open,"
            " offered_at FROM hand_overs WHERE settled_at IS NULL ORDER BY hand_over_id"
        )
        return tuple(
            HandOver(row[0], row[1], row[2], row[3], _list(row[4]), row[5], _list(row[6]), row[7])
            for row in rows
        )

    def notes(self) -> tuple[Note, ...]:
        """Return the notes that are not done with, the newest first."""
        rows = self._read(
            "SELECT note_id, gate_id, officer_id, written_at, text FROM notes"
            " WHERE done_at IS NULL ORDER BY note_id DESC"
        )
        return tuple(Note(*row) for row in rows)

    def false_alarms(self, after: UtcSeconds) -> tuple[FalseAlarm, ...]:
        """Return what was noted after that moment, the newest first."""
        rows = self._read(
            "SELECT gate_id, kind, crossing_id, since, officer_id, noted_at FROM false_alarms"
            " WHERE noted_at > ? ORDER BY noted_at DESC",
            after,
        )
        return tuple(FalseAlarm(*row) for row in rows)

    def begin(self, officer_id: str, gates: Iterable[str], now: UtcSeconds) -> None:
        self._write(
            "INSERT INTO shifts"
            " (officer_id, gates, begun_at, watched_since, seen_at, reminded_at)"
            " VALUES (?1, ?2, ?3, ?3, ?3, 0)",
            officer_id,
            json.dumps(list(gates)),
            now,
        )

    def keep_watching(self, shift: Shift) -> None:
        """Write what changes while a shift goes on."""
        self._write(
            "UPDATE shifts SET watched_since = ?, seen_at = ?, reminded_at = ? WHERE shift_id = ?",
            shift.watched_since,
            shift.seen_at,
            shift.reminded_at,
            shift.shift_id,
        )

    def end(self, shift: Shift, now: UtcSeconds) -> None:
        """End a shift, and take back what it offers."""
        with self._lock, self._database:
            self._end(shift.shift_id, now)

    def offer(
        self, shift: Shift, to: str, note: str, still_open: Iterable[str], now: UtcSeconds
    ) -> None:
        self._write(
            "INSERT INTO hand_overs"
            " (shift_id, officer_id, to_officer_id, gates, note, open, offered_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            shift.shift_id,
            shift.officer_id,
            to,
            json.dumps(shift.gates),
            note,
            json.dumps(list(still_open)),
            now,
        )

    def take_back(self, offered: HandOver, now: UtcSeconds) -> None:
        self._write(
            "UPDATE hand_overs SET settled_at = ? WHERE hand_over_id = ?",
            now,
            offered.hand_over_id,
        )

    def accept(self, offered: HandOver, gates: Iterable[str], now: UtcSeconds) -> None:
        """End the shift that was offered, and give ``gates`` to who accepts: all or nothing."""
        officer_id = offered.to_officer_id
        with self._lock, self._database:
            self._database.execute(
                "UPDATE hand_overs SET settled_at = ?, accepted_by = ? WHERE hand_over_id = ?",
                (now, officer_id, offered.hand_over_id),
            )
            self._end(offered.shift_id, now)
            self._database.execute(
                "INSERT INTO shifts"
                " (officer_id, gates, begun_at, watched_since, seen_at, reminded_at)"
                " VALUES (?1, ?2, ?3, ?3, ?3, 0)"
                " ON CONFLICT (officer_id) WHERE ended_at IS NULL"
                " DO UPDATE SET gates = excluded.gates",
                (officer_id, json.dumps(list(gates)), now),
            )

    def write_note(self, gate_id: str, officer_id: str, text: str, now: UtcSeconds) -> None:
        self._write(
            "INSERT INTO notes (gate_id, officer_id, written_at, text) VALUES (?, ?, ?, ?)",
            gate_id,
            officer_id,
            now,
            text,
        )

    def be_done(self, note_id: int, officer_id: str, now: UtcSeconds) -> None:
        self._write(
            "UPDATE notes SET done_at = ?, done_by = ? WHERE note_id = ? AND done_at IS NULL",
            now,
            officer_id,
            note_id,
        )

    def note_false_alarm(self, noted: FalseAlarm) -> None:
        """Keep what the first officer said of an alarm."""
        self._write(
            "INSERT INTO false_alarms VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            noted.gate_id,
            noted.kind,
            noted.crossing_id,
            noted.since,
            noted.officer_id,
            noted.noted_at,
        )

    def _end(self, shift_id: int, now: UtcSeconds) -> None:
        self._database.execute(
            "UPDATE hand_overs SET settled_at = ? WHERE shift_id = ? AND settled_at IS NULL",
            (now, shift_id),
        )
        self._database.execute("UPDATE shifts SET ended_at = ? WHERE shift_id = ?", (now, shift_id))

    def _read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def _write(self, statement: str, *values: object) -> None:
        with self._lock, self._database:
            self._database.execute(statement, values)


def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
