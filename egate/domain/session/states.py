"""Where a gate can stand, and what it knows of the traveller it serves."""

from dataclasses import dataclass, field
from typing import NewType

from egate.domain.evidence import (
    BackgroundEvidence,
    CheckResult,
    ChipEvidence,
    FaceEvidence,
    TravelDocument,
)
from egate.domain.policy.decide import Admit
from egate.domain.record import StepDuration
from egate.domain.time import Instant, UtcSeconds

SessionId = NewType("SessionId", str)
"""The crossing id: a UUID version 7, made when the traveller enters."""


@dataclass(frozen=True, slots=True)
class Session:
    """One traveller's attempt so far.

    Args:
        id: becomes the crossing id of its record.
        began_at: for the record.
        began: the same moment on the gate's clock.
        document: what the MRZ says (personal).
        optical: the checks of the data page.
        chip: what the chip showed, None while unknown.
        face: what the comparison showed, None while unknown.
        background: what lists and authorisations said, None while unknown.
        single_person: nobody else was sensed in the lane.
        attempts: how often the document was presented.
        steps: durations of what is done.

    """

    id: SessionId
    began_at: UtcSeconds
    began: Instant
    document: TravelDocument | None = field(default=None, repr=False)
    optical: tuple[CheckResult, ...] = ()
    chip: ChipEvidence | None = None
    face: FaceEvidence | None = None
    background: BackgroundEvidence | None = None
    single_person: bool = True
    attempts: int = 0
    steps: tuple[StepDuration, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """What keeps the lane from serving the next traveller.

    Args:
        faults: names of devices that are lost.
        closed: an officer closed the lane.

    """

    faults: frozenset[str] = frozenset()
    closed: bool = False

    @property
    def can_serve(self) -> bool:
        return not self.faults and not self.closed


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is served; the lane is in order."""


@dataclass(frozen=True, slots=True)
class ReadingMrz:
    """A traveller is in the lane; the document is awaited."""

    session: Session
    deadline: Instant
    lane: Lane = Lane()
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Inspecting:
    """Chip, camera and lists work in parallel, each filling its slot of the session.

    Args:
        session: with the slots.
        since: when the inspection began.
        deadline: for all slots.
        lane: what waits for the end of the session.
        lost: how often the chip could not be read to its end.

    """

    session: Session
    since: Instant
    deadline: Instant
    lane: Lane = Lane()
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Passing:
    """Admitted: the barrier is open."""

    session: Session
    decision: Admit
    since: Instant
    deadline: Instant
    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class AwaitingOfficer:
    """The session is reported; an officer takes care of the traveller."""

    session_id: SessionId
    findings: tuple[str, ...]
    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class Evacuating:
    """The barrier is released; ``raised`` while the emergency input is still active."""

    raised: bool = False
    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class OutOfService:
    lane: Lane


State = Idle | ReadingMrz | Inspecting | Passing | AwaitingOfficer | Evacuating | OutOfService
