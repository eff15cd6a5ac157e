"""What the lists at the gate say of a traveller; silent to the traveller, plain to the officer."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from egate.domain.conditions import of_lists
from egate.domain.evidence import BackgroundEvidence, CheckResult
from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId, Outcome
from egate.gate.background.asking import ListAnswer, ask
from egate.gate.background.held_list import HeldList
from egate.gate.background.list_fetching import ListFetching
from egate.gate.background.subject import BackgroundSubject
from egate.gate.clocks import Clocks
from egate.lists.errors import ListRefused
from egate.lists.keeper import ListKeeper, Pinned
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument
from egate.lists.person_search import PersonQuery
from egate.ports.case_hits import MAX_HITS, CaseHit
from egate.ports.lists import ListOffers
from egate.ports.supervision import ListStatus

_OF_DOCUMENTS: Final = frozenset({ListKind.LOST_STOLEN_DOC, ListKind.SLTD})
_NAMED: Final = 5
"""Hits that a check's detail names; the officer sees all of them."""


@dataclass(frozen=True, slots=True)
class ListPlan:
    """Which lists a lane has.

    Args:
        folder: of all lists.
        pinned: whose lists are believed, and the list key.
        required: without which nobody is admitted; the others are asked when they are there.
        utc_offset_minutes: of the days at the border crossing point.

    """

    folder: Path
    pinned: Pinned
    required: frozenset[ListKind]
    utc_offset_minutes: int


class ListsAtGate:
    """All lists of one lane; implements ``LaneLists``.

    They are asked in a thread: a look-up takes microseconds, but a disk that fails may take
    seconds, in which nobody would watch the lane.

    Args:
        plan: which lists.
        held: each of them, open.
        fetching: of them.
        policy: in force; for ages.

    """

    def __init__(
        self,
        plan: ListPlan,
        held: Sequence[HeldList],
        fetching: ListFetching,
        policy: Callable[[], Policy],
    ) -> None:
        self._plan = plan
        self._held = tuple(held)
        self._fetching = fetching
        self._policy = policy
        self._hits: tuple[m.SessionId, tuple[CaseHit, ...]] | None = None

    @classmethod
    async def opened(
        cls,
        plan: ListPlan,
        offers: ListOffers,
        clocks: Clocks,
        policy: Callable[[], Policy],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> Self:
        """Return them with what is in the folder, verified.

        Args:
            plan: which lists.
            offers: the centre's.
            clocks: of this machine.
            policy: in force; for ages.
            sleep: waits so many seconds.

        """
        held = [
            await asyncio.to_thread(
                HeldList.opened, ListKeeper(plan.folder / kind, kind, plan.pinned), clocks
            )
            for kind in ListKind
        ]
        fetching = ListFetching(held, plan.required, offers, sleep=sleep)
        return cls(plan, held, fetching, policy)

    async def check(self, subject: BackgroundSubject) -> BackgroundEvidence:
        """Return BACKGROUND.DOCUMENT_STATUS and BACKGROUND.WATCHLIST, and the lists asked."""
        answers = await asyncio.to_thread(self._ask, subject)
        hits = tuple(hit for each in answers for hit in each.case_hits())
        self._hits = (subject.crossing_id, hits[:MAX_HITS])
        return self._evidence(answers)

    async def look_up(self, subject: BackgroundSubject) -> BackgroundEvidence:
        """Answer as ``check`` of somebody who is not in this lane: no hit is kept."""
        return self._evidence(await asyncio.to_thread(self._ask, subject))

    def _evidence(self, answers: Sequence[ListAnswer]) -> BackgroundEvidence:
        of_documents = [each for each in answers if each.kind in _OF_DOCUMENTS]
        others = [each for each in answers if each.kind not in _OF_DOCUMENTS]
        return BackgroundEvidence(
            checks=(
                self._result(CheckId.DOCUMENT_STATUS, of_documents),
                self._result(CheckId.WATCHLIST, others),
            ),
            lists_used=tuple(each.used for each in answers if each.used is not None),
        )

    def hits(self, session: m.SessionId) -> tuple[CaseHit, ...]:
        """Return why the traveller of ``session`` is listed; nothing of one that is forgotten."""
        return self._hits[1] if self._hits and self._hits[0] == session else ()

    def keep_only(self, session: m.SessionId | None) -> None:
        """Forget the hits of every traveller but that of ``session``."""
        if self._hits and self._hits[0] != session:
            self._hits = None

    def conditions(self) -> frozenset[m.Condition]:
        """Return what the age of the lists that are required leaves of the lane's service."""
        required = (each.reading() for each in self._held if each.kind in self._plan.required)
        return of_lists(required, self._policy().lists)

    def status(self) -> tuple[ListStatus, ...]:
        """Return version and age of each list that is here, or should be."""
        return tuple(
            ListStatus(each.kind.value, each.version, each.age_seconds(), each.trouble())
            for each in self._held
            if each.version or each.kind in self._plan.required
        )

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when a version or an age is another."""
        self._fetching.on_change(listener)

    async def run(self) -> None:
        """Keep the lists fresh until cancelled."""
        await self._fetching.run()

    def close(self) -> None:
        """Let go of the files; nobody asks any more."""
        for each in self._held:
            each.close()

    def _ask(self, subject: BackgroundSubject) -> list[ListAnswer]:
        try:
            query = self._query(subject)
        except ListRefused as fault:
            return [ListAnswer(each.kind, fault=str(fault)) for each in self._held]
        limits = self._policy().lists
        return [ask(each, query, self._plan.pinned.key, limits) for each in self._held]

    def _query(self, subject: BackgroundSubject) -> PersonQuery:
        named = subject.document
        offset = dt.timedelta(minutes=self._plan.utc_offset_minutes)
        return PersonQuery(
            names=(f"{named.primary_identifier} {named.secondary_identifier}".strip(),),
            date_of_birth=named.date_of_birth or None,
            nationality=named.nationality,
            document=ListedDocument.of(
                named.document_code, named.issuing_state, named.document_number
            ),
            direction=subject.direction,
            at=(dt.datetime.fromtimestamp(subject.at, dt.UTC) + offset).date(),
        )

    def _result(self, check_id: CheckId, answers: Sequence[ListAnswer]) -> CheckResult:
        if hits := [hit for each in answers for hit in each.stopping]:
            return CheckResult(check_id, Outcome.FAILED, ", ".join(hits[:_NAMED]))
        required = [each for each in answers if each.kind in self._plan.required]
        if not required:
            return CheckResult(check_id, Outcome.UNDETERMINED, "no list is required for it")
        if faults := [each.fault for each in required if each.fault]:
            return CheckResult(check_id, Outcome.UNDETERMINED, "; ".join(faults))
        return CheckResult(check_id, Outcome.SUCCESSFUL)
