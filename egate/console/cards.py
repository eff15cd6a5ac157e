"""What the page says of a lane: a card, and an alarm when somebody must come."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from egate.console.case import is_with_officer
from egate.console.live import Lane
from egate.console.texts import Words
from egate.domain.session.flow import Flow
from egate.emrtd.checks import CheckId
from egate.ports.supervision import (
    GateMode,
    GateState,
    GateStatus,
    OfficerOrder,
    TrustAlarm,
    TrustStatus,
)
from egate.web.findings import explain
from egate.web.traveller_language import language_of


class Tone(StrEnum):
    """What the eye sees first, most urgent first."""

    EMERGENCY = "emergency"
    ALARM = "alarm"
    FAULT = "fault"
    LOST = "lost"
    BUSY = "busy"
    READY = "ready"
    CLOSED = "closed"


_TONES: Final = {
    GateState.IDLE: Tone.READY,
    GateState.READING_MRZ: Tone.BUSY,
    GateState.INSPECTING: Tone.BUSY,
    GateState.ENTERING: Tone.BUSY,
    GateState.VERIFYING: Tone.BUSY,
    GateState.PASSING: Tone.BUSY,
    GateState.DIRECTING: Tone.BUSY,
    GateState.RELEASING: Tone.ALARM,
    GateState.AWAITING_OFFICER: Tone.ALARM,
    GateState.EVACUATING: Tone.EMERGENCY,
}
_ALARMS: Final = (Tone.EMERGENCY, Tone.ALARM, Tone.FAULT, Tone.LOST)
_KEYS: Final = {
    OfficerOrder.RESET: "R",
    OfficerOrder.CLOSE_LANE: "C",
    OfficerOrder.OPEN_LANE: "O",
    OfficerOrder.MAINTENANCE: "M",
    OfficerOrder.FEEDER: "F",
    OfficerOrder.RELEASE: "L",
    OfficerOrder.EVACUATE: "E",
}
_NEEDS_RESET: Final = {GateState.AWAITING_OFFICER, GateState.RELEASING, GateState.EVACUATING}
_MAY_BE_INSIDE: Final = {
    GateState.ENTERING,
    GateState.VERIFYING,
    GateState.PASSING,
    GateState.AWAITING_OFFICER,
}
_ORDERED: Final = {GateMode.DISABLED, GateMode.MAINTENANCE, GateMode.FEEDER}
_LONG_UNSENT_SECONDS: Final = 300.0
_MAX_STATES: Final = 4


@dataclass(frozen=True, slots=True)
class Button:
    order: OfficerOrder
    key: str
    text: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Reason:
    what: str
    look: str


@dataclass(frozen=True, slots=True)
class Card:
    """One lane, in words. ``number`` is its key on the keyboard."""

    gate_id: str
    number: int
    tone: Tone
    state: str
    since: float
    reads: str
    reasons: tuple[Reason, ...]
    buttons: tuple[Button, ...]
    crossing_id: str = ""
    sessions: int = 0
    unsent: int = 0
    oldest_seconds: float = 0.0
    centre_reachable: bool = True
    trusts: str = ""
    trust_alarms: tuple[str, ...] = ()
    mode: str = ""
    conditions: tuple[str, ...] = ()
    has_case: bool = False
    shows_pad: bool = False

    @property
    def is_alarm(self) -> bool:
        return self.tone in _ALARMS

    @property
    def records_are_late(self) -> bool:
        return self.oldest_seconds > _LONG_UNSENT_SECONDS


def card(number: int, lane: Lane, words: Words) -> Card:
    """Return the card of ``lane``; one that cannot be reached keeps what it last said."""
    status = lane.status
    if lane.fault or status is None:
        reasons: tuple[Reason, ...] = (Reason(words("gate_lost_hint"), lane.fault),)
        state, tone = words("gate_lost"), Tone.LOST
    else:
        tone = _tone(status)
        state = words("closed") if tone is Tone.CLOSED else words.state(status.state)
        reasons = _reasons(status, words)
    if status is None:
        return Card(
            lane.gate_id, number, tone, state, lane.since, "", reasons, _buttons(None, words)
        )
    limits = _conditions(status, words)
    return Card(
        gate_id=lane.gate_id,
        number=number,
        tone=tone,
        state=state,
        since=lane.since,
        reads=words.choose(_reads(status, "bn"), _reads(status, "en")),
        reasons=reasons,
        buttons=_buttons(status, words),
        crossing_id=status.crossing_id,
        sessions=status.sessions,
        unsent=status.outbox_depth,
        oldest_seconds=status.outbox_oldest_seconds,
        centre_reachable=status.centre_reachable,
        trusts=_trusts(status.trust, words),
        trust_alarms=_trust_alarms(status.trust, words),
        mode=words.mode(status.mode),
        conditions=tuple(each for each in limits if Reason(each, "") not in reasons),
        has_case=not lane.fault and is_with_officer(status, status.crossing_id),
        shows_pad=CheckId.PAD in status.findings,
    )


def _reads(status: GateStatus, code: str) -> str:
    return language_of(code).texts[status.message].say


def alarms(cards: list[Card]) -> list[Card]:
    """Return the cards that need somebody: most urgent first, then longest waiting."""
    urgency = list(Tone)
    return sorted(
        (one for one in cards if one.is_alarm), key=lambda one: (urgency.index(one.tone), one.since)
    )


def _trusts(trust: TrustStatus, words: Words) -> str:
    """Return how old the list is and until when the own State's passports can be verified."""
    parts = []
    if trust.list_age_days is not None:
        parts.append(f"{words('list')} {words.number(trust.list_age_days)} {words('days')}")
    if trust.own_csca_until:
        until = words.number(trust.own_csca_until)
        parts.append(f"{trust.own_state} {words('until')} {until}")
    return ", ".join(parts)


