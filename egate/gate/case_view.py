"""The referred traveller as their officers see them: who has the case, and what was found."""

from collections.abc import Callable, Sequence

from egate.biometrics.printed_portrait import MIN_SIMILARITY as MIN_PORTRAIT_SIMILARITY
from egate.domain.optical_finding import OpticalFinding
from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.gate.background.lane_lists import LaneLists
from egate.gate.case_holding import CaseHolding
from egate.gate.clocks import Clocks
from egate.gate.runner import Runner
from egate.observability.logging import logger
from egate.ports.case_facts import MAX_OPTICAL_FINDINGS, CaseFacts, CaseThresholds
from egate.ports.case_hits import CaseHit
from egate.ports.case_images import CaseImage
from egate.reporting.mapping import decode


class CaseView:
    """Shows a case while an officer is awaited for it, and logs who looks.

    Args:
        runner: knows the state.
        clocks: for the policy of now.

    """

    def __init__(self, runner: Runner, clocks: Clocks) -> None:
        self._runner = runner
        self._clocks = clocks
        self._holding = CaseHolding()
        self._lists: LaneLists | None = None
        self._images: Callable[[m.SessionId], tuple[CaseImage, ...]] = lambda _: ()
        self._record: Callable[[m.SessionId], bytes | None] = lambda _: None
        self._optical: Callable[[m.SessionId], tuple[OpticalFinding, ...]] = lambda _: ()

    def has(
        self,
        images: Callable[[m.SessionId], tuple[CaseImage, ...]],
        record: Callable[[m.SessionId], bytes | None],
    ) -> None:
        """Show what these give of a session: its pictures, and its record if there is one."""
        self._images, self._record = images, record

    def has_lists(self, lists: LaneLists) -> None:
        """Show also why a traveller is on one."""
        self._lists = lists

    def has_pages(self, findings: Callable[[m.SessionId], tuple[OpticalFinding, ...]]) -> None:
        """Show also what ``findings`` gives of a session: what its scanned page told."""
        self._optical = findings

    @property
    def officer_id(self) -> str:
        """Who has the case that waits, "" while nobody has."""
        session = self._waiting()
        return self._holding.officer_of(session) if session else ""

    def images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        """Return the pictures; see ``Supervision.case_images``."""
        session = self._case(crossing_id)
        images = self._images(session) if session else None
        _log_looking("case images", crossing_id, officer_id, images)
        return images

    def hits(self, crossing_id: str, officer_id: str) -> tuple[CaseHit, ...] | None:
        """Return why the traveller is listed; see ``Supervision.case_hits``."""
        session = self._case(crossing_id)
        hits = (self._lists.hits(session) if self._lists else ()) if session else None
        _log_looking("case hits", crossing_id, officer_id, hits)
        return hits

    def facts(self, crossing_id: str, officer_id: str) -> CaseFacts | None:
        """Return what was found; see ``Supervision.case``."""
        session = self._case(crossing_id)
        facts = self._facts(session) if session else None
        _log_looking("case facts", crossing_id, officer_id, (facts,) if facts else None)
        return facts

    def take(self, crossing_id: str, officer_id: str, from_officer_id: str) -> str | None:
        """Return who has the case from now on; see ``Supervision.take_case``."""
        session = self._case(crossing_id)
        if session is None:
            return None
        holder = self._holding.take(session, officer_id, from_officer_id)
        taken = "taken" if holder == officer_id else "refused"
        logger().warning(
            "case taken", crossing_id=crossing_id, officer_id=officer_id, outcome=taken
        )
        return holder

    def _facts(self, session: m.SessionId) -> CaseFacts:
        payload = self._record(session)
        record = decode(payload) if payload else None
        # As a session is judged: by the variant of the moment it began.
        at = record.occurred_at if record else self._clocks.utc_now()
        demanded = _thresholds(self._runner.policy.in_force(at))
        found = self._optical(session)[:MAX_OPTICAL_FINDINGS]
        return CaseFacts(record, demanded, self._holding.officer_of(session), found)

    def _case(self, crossing_id: str) -> m.SessionId | None:
        """Return the session of ``crossing_id`` if an officer takes care of it now."""
        session = self._waiting()
        return session if session == crossing_id else None

    def _waiting(self) -> m.SessionId | None:
        state = self._runner.state
        return state.session_id if isinstance(state, m.AwaitingOfficer) else None


def _thresholds(policy: Policy) -> CaseThresholds:
    profile = policy.profile
    return CaseThresholds(
        policy_version=policy.version,
        profile=profile.name,
        min_similarity=profile.min_similarity,
        max_pad_score=profile.max_pad_score,
        min_portrait_similarity=MIN_PORTRAIT_SIMILARITY,
    )


def _log_looking(
    what: str, crossing_id: str, officer_id: str, shown: Sequence[object] | None
) -> None:
    logger().warning(
        what,
        crossing_id=crossing_id,
        officer_id=officer_id,
        outcome="refused" if shown is None else "shown",
        count=len(shown or ()),
    )
