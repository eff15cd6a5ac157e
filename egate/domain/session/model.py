"""The whole vocabulary of the session machine under one name."""

from dataclasses import dataclass

from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.domain.session.commands import (
    CheckBackground,
    Command,
    CompareFace,
    InspectChip,
    ReadMrz,
    Report,
    SetBarrier,
    SetSignal,
    Show,
    StopWork,
)
from egate.domain.session.events import (
    BackgroundChecked,
    ChipInspected,
    ChipReadFailed,
    DeadlineReached,
    DeviceFailed,
    DeviceRestored,
    EmergencyInputEnded,
    EmergencyRaised,
    Event,
    FaceCompared,
    LaneClosed,
    LaneOpened,
    MrzRead,
    MrzUnreadable,
    OfficerReset,
    PassageConfirmed,
    SecondPersonDetected,
    TravellerEntered,
    TravellerLeft,
)
from egate.domain.session.message import TravellerMessage
from egate.domain.session.states import (
    AwaitingOfficer,
    Evacuating,
    Idle,
    Inspecting,
    Lane,
    OutOfService,
    Passing,
    ReadingMrz,
    Session,
    SessionId,
    State,
)

__all__ = [
    "AwaitingOfficer",
    "BackgroundChecked",
    "BarrierPosition",
    "CheckBackground",
    "ChipInspected",
    "ChipReadFailed",
    "Command",
    "CompareFace",
    "DeadlineReached",
    "DeviceFailed",
    "DeviceRestored",
    "EmergencyInputEnded",
    "EmergencyRaised",
    "Evacuating",
    "Event",
    "FaceCompared",
    "Idle",
    "InspectChip",
    "Inspecting",
    "Lane",
    "LaneClosed",
    "LaneOpened",
    "LaneSignal",
    "MrzRead",
    "MrzUnreadable",
    "OfficerReset",
    "OutOfService",
    "PassageConfirmed",
    "Passing",
    "ReadMrz",
    "ReadingMrz",
    "Report",
    "SecondPersonDetected",
    "Session",
    "SessionId",
    "SetBarrier",
    "SetSignal",
    "Show",
    "State",
    "Step",
    "StopWork",
    "TravellerEntered",
    "TravellerLeft",
    "TravellerMessage",
]


@dataclass(frozen=True, slots=True)
class Step:
    """What an event made of a state, and what is to be done."""

    state: State
    commands: tuple[Command, ...] = ()
