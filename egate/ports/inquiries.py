"""What officers look up at the centre, and what they are told. Personal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from egate.domain.decision import OfficerDecision
from egate.domain.evidence import TravelDocument
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
)
from egate.domain.time import UtcSeconds


@dataclass(frozen=True, slots=True)
class CrossingSearch:
    """What is looked for; all that is given holds together.

    Args:
        crossing_id: one record; "" for any.
        issuing_state: of the document; "" for any.
        document_number: likewise; both or neither.
        gate_id: of the gate or desk; "" for any.
        border_crossing_point: as a UN/LOCODE; "" for any.
        since: from when on; mandatory without a document or a crossing, and then at most 92
            days back.
        until: up to when, that moment excluded; None for now.
        statuses: any of them; empty for all.
        verdicts: any of them; empty for all.
        direction: None for both.

    """

    crossing_id: str = ""
    issuing_state: str = field(default="", repr=False)
    document_number: str = field(default="", repr=False)
    gate_id: str = ""
    border_crossing_point: str = ""
    since: UtcSeconds | None = None
    until: UtcSeconds | None = None
    statuses: tuple[CrossingStatus, ...] = ()
    verdicts: tuple[RecordVerdict, ...] = ()
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class CrossingFound:
    """One crossing in a list. What a newer gate said, and this version does not know, is None.

    Args:
        crossing_id: of the record.
        gate_id: of the gate or desk.
        border_crossing_point: as a UN/LOCODE.
        direction: into the country or out of it.
        occurred_at: when.
        verdict: of the gate.
        status: how it ended.
        capture_mode: where it was recorded.
        findings: what stood in the way, as ids of checks.
        document: each field cut to 100 characters; None when none was read.
        replaced: another record took its place.

    """

    crossing_id: str
    gate_id: str
    border_crossing_point: str
    direction: Direction | None
    occurred_at: UtcSeconds
    verdict: RecordVerdict | None
    status: CrossingStatus | None
    capture_mode: CaptureMode | None
    findings: tuple[str, ...]
    document: TravelDocument | None = field(repr=False)
    replaced: bool


@dataclass(frozen=True, slots=True)
class CrossingsFound:
    """One page of a search.

    Args:
        crossings: the newest first.
        cursor: of the next page; b"" after the last.

    """

    crossings: tuple[CrossingFound, ...]
    cursor: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class DecisionKept:
    """One decision as it lies at the centre.

    Args:
        decision: as it was made.
        superseded_by: the decision that took its place; "" for none.
        accepted_at: when the centre had it.
        console_id: whose certificate sent it.

    """

    decision: OfficerDecision = field(repr=False)
    superseded_by: str
    accepted_at: UtcSeconds
    console_id: str


class StayKind(StrEnum):
    OPEN = "open"
    """Still here, or for a citizen still away."""
    MATCHED = "matched"
    ENTRY_WITHOUT_EXIT = "entry_without_exit"
    EXIT_WITHOUT_ENTRY = "exit_without_entry"


@dataclass(frozen=True, slots=True)
class HolderStay:
    """One stay of a foreigner, or one absence of a citizen.

    Args:
        kind: whether it is complete; None for one that only a newer centre knows.
        absence: of a citizen.
        entry_id: crossing_id of the entry; "" where it is not known, as all that follows.
        entry_at: when, or None.
        exit_id: of the exit.
        exit_at: when, or None.
        entry_port: where, as a UN/LOCODE.
        allowed_until: last day, ISO 8601, as far as it was known while the stay was open.
        unlimited: there is no last day.
        overstay_days: to the exit, or to today; 0 for none that is known.

    """

    kind: StayKind | None
    absence: bool
    entry_id: str
    entry_at: UtcSeconds | None
    exit_id: str
    exit_at: UtcSeconds | None
    entry_port: str
    allowed_until: str
    unlimited: bool
    overstay_days: int


@dataclass(frozen=True, slots=True)
class CrossingKept:
    """One crossing with all that belongs to it.

    Args:
        record: as it came.
        accepted_at: when the centre had it.
        clock_suspect: the gate's clock cannot have been right.
        decisions: about this record and those that it is tied to, the oldest first.
        superseded_by: records that say that they take its place.
        standing_id: which of all these records counts: its own id when none took its place.
        stay: of the record that counts; None when it is in none.

    """

    record: CrossingRecord = field(repr=False)
    accepted_at: UtcSeconds
    clock_suspect: bool
    decisions: tuple[DecisionKept, ...]
    superseded_by: tuple[str, ...]
    standing_id: str
    stay: HolderStay | None


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """One document of a holder."""

    issuing_state: str = field(repr=False)
    document_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HolderEntry:
    """A row that is or was in force.

    Args:
        subject: ``authorisations``, ``successions`` or ``extensions``.
        columns: as the file of its subject has them; see docs/authorisations.md.
        in_force_at: since when.
        retired_at: until when; None while it is in force.
        legal_basis: of its import.
        source_system: whose file it was; "" when a person made it.
        made_by: who imported it.
        approved_by: who approved it; "" for a system's.

    """

    subject: str
    columns: Mapping[str, str] = field(repr=False)
    in_force_at: UtcSeconds
    retired_at: UtcSeconds | None
    legal_basis: str
    source_system: str
    made_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class HolderKnown:
    """What is known of the holder of a document.

    Args:
        documents: the one that was asked about, then those that successions connect with it.
        stays: the newest first, to 100.
        more_stays: there are more.
        crossings: the newest first, to 50.
        more_crossings: there are more.
        entries: authorisations, successions and extensions; those in force first, to 100.
        more_entries: there are more.

    """

    documents: tuple[HeldDocument, ...]
    stays: tuple[HolderStay, ...]
    more_stays: bool
    crossings: tuple[CrossingFound, ...]
    more_crossings: bool
    entries: tuple[HolderEntry, ...]
    more_entries: bool

    @property
    def overstays(self) -> tuple[HolderStay, ...]:
        """Stays that lasted, or last, beyond their last allowed day."""
        return tuple(stay for stay in self.stays if stay.overstay_days)
