"""What happened, on the disk before anything moves.

One transaction holds the state that a step leads to and the records it makes, so a
restart finds both or neither. The trail of steps names events and states only; the
last state is sealed, since it knows the traveller.
"""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Final

from egate.domain.record import CrossingRecord
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity, complete, in_short
from egate.domain.time import UtcSeconds
from egate.gate.case_record import CaseRecord
from egate.gate.last_state import ABOUT_STATE, read_last_state
from egate.gate.state_codec import StateMalformed, encode_state
from egate.observability.logging import logger
from egate.outbox.chain import StationBehind
from egate.outbox.database import DatabaseUnusable
from egate.outbox.sealing import Seal, SealBroken
from egate.outbox.store import Outbox
from egate.ports.devices import DeviceError, DeviceName
from egate.ports.reporting import Standing
from egate.ports.signing import SignerUnavailable
from egate.reporting.mapping import RecordMalformed

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS gate (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    gate_id TEXT NOT NULL,
    last_gate_seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    sealed BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS step (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL
);
"""
STEPS_KEPT: Final = 20_000
_ROOM_BYTES: Final = 64 << 10


class Journal:
    """The gate's memory.

    Args:
        database: open, and this process's alone.
        seal: for what is personal.
        outbox: on the same connection.
        lane: named in every record.
        encode: from a record to its wire format; raises RecordMalformed.

    Raises:
        DatabaseUnusable: the tables are damaged, or another gate's.

    """

    def __init__(
        self,
        database: sqlite3.Connection,
        seal: Seal,
        outbox: Outbox,
        lane: LaneIdentity,
        encode: Callable[[CrossingRecord], bytes],
    ) -> None:
        self._database = database
        self._seal = seal
        self._outbox = outbox
        self._lane = lane
        self._encode = encode
        try:
            database.executescript(_SCHEMA)
            self.case_record = CaseRecord(database, seal)
            self._claim()
        except sqlite3.Error as error:
            raise DatabaseUnusable(f"journal: {error}") from error

    def last_state(self) -> m.State:
        """Return the state of the last step.

        Raises:
            DatabaseUnusable: it cannot be unsealed or understood.

        """
        try:
            return read_last_state(self._database, self._seal)
        except (sqlite3.Error, SealBroken, StateMalformed) as error:
            raise DatabaseUnusable(f"journal: {error}") from error

    def last_step_at(self) -> UtcSeconds | None:
        """Return when the last step was written, by the clock of then; None if none was.

        Raises:
            DatabaseUnusable: it cannot be read.

        """
        try:
            row = self._database.execute("SELECT at FROM step ORDER BY seq DESC LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise DatabaseUnusable(f"journal: {error}") from error
        return UtcSeconds(row[0]) if row else None

    def append(
        self, event: str, state: m.State, reports: Sequence[m.Report], at: UtcSeconds
    ) -> None:
        """Commit a step: the state it leads to and the records it makes.

        Args:
            event: name of what happened.
            state: where the gate stands from now on.
            reports: each becomes one record with the gate's next number.
            at: now.

        Raises:
            DeviceError: nothing was committed.

        """
        with _unusable(), self._database:
            self._write(event, state, reports, at)

    async def check(self) -> None:
        """See that the journal can be written, has room for the next steps, and lacks nothing.

        Raises:
            DeviceError: it cannot, or has not.

        """
        with _unusable():
            with self._database:
                seq = self._database.execute(
                    "INSERT INTO step (at, event, state) VALUES (0, '', ?)", (" " * _ROOM_BYTES,)
                ).lastrowid
            with self._database:
                self._database.execute("DELETE FROM step WHERE seq = ?", (seq,))
            self._outbox.chain.check()

    @property
    def last_number(self) -> int:
        """The last that was given to a record; 0 for none."""
        return self._outbox.chain.head.gate_seq

    def compare(self, centre: Standing) -> None:
        """See whether what was sent is still here; go on from the centre's end, or stop.

        Args:
            centre: how far this gate's records go there.

        Raises:
            DeviceError: something is missing, and the gate was not enrolled anew since.

        """
        with _unusable():
            self._outbox.chain.compare(centre)

    def _claim(self) -> None:
        with self._database:
            sealed = self._seal.seal(encode_state(m.Idle()), ABOUT_STATE)
            self._database.execute(
                "INSERT INTO gate VALUES (1, ?, 0, ?, ?) ON CONFLICT DO NOTHING",
                (self._lane.gate_id, m.Idle.__name__, sealed),
            )
        owner, last = self._database.execute("SELECT gate_id, last_gate_seq FROM gate").fetchone()
        if owner != self._lane.gate_id:
            raise DatabaseUnusable(f"journal: belongs to gate {owner}, not {self._lane.gate_id}")
        chain = self._outbox.chain
        if chain.has_links and last > chain.head.gate_seq:
            raise DatabaseUnusable(f"journal: damaged: number {last} is not in its chain")
        with self._database:
            chain.begin_after(last)

    def _write(
        self, event: str, state: m.State, reports: Sequence[m.Report], at: UtcSeconds
    ) -> None:
        name = type(state).__name__
        sealed = self._seal.seal(encode_state(state), ABOUT_STATE)
        rows = self._database.execute(
            "UPDATE gate SET state = ?, sealed = ?, last_gate_seq = max(last_gate_seq, ?) + ?"
            " RETURNING last_gate_seq",
            (name, sealed, self._outbox.chain.head.gate_seq, len(reports)),
        ).fetchall()
        last: int = rows[0][0]
        self._database.execute(
            "INSERT INTO step (at, event, state) VALUES (?, ?, ?)", (at, event, name)
        )
        self._database.execute(
            "DELETE FROM step WHERE seq <= (SELECT max(seq) FROM step) - ?", (STEPS_KEPT,)
        )
        case = state.session_id if isinstance(state, m.AwaitingOfficer) else None
        if case is None:
            self.case_record.forget()
        for gate_seq, report in enumerate(reports, start=last - len(reports) + 1):
            record = complete(report, self._lane, gate_seq, at)
            payload = self._queue(record, at)
            if payload is not None and record.crossing_id == case:
                self.case_record.keep(record.crossing_id, payload)
        self._outbox.chain.begin_after(last)  # a record that has no wire format has no link

    def _queue(self, record: CrossingRecord, at: UtcSeconds) -> bytes | None:
        """Have ``record`` sent, and return it as it is; None if not even its short form fits.

        One that has no wire format is kept aside, and sent in short.
        """
        try:
            return self._send(record, at)
        except RecordMalformed as error:
            logger().error("record does not fit", crossing_id=record.crossing_id, reason=str(error))
            whole = json.dumps(asdict(record)).encode("ascii")
            self._outbox.keep_aside(f"{record.crossing_id} whole", whole, str(error), at)
            with contextlib.suppress(RecordMalformed):
                return self._send(in_short(record), at)
            return None

    def _send(self, record: CrossingRecord, at: UtcSeconds) -> bytes:
        payload = self._encode(record)
        self._outbox.add(record.crossing_id, record.gate_seq, payload, at)
        return payload


@contextlib.contextmanager
def _unusable() -> Iterator[None]:
    """Let what goes wrong with the disk, the key or the chain be a loss of the journal."""
    try:
        yield
    except StationBehind as error:
        raise DeviceError(DeviceName.JOURNAL, str(error)) from error
    except SignerUnavailable as error:
        raise DeviceError(DeviceName.JOURNAL, f"records cannot be signed: {error}") from error
    except sqlite3.Error as error:
        raise DeviceError(DeviceName.JOURNAL, type(error).__name__) from error
