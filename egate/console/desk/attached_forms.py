"""The forms of the desk that are open in browsers; what is read is for the one that asked last."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class AttachedForm:
    """One form that is open.

    Args:
        session: fingerprint of the officer's session.
        is_open: says whether that session is neither locked nor over.

    """

    session: bytes = field(repr=False)
    is_open: Callable[[], bool] = field(repr=False)
    told: asyncio.Queue[Event] = field(default_factory=asyncio.Queue, repr=False)


class AttachedForms:
    """All of them, in the order in which they asked."""

    def __init__(self) -> None:
        self._forms: list[AttachedForm] = []

    @property
    def last(self) -> AttachedForm | None:
        return self._forms[-1] if self._forms else None

    def tell(self, event: Event) -> None:
        """Give ``event`` to every form."""
        for form in self._forms:
            form.told.put_nowait(event)

    async def events(self, form: AttachedForm, first: Event) -> AsyncIterator[Event]:
        """Give ``first``, and then what ``form`` is told, while somebody listens."""
        self._forms.append(form)
        try:
            yield first
            while True:
                yield await form.told.get()
        finally:
            self._forms.remove(form)
