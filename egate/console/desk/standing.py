"""Whether desk and centre have the same: see docs/decisions/0043 and 0050."""

from typing import Protocol

from egate.console.desk.book_thread import BookThread, OpenBook
from egate.observability.logging import logger
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
    """Asks the centre how far this desk's crossings go there.

    Args:
        book: of the desk.
        centre: where its crossings go.
        keep_seconds: how long what was sent is kept.

    """

    def __init__(self, book: BookThread, centre: CrossingSink, keep_seconds: float) -> None:
        self._book = book
        self._centre = centre
        self._keep_seconds = keep_seconds

    async def see(self) -> int:
        """Ask; return how many records wait again, since the centre was restored without them.

        Raises:
            BookUnusable: something is missing; nothing is entered until this desk is enrolled anew.
            CentreUnavailable: nothing is known.

        """
        last = await self._book.ask(lambda opened: opened.chain.head.gate_seq)
        standing = await self._centre.standing(last)

        def compared(opened: OpenBook) -> int:
            opened.chain.compare(standing)
            opened.book.sent.forget(self._keep_seconds)
            return opened.book.sent.send_again(standing)

        if count := await self._book.ask(compared):
            logger().warning("sending again: the centre was restored", count=count)
        return count
