"""What happened, in the past tense.

An answer to a command repeats the session that it answers, so that a late one can be
told and dropped.
"""

from dataclasses import dataclass, field

from egate.domain.evidence import (
    BackgroundEvidence,
    CheckResult,
    ChipEvidence,
    FaceEvidence,
    TravelDocument,
)
from egate.domain.session.states import SessionId
from egate.domain.time import Instant, UtcSeconds


@dataclass(frozen=True, slots=True)
class TravellerEntered:
    """Somebody came into the lane; ``session`` is fresh, in case a session begins."""

    session: SessionId
    at: UtcSeconds


@dataclass(frozen=True, slots=True)
class SecondPersonDetected:
    pass


@dataclass(frozen=True, slots=True)
class TravellerLeft:
    """Nobody is in the lane any more; the traveller went back."""


@dataclass(frozen=True, slots=True)
class PassageConfirmed:
    """The traveller is behind the doors."""


@dataclass(frozen=True, slots=True)
class MrzRead:
    session: SessionId
    document: TravelDocument = field(repr=False)
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True)
class MrzUnreadable:
    session: SessionId


@dataclass(frozen=True, slots=True)
class ChipInspected:
    session: SessionId
    evidence: ChipEvidence


@dataclass(frozen=True, slots=True)
class ChipReadFailed:
    """The chip was lost or misread; presented again, it may read well."""

    session: SessionId
    reason: str


@dataclass(frozen=True, slots=True)
class FaceCompared:
    session: SessionId
    evidence: FaceEvidence


@dataclass(frozen=True, slots=True)
class BackgroundChecked:
    session: SessionId
    evidence: BackgroundEvidence


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    deadline: Instant


@dataclass(frozen=True, slots=True)
class DeviceFailed:
    device: str


@dataclass(frozen=True, slots=True)
class DeviceRestored:
    device: str


@dataclass(frozen=True, slots=True)
class EmergencyRaised:
    """Everybody out. ``by_input``: the lane's input is active, not an officer's order."""

    by_input: bool = False


@dataclass(frozen=True, slots=True)
class EmergencyInputEnded:
    """The input is inactive again; the evacuation goes on until an officer's reset."""


@dataclass(frozen=True, slots=True)
class OfficerReset:
    pass


@dataclass(frozen=True, slots=True)
class LaneClosed:
    pass


@dataclass(frozen=True, slots=True)
class LaneOpened:
    pass


Event = (
    TravellerEntered
    | SecondPersonDetected
    | TravellerLeft
    | PassageConfirmed
    | MrzRead
    | MrzUnreadable
    | ChipInspected
    | ChipReadFailed
    | FaceCompared
    | BackgroundChecked
    | DeadlineReached
    | DeviceFailed
    | DeviceRestored
    | EmergencyRaised
    | EmergencyInputEnded
    | OfficerReset
    | LaneClosed
    | LaneOpened
)
