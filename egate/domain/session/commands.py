"""What the shell shall do, in the imperative. Each is safe to carry out twice."""

from dataclasses import dataclass

from egate.domain.evidence import CheckResult
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session.barrier import BarrierPosition, LaneSignal, Warrant
from egate.domain.session.message import TravellerMessage
from egate.domain.session.states import Session, SessionId


@dataclass(frozen=True, slots=True)
class ReadMrz:
    session: SessionId


@dataclass(frozen=True, slots=True)
class InspectChip:
    session: SessionId


@dataclass(frozen=True, slots=True)
class InspectPage:
    """Look at the pictures of the data page, in a lane that has a page scanner."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class CompareFace:
    """Watch the camera from now on; compare as soon as the chip gives the portrait."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class CheckBackground:
    """Ask lists and authorisations about the document that ``session`` knows of now."""

    session: Session


@dataclass(frozen=True, slots=True)
class IssueToken:
    """Keep what the kiosk found for the gate that the traveller goes to."""

    session: Session


@dataclass(frozen=True, slots=True)
class RedeemToken:
    """Ask for what a kiosk found out about the document that was presented."""

    session: Session


@dataclass(frozen=True, slots=True)
class SetBarrier:
    """A wanted position, not a movement.

    Args:
        position: which.
        warrant: what opens a barrier for a traveller. Closing, evacuation and the way back
            to the side that travellers come from need none.

    """

    position: BarrierPosition
    warrant: Warrant | None = None


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
    | InspectPage
    | CompareFace
    | CheckBackground
    | IssueToken
    | RedeemToken
    | SetBarrier
    | SetSignal
    | Show
    | StopWork
    | Report
)
