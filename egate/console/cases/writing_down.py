"""What is entered in the desk's book: the decision, and the record that settles the gate's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from egate import __version__
from egate.console.cases.decision_form import DecisionFaulty, Identity, Wanted
from egate.console.cases.open_cases import OpenCase
from egate.console.desk.writing import DeskStation
from egate.domain.decision import Decision, DocumentSeen, OfficerDecision, decision_faults
from egate.domain.desk_record import (
    DOCUMENT_CODE,
    DOCUMENT_NUMBER,
    STATE,
    desk_record_faults,
)
from egate.domain.record import CaptureMode, CrossingRecord, CrossingStatus, RecordVerdict
from egate.domain.time import UtcSeconds
from egate.outbox.desk_book import DeskEntry

_STATUSES: Final = {
    Decision.CLEAR: CrossingStatus.COMPLETED,
    Decision.REFUSE_ENTRY: CrossingStatus.REFUSED_ENTRY,
    Decision.DENY_EXIT: CrossingStatus.DENIED_EXIT,
    Decision.OFFLOAD: CrossingStatus.OFFLOADED,
}


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides, where, and when.

    Args:
        station: the desk.
        officer_id: who decides.
        now: the wall clock.
        new_id: makes a UUID version 7.

    """

    station: DeskStation
    officer_id: str
    now: UtcSeconds
    new_id: Callable[[], str]


def content_of(gate_id: str, crossing_id: str, hit: str = "") -> bytes:
    """Return by what the book tells the decision on a case again: one case, one decision.

    The gate is of it: who has no such lane is not told what was decided there.

    Args:
        gate_id: that referred the traveller.
        crossing_id: of the case.
        hit: list and entry that a further decision is about; "" for that on the case itself.

    """
    return " ".join(filter(None, ("case", gate_id, crossing_id, hit))).encode()


def entries_of(wanted: Wanted, case: OpenCase, by: Deciding) -> list[DeskEntry]:
    """Return what ``wanted`` enters, the decision on the case itself first.

    A decision names one entry of a list. For each further one there is a decision of its own
    with the same words, so that *not the same person* reaches every list that named the traveller.

    Raises:
        DecisionFaulty: the decision lacks something, or the gate's record makes no desk's record.

    """
    at_hand, *further = wanted.identities or (None,)
    decision = _decision(wanted, case, by, at_hand)
    crossing = _crossing(decision, case, by)
    if faults := dict(_faults(decision, crossing)):
        raise DecisionFaulty(faults)
    return [
        DeskEntry(content_of(case.gate_id, case.crossing_id), crossing, decision),
        *(
            DeskEntry(
                content_of(
                    case.gate_id, case.crossing_id, f"{each.hit.list_name} {each.hit.entry_id}"
                ),
                decision=_decision(wanted, case, by, each),
            )
            for each in further
        ),
    ]


def _decision(
    wanted: Wanted, case: OpenCase, by: Deciding, identity: Identity | None
) -> OfficerDecision:
    decision = OfficerDecision(
        decision_id=by.new_id(),
        crossing_id=case.crossing_id,
        officer_id=by.officer_id,
        officer_authority=by.station.authority,
        border_crossing_point=by.station.border_crossing_point,
        station=by.station.station,
        decision=wanted.decision,
        reason_code=wanted.reason_code,
        seen_at=min(by.now, case.seen_at[by.officer_id]),
        decided_at=by.now,
        biometric_veto=wanted.veto,
        reason_text=wanted.reason_text,
        legal_basis=wanted.legal_basis,
        documents_seen=_seen(case.record),
        second_officer_id=wanted.second_officer_id,
        offload_until=wanted.offload_until,
        notice_given=wanted.notice,
    )
    if identity is None:
        return decision
    return replace(
        decision,
        watchlist=identity.hit.list_name,
        watchlist_entry_id=identity.hit.entry_id,
        watchlist_revision=identity.hit.revision,
        identity_confirmed=identity.confirmed,
    )


def _seen(record: CrossingRecord | None) -> tuple[DocumentSeen, ...]:
    """Return the holder's document; what a forged chip calls its number need not be one."""
    document = record.document if record else None
    if document is None:
        return ()
    sound = (
        DOCUMENT_CODE.fullmatch(document.document_code)
        and STATE.fullmatch(document.issuing_state)
        and DOCUMENT_NUMBER.fullmatch(document.document_number)
    )
    seen = DocumentSeen(document.document_code, document.issuing_state, document.document_number)
    return (seen,) if sound else ()


def _crossing(decision: OfficerDecision, case: OpenCase, by: Deciding) -> CrossingRecord | None:
    """Return the record that takes the place of the gate's; None while the attempt is open.

    The gate's evidence stays in it, so nothing is read or typed a second time.
    """
    record, status = case.record, _STATUSES.get(decision.decision)
    if record is None or status is None:
        return None
    completed = status is CrossingStatus.COMPLETED
    return replace(
        record,
        crossing_id=by.new_id(),
        gate_id=by.station.console_id,
        gate_seq=0,
        border_crossing_point=by.station.border_crossing_point,
        occurred_at=by.now,
        recorded_at=by.now,
        verdict=RecordVerdict.ADMIT if completed else RecordVerdict.NONE,
        status=status,
        findings=(),
        passage_confirmed=False,
        software_version=__version__,
        steps=(),
        capture_mode=CaptureMode.DESK,
        supersedes=case.crossing_id,
        decision_id=decision.decision_id,
        entered_by=by.officer_id,
    )


def _faults(
    decision: OfficerDecision, crossing: CrossingRecord | None
) -> Iterator[tuple[str, str]]:
    for fault in decision_faults(decision):
        name = fault.partition(":")[0]
        yield _FIELDS.get(name, ("decision", "case.fault.document"))
    if crossing and desk_record_faults(crossing):
        yield "decision", "case.fault.document"


_FIELDS: Final = {
    name: (name, f"case.fault.{name}")
    for name in ("reason_code", "reason_text", "legal_basis", "offload_until")
} | {
    "second_officer_id": ("second_id", "case.fault.second_id"),
    "watchlist_revision": ("hits", "case.fault.hits"),
}
