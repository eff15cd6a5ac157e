"""What the camera asks of the traveller, on the display in a real browser."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.gate.display.app import display_app
from egate.ports.supervision import TravellerMessage
from egate.web.guidance_texts import GUIDANCE_TEXTS
from egate.web.traveller_texts import TEXTS

Serve = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], Any]


def visible(browser: WebDriver) -> list[str]:
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('section.message')]"
        ".filter(section => section.checkVisibility()).map(section => section.innerText.trim())"
    )
    return found


def test_each_instruction_is_shown_alone_in_both_languages_with_its_drawing(
    browser: WebDriver, serve: Serve, until: Until, make_gate: Callable[[str], Any]
) -> None:
    gate = make_gate("DAC-E-01")
    gate.set(message=TravellerMessage.LOOK_AT_CAMERA)
    drawings: dict[str, Guidance] = {}
    with serve(display_app(gate)) as url:
        browser.get(url)
        for guidance, text in GUIDANCE_TEXTS.items():
            gate.set(guidance=guidance)
            until(lambda text=text: visible(browser)[0].startswith(text.bangla))
            (words,) = visible(browser)
            for part in (text.bangla_more, text.english, text.english_more):
                assert part in words
            assert browser.find_element(By.TAG_NAME, "body").get_attribute("data-step") == "2"
            # Without the classes that colour it, no drawing is like another.
            drawn = browser.execute_script(
                "return [...document.querySelectorAll('section.message:not([hidden]) svg *')]"
                ".map(e => e.getAttribute('d') || e.getAttribute('transform') || e.tagName)"
                ".join(' ')"
            )
            assert drawings.setdefault(drawn, guidance) is guidance


@pytest.mark.parametrize(
    "message", [m for m in TravellerMessage if m is not TravellerMessage.LOOK_AT_CAMERA]
)
def test_no_instruction_stands_in_the_place_of_another_message(
    browser: WebDriver,
    serve: Serve,
    make_gate: Callable[[str], Any],
    message: TravellerMessage,
) -> None:
    """Who is told to step back while the chip is read takes the passport along."""
    gate = make_gate("DAC-E-01")
    gate.set(message=message, guidance=Guidance.STEP_BACK)
    with serve(display_app(gate)) as url:
        browser.get(url)
        assert visible(browser)[0].startswith(TEXTS[message].bangla)


def test_an_instruction_ends_with_the_watching(
    browser: WebDriver, serve: Serve, until: Until, make_gate: Callable[[str], Any]
) -> None:
    gate = make_gate("DAC-E-01")
    gate.set(message=TravellerMessage.LOOK_AT_CAMERA, guidance=Guidance.TAKE_OFF)
    with serve(display_app(gate)) as url:
        browser.get(url)
        until(lambda: "Show your whole face" in visible(browser)[0])
        gate.set(guidance=None)
        until(lambda: "Look at the camera" in visible(browser)[0])
