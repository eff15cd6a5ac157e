"""Writes down what officers enter and decide at a console, and sends it to the centre.

Everything is in the desk's book before anybody is told that it was entered. Sending is for ever:
the centre may be away for days, and the console may be killed at any moment.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from egate.console.desk.book_thread import BookThread, BookUnusable, OpenBook, Result
from egate.console.desk.evidence import keep_evidence
from egate.console.desk.standing import CrossingSink, DeskStanding
from egate.domain.evidence import TravelDocument
from egate.domain.record import Direction
from egate.domain.record_id import RANDOM_BITS, made_at, make_record_id
from egate.domain.time import UtcSeconds
from egate.observability.logging import logger
from egate.outbox.backoff import delays
from egate.outbox.desk_backlog import Unsettled
from egate.outbox.desk_book import DeskEntry, DeskKind, DeskState, Entered
from egate.ports.evidence import Evidence
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt, RecordSink

_BATCH: Final = 50
_LOOK_SECONDS: Final = 10.0
"""So often it is seen whether the centre is there while nothing waits."""
_REACH_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class DeskStation:
    """Where this console enters crossings.

    Args:
        console_id: of its certificate; its records are numbered under it.
        border_crossing_point: the port, a UN/LOCODE.
        station: the desk.
        authority: whose officers sit there.
        keep_sent_days: how long what was sent is kept.

    """

    console_id: str
    border_crossing_point: str
    station: str
    authority: str
    keep_sent_days: float = 7.0


@dataclass(frozen=True, slots=True)
class DeskWaiting:
    """What the centre does not have.

    Args:
        count: how many records wait.
        oldest_at: when the oldest of them was made; None when none waits.
        refused: how many were refused, and no officer has taken note of it.

    """

    count: int = 0
    oldest_at: UtcSeconds | None = None
    refused: int = 0


class DeskWriting:
    """The book of one desk, and its way to the centre.

    Args:
        book: open.
        station: of the desk.
        crossings: takes encoded records.
        decisions: takes encoded decisions.
        now: the wall clock.
        proofs: of the centre, that it has what was sent.

    """

    def __init__(
        self,
        book: BookThread,
        station: DeskStation,
        crossings: CrossingSink,
        decisions: RecordSink,
        now: Callable[[], UtcSeconds],
        proofs: Evidence,
    ) -> None:
        self._book = book
        self._proofs = proofs
        self._crossings = crossings
        self._decisions = decisions
        self._now = now
        self._standing = DeskStanding(book, crossings, 86_400.0 * station.keep_sent_days)
        self._waiting = DeskWaiting()
        self._changed = asyncio.Event()
        self._sending = asyncio.Lock()
        self.station = station
        self.centre_fault = ""
        """Why the centre was not reached the last time, "" if it was."""

    def new_id(self) -> str:
        """Return the id of a record that is made now."""
        return make_record_id(self._now(), secrets.randbits(RANDOM_BITS))

    def waiting(self) -> DeskWaiting:
        """Return what the centre does not have, as of the last change."""
        return self._waiting

    async def enter(self, entries: Sequence[DeskEntry]) -> list[Entered]:
        """Write down ``entries``, all or none; what is returned is on the disk.

        An entry whose ``content`` was entered before is not entered again.

        Raises:
            BookUnusable: it is not sure that they were entered; entering them again is safe.
            ValueError: one has no wire format; nothing was entered.

        """
        entered = await self._ask(lambda opened: opened.book.enter(entries))
        self._changed.set()
        return entered

    async def known(self, content: bytes) -> Entered | None:
        """Return what was entered as ``content``, by whom and when; None if nothing was.

        Raises:
            BookUnusable: the book cannot be read.

        """
        return await self._book.ask(lambda opened: opened.book.known(content))

    async def state_of(self, record_id: str) -> tuple[DeskState, str] | None:
        """Return what became of a record, and why it was refused; None when it is not here."""
        return await self._book.ask(lambda opened: opened.book.state_of(record_id))

    async def unsettled(self, limit: int) -> list[Unsettled]:
        """Return what the centre does not have, refusals to take note of first: personal."""
        return await self._book.ask(lambda opened: opened.backlog.records(limit))

    async def acknowledge(self, record_id: str, officer_id: str) -> bool:
        """Note that an officer knows of a refusal; False when there is none to take note of."""
        now = self._now()
        return await self._ask(lambda it: it.backlog.acknowledge(record_id, officer_id, now))

    async def send_again(self, record_id: str) -> bool:
        """Let a refused record wait again; False when it was not refused."""
        done = await self._ask(lambda opened: opened.backlog.send_again(record_id))
        self._changed.set()
        return done

    def try_now(self) -> None:
        """Try the centre at once, however long the wait would be."""
        self._changed.set()

    async def like(
        self, document: TravelDocument, direction: Direction, occurred_at: UtcSeconds
    ) -> str:
        """Return the crossing of the same document and direction within half an hour, "" if none.

        Args:
            document: of the traveller.
            direction: of the journey.
            occurred_at: when it takes place.

        """
        return await self._book.ask(
            lambda opened: opened.journeys.like(document, direction, occurred_at)
        )

    async def refresh(self) -> None:
        """See what waits from an earlier time."""
        await self._ask(lambda _: None)

    async def send(self) -> None:
        """Send everything that waits, decisions first, until it is confirmed or refused.

        Raises:
            CentreUnavailable: the rest waits.
            BookUnusable: likewise; or records that were sent are missing in the book.

        """
        async with self._sending:
            await self._send_waiting()
            if await self._standing.see():
                await self._send_waiting()

    async def keep_sending(self) -> None:
        """Send what waits, and what comes, until cancelled."""
        waits = delays(secrets.SystemRandom().random)
        while True:
            self._changed.clear()
            try:
                await self.send()
                await self._crossings.reach(_REACH_SECONDS)
            except (CentreUnavailable, BookUnusable) as error:
                if not self.centre_fault:
                    logger().warning("desk cannot send", reason=str(error))
                self.centre_fault = str(error)
                await self._wait(next(waits))
                continue
            self.centre_fault = ""
            waits = delays(secrets.SystemRandom().random)
            await self._wait(_LOOK_SECONDS)

    @property
    def evidence_is_broken(self) -> bool:
        """Whether this desk's chain, or the centre's proof of it, does not hold."""
        return bool(self._book.evidence_faults)

    async def keep_proving(self) -> None:
        """See whether the evidence of what was entered here holds, until cancelled."""
        await keep_evidence(self._book, self._proofs)

    async def _send_waiting(self) -> None:
        for kind, sink in (
            (DeskKind.DECISION, self._decisions),  # first: an offload is urgent
            (DeskKind.CROSSING, self._crossings),
        ):
            while batch := await self._batch(kind):
                receipt = await sink.submit(batch)
                await self._settle(batch, receipt)

    async def _batch(self, kind: DeskKind) -> list[PendingRecord]:
        return await self._book.ask(lambda opened: opened.book.waiting(kind, _BATCH))

    async def _settle(self, batch: Sequence[PendingRecord], receipt: Receipt) -> None:
        await self._ask(lambda opened: opened.book.settle(batch, receipt))
        for record_id, reason in receipt.refused.items():
            logger().error("record refused", record_id=record_id, reason=reason)
        if not {each.record_id for each in batch} & (receipt.accepted | receipt.refused.keys()):
            raise CentreUnavailable("the centre's answer is about nothing that was sent")

    async def _ask(self, work: Callable[[OpenBook], Result]) -> Result:
        """Do ``work``, and count what waits after it, in one turn of the book's thread."""

        def counted(opened: OpenBook) -> Result:
            result = work(opened)
            backlog = opened.backlog.count()
            oldest_at = made_at(backlog.oldest) if backlog.oldest else None
            self._waiting = DeskWaiting(backlog.waiting, oldest_at, backlog.refused)
            return result

        return await self._book.ask(counted)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass
