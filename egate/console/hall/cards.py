"""What the board says of one lane, in words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from egate.console.hall.alarms import Alarm, AlarmKind, is_out_of_order, needs_a_decision
from egate.console.hall.live import Lane
from egate.console.hall.orders import KEYS, Offer, offers
from egate.console.hall.shift import Note
from egate.console.words import Words
from egate.domain.time import UtcSeconds
from egate.ports.supervision import (
    GateMode,
    GateState,
    GateStatus,
    ListStatus,
    OfficerOrder,
    TrustAlarm,
    TrustStatus,
)
from egate.web.findings import explain
from egate.web.traveller_language import language_of


class Tone(StrEnum):
    """Each has a colour, a sign and words of its own."""

    EMERGENCY = "emergency"
    ALARM = "alarm"
    FAULT = "fault"
    LOST = "lost"
    BUSY = "busy"
    READY = "ready"
    CLOSED = "closed"


_TONES: Final = {
    GateState.IDLE: Tone.READY,
    GateState.RELEASING: Tone.ALARM,
    GateState.AWAITING_OFFICER: Tone.ALARM,
    GateState.EVACUATING: Tone.EMERGENCY,
}
_NOBODY_INSIDE: Final = {GateState.IDLE, GateState.OUT_OF_SERVICE, GateState.DIRECTING}
_LONG_UNSENT_SECONDS: Final = 300.0
_STALE_SECONDS: Final = 900.0
_MAX_NAMED: Final = 4


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
class ListAge:
    """One list of the lane.

    Args:
        name: in words.
        version: in use, 0 for none.
        proved_at: when it was last known to be the newest; None if nobody can tell.
        is_stale: nobody should rely on it alone.
        trouble: in one line.

    """

    name: str
    version: int
    proved_at: UtcSeconds | None
    is_stale: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class Card:
    """One lane, in words. ``number`` is its key on the keyboard."""

    gate_id: str
    number: int
    tone: Tone
    state: str
    since: UtcSeconds
    reasons: tuple[Reason, ...]
    buttons: tuple[Button, ...]
    notes: tuple[Note, ...]
    officers: tuple[tuple[str, bool], ...]
    reads: str = ""
    direction: str = ""
    serves: str = ""
    is_ordered: bool = False
    flow: str = ""
    is_occupied: bool | None = None
    crossing_id: str = ""
    has_case: bool = False
    case_officer_id: str = ""
    sessions: int = 0
    unsent: int = 0
    oldest_seconds: float = 0.0
    centre_reachable: bool = True
    lists: tuple[ListAge, ...] = ()
    trusts: str = ""
    trust_alarms: tuple[str, ...] = ()
    mode: str = ""
    conditions: tuple[str, ...] = ()
    software_version: str = ""

    @property
    def records_are_late(self) -> bool:
        return self.oldest_seconds > _LONG_UNSENT_SECONDS

    @property
    def stale_lists(self) -> tuple[ListAge, ...]:
        return tuple(each for each in self.lists if each.is_stale)

    @property
    def oldest_list(self) -> ListAge | None:
        """The one that was not proved for longest; None if no list has an age."""
        aged = [each for each in self.lists if each.proved_at is not None]
        return min(aged, key=lambda each: each.proved_at or 0.0, default=None)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a lane besides what it says itself.

    Args:
        notes: of officers.
        officers: whose shift it is of, each with whether they look now.

    """

    notes: tuple[Note, ...] = ()
    officers: tuple[tuple[str, bool], ...] = ()


def card(lane: Lane, beside: Beside, words: Words) -> Card:
    """Return the card of ``lane``; one that cannot be reached keeps what it last said."""
    status = lane.status
    tone = tone_of(lane)
    common = {
        "gate_id": lane.gate_id,
        "number": lane.number,
        "tone": tone,
        "since": lane.since,
        "state": _state(lane, tone, words),
        "reasons": _reasons(lane, words),
        "buttons": _buttons(status, words),
        "notes": beside.notes,
        "officers": beside.officers,
    }
    if status is None:
        return Card(**common)  # type: ignore[arg-type]
    return Card(
        **common,  # type: ignore[arg-type]
        reads=words.choose(_reads(status, "bn"), _reads(status, "en")),
        direction=status.direction,
        serves=_told(words, "direction", status.direction),
        is_ordered=status.direction_ordered,
        flow=_told(words, "flow", status.flow),
        is_occupied=status.state not in _NOBODY_INSIDE,
        crossing_id=status.crossing_id,
        has_case=not lane.fault and needs_a_decision(status),
        case_officer_id=status.case_officer_id,
        sessions=status.sessions,
        unsent=status.outbox_depth,
        oldest_seconds=status.outbox_oldest_seconds,
        centre_reachable=status.centre_reachable,
        lists=tuple(_list_age(each, lane.heard_at, words) for each in status.lists),
        trusts=_trusts(status.trust, words),
        trust_alarms=_trust_alarms(status.trust, words),
        mode=_told(words, "mode", status.mode),
        conditions=_conditions(status, words),
        software_version=status.software_version,
    )


