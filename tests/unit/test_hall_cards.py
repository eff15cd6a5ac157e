"""Every finding, state and order has words in both languages, and no card loses one."""

from dataclasses import replace

import pytest

from egate.console.hall.alarms import AlarmKind, alarm_of, in_order
from egate.console.hall.cards import Beside, Card, Tone, alarm_words, card
from egate.console.hall.live import Lane, OrderResult
from egate.console.hall.shifts import Refusal
from egate.console.language import Language
from egate.console.words import Words
from egate.domain.session.flow import Condition, Flow
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import LANE_CHECKS
from egate.lists.kinds import ListKind
from egate.ports.devices import DeviceName
from egate.ports.supervision import (
    GateMode,
    GateState,
    GateStatus,
    ListStatus,
    OfficerOrder,
    TravellerMessage,
    TrustAlarm,
    TrustStatus,
)
from egate.web.findings import explain


def is_bangla(text: str) -> bool:
    return any("\u0980" <= letter <= "\u09ff" for letter in text)


@pytest.mark.parametrize("finding", [*LANE_CHECKS, *DeviceName])
def test_every_finding_is_explained_in_both_languages(finding: str) -> None:
    words = explain(finding)
    assert is_bangla(words.bangla)
    assert is_bangla(words.bangla_look)
    for english in (words.english, words.english_look):
        assert english.isascii()
        assert len(english) > 10


def test_a_finding_of_a_newer_gate_stands_for_itself() -> None:
    assert explain("COMBINED.NEW").english == "COMBINED.NEW"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("state", GateState),
        ("order", OfficerOrder),
        ("result", OrderResult),
        ("mode", GateMode),
        ("condition", Condition),
        ("trust", TrustAlarm),
        ("alarm", AlarmKind),
        ("do", AlarmKind),
        ("refused", Refusal),
        ("flow", Flow),
        ("list", ListKind),
        ("direction", ("entry", "exit")),
    ],
)
def test_every_value_has_words(language: Language, kind: str, values: list[str]) -> None:
    words = Words(language)
    texts = [words(f"hall.{kind}.{value}") for value in values]
    assert all(is_bangla(text) is (language is Language.BANGLA) for text in texts)


def lane(status: GateStatus | None, fault: str = "", since: float = 0.0, name: str = "A") -> Lane:
    return Lane(name, 1, status, fault, UtcSeconds(since), UtcSeconds(1000.0))


def status_of(state: GateState = GateState.IDLE, **changes: object) -> GateStatus:
    return GateStatus("A", state, TravellerMessage.WELCOME, **changes)  # type: ignore[arg-type]


def shown(status: GateStatus | None, language: Language = Language.ENGLISH) -> Card:
    return card(lane(status), Beside(), Words(language))


@pytest.mark.parametrize("state", GateState)
@pytest.mark.parametrize("findings", [(), ("BIOMETRIC.FACE", "camera")])
def test_a_card_for_every_state(state: GateState, findings: tuple[str, ...]) -> None:
    found = shown(status_of(state, findings=findings))
    assert len(found.reasons) >= len(findings)
    enabled = {button.order for button in found.buttons if button.enabled}
    needs_reset = state in (
        GateState.AWAITING_OFFICER,
        GateState.RELEASING,
        GateState.EVACUATING,
    )
    assert (OfficerOrder.RESET in enabled) is needs_reset
    assert (OfficerOrder.OPEN_LANE in enabled) is (state is GateState.OUT_OF_SERVICE)
    assert (OfficerOrder.EVACUATE in enabled) is (state is not GateState.EVACUATING)


def test_a_lane_that_an_officer_closed_is_no_alarm_and_a_broken_one_is() -> None:
    closed = status_of(GateState.OUT_OF_SERVICE)
    assert shown(closed).tone is Tone.CLOSED
    assert alarm_of(lane(closed)) is None
    broken = replace(closed, findings=("barrier",))
    assert shown(broken).tone is Tone.FAULT
    assert alarm_of(lane(broken)).kind is AlarmKind.FAULT


