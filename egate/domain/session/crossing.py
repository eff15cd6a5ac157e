"""From a session's report to its record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from egate.domain.evidence import CheckResult
from egate.domain.record import CrossingRecord
from egate.domain.session import model as m
from egate.domain.session.case import document_of
from egate.domain.session.fallback import fallback_reasons
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import LANE_CHECKS, CheckId, Outcome

_SEVERITY: Final = (
    Outcome.FAILED,
    Outcome.ABORTED,
    Outcome.UNDETERMINED,
    Outcome.NOT_SUPPORTED,
    Outcome.SUCCESSFUL,
)
# A chip chooses some of the texts; none may make the record too large for the centre.
_LONGEST_TEXT: Final = 200
_SET_ASIDE: Final = "the whole record did not fit; it is set aside at the gate"


@dataclass(frozen=True, slots=True)
class LaneIdentity:
    """What every record of one lane says.

    Args:
        gate_id: the lane.
        border_crossing_point: the port, a UN/LOCODE.
        software_version: what runs.

    """

    gate_id: str
    border_crossing_point: str
    software_version: str


def gathered(session: m.Session) -> tuple[CheckResult, ...]:
    """Return every result that the session has so far, in the order of its steps."""
    slots = (session.chip, session.face, session.background)
    found = tuple(check for slot in slots if slot is not None for check in slot.checks)
    own = () if session.service is None else (session.service,)
    return session.optical + found + own


def every_check_once(checks: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """Return one result for every check id, in report order.

    Of two results for one check the worse stays; a check without one is *aborted*.
    """
    worst: dict[CheckId, CheckResult] = {}
    for check in checks:
        known = worst.get(check.check_id)
        if known is None or _SEVERITY.index(check.outcome) < _SEVERITY.index(known.outcome):
            worst[check.check_id] = check
    return tuple(
        worst.get(check_id, CheckResult(check_id, Outcome.ABORTED, "the session ended before it"))
        for check_id in LANE_CHECKS
    )


def complete(
    report: m.Report, lane: LaneIdentity, gate_seq: int, recorded_at: UtcSeconds
) -> CrossingRecord:
    """Return the record of ``report`` as number ``gate_seq`` of ``lane``."""
    session, chip, face = report.session, report.session.chip, report.session.face
    background = session.background
    return CrossingRecord(
        crossing_id=session.id,
        gate_id=lane.gate_id,
        gate_seq=gate_seq,
        direction=session.direction,
        border_crossing_point=lane.border_crossing_point,
        occurred_at=session.began_at,
        recorded_at=recorded_at,
        verdict=report.verdict,
        status=report.status,
        policy_version=report.policy_version,
        software_version=lane.software_version,
        document=document_of(session),
        access=chip.access if chip else None,
        signer=chip.signer[:_LONGEST_TEXT] if chip else "",
        csca_ski=chip.csca_ski[:_LONGEST_TEXT] if chip else "",
        trust_store_version=chip.trust_store_version if chip else "",
        checks=tuple(replace(c, detail=c.detail[:_LONGEST_TEXT]) for c in report.checks),
        similarity=face.similarity if face else None,
        threshold=face.threshold if face else None,
        findings=report.findings,
        passage_confirmed=report.passage_confirmed,
        attempts=session.attempts,
        steps=session.steps,
        prepared_crossing_id=session.prepared or "",
        fallback_reasons=fallback_reasons(session),
        lists_used=background.lists_used if background else (),
        grant=background.grant if background else None,
    )


def in_short(record: CrossingRecord) -> CrossingRecord:
    """Return ``record`` without whatever a document or a device put into it."""
    return replace(
        record,
        document=None,
        access=None,
        signer="",
        csca_ski="",
        checks=tuple(CheckResult(c.check_id, c.outcome, _SET_ASIDE) for c in record.checks),
        similarity=None,
        threshold=None,
        attempts=0,
        steps=(),
        lists_used=(),
        grant=None,
    )