def tone_of(lane: Lane) -> Tone:
    status = lane.status
    if lane.fault or status is None:
        return Tone.LOST
    if status.state is GateState.OUT_OF_SERVICE:
        return Tone.FAULT if is_out_of_order(status) else Tone.CLOSED
    return _TONES.get(status.state, Tone.BUSY)


def alarm_words(alarm: Alarm, lane: Lane, words: Words) -> Reason:
    """Return what an alarm says, and what to do."""
    what, look = words(f"hall.alarm.{alarm.kind}"), words(f"hall.do.{alarm.kind}")
    first = next(iter(_reasons(lane, words)), None)
    if first and alarm.kind in {AlarmKind.REFERRAL, AlarmKind.FAULT, AlarmKind.NOT_CLEAR}:
        return Reason(f"{what}: {first.what}", first.look or look)
    return Reason(what, look)


def _state(lane: Lane, tone: Tone, words: Words) -> str:
    if tone is Tone.LOST or lane.status is None:
        return words("hall.gate_lost")
    if tone is Tone.CLOSED:
        return words("hall.closed")
    return words(f"hall.state.{lane.status.state}")


def _reads(status: GateStatus, code: str) -> str:
    return language_of(code).texts[status.message].say


def _told(words: Words, kind: str, value: str) -> str:
    """Return the words for ``value``; one of a newer gate stands for itself."""
    return words.known(f"hall.{kind}.{value}", value)


def _list_age(status: ListStatus, heard_at: UtcSeconds, words: Words) -> ListAge:
    age = status.age_seconds
    return ListAge(
        name=_told(words, "list", status.name),
        version=status.version,
        proved_at=None if age is None else UtcSeconds(round(heard_at - age)),
        is_stale=bool(status.trouble) or age is None or age > _STALE_SECONDS,
        trouble=status.trouble,
    )


def _trusts(trust: TrustStatus, words: Words) -> str:
    """Return how old the master list is, and until when own passports can be verified."""
    parts = []
    if trust.list_age_days is not None:
        days = f"{words.number(trust.list_age_days)} {words('page.days')}"
        parts.append(f"{words('hall.master_list')} {days}")
    if trust.own_csca_until:
        until = words.number(trust.own_csca_until)
        parts.append(f"{trust.own_state} {words('hall.until')} {until}")
    return ", ".join(parts)


def _trust_alarms(trust: TrustStatus, words: Words) -> tuple[str, ...]:
    states: dict[str, tuple[str, ...]] = {
        TrustAlarm.CRL_DUE: trust.crls_due,
        TrustAlarm.CRL_STALE: trust.crls_stale,
    }
    found = []
    for alarm in trust.alarms:
        named = states.get(alarm, ())
        more = " …" if len(named) > _MAX_NAMED else ""
        shown = f": {', '.join(named[:_MAX_NAMED])}{more}" if named else ""
        found.append(_told(words, "trust", alarm) + shown)
    return tuple(found)


def _conditions(status: GateStatus, words: Words) -> tuple[str, ...]:
    return tuple(_told(words, "condition", each) for each in status.conditions)


def _reasons(lane: Lane, words: Words) -> tuple[Reason, ...]:
    status = lane.status
    if lane.fault or status is None:
        return (Reason(words("hall.do.lost"), lane.fault),)
    if status.findings:
        found = dict.fromkeys(explain(finding) for finding in status.findings)
        return tuple(
            Reason(words.choose(t.bangla, t.english), words.choose(t.bangla_look, t.english_look))
            for t in found
        )
    if status.state is GateState.OUT_OF_SERVICE:
        if status.mode == GateMode.DEGRADED:
            return tuple(Reason(each, "") for each in _conditions(status, words))
        return (Reason(words("hall.closed_by_officer"), ""),)
    if status.state is GateState.AWAITING_OFFICER:
        return (Reason(words("hall.unfaulted"), ""),)
    return ()


def _buttons(status: GateStatus | None, words: Words) -> tuple[Button, ...]:
    return tuple(_button(offer, status, words) for offer in offers(status))


def _button(offer: Offer, status: GateStatus | None, words: Words) -> Button:
    text = words(f"hall.order.{offer.order}")
    if offer.order is OfficerOrder.RESET and status and status.state is GateState.EVACUATING:
        text = words("hall.end_evacuation")
    return Button(offer.order, KEYS[offer.order], text, offer.means_something)