def test_a_lane_that_its_conditions_closed_says_which_and_is_an_alarm() -> None:
    closed = status_of(
        GateState.OUT_OF_SERVICE,
        mode=GateMode.DEGRADED,
        conditions=("disk_full", "of_a_newer_gate"),
    )
    found = shown(closed)
    assert found.tone is Tone.FAULT
    assert [reason.what for reason in found.reasons] == ["The disk is full", "of_a_newer_gate"]
    found = shown(replace(closed, mode=GateMode.MAINTENANCE))
    assert found.tone is Tone.CLOSED
    assert (found.mode, found.reasons[0].what) == ("Maintenance", "Closed by an officer")


def test_a_lane_with_a_warning_serves_on() -> None:
    warned = status_of(mode=GateMode.ENABLED, conditions=("clock_drifting",))
    assert (shown(warned).tone, shown(warned).reasons) == (Tone.READY, ())
    assert shown(warned).conditions == ("The clock is not kept in step",)
    assert alarm_of(lane(warned)) is None
    assert shown(status_of(mode="of_a_newer_gate")).mode == "of_a_newer_gate"


def test_orders_are_offered_where_the_lane_can_take_them() -> None:
    def offered(**changes: object) -> dict[OfficerOrder, bool]:
        return {button.order: button.enabled for button in shown(status_of(**changes)).buttons}

    before_modes = offered()
    assert OfficerOrder.MAINTENANCE not in before_modes
    assert OfficerOrder.RELEASE not in before_modes
    assert OfficerOrder.SERVE_EXIT not in before_modes
    now = offered(mode=GateMode.FEEDER, flow="two_step")
    assert now[OfficerOrder.OPEN_LANE]
    assert now[OfficerOrder.MAINTENANCE]
    assert not now[OfficerOrder.FEEDER]
    assert not now[OfficerOrder.RELEASE]
    assert not offered(mode=GateMode.ENABLED)[OfficerOrder.OPEN_LANE]
    assert offered(mode=GateMode.MAINTENANCE)[OfficerOrder.CLOSE_LANE]
    assert not offered(mode=GateMode.DISABLED)[OfficerOrder.CLOSE_LANE]


def test_a_direction_is_offered_unless_it_is_ordered_already() -> None:
    def offered(direction: str, *, ordered: bool) -> set[str]:
        status = status_of(since=1.0, direction=direction, direction_ordered=ordered)
        buttons = [each for each in shown(status).buttons if each.enabled]
        return {each.order for each in buttons if each.order.startswith("serve")}

    assert offered("entry", ordered=False) == {"serve_entry", "serve_exit"}
    assert offered("entry", ordered=True) == {"serve_exit", "serve_by_hour"}


@pytest.mark.parametrize("state", ["entering", "verifying", "passing", "awaiting_officer"])
def test_whoever_stands_between_barriers_can_be_let_out(state: str) -> None:
    buttons = shown(status_of(GateState(state), flow="two_step")).buttons
    assert OfficerOrder.RELEASE in {each.order for each in buttons if each.enabled}


def test_a_card_tells_how_old_what_is_trusted_is() -> None:
    trust = TrustStatus(
        list_age_days=12,
        own_state="BD",
        own_csca_until="2039-05-12",
        crls_stale=("DE", "FR", "IN", "IT", "JP"),
        alarms=(TrustAlarm.CRL_STALE, TrustAlarm.UPDATE_FAILED, "new_alarm"),
    )
    found = shown(status_of(trust=trust))
    assert found.trusts == "master list 12 d, BD until 2039-05-12"
    assert found.trust_alarms == (
        "CRL is stale: DE, FR, IN, IT …",
        "Update of certificates failed",
        "new_alarm",
    )
    assert "২০৩৯-০৫-১২" in shown(status_of(trust=trust), Language.BANGLA).trusts
    assert shown(status_of()).trusts == ""


