"""What needs somebody: one alarm a lane, the most urgent there is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from egate.console.hall.live import Lane
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId
from egate.ports.supervision import GateMode, GateState, GateStatus


class AlarmKind(StrEnum):
    """Most urgent first."""

    EMERGENCY = "emergency"
    SILENT_HIT = "silent_hit"
    """Distinct for the officer, and never for the traveller."""
    ATTACK = "attack"
    """Presentation attack suspected; as silent as a hit."""
    FORCED = "forced"
    WRONG_WAY = "wrong_way"
    TAILGATING = "tailgating"
    NOT_CLEAR = "not_clear"
    """Where the traveller is, or what lies in the lane, nobody saw."""
    REFERRAL = "referral"
    WAY_BACK = "way_back"
    LEFT = "left"
    FAULT = "fault"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of one lane.

    Args:
        gate_id: of the lane.
        kind: which.
        since: when it began.
        crossing_id: the session that it is about, "" for one about the lane.
        case_officer_id: who has the case, "" while nobody has.

    """

    gate_id: str
    kind: AlarmKind
    since: UtcSeconds
    crossing_id: str = ""
    case_officer_id: str = ""

    @property
    def key(self) -> tuple[str, AlarmKind, str, int]:
        """What tells this alarm from every other one, also the next of its lane."""
        return self.gate_id, self.kind, self.crossing_id, int(self.since)


_OF_THE_GATE: Final = {
    "silent_hit": AlarmKind.SILENT_HIT,
    "forced_barrier": AlarmKind.FORCED,
    "wrong_way": AlarmKind.WRONG_WAY,
    "tailgating": AlarmKind.TAILGATING,
    "document_left": AlarmKind.LEFT,
}
_OF_FINDINGS: Final = {
    CheckId.PAD: AlarmKind.ATTACK,
    CheckId.SINGLE_PERSON: AlarmKind.TAILGATING,
    CheckId.PASSAGE: AlarmKind.NOT_CLEAR,
    CheckId.NOTHING_LEFT: AlarmKind.NOT_CLEAR,
    "door_forced": AlarmKind.FORCED,
}
_OF_CONDITIONS: Final = {
    "document_left": AlarmKind.LEFT,
    "item_left": AlarmKind.LEFT,
    "way_out_blocked": AlarmKind.LEFT,
}
_OF_STATES: Final = {
    GateState.EVACUATING: AlarmKind.EMERGENCY,
    GateState.AWAITING_OFFICER: AlarmKind.REFERRAL,
    GateState.RELEASING: AlarmKind.WAY_BACK,
}
_URGENCY: Final = tuple(AlarmKind)


def alarm_of(lane: Lane) -> Alarm | None:
    """Return the most urgent alarm of ``lane``, None when it needs nobody."""
    status = lane.status
    if lane.fault or status is None:
        return Alarm(lane.gate_id, AlarmKind.LOST, lane.since)
    kinds = _kinds(status)
    if not kinds:
        return None
    kind = min(kinds, key=_URGENCY.index)
    return Alarm(lane.gate_id, kind, lane.since, status.crossing_id, status.case_officer_id)


def in_order(alarms: list[Alarm]) -> list[Alarm]:
    """Return ``alarms`` most urgent first, and of one kind the longest waiting first."""
    return sorted(alarms, key=lambda alarm: (_URGENCY.index(alarm.kind), alarm.since))


def needs_a_decision(status: GateStatus) -> bool:
    """Return whether a traveller waits for an officer."""
    return status.state is GateState.AWAITING_OFFICER and status.crossing_id != ""


def _kinds(status: GateStatus) -> set[AlarmKind]:
    kinds = {_OF_STATES[status.state]} if status.state in _OF_STATES else set()
    kinds |= {_OF_FINDINGS[each] for each in status.findings if each in _OF_FINDINGS}
    kinds |= {_OF_CONDITIONS[each] for each in status.conditions if each in _OF_CONDITIONS}
    kinds |= {_OF_THE_GATE[each] for each in status.alarms if each in _OF_THE_GATE}
    if is_out_of_order(status):
        kinds.add(AlarmKind.FAULT)
    return kinds


def is_out_of_order(status: GateStatus) -> bool:
    """Return whether the lane does not serve, and nobody ordered that."""
    is_amiss = bool(status.findings) or status.mode == GateMode.DEGRADED
    return status.state is GateState.OUT_OF_SERVICE and is_amiss
