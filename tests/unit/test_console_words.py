"""Every finding, state and order has words in both languages, and no card loses one."""

from dataclasses import replace

import pytest

from egate.console.cards import Card, Tone, alarms, card
from egate.console.language import Language
from egate.console.live import Lane, OrderResult
from egate.console.texts import Words
from egate.domain.session.flow import Condition
from egate.emrtd.checks import LANE_CHECKS
from egate.ports.devices import DeviceName
from egate.ports.supervision import (
    GateMode,
    GateState,
    GateStatus,
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
def test_every_state_order_and_result_has_words(language: Language) -> None:
    words = Words(language)
    texts = [words.state(state) for state in GateState]
    texts += [words.order(order) for order in OfficerOrder]
    texts += [words.result(result) for result in OrderResult]
    texts += [words.mode(mode) for mode in GateMode]
    texts += [words.condition(condition) for condition in Condition]
    texts += [words.trust_alarm(alarm) for alarm in TrustAlarm]
    assert all(is_bangla(text) is (language is Language.BANGLA) for text in texts)


@pytest.mark.parametrize("state", GateState)
@pytest.mark.parametrize("findings", [(), ("BIOMETRIC.FACE", "camera")])
def test_a_card_for_every_state(state: GateState, findings: tuple[str, ...]) -> None:
    status = GateStatus("A", state, TravellerMessage.PLEASE_WAIT, findings=findings)
    shown = card(1, Lane("A", status), Words(Language.ENGLISH))
    assert len(shown.reasons) >= len(findings)
    enabled = {button.order for button in shown.buttons if button.enabled}
    needs_reset = state in (
        GateState.AWAITING_OFFICER,
        GateState.RELEASING,
        GateState.EVACUATING,
    )
    assert (OfficerOrder.RESET in enabled) is needs_reset
    assert (OfficerOrder.OPEN_LANE in enabled) is (state is GateState.OUT_OF_SERVICE)
    assert (OfficerOrder.EVACUATE in enabled) is (state is not GateState.EVACUATING)


def test_a_lane_that_an_officer_closed_is_no_alarm_and_a_broken_one_is() -> None:
    words = Words(Language.ENGLISH)

    def tone(*findings: str) -> Tone:
        state, message = GateState.OUT_OF_SERVICE, TravellerMessage.LANE_CLOSED
        return card(1, Lane("A", GateStatus("A", state, message, findings=findings)), words).tone

    assert tone() is Tone.CLOSED
    assert tone("barrier") is Tone.FAULT


def shown(**changes: object) -> Card:
    status = GateStatus("A", GateState.IDLE, TravellerMessage.WELCOME, **changes)  # type: ignore[arg-type]
    return card(1, Lane("A", status), Words(Language.ENGLISH))


def test_a_lane_that_its_conditions_closed_says_which_and_is_an_alarm() -> None:
    conditions = ("disk_full", "of_a_newer_gate")
    closed = GateStatus(
        "A",
        GateState.OUT_OF_SERVICE,
        TravellerMessage.LANE_CLOSED,
        mode=GateMode.DEGRADED,
        conditions=conditions,
    )
    found = card(1, Lane("A", closed), Words(Language.ENGLISH))
    assert found.tone is Tone.FAULT
    assert [reason.what for reason in found.reasons] == ["The disk is full", "of_a_newer_gate"]
    ordered = replace(closed, mode=GateMode.MAINTENANCE)
    found = card(1, Lane("A", ordered), Words(Language.ENGLISH))
    assert found.tone is Tone.CLOSED
    assert (found.mode, found.reasons[0].what) == ("Maintenance", "Closed by an officer")


def test_a_lane_with_a_warning_serves_on() -> None:
    warned = shown(mode=GateMode.ENABLED, conditions=("clock_drifting",))
    assert (warned.tone, warned.reasons) == (Tone.READY, ())
    assert warned.conditions == ("The clock is not kept in step",)
    assert shown(mode="of_a_newer_gate").mode == "of_a_newer_gate"


def test_orders_are_offered_where_the_lane_can_take_them() -> None:
    def offered(**changes: object) -> dict[OfficerOrder, bool]:
        return {button.order: button.enabled for button in shown(**changes).buttons}

    before_modes = offered()
    assert OfficerOrder.MAINTENANCE not in before_modes
    assert OfficerOrder.RELEASE not in before_modes
    now = offered(mode=GateMode.FEEDER, flow="two_step")
    assert now[OfficerOrder.OPEN_LANE]
    assert now[OfficerOrder.MAINTENANCE]
    assert not now[OfficerOrder.FEEDER]
    assert not now[OfficerOrder.RELEASE]
    assert not offered(mode=GateMode.ENABLED)[OfficerOrder.OPEN_LANE]
    assert offered(mode=GateMode.MAINTENANCE)[OfficerOrder.CLOSE_LANE]
    assert not offered(mode=GateMode.DISABLED)[OfficerOrder.CLOSE_LANE]


@pytest.mark.parametrize("state", ["entering", "verifying", "passing", "awaiting_officer"])
def test_whoever_stands_between_barriers_can_be_let_out(state: str) -> None:
    status = GateStatus("A", GateState(state), TravellerMessage.PLEASE_WAIT, flow="two_step")
    buttons = card(1, Lane("A", status), Words(Language.ENGLISH)).buttons
    assert OfficerOrder.RELEASE in {each.order for each in buttons if each.enabled}


def test_a_card_tells_how_old_what_is_trusted_is() -> None:
    trust = TrustStatus(
        list_age_days=12,
        own_state="BD",
        own_csca_until="2039-05-12",
        crls_stale=("DE", "FR", "IN", "IT", "JP"),
        alarms=(TrustAlarm.CRL_STALE, TrustAlarm.UPDATE_FAILED, "new_alarm"),
    )
    status = GateStatus("A", GateState.IDLE, TravellerMessage.WELCOME, trust=trust)
    shown = card(1, Lane("A", status), Words(Language.ENGLISH))
    assert shown.trusts == "list 12 d, BD until 2039-05-12"
    assert shown.trust_alarms == (
        "CRL is stale: DE, FR, IN, IT …",
        "Update of certificates failed",
        "new_alarm",
    )
    assert "২০৩৯-০৫-১২" in card(1, Lane("A", status), Words(Language.BANGLA)).trusts
    silent = GateStatus("A", GateState.IDLE, TravellerMessage.WELCOME)
    assert card(1, Lane("A", silent), Words(Language.ENGLISH)).trusts == ""


def test_a_gate_never_reached_can_still_be_told_to_evacuate() -> None:
    shown = card(1, Lane("A", fault="refused"), Words(Language.ENGLISH))
    assert shown.tone is Tone.LOST
    assert [b.order for b in shown.buttons if b.enabled] == [OfficerOrder.EVACUATE]


def test_alarms_are_sorted_by_urgency_then_by_waiting() -> None:
    def lane(gate_id: str, state: GateState, since: float) -> Lane:
        status = GateStatus(gate_id, state, TravellerMessage.PLEASE_WAIT)
        return Lane(gate_id, status, since=since)

    lanes = [
        Lane("lost", fault="refused", since=0.0),
        lane("late", GateState.AWAITING_OFFICER, 9.0),
        lane("ready", GateState.IDLE, 1.0),
        lane("early", GateState.AWAITING_OFFICER, 5.0),
        lane("fire", GateState.EVACUATING, 20.0),
    ]
    cards = [card(1, one, Words(Language.ENGLISH)) for one in lanes]
    assert [one.gate_id for one in alarms(cards)] == ["fire", "early", "late", "lost"]


def test_bangla_numbers() -> None:
    assert Words(Language.BANGLA).number(1905) == "১৯০৫"
    assert Words(Language.ENGLISH).duration(61.4) == "61 s"
    assert Words(Language.ENGLISH).duration(1260) == "21 min"
