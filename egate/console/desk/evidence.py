"""Sees that the chain of the desk's book holds, and that the centre has what was sent."""

from collections.abc import Callable

from egate.console.desk.book_thread import BookThread, BookUnusable
from egate.outbox.chain_watch import watch_chain
from egate.outbox.evidence_check import EvidenceCheck
from egate.outbox.station_evidence import (
    AskEvidence,
    EvidenceUnusable,
    Result,
    StationEvidence,
)
from egate.ports.evidence import Evidence


async def keep_evidence(book: BookThread, centre: Evidence) -> None:
    """Look over the book's chain once, then at the centre's proofs every hour, until cancelled.

    Args:
        book: of the desk; what is found is noted in it.
        centre: proves.

    """
    ask = _asking(book)
    await watch_chain(ask)
    await EvidenceCheck(ask, centre).run()


def _asking(book: BookThread) -> AskEvidence:
    async def ask(work: Callable[[StationEvidence], Result]) -> Result:
        try:
            return await book.ask(lambda opened: work(opened.evidence))
        except BookUnusable as error:
            raise EvidenceUnusable(str(error)) from error

    return ask
