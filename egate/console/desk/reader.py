"""The reader of a desk: what it reads goes to one form, the one that asked last."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Final, Protocol

from egate.console.desk.attached_forms import AttachedForm, AttachedForms, Event
from egate.console.desk.laid_pages import LaidPages
from egate.observability.logging import logger
from egate.outbox.backoff import delays
from egate.ports.devices import DeviceError, MrzLines

_LONGEST_WAIT_SECONDS: Final = 5.0


class Documents(Protocol):
    """What reads documents: an MRZ reader, or a page scanner with what reads its pages."""

    def documents(self) -> AsyncIterator[MrzLines]:
        """Give the lines of each document for ever; none of one that cannot be read."""
        ...


class DeskReader:
    """Gives the documents of ``reader`` to the form that attached last; no line is kept.

    Args:
        reader: of the desk.
        forms: that are open.
        pages: that were laid on it, of a page scanner.

    """

    def __init__(
        self, reader: Documents, forms: AttachedForms, pages: LaidPages | None = None
    ) -> None:
        self._reader = reader
        self._forms = forms
        self.pages = pages
        self._is_lost = False

    async def keep_reading(self) -> None:
        """Read for ever; a lost reader is tried again and again."""
        waits = _waits()
        while True:
            try:
                async for document in self._reader.documents():
                    self._tell_lost(is_lost=False)
                    waits = _waits()
                    if form := self._forms.last:
                        form.told.put_nowait({"lines": list(document.lines)})
                    del document  # nothing holds it while the next one is waited for
            except DeviceError as error:
                if not self._is_lost:
                    logger().warning("desk reader lost", reason=error.reason)
                self._tell_lost(is_lost=True)
            await asyncio.sleep(next(waits))

    def events(self, form: AttachedForm) -> AsyncIterator[Event]:
        """Give what ``form`` is to know, from now on.

        ``{"lines": [...]}`` of each document, without any where they cannot be read;
        ``{"state": "ready" | "lost"}`` of the reader; ``{"page": "changed"}`` when there is
        something new to ask about the page that lies there.
        """
        return self._forms.events(form, self._state())

    def _tell_lost(self, *, is_lost: bool) -> None:
        if is_lost != self._is_lost:
            self._is_lost = is_lost
            self._forms.tell(self._state())

    def _state(self) -> Event:
        return {"state": "lost" if self._is_lost else "ready"}


def _waits() -> Iterator[float]:
    return delays(secrets.SystemRandom().random, most=_LONGEST_WAIT_SECONDS)
