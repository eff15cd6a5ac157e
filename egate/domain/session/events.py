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
from egate.domain.record import Direction
from egate.domain.session.flow import Condition, Flow, LaneMode
from egate.domain.session.states import SessionId
from egate.domain.time import Instant, UtcSeconds


@dataclass(frozen=True, slots=True)
class TravellerEntered:
    """Somebody came into the lane; ``session`` is fresh, in case a session begins.

    Args:
        session: its crossing id.
        at: for the record.
        direction: which way the lane serves now.
        flow: how it is laid out.

    """

    session: SessionId
    at: UtcSeconds
    direction: Direction
    flow: Flow


@dataclass(frozen=True, slots=True)
class SecondPersonDetected:
    pass


@dataclass(frozen=True, slots=True)
class TravellerLeft:
    """Nobody is in the lane any more; the traveller went back."""


@dataclass(frozen=True, slots=True)
class TravellerInside:
    """The traveller stands between the barriers; the entry barrier is still open."""


@dataclass(frozen=True, slots=True)
class EntryClosed:
    """The entry barrier has closed behind the traveller."""


@dataclass(frozen=True, slots=True)
class PassageConfirmed:
    """The traveller is behind the doors.

    Args:
        left_behind: something stayed in the lane; None where no sensor looks.

    """

    left_behind: bool | None = None


@dataclass(frozen=True, slots=True)
class LaneUnwatched:
    """Nobody looked for up to ``seconds`` while somebody could come in, by a door or the mouth."""

    seconds: float


@dataclass(frozen=True, slots=True)
class WrongWayDetected:
    """Somebody comes in from behind the exit barrier."""


@dataclass(frozen=True, slots=True)
class ReleaseRequested:
    """Whoever is between the barriers wants out: the button there, or an officer."""


@dataclass(frozen=True, slots=True)
class OpeningExpired:
    """A barrier was not opened, since its warrant was used or too old."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class MrzRead:
    """The document was presented and its zone is right; ``gate_seconds`` is the gate's own time."""

    session: SessionId
    document: TravelDocument = field(repr=False)
    checks: tuple[CheckResult, ...]
    gate_seconds: float = 0.0


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
class PageInspected:
    """The pictures of the data page were looked at, or there was none in time."""

    session: SessionId
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True)
class BackgroundChecked:
    """Lists and authorisations answered about ``document``."""

    session: SessionId
    evidence: BackgroundEvidence
    document: TravelDocument = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenRedeemed:
    """The kiosk's inspection of the document that was presented, not older than the policy.

    Args:
        session: the gate's own.
        prepared: the kiosk's.
        chip: what the chip showed there.
        background: what lists and authorisations said then.

    """

    session: SessionId
    prepared: SessionId
    chip: ChipEvidence
    background: BackgroundEvidence


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """No kiosk has prepared this document, or too long ago, or it was used before."""

    session: SessionId
    reason: str


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
    """An officer has looked after the lane.

    Args:
        session: the referral that was settled; None for the lane as such. A reset that
            comes late must not settle the next traveller's case.

    """

    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class LaneModeOrdered:
    mode: LaneMode


@dataclass(frozen=True, slots=True)
class DirectionOrdered:
    """From the next traveller on; None: the direction of the hour again."""

    direction: Direction | None


@dataclass(frozen=True, slots=True)
class ConditionsChanged:
    """All that the gate notices now, in place of what it noticed before."""

    conditions: frozenset[Condition]


@dataclass(frozen=True, slots=True)
class PolicyRenewed:
    """Another policy holds from now on; no session was under way."""


Event = (
    TravellerEntered
    | SecondPersonDetected
    | TravellerLeft
    | TravellerInside
    | EntryClosed
    | PassageConfirmed
    | WrongWayDetected
    | LaneUnwatched
    | ReleaseRequested
    | OpeningExpired
    | MrzRead
    | MrzUnreadable
    | ChipInspected
    | ChipReadFailed
    | FaceCompared
    | PageInspected
    | BackgroundChecked
    | TokenRedeemed
    | TokenRefused
    | DeadlineReached
    | DeviceFailed
    | DeviceRestored
    | EmergencyRaised
    | EmergencyInputEnded
    | OfficerReset
    | LaneModeOrdered
    | DirectionOrdered
    | ConditionsChanged
    | PolicyRenewed
)
