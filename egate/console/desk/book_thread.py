"""The one thread that touches a desk's book, so that no write to a disk stops the pages."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from egate.outbox.chain import Chain, StationBehind
from egate.outbox.database import DatabaseInUse, DatabaseUnusable, open_database
from egate.outbox.desk_backlog import DeskBacklog
from egate.outbox.desk_book import DeskBook
from egate.outbox.desk_journeys import DeskJourneys
from egate.outbox.sealing import KeyFileUnusable, Seal, SealBroken
from egate.outbox.station_evidence import StationEvidence
from egate.ports.signing import Signer, SignerUnavailable
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.mapping import encode

Result = TypeVar("Result")


class BookUnusable(Exception):
    """The book cannot be read or written now; one line that names it and the fault."""


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A desk's book, what in it is unsettled, its journeys, its chain, and the evidence of that."""

    book: DeskBook
    backlog: DeskBacklog
    journeys: DeskJourneys
    chain: Chain
    evidence: StationEvidence


class BookThread:
    """Works on an open book, one piece of work after the other, off the event loop."""

    def __init__(self, file: Path, thread: ThreadPoolExecutor, opened: OpenBook) -> None:
        self._file = file
        self._thread = thread
        self._opened = opened

    @property
    def evidence_faults(self) -> Mapping[str, str]:
        """What is broken of the evidence of this desk's records, by its part."""
        return self._opened.evidence.faults

    async def ask(self, work: Callable[[OpenBook], Result]) -> Result:
        """Return what ``work`` returns. It is done to its end, also when nobody waits for it.

        Raises:
            BookUnusable: it is not sure that it was done.

        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, work, self._opened)
        except (sqlite3.Error, SealBroken, SignerUnavailable, StationBehind) as error:
            raise BookUnusable(f"{self._file}: {error}") from error


@asynccontextmanager
async def opened_book(file: Path, station_id: str, signer: Signer) -> AsyncIterator[BookThread]:
    """Open the book in ``file``, or begin it, for this process alone.

    The key of what is personal in it lies beside it, as ``NAME.key``.

    Args:
        file: of the book.
        station_id: the console's, under which its crossings are numbered and chained.
        signer: with the key of the console's certificate.

    Raises:
        BookUnusable: another process has it, or it is damaged, foreign or not writable.

    """
    with ThreadPoolExecutor(1, "desk-book") as thread:
        loop = asyncio.get_running_loop()
        try:
            opened, closing = await loop.run_in_executor(thread, _open, file, station_id, signer)
        except DatabaseInUse as error:
            raise BookUnusable(f"{file}: the console, or another command, has it open") from error
        except (DatabaseUnusable, KeyFileUnusable) as error:
            raise BookUnusable(str(error)) from error
        except sqlite3.Error as error:
            raise BookUnusable(f"{file}: {error}") from error
        try:
            yield BookThread(file, thread, opened)
        finally:
            await loop.run_in_executor(thread, closing.close)


def _open(file: Path, station_id: str, signer: Signer) -> tuple[OpenBook, ExitStack]:
    seal = Seal.from_file(file.with_suffix(".key"))
    with ExitStack() as stack:
        database = stack.enter_context(open_database(file))
        journeys = DeskJourneys(database, seal)
        chain = Chain(database, station_id, signer)
        book = DeskBook(database, seal, journeys, chain, encode, encode_decision)
        backlog = DeskBacklog(database, seal)
        evidence = StationEvidence(database, station_id, backlog.not_to_be_proven)
        return OpenBook(book, backlog, journeys, chain, evidence), stack.pop_all()
