"""Whether a desk's book still has all that was sent from it; see docs/decisions/0043."""

from typing import Protocol

from egate.console.desk.book_thread import BookThread
from egate.ports.reporting import StationSink


class CrossingSink(StationSink, Protocol):
    """Where crossings go; it can also be asked whether it is there."""

    async def reach(self, seconds: float) -> None:
        """See that the centre is there.

        Args:
            seconds: it must answer within.

        Raises:
            CentreUnavailable: it did not.

        """
        ...


class DeskStanding:
    """Asks the centre until nothing is missing here, and then no more.

    Args:
        book: of the desk.
        centre: where its crossings go.

    """

    def __init__(self, book: BookThread, centre: CrossingSink) -> None:
        self._book = book
        self._centre = centre
        self._is_whole = False

    async def see(self) -> None:
        """Ask, unless it is known.

        Raises:
            BookUnusable: something is missing; nothing is entered until this desk is enrolled anew.
            CentreUnavailable: nothing is known.

        """
        if self._is_whole:
            return
        last = await self._book.ask(lambda opened: opened.chain.head.gate_seq)
        standing = await self._centre.standing(last)
        await self._book.ask(lambda opened: opened.chain.compare(standing))
        self._is_whole = True
