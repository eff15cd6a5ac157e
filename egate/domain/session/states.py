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
from egate.domain.record import Direction, StepDuration
from egate.domain.session.flow import Condition, Flow, LaneMode
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
        direction: into the country or out of it, as the lane served when the traveller came.
        flow: the way through the lane, likewise.
        document: what the MRZ says (personal).
        optical: the checks of the data page.
        chip: what the chip showed, None while unknown.
        face: what the comparison showed, None while unknown.
        background: what lists and authorisations said, None while unknown.
        service: whether the lane itself could decide, as it was at the decision.
        single_person: nobody else was sensed in the lane.
        watched: nor can somebody have come unseen, as far as the policy demands.
        unwatched_seconds: for how long nobody looked, in all; not counted any further once
            ``watched`` is lost.
        attempts: how often the document was presented.
        steps: durations of what is done.
        prepared: the session of the kiosk that inspected the document, None without one.
        fallback: what was noticed at its decisions that makes them less certain.

    """

    id: SessionId
    began_at: UtcSeconds
    began: Instant
    direction: Direction
    flow: Flow
    document: TravelDocument | None = field(default=None, repr=False)
    optical: tuple[CheckResult, ...] = ()
    chip: ChipEvidence | None = None
    face: FaceEvidence | None = None
    background: BackgroundEvidence | None = None
    service: CheckResult | None = None
    single_person: bool = True
    watched: bool = True
    unwatched_seconds: float = 0.0
    attempts: int = 0
    steps: tuple[StepDuration, ...] = ()
    prepared: SessionId | None = None
    fallback: frozenset[Condition] = frozenset()


@dataclass(frozen=True, slots=True)
class Lane:
    """What keeps the lane from serving the next traveller, or from admitting.

    Args:
        faults: names of devices that are lost.
        mode: what an officer ordered.
        conditions: what the gate noticed.
        direction: which way an officer ordered it to serve; None where the hour says so.

    """

    faults: frozenset[str] = frozenset()
    mode: LaneMode = LaneMode.ENABLED
    conditions: frozenset[Condition] = frozenset()
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Whether a traveller may stand between two barriers, and when the way back opens.

    Args:
        inside: somebody may be there.
        way_back_at: when the entry barrier opens for them; None when it stands open, or
            when nobody is inside.

    """

    inside: bool = False
    way_back_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is served; the lane waits for a traveller."""

    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class ReadingMrz:
    """A traveller is in the lane; the document is awaited."""

    session: Session
    deadline: Instant
    lane: Lane = Lane()
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Inspecting:
    """Chip, lists and, where the camera sees the traveller, the face fill their slots.

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
class Entering:
    """Eligible: the entry barrier is open, or closing behind the traveller.

    Args:
        session: whose traveller.
        since: when the barrier was told to open.
        deadline: to be inside with the barrier closed.
        lane: what waits for the end of the session.
        inside: the traveller was seen between the barriers.

    """

    session: Session
    since: Instant
    deadline: Instant
    lane: Lane = Lane()
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Verifying:
    """The traveller stands between two closed barriers; the face is compared."""

    session: Session
    since: Instant
    deadline: Instant
    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class Passing:
    """Admitted: the exit barrier is open."""

    session: Session
    decision: Admit
    since: Instant
    deadline: Instant
    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class Directing:
    """The kiosk has prepared the traveller, and says where the gate is."""

    session_id: SessionId
    deadline: Instant
    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class AwaitingOfficer:
    """The session is reported; an officer takes care of the traveller."""

    session_id: SessionId
    findings: tuple[str, ...]
    lane: Lane = Lane()
    occupancy: Occupancy = Occupancy()


@dataclass(frozen=True, slots=True)
class Releasing:
    """Somebody may be between the barriers: the way back stands open until nobody is."""

    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class Evacuating:
    """The barrier is released; ``raised`` while the emergency input is still active."""

    raised: bool = False
    lane: Lane = Lane()


@dataclass(frozen=True, slots=True)
class OutOfService:
    lane: Lane


State = (
    Idle
    | ReadingMrz
    | Inspecting
    | Entering
    | Verifying
    | Passing
    | Directing
    | AwaitingOfficer
    | Releasing
    | Evacuating
    | OutOfService
)