def _trust_alarms(trust: TrustStatus, words: Words) -> tuple[str, ...]:
    states: dict[str, tuple[str, ...]] = {
        TrustAlarm.CRL_DUE: trust.crls_due,
        TrustAlarm.CRL_STALE: trust.crls_stale,
    }
    found = []
    for alarm in trust.alarms:
        named = states.get(alarm, ())
        more = " …" if len(named) > _MAX_STATES else ""
        shown = f": {', '.join(named[:_MAX_STATES])}{more}" if named else ""
        found.append(words.trust_alarm(alarm) + shown)
    return tuple(found)


def _conditions(status: GateStatus, words: Words) -> tuple[str, ...]:
    return tuple(words.condition(each) for each in status.conditions)


def _tone(status: GateStatus) -> Tone:
    if status.state is GateState.OUT_OF_SERVICE:
        is_amiss = status.findings or status.mode == GateMode.DEGRADED
        return Tone.FAULT if is_amiss else Tone.CLOSED
    return _TONES[status.state]


def _reasons(status: GateStatus, words: Words) -> tuple[Reason, ...]:
    if status.findings:
        found = [explain(finding) for finding in status.findings]
        return tuple(
            Reason(words.choose(t.bangla, t.english), words.choose(t.bangla_look, t.english_look))
            for t in dict.fromkeys(found)
        )
    if status.state is GateState.OUT_OF_SERVICE:
        if status.mode == GateMode.DEGRADED:
            return tuple(Reason(each, "") for each in _conditions(status, words))
        return (Reason(words("closed_by_officer"), ""),)
    if status.state is GateState.AWAITING_OFFICER:
        return (Reason(words("unfaulted"), ""),)
    return ()


def _buttons(status: GateStatus | None, words: Words) -> tuple[Button, ...]:
    state = status.state if status else None
    is_evacuating = state is GateState.EVACUATING
    enabled = _enabled(status)
    texts = {order: words.order(order) for order in enabled}
    if is_evacuating:
        texts[OfficerOrder.RESET] = words("end_evacuation")
    keys = ((order, key) for order, key in _KEYS.items() if order in enabled)
    return tuple(Button(order, key, texts[order], enabled[order]) for order, key in keys)


def _enabled(status: GateStatus | None) -> dict[OfficerOrder, bool]:
    """Return the orders that this lane can be given at all, and which mean something now."""
    state, mode = (status.state, status.mode) if status else (None, "")
    is_shut = state is GateState.OUT_OF_SERVICE
    can_be_ordered = state not in {None, GateState.EVACUATING}
    orders = {
        OfficerOrder.RESET: state in _NEEDS_RESET,
        OfficerOrder.CLOSE_LANE: can_be_ordered
        and (mode != GateMode.DISABLED if mode else not is_shut),
        OfficerOrder.OPEN_LANE: can_be_ordered and (mode in _ORDERED if mode else is_shut),
        OfficerOrder.EVACUATE: state is not GateState.EVACUATING,
    }
    if mode:  # a gate of before modes takes no orders about them
        orders[OfficerOrder.MAINTENANCE] = can_be_ordered and mode != GateMode.MAINTENANCE
        orders[OfficerOrder.FEEDER] = can_be_ordered and mode != GateMode.FEEDER
    if status and status.flow == Flow.TWO_STEP:
        orders[OfficerOrder.RELEASE] = state in _MAY_BE_INSIDE
    return orders
