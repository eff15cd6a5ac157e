"""The traveller display in a real browser."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from egate.gate.display.app import display_app
from egate.ports.supervision import GateState, TravellerMessage
from egate.web.traveller_texts import TEXTS

Serve = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], Any]


def visible(browser: WebDriver) -> list[str]:
    """The words on the screen, section by section."""
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('section.message')]"
        ".filter(section => section.checkVisibility()).map(section => section.innerText.trim())"
    )
    return found


def test_it_follows_the_gate_without_a_reload(
    browser: WebDriver, serve: Serve, until: Until, make_gate: Callable[[str], Any]
) -> None:
    gate = make_gate("DAC-E-01")
    with serve(display_app(gate)) as url:
        browser.get(url)
        browser.execute_script("window.loadedOnce = true")
        assert "স্বাগতম" in visible(browser)[0]
        for message, text in TEXTS.items():
            gate.set(message=message)
            until(lambda text=text: visible(browser)[0].startswith(text.bangla))
            assert len(visible(browser)) == 1
            assert text.english in visible(browser)[0]
            body = browser.find_element(By.TAG_NAME, "body")
            assert body.get_attribute("data-step") == str(text.step)
        assert browser.execute_script("return window.loadedOnce")


def test_a_referral_says_nothing_of_its_reason(
    browser: WebDriver, serve: Serve, until: Until, make_gate: Callable[[str], Any]
) -> None:
    gate = make_gate("DAC-E-01")
    with serve(display_app(gate)) as url:
        browser.get(url)
        gate.set(
            state=GateState.AWAITING_OFFICER,
            message=TravellerMessage.OFFICER_WILL_HELP,
            findings=("BACKGROUND.WATCHLIST", "BIOMETRIC.PAD"),
            crossing_id="0190-secret",
        )
        until(lambda: "An officer will help you" in visible(browser)[0])
        page = browser.page_source
        assert not [word for word in ("WATCHLIST", "PAD", "0190-secret") if word in page]


def test_a_lost_gate_takes_the_last_word_back(
    browser: WebDriver, serve: Serve, until: Until, make_gate: Callable[[str], Any]
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
    browser: WebDriver, serve: Serve, make_gate: Callable[[str], Any], reduced: list[Any]
) -> None:
    gate = make_gate("DAC-E-01")
    gate.set(message=TravellerMessage.KEEP_DOCUMENT)
    browser.execute_cdp_cmd(  # type: ignore[attr-defined]
        "Emulation.setEmulatedMedia", {"features": reduced}
    )
    with serve(display_app(gate)) as url:
        browser.get(url)
        moving = browser.execute_script(
            "return document.getAnimations().filter(a => a instanceof CSSAnimation).length"
        )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {})  # type: ignore[attr-defined]
    assert (moving == 0) is bool(reduced)
