"""What this console knows of the cases that wait now: in memory, and gone with the case.

An officer who has looked at a case can go on with it while its gate is not reached. What a
decision rests on is what was shown, not what a list says a minute later.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from egate.console.access.officer import Officer
from egate.console.cases.pictures import is_with_officer
from egate.console.hall.live import Hall, Lane
from egate.domain.record import CrossingRecord
from egate.domain.time import UtcSeconds
from egate.ports.case_facts import CaseFacts
from egate.ports.case_hits import CaseHit
from egate.reporting.gate_client import GateUnavailable

_LONGEST_LOST_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One case as an officer saw it. Personal.

    Args:
        gate_id: the lane.
        crossing_id: of the referral.
        facts: what the gate found.
        hits: why the traveller is listed.
        seen_at: when each officer first looked.

    """

    gate_id: str
    crossing_id: str
    facts: CaseFacts = field(repr=False)
    hits: tuple[CaseHit, ...] = field(repr=False)
    seen_at: dict[str, UtcSeconds]

    @property
    def record(self) -> CrossingRecord | None:
        return self.facts.record

    @property
    def stopping(self) -> tuple[CaseHit, ...]:
        """Return the hits that stop a traveller; what is for information stops nobody."""
        return tuple(each for each in self.hits if each.action != "INFO")


class OpenCases:
    """The cases that officers of this console look at.

    Args:
        hall: its lanes.
        now: the wall clock.

    """

    def __init__(self, hall: Hall, now: Callable[[], UtcSeconds]) -> None:
        self.hall = hall
        self.now = now
        self._held: dict[tuple[str, str], OpenCase] = {}

    async def look(self, gate_id: str, crossing_id: str, officer: Officer) -> OpenCase | None:
        """Return the case as its gate has it now, None when it is over.

        While the gate is not reached, what this officer saw before.

        Raises:
            KeyError: the officer has no such lane.
            GateUnavailable: there is nothing that this officer has seen.

        """
        link = self.hall.link(gate_id, officer)
        place = (gate_id, crossing_id)
        try:
            facts = await link.case(crossing_id, officer.officer_id)
            hits = await link.case_hits(crossing_id, officer.officer_id)
        except GateUnavailable:
            if held := self.seen_by(gate_id, crossing_id, officer):
                return held
            raise
        if facts is None or hits is None:
            self._held.pop(place, None)
            return None
        before = self._held.get(place)
        seen_at = {officer.officer_id: self.now()} | (before.seen_at if before else {})
        self._held[place] = OpenCase(gate_id, crossing_id, facts, hits, seen_at)
        return self._held[place]

    def seen_by(self, gate_id: str, crossing_id: str, officer: Officer) -> OpenCase | None:
        """Return the case as it was last seen, None if ``officer`` never looked at it."""
        held = self._held.get((gate_id, crossing_id))
        return held if held and officer.officer_id in held.seen_at else None

    def forget(self, gate_id: str, crossing_id: str) -> None:
        """Keep nothing of a case."""
        self._held.pop((gate_id, crossing_id), None)

    def forget_ended(self, lane: Lane) -> None:
        """Keep nothing of a case of ``lane`` that is over, or whose gate is away for too long."""
        for gate_id, crossing_id in list(self._held):
            if gate_id == lane.gate_id and not self._may_go_on(lane, crossing_id):
                self.forget(gate_id, crossing_id)

    def _may_go_on(self, lane: Lane, crossing_id: str) -> bool:
        if lane.fault:
            return self.now() - lane.since < _LONGEST_LOST_SECONDS
        return lane.status is not None and is_with_officer(lane.status, crossing_id)