def test_a_card_tells_which_list_is_stale_and_the_age_of_the_oldest() -> None:
    lists = (
        ListStatus("EXIT_BAN", 7, 60.0),
        ListStatus("WANTED", 3, 1200.0),
        ListStatus("SLTD", 0, None, "never came"),
    )
    found = shown(status_of(lists=lists))
    assert [each.name for each in found.stale_lists] == ["Wanted", "Interpol SLTD"]
    assert found.oldest_list is not None
    assert (found.oldest_list.name, found.oldest_list.proved_at) == ("Wanted", -200.0)
    assert shown(status_of()).oldest_list is None


def test_a_gate_never_reached_can_still_be_told_to_evacuate() -> None:
    found = card(lane(None, "refused"), Beside(), Words(Language.ENGLISH))
    assert found.tone is Tone.LOST
    assert [b.order for b in found.buttons if b.enabled] == [OfficerOrder.EVACUATE]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (AlarmKind.EMERGENCY, {"state": GateState.EVACUATING}),
        (AlarmKind.SILENT_HIT, {"alarms": ("silent_hit",), "findings": ("BIOMETRIC.PAD",)}),
        (AlarmKind.ATTACK, {"findings": ("BIOMETRIC.PAD", "PHYSICAL.SINGLE_PERSON")}),
        (AlarmKind.FORCED, {"alarms": ("forced_barrier",)}),
        (AlarmKind.FORCED, {"findings": ("door_forced",)}),
        (AlarmKind.TAILGATING, {"findings": ("PHYSICAL.SINGLE_PERSON",)}),
        (AlarmKind.NOT_CLEAR, {"findings": ("PHYSICAL.PASSAGE",)}),
        (AlarmKind.REFERRAL, {"findings": ("BACKGROUND.WATCHLIST",)}),
        (AlarmKind.WAY_BACK, {"state": GateState.RELEASING}),
        (AlarmKind.LEFT, {"state": GateState.IDLE, "conditions": ("document_left",)}),
        (AlarmKind.REFERRAL, {"conditions": ("document_left",), "alarms": ("of_a_newer_gate",)}),
    ],
)
def test_the_most_urgent_alarm_of_a_lane_is_told(
    kind: AlarmKind, changes: dict[str, object]
) -> None:
    """A hit that is only possible, or was not asked, is a referral like any other."""
    changes = {"state": GateState.AWAITING_OFFICER, "crossing_id": "0190a"} | changes
    alarm = alarm_of(lane(status_of(**changes)))  # type: ignore[arg-type]
    assert alarm is not None
    assert alarm.kind is kind


def test_alarms_are_sorted_by_urgency_then_by_waiting() -> None:
    lanes = [
        lane(None, "refused", 0.0, "lost"),
        lane(status_of(GateState.AWAITING_OFFICER), "", 9.0, "late"),
        lane(status_of(GateState.AWAITING_OFFICER), "", 5.0, "early"),
        lane(status_of(GateState.EVACUATING), "", 20.0, "fire"),
        lane(status_of(GateState.AWAITING_OFFICER, alarms=("silent_hit",)), "", 30.0, "hit"),
    ]
    found = in_order([alarm for each in lanes if (alarm := alarm_of(each))])
    assert [each.gate_id for each in found] == ["fire", "hit", "early", "late", "lost"]


def test_a_referral_says_its_first_reason_and_a_silent_one_says_to_be_silent() -> None:
    words = Words(Language.ENGLISH)
    referred = lane(status_of(GateState.AWAITING_OFFICER, findings=("BIOMETRIC.FACE",)))
    said = alarm_words(alarm_of(referred), referred, words)
    assert said.what == "Officer needed: The face does not match the chip's portrait"
    silent = lane(status_of(GateState.AWAITING_OFFICER, alarms=("silent_hit",)))
    assert "say nothing" in alarm_words(alarm_of(silent), silent, words).what
