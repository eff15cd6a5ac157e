"""One document that lies on the reader is one document, however often it is read."""

from collections.abc import Callable

from drivers.mrz_reader.message import Document


class Debounce:
    """Tells a new document from the same one read again.

    Args:
        seconds: a document is new again when it was not read for this long.
        clock: monotonic seconds.

    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._last: Document | None = None
        self.last_read: float | None = None

    def is_new(self, document: Document, *, asked: bool = False) -> bool:
        """Say whether ``document`` was laid down anew.

        Args:
            document: what was read.
            asked: the reader did not tell by itself, it was asked what lies there.

        """
        if asked and document == self._last:
            return False
        now = self._clock()
        lately = self.last_read is not None and now - self.last_read < self._seconds
        stays = document == self._last and lately
        self._last, self.last_read = document, now
        return not stays
