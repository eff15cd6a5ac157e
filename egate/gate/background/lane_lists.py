"""The lists of a lane, as the lane uses them."""

from collections.abc import Callable
from typing import Protocol

from egate.domain.evidence import BackgroundEvidence
from egate.domain.session import model as m
from egate.gate.background.checking import BackgroundPart
from egate.gate.background.subject import BackgroundSubject
from egate.ports.case_hits import CaseHit
from egate.ports.supervision import ListStatus


class LaneLists(BackgroundPart, Protocol):
    """Asked about a traveller, and kept fresh meanwhile."""

    async def look_up(self, subject: BackgroundSubject) -> BackgroundEvidence:
        """Answer as ``check`` of somebody who is not in this lane: no hit is kept."""
        ...

    def conditions(self) -> frozenset[m.Condition]:
        """Return what the age of the lists leaves of the lane's service."""
        ...

    def status(self) -> tuple[ListStatus, ...]:
        """Return version and age of each list."""
        ...

    def hits(self, session: m.SessionId) -> tuple[CaseHit, ...]:
        """Return why the traveller of ``session`` is listed; nothing of one that is forgotten."""
        ...

    def keep_only(self, session: m.SessionId | None) -> None:
        """Forget the hits of every traveller but that of ``session``."""
        ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when a version or an age is another."""
        ...

    async def run(self) -> None:
        """Keep the lists fresh until cancelled."""
        ...
