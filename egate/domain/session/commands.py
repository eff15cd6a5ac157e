"""What the shell shall do, in the imperative. Each is safe to carry out twice."""

from dataclasses import dataclass

from egate.domain.evidence import CheckResult
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.domain.session.message import TravellerMessage
from egate.domain.session.states import Session, SessionId


@dataclass(frozen=True, slots=True)
class ReadMrz:
    session: SessionId


@dataclass(frozen=True, slots=True)
class InspectChip:
    session: SessionId


@dataclass(frozen=True, slots=True)
class CompareFace:
    """Watch the camera from now on; compare as soon as the chip gives the portrait."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class CheckBackground:
    session: SessionId


@dataclass(frozen=True, slots=True)
class SetBarrier:
    """A wanted position, not a movement."""

    position: BarrierPosition


@dataclass(frozen=True, slots=True)
class SetSignal:
    signal: LaneSignal


@dataclass(frozen=True, slots=True)
class Show:
    message: TravellerMessage


@dataclass(frozen=True, slots=True)
class StopWork:
    """Abandon whatever still runs for the session."""


@dataclass(frozen=True, slots=True)
class Report:
    """Make the one record of ``session``."""

    session: Session
    status: CrossingStatus
    verdict: RecordVerdict
    policy_version: str
    checks: tuple[CheckResult, ...]
    findings: tuple[str, ...] = ()
    passage_confirmed: bool = False


Command = (
    ReadMrz
    | InspectChip
    | CompareFace
    | CheckBackground
    | SetBarrier
    | SetSignal
    | Show
    | StopWork
    | Report
)
