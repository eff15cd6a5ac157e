"""The traveller display in a real browser."""

from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from egate.gate.display.app import display_app
from egate.ports.supervision import TravellerMessage
from egate.web.traveller_language import language_of
from tests.display_page import STATES, MakeGate, Serve, Until, show, visible

_STEPS = {
    TravellerMessage.PLACE_DOCUMENT: 1,
    TravellerMessage.KEEP_DOCUMENT: 1,
    TravellerMessage.PLACE_DOCUMENT_AGAIN: 1,
    TravellerMessage.TAKE_DOCUMENT_AND_ENTER: 2,
    TravellerMessage.LOOK_AT_CAMERA: 2,
    TravellerMessage.PLEASE_PASS: 3,
}
_DRAWN = (
    "return [...document.querySelectorAll('section.message:not([hidden]) .pictogram > svg *')]"
    ".map(e => e.getAttribute('d') || e.getAttribute('transform') || e.tagName).join(' ')"
)


def step(browser: WebDriver) -> str | None:
    return browser.find_element(By.TAG_NAME, "body").get_attribute("data-step")


def test_it_follows_the_gate_without_a_reload(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate = make_gate("DAC-E-01")
    bangla, english = language_of("bn").texts, language_of("en").texts
    with serve(display_app(gate)) as url:
        browser.get(url)
        browser.execute_script("window.loadedOnce = true")
        assert "স্বাগতম" in visible(browser)[0]
        for message in TravellerMessage:
            gate.set(message=message)
            until(lambda name=message: visible(browser)[0].startswith(bangla[name].say))
            (words,) = visible(browser)
            assert english[message].say in words
            assert english[message].more in words
            assert step(browser) == str(_STEPS.get(message, 0))
        assert browser.execute_script("return window.loadedOnce")


def test_each_state_has_a_drawing_of_its_own(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    """Who cannot read still knows what to do; only waiting looks like waiting."""
    gate = make_gate("DAC-E-01")
    drawings: dict[str, set[str]] = {}
    with serve(display_app(gate)) as url:
        browser.get(url)
        for name in STATES:
            show(browser, gate, name, until)
            drawings.setdefault(browser.execute_script(_DRAWN), set()).add(name)
    alike = [names for names in drawings.values() if len(names) > 1]
    assert alike == [{"please_wait", "connection_lost", "wait"}]


def test_a_finger_on_the_screen_opens_nothing(
    browser: WebDriver, serve: Serve, make_gate: MakeGate
) -> None:
    with serve(display_app(make_gate("DAC-E-01"))) as url:
        browser.get(url)
        opens = "return document.body.dispatchEvent(new Event('contextmenu', {bubbles: true,"
        assert browser.execute_script(opens + " cancelable: true}))") is False
        assert not browser.find_elements(By.CSS_SELECTOR, "a, button, input, [tabindex]")


def test_a_kiosk_counts_the_way_to_the_gate(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate = make_gate("DAC-K-01")
    gate.set(flow="kiosk")
    with serve(display_app(gate)) as url:
        browser.get(url)
        show(browser, gate, "go_to_gate", until)
        steps = browser.find_element(By.CLASS_NAME, "steps").text.split()
        assert steps == ["১", "পাসপোর্ট", "Passport", "২", "গেট", "Gate"]
        assert step(browser) == "2"


def test_a_lost_gate_takes_the_last_word_back(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    """ "Please go through" must not stay on the screen of a gate that is gone."""
    browser.expected_faults = ("/events",)  # type: ignore[attr-defined]
    gate = make_gate("DAC-E-01")
    gate.set(message=TravellerMessage.PLEASE_PASS)
    with serve(display_app(gate)) as url:
        browser.get(url)
        until(lambda: "Please go through" in visible(browser)[0])
    until(lambda: "An officer is on the way" in visible(browser)[0])
    with serve(display_app(gate), url.removeprefix("http://")):
        until(lambda: "Please go through" in visible(browser)[0])


@pytest.mark.parametrize("reduced", [[], [{"name": "prefers-reduced-motion", "value": "reduce"}]])
def test_nothing_moves_for_those_who_asked_for_it(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate, reduced: list[Any]
) -> None:
    gate = make_gate("DAC-E-01")
    browser.execute_cdp_cmd(  # type: ignore[attr-defined]
        "Emulation.setEmulatedMedia", {"features": reduced}
    )
    moving = {}
    with serve(display_app(gate)) as url:
        browser.get(url)
        for name in STATES:
            show(browser, gate, name, until)
            moving[name] = browser.execute_script(
                "return document.getAnimations().filter(a => a instanceof CSSAnimation).length"
            )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {})  # type: ignore[attr-defined]
    still = {name for name, count in moving.items() if count == 0}
    assert still == (set(STATES) if reduced else {"lane_closed", "done"})
