"""The crossing record, before any wire format.

Every session leaves exactly one, also one that was abandoned or interrupted.
Its id is made at the gate, so sending it twice is harmless.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from egate.domain.evidence import (
    AccessProtocol,
    CheckResult,
    InspectedVisa,
    ListUsed,
    StayGrant,
    TravelDocument,
)
from egate.domain.time import UtcSeconds


class Direction(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class RecordVerdict(StrEnum):
    """What the gate decided; NONE when the session ended before a decision."""

    ADMIT = "admit"
    REFER = "refer"
    NONE = "none"


class CrossingStatus(StrEnum):
    """How the session ended."""

    COMPLETED = "completed"
    REFERRED = "referred"
    ABANDONED = "abandoned"
    PREPARED = "prepared"
    """A kiosk found the traveller eligible and sent them on to the gate."""
    INTERRUPTED = "interrupted"
    """The gate process ended in the middle of the session."""
    ABORTED = "aborted"
    """An emergency or a lost device ended the session."""
    REFUSED_ENTRY = "refused_entry"
    """An officer did not let the traveller in."""
    DENIED_EXIT = "denied_exit"
    """An officer did not let the traveller out, by the law that the decision names."""
    OFFLOADED = "offloaded"
    """An officer took the traveller off the journey."""


class CaptureMode(StrEnum):
    """Where and how a crossing was recorded."""

    EGATE = "egate"
    DESK = "desk"
    MOBILE = "mobile"
    MANUAL_RETROSPECTIVE = "manual_retrospective"
    """Written on paper while nothing worked, and entered later."""


@dataclass(frozen=True, slots=True)
class StepDuration:
    """Wall time of one step of the session, and the gate's own part of it."""

    step: str
    seconds: float
    gate_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CrossingRecord:
    """One traveller's attempt, complete. Holds personal data.

    Args:
        crossing_id: UUID version 7, lower case with hyphens: the idempotency key.
        gate_id: the lane.
        gate_seq: 1, 2, 3... for each gate without a gap, so that the centre sees one.
        direction: entry or exit.
        border_crossing_point: the port, as a UN/LOCODE such as ``BDDAC``.
        occurred_at: when the session began.
        recorded_at: when this record was made.
        document: what the chip says, else what the MRZ says; None when neither was read.
        access: how the chip was opened.
        signer: document signer as ``"BD:1a2b"``.
        csca_ski: subject key identifier of the CSCA, hexadecimal.
        trust_store_version: SHA-256 of what was trusted for it, hexadecimal; "" without a chip.
        checks: every check, each exactly once.
        similarity: face similarity in [-1, 1].
        threshold: the similarity that was required.
        verdict: what the gate decided.
        findings: ids of the checks that stood in the way of admission, sorted.
        status: how the session ended.
        passage_confirmed: the sensors saw the traveller leave on the far side.
        policy_version: the policy that decided.
        software_version: what ran.
        attempts: how often the document was presented.
        steps: durations.
        prepared_crossing_id: the record of the kiosk that inspected the document, in a
            segregated lane; "" elsewhere.
        capture_mode: where it was recorded.
        fallback_reasons: under which conditions less than usual was known when it was
            decided, as ``centre_away`` or ``lists_stale``, sorted; empty in the usual case.
        lists_used: which versions of which lists were asked.
        grant: by what a foreigner enters; None for everybody else.
        supersedes: the record that this one corrects or settles; "" for none.
        decision_id: the officer's decision that it rests on; "" for none.
        entered_by: the officer who entered it; "" for a gate's.
        visas: the traveller's, of which a page was laid on the desk's scanner, in the order in
            which they were first.

    """

    crossing_id: str
    gate_id: str
    gate_seq: int
    direction: Direction
    border_crossing_point: str
    occurred_at: UtcSeconds
    recorded_at: UtcSeconds
    verdict: RecordVerdict
    status: CrossingStatus
    policy_version: str
    software_version: str
    document: TravelDocument | None = field(default=None, repr=False)
    access: AccessProtocol | None = None
    signer: str = ""
    csca_ski: str = ""
    trust_store_version: str = ""
    checks: tuple[CheckResult, ...] = ()
    similarity: float | None = None
    threshold: float | None = None
    findings: tuple[str, ...] = ()
    passage_confirmed: bool = False
    attempts: int = 0
    steps: tuple[StepDuration, ...] = ()
    prepared_crossing_id: str = ""
    capture_mode: CaptureMode = CaptureMode.EGATE
    fallback_reasons: tuple[str, ...] = ()
    lists_used: tuple[ListUsed, ...] = ()
    grant: StayGrant | None = None
    supersedes: str = ""
    decision_id: str = ""
    entered_by: str = ""
    visas: tuple[InspectedVisa, ...] = ()
