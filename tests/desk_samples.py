"""A desk's book with a centre that is played, for tests of what is written down and sent."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from egate.console.desk.book_thread import opened_book
from egate.console.desk.writing import DeskStation, DeskWriting
from egate.domain.evidence.chain import ChainLink
from egate.domain.record import CaptureMode
from egate.domain.time import UtcSeconds
from egate.outbox.desk_book import DeskEntry
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt, Standing
from tests.centre_harness import record
from tests.evidence_proofs import Proofs
from tests.station_keys import KeyOfTests

STATION = DeskStation("BDDAC-DESK-1", "BDDAC", "DAC-D-12", "SB")
NOW = UtcSeconds(1_790_000_100.0)


def entry(number: int, **changes: object) -> DeskEntry:
    made = {"gate_seq": 0, "capture_mode": CaptureMode.DESK, "entered_by": "sb-1042"} | changes
    return DeskEntry(f"entry {number}".encode(), record(number, **made))


@dataclass
class Sink:
    """Confirms what it is told to, and remembers what came.

    Args:
        refuses: ids that it never takes.
        heeds: it says something of what was sent.
        is_away: nothing reaches it.
        has: how far it says that the desk's records go.

    """

    refuses: frozenset[str] = frozenset()
    heeds: bool = True
    is_away: bool = False
    has: Standing = field(default_factory=lambda: Standing(0))
    sent: list[str] = field(default_factory=list)
    payloads: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, ChainLink | None] = field(default_factory=dict)

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        if self.is_away:
            raise CentreUnavailable("away")
        ids = [each.record_id for each in batch] if self.heeds else []
        self.sent += ids
        self.payloads |= {each.record_id: each.payload for each in batch}
        self.links |= {each.record_id: each.link for each in batch}
        refused = {each: "no" for each in ids if each in self.refuses}
        return Receipt(frozenset(ids) - self.refuses, refused)

    async def standing(self, _: int) -> Standing:
        if self.is_away:
            raise CentreUnavailable("away")
        return self.has

    async def reach(self, seconds: float) -> None:
        if self.is_away:
            raise CentreUnavailable("away")


@asynccontextmanager
async def desk(
    folder: Path,
    crossings: Sink | None = None,
    decisions: Sink | None = None,
    proofs: Proofs | None = None,
) -> AsyncIterator[DeskWriting]:
    """The desk whose book is in ``folder``."""
    async with opened_book(folder / "desk.sqlite", STATION.console_id, KeyOfTests()) as book:
        sinks = (crossings or Sink(), decisions or Sink())
        writing = DeskWriting(book, STATION, *sinks, lambda: NOW, proofs or Proofs())
        await writing.refresh()
        yield writing
