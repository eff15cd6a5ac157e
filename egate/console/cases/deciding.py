"""One decision a case: taken, confirmed, durable in the desk's book, then told to the lane.

The gate knows which officer has a case, also when two consoles show it. The book knows what was
decided. Whoever comes second is told who, what and when. See docs/decisions/0039.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from egate.console.access.access import Access
from egate.console.access.limits import TooManyAttempts
from egate.console.access.officer import Officer
from egate.console.access.proof import Proof, SecondRefused
from egate.console.audit.acts import AuditAct
from egate.console.audit.log import AuditLog
from egate.console.cases.decision_form import DecisionFaulty, Wanted, read_form
from egate.console.cases.open_cases import OpenCase, OpenCases
from egate.console.cases.pictures import is_with_officer
from egate.console.cases.reason_codes import ReasonTable
from egate.console.cases.writing_down import Deciding, content_of, entries_of
from egate.console.desk.book_thread import BookUnusable
from egate.console.desk.writing import DeskWriting
from egate.console.hall.live import Lane
from egate.outbox.desk_book import DeskEntry, DeskState, Entered
from egate.ports.supervision import OfficerOrder
from egate.reporting.gate_client import GateUnavailable


class Heard(StrEnum):
    """Whether the lane knows of a decision."""

    YES = "yes"
    NO = "no"
    """The gate is not reached: the order is given when it is, or the lane reset by hand."""


class CaseOver(Exception):
    """The lane does not wait with this traveller any more, and nothing was decided here."""


class CaseOfAnother(Exception):
    """Another officer has the case."""

    def __init__(self, officer_id: str) -> None:
        super().__init__("another officer has the case")
        self.officer_id = officer_id


class GateLost(Exception):
    """The gate is not reached, and the officer did not have the case when it last was."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on a case.

    Args:
        entered: who decided what, when.
        is_new: it was this officer's, just now; else it stood before.
        heard: whether the lane knows.

    """

    entered: Entered
    is_new: bool
    heard: Heard


class CaseDesk:
    """Decisions on the cases of one console.

    Args:
        cases: as officers saw them.
        desk: whose book.
        access: knows a second officer.
        audit: of the console.
        reasons: of the office.

    """

    def __init__(
        self,
        cases: OpenCases,
        desk: DeskWriting,
        access: Access,
        audit: AuditLog,
        reasons: ReasonTable,
    ) -> None:
        self._cases = cases
        self._hall = cases.hall
        self._now = cases.now
        self._desk = desk
        self._access = access
        self._audit = audit
        self.reasons = reasons
        self._deciding = asyncio.Lock()
        self._unheard: set[tuple[str, str]] = set()
        self._known: dict[str, str] = {}

    async def decided(self, gate_id: str, crossing_id: str) -> Decided | None:
        """Return what was decided about a case at this console, None if nothing was."""
        entered = await self._desk.known(content_of(gate_id, crossing_id))
        if entered is None:
            return None
        heard = Heard.NO if (gate_id, crossing_id) in self._unheard else Heard.YES
        return Decided(entered, is_new=False, heard=heard)

    async def state(self, decided: Decided) -> DeskState:
        """Return what became of a decision on its way to the centre.

        Raises:
            BookUnusable: the book cannot be read.

        """
        found = await self._desk.state_of(decided.entered.decision_id)
        return found[0] if found else DeskState.SENT

    async def decide(self, case: OpenCase, officer: Officer, form: Mapping[str, Any]) -> Decided:
        """Decide on ``case``, write it down, and tell the lane.

        Args:
            case: as it was shown to ``officer``.
            officer: who decides.
            form: what they sent.

        Raises:
            DecisionFaulty: names each field that is missing or contradicts another.
            CaseOfAnother: somebody else has the case.
            CaseOver: nobody can decide on it here any more.
            GateLost: it cannot be known whose case it is.
            BookUnusable: it is not sure that it was written; doing it again is safe.

        """
        async with self._deciding:
            if before := await self.decided(case.gate_id, case.crossing_id):
                return before
            wanted = read_form(form, case, self.reasons)
            by = Deciding(self._desk.station, officer.officer_id, self._now(), self._desk.new_id)
            entries = entries_of(wanted, case, by)
            await self._require_case(case, officer)
            await self._confirm(wanted, officer)
            self._audit.note(
                officer.officer_id,
                AuditAct.CASE_DECIDED,
                case.crossing_id,
                f"{wanted.decision} {wanted.reason_code} {wanted.second_officer_id}".strip(),
            )
            entered = await self._enter(case, entries)
            self._cases.forget(case.gate_id, case.crossing_id)
        heard = await self._tell(case.gate_id, case.crossing_id, officer.officer_id)
        return Decided(entered, is_new=entered.is_new, heard=heard)

    async def _enter(self, case: OpenCase, entries: list[DeskEntry]) -> Entered:
        self._known[case.gate_id] = case.crossing_id  # whoever decides tells the lane, once
        try:
            entered, *_ = await self._desk.enter(entries)
        except BookUnusable:
            self._known.pop(case.gate_id, None)  # it may be written all the same
            raise
        return entered

    async def tell_if_missed(self, lane: Lane) -> None:
        """Give a lane that is back the order that it missed.

        Also one that this console did not live to give before it was started again.
        """
        status = lane.status
        if lane.fault or status is None:
            return
        for gate_id, unheard in list(self._unheard):
            if gate_id == lane.gate_id and not is_with_officer(status, unheard):
                self._unheard.discard((gate_id, unheard))  # somebody reset the lane by hand
        crossing_id = status.crossing_id
        if not is_with_officer(status, crossing_id):
            return
        is_new = self._known.get(lane.gate_id) != crossing_id
        if is_new or (lane.gate_id, crossing_id) in self._unheard:
            self._known[lane.gate_id] = crossing_id
            await self._tell_again(lane.gate_id, crossing_id)

    async def _tell_again(self, gate_id: str, crossing_id: str) -> None:
        try:
            decided = await self.decided(gate_id, crossing_id)
        except BookUnusable:
            self._known.pop(gate_id, None)  # another time
            return
        if decided is not None:
            await self._tell(gate_id, crossing_id, decided.entered.officer_id)

    async def _require_case(self, case: OpenCase, officer: Officer) -> None:
        """Make sure that the gate has ``officer`` as the one who takes care of the case."""
        link = self._hall.link(case.gate_id, officer)
        try:
            holder = await link.take_case(case.crossing_id, officer.officer_id)
        except GateUnavailable:
            status = self._hall.lane(case.gate_id, officer).status
            if status is None or not is_with_officer(status, case.crossing_id):
                raise GateLost from None
            if status.case_officer_id != officer.officer_id:
                raise GateLost from None
            return
        if holder is None:
            raise CaseOver
        if holder != officer.officer_id:
            raise CaseOfAnother(holder)

    async def _confirm(self, wanted: Wanted, officer: Officer) -> None:
        """Have the second officer confirm; nobody is named who did not."""
        if not wanted.second_officer_id:
            return
        proof = Proof(wanted.second_officer_id, wanted.second_password, wanted.second_code)
        try:
            await self._access.second(proof, besides=officer)
        except SecondRefused:
            raise DecisionFaulty({"second_id": "case.fault.second_refused"}) from None
        except TooManyAttempts:
            raise DecisionFaulty({"second_id": "case.fault.second_too_often"}) from None

    async def _tell(self, gate_id: str, crossing_id: str, officer_id: str) -> Heard:
        """Reset the lane; somebody between two barriers is let out by that.

        A gate that is past this case takes no reset of it: the lane went on by itself.
        """
        try:
            await self._hall.links()[gate_id].order(OfficerOrder.RESET, officer_id, crossing_id)
        except GateUnavailable:
            self._unheard.add((gate_id, crossing_id))
            return Heard.NO
        self._unheard.discard((gate_id, crossing_id))
        return Heard.YES
