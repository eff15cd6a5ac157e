"""Opens the book of a desk, and its way to the centre."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from egate.console.desk.book_thread import opened_book
from egate.console.desk.writing import DeskStation, DeskWriting
from egate.domain.time import UtcSeconds
from egate.reporting.client import CentreClient
from egate.reporting.decision_client import DecisionClient
from egate.reporting.evidence_client import EvidenceClient
from egate.reporting.station_key import StationKey
from egate.settings import ConsoleDesk, Tls


@dataclass(frozen=True, slots=True)
class DeskLinks:
    """How a desk reaches its centre.

    Args:
        centre: its address, as ``host:port``.
        tls: a certificate of role ``console``.
        console_id: the name in it.
        keep_sent_days: how long what was sent is kept.

    """

    centre: str
    tls: Tls
    console_id: str
    keep_sent_days: float


@asynccontextmanager
async def opened_desk(
    desk: ConsoleDesk, links: DeskLinks, now: Callable[[], UtcSeconds]
) -> AsyncIterator[DeskWriting]:
    """Open the book of ``desk`` for this process alone, and its way to the centre.

    Args:
        desk: as its settings have it.
        links: to its centre.
        now: the wall clock.

    Raises:
        BookUnusable: another process has the book, or it is damaged or not writable.
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """
    station = DeskStation(
        links.console_id,
        desk.border_crossing_point,
        desk.station,
        desk.authority,
        links.keep_sent_days,
    )
    signer = StationKey(links.tls)
    async with opened_book(desk.book, links.console_id, signer) as book:
        crossings = CentreClient(links.centre, links.tls)
        decisions = DecisionClient(links.centre, links.tls)
        try:
            head = desk.book.with_suffix(".head.json")
            proofs = EvidenceClient(crossings.link, links.tls.ca, head)
            writing = DeskWriting(book, station, crossings, decisions, now, proofs)
            await writing.refresh()
            yield writing
        finally:
            await crossings.close()
            await decisions.close()
