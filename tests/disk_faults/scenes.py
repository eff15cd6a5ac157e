"""Books that must survive a power cut: what is done with each, and what is known of it then.

Every deed changes what is known, so what a restart finds tells after which deed the cut was.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from egate.console.audit.acts import AuditAct
from egate.console.audit.log import AuditLog
from egate.domain.record import CaptureMode
from egate.domain.record_id import RANDOM_BITS, make_record_id
from egate.domain.session import model as m
from egate.domain.session.machine import recover
from egate.domain.time import Instant, UtcSeconds
from egate.gate.journal import Journal
from egate.gate.memory import Memory
from egate.outbox.chain import Chain
from egate.outbox.database import open_database
from egate.outbox.desk_book import DeskBook, DeskEntry, DeskKind
from egate.outbox.desk_journeys import DeskJourneys
from egate.outbox.sealing import Seal
from egate.outbox.store import Outbox
from egate.ports.reporting import PendingRecord, Receipt
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.mapping import decode, encode
from tests.centre_harness import record
from tests.gate_lane import IDENTITY
from tests.gate_samples import INSPECTED, POLICY
from tests.station_keys import KeyOfTests, first_break

NOW: Final = UtcSeconds(1_800_000_000.0)
SEAL: Final = Seal(bytes(range(32)))
DESK: Final = "BDDAC-DESK-1"
_MANY: Final = 1000


class Book(Protocol):
    """A book that is open."""

    @property
    def database(self) -> sqlite3.Connection: ...

    def do(self, number: int) -> None:
        """Do deed ``number``; it is acknowledged when this returns."""
        ...

    def known(self) -> object:
        """Return what the book says, another after every deed."""
        ...

    def matters(self, known: Any) -> object:  # noqa: ANN401  what another book says differs
        """Return of what is known all that anything is decided by."""
        ...

    def says_so(self, known: Any) -> bool:  # noqa: ANN401
        """Say whether what is known tells whoever looks that something is spoilt."""
        ...


@dataclass
class GateBook:
    """Journal and outbox: steps, records, and what the centre has confirmed."""

    database: sqlite3.Connection
    journal: Journal
    outbox: Outbox

    def do(self, number: int) -> None:
        at = UtcSeconds(NOW + number)
        if number % 6 == 5:
            confirm(self.outbox.oldest(4, 1 << 20), self.outbox.settle)
            return
        session = replace(INSPECTED, id=m.SessionId(id_of(number)))
        state = m.Inspecting(session, Instant(0.0), Instant(float(number)))
        reports = [c for c in recover(state, POLICY).commands if isinstance(c, m.Report)]
        self.journal.append("Restarted", state, reports if number % 2 else (), at)

    def known(self) -> object:
        last = self.database.execute("SELECT last_gate_seq FROM gate").fetchone()[0]
        waiting = [decode(each.payload) for each in self.outbox.oldest(_MANY, 1 << 30)]
        return (
            self.journal.last_step_at(),
            self.journal.last_state(),
            last,
            tuple((each.gate_seq, each.crossing_id) for each in waiting),
            self.reasons(),
            chain_in(self.database),
        )

    def reasons(self) -> tuple[str, ...]:
        asked = "SELECT set_aside FROM outbox WHERE set_aside IS NOT NULL ORDER BY seq"
        return tuple(each for (each,) in self.database.execute(asked))

    def matters(self, known: Any) -> object:  # noqa: ANN401
        """Not the time of the last step: a later one closes the lane, an earlier one is no harm.

        Nor a last number that is too low: the chain knows better.
        """
        _, state, last, waiting, aside, chain = known
        return state, max(last, chain[0][0]), waiting, len(aside), chain

    def says_so(self, known: Any) -> bool:  # noqa: ANN401
        spoilt = any(each != "no" for each in known[4])
        return spoilt or first_break(self.database, IDENTITY.gate_id) is not None


def chain_in(database: sqlite3.Connection) -> object:
    """The end of the chain, which stands for all of it, and how many links there are."""
    head = database.execute("SELECT gate_seq, link FROM chain_head").fetchone()
    return head, database.execute("SELECT count(*) FROM chain_link").fetchone()


@contextmanager
def gate_book(folder: Path) -> Iterator[GateBook]:
    with open_database(folder / "journal.sqlite") as database:
        outbox = Memory(database, SEAL, KeyOfTests()).outbox(IDENTITY.gate_id)
        yield GateBook(database, Journal(database, SEAL, outbox, IDENTITY, encode), outbox)


@dataclass
class DeskOfBook:
    """The book of a desk: crossings, and what the centre has confirmed or refused."""

    database: sqlite3.Connection
    book: DeskBook

    def do(self, number: int) -> None:
        if number % 6 == 5:
            confirm(self.book.waiting(DeskKind.CROSSING, 4), self.book.settle)
            return
        crossing = record(
            number + 1, crossing_id=id_of(number), gate_seq=0,
            capture_mode=CaptureMode.DESK, entered_by="sb-1042",
        )  # fmt: skip
        self.book.enter([DeskEntry(f"entry {number}".encode(), crossing)])

    def known(self) -> object:
        waiting = [decode(each.payload) for each in self.book.waiting(DeskKind.CROSSING, _MANY)]
        rows = self.database.execute(
            "SELECT record_id, gate_seq, sealed IS NULL, refused FROM desk_record ORDER BY place"
        ).fetchall()
        entries = self.database.execute("SELECT count(*) FROM desk_entry").fetchone()[0]
        sent = tuple((w.gate_seq, w.crossing_id) for w in waiting)
        return tuple(rows), sent, entries, chain_in(self.database)

    def matters(self, known: Any) -> object:  # noqa: ANN401
        """Not the words of a refusal, which officers read."""
        rows, *rest = known
        return [(*row[:3], row[3] is None) for row in rows], rest

    def says_so(self, known: Any) -> bool:  # noqa: ANN401
        return first_break(self.database, DESK) is not None


@contextmanager
def desk_book(folder: Path) -> Iterator[DeskOfBook]:
    with open_database(folder / "desk.sqlite") as database:
        journeys = DeskJourneys(database, SEAL)
        chain = Chain(database, DESK, KeyOfTests())
        book = DeskBook(database, SEAL, journeys, chain, encode, encode_decision)
        yield DeskOfBook(database, book)


@dataclass
class AuditBook:
    """The console's audit log, now and then purged."""

    database: sqlite3.Connection
    log: AuditLog
    times: list[float]

    def do(self, number: int) -> None:
        self.times[0] = NOW + number
        if number % 40 == 39:
            self.log.purge(UtcSeconds(NOW + number - 30), "console")
        else:
            self.log.note("sb-1042", AuditAct.RECORD_SEEN, id_of(number), "x" * (number % 200))

    def known(self) -> object:
        return self.log.verify()

    def matters(self, known: Any) -> object:  # noqa: ANN401
        return known

    def says_so(self, known: Any) -> bool:  # noqa: ANN401
        return bool(known.fault)


@contextmanager
def audit_book(folder: Path) -> Iterator[AuditBook]:
    times = [float(NOW)]
    with closing(AuditLog(folder / "audit.sqlite", lambda: UtcSeconds(times[0]))) as log:
        yield AuditBook(log._database, log, times)


Scene = Callable[[Path], "contextmanager[Book]"]
SCENES: Final[Mapping[str, Scene]] = {
    "gate": gate_book,
    "desk": desk_book,
    "audit": audit_book,
}


def id_of(number: int) -> str:
    """Return the id of a crossing, the same in every run."""
    bits = random.Random(number).getrandbits(RANDOM_BITS)
    return make_record_id(UtcSeconds(NOW + number), bits)


def confirm(
    batch: "list[PendingRecord] | tuple[PendingRecord, ...]",
    settle: Callable[..., object],
) -> None:
    """Let the centre take all of ``batch`` but its last, which it refuses."""
    ids = [each.record_id for each in batch]
    settle(batch, Receipt(frozenset(ids[:-1]), dict.fromkeys(ids[-1:], "no")))
