"""What the camera asks of the traveller, on the display in a real browser."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.gate.display.app import display_app
from egate.ports.supervision import TravellerMessage
from egate.web.traveller_language import language_of
from tests.display_page import MakeGate, Serve, Until, visible


def test_each_instruction_is_shown_alone_in_both_languages(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate = make_gate("DAC-E-01")
    gate.set(message=TravellerMessage.LOOK_AT_CAMERA)
    with serve(display_app(gate)) as url:
        browser.get(url)
        for guidance in Guidance:
            gate.set(guidance=guidance)
            said = [language_of(code).texts[guidance] for code in ("bn", "en")]
            until(lambda say=said[0].say: visible(browser)[0].startswith(say))
            (words,) = visible(browser)
            assert all(part in words for text in said for part in (text.say, text.more))
            assert browser.find_element(By.TAG_NAME, "body").get_attribute("data-step") == "2"


@pytest.mark.parametrize(
    "message", [m for m in TravellerMessage if m is not TravellerMessage.LOOK_AT_CAMERA]
)
def test_no_instruction_stands_in_the_place_of_another_message(
    browser: WebDriver, serve: Serve, make_gate: MakeGate, message: TravellerMessage
) -> None:
    """Who is told to step back while the chip is read takes the passport along."""
    gate = make_gate("DAC-E-01")
    gate.set(message=message, guidance=Guidance.STEP_BACK)
    with serve(display_app(gate)) as url:
        browser.get(url)
        assert visible(browser)[0].startswith(language_of("bn").texts[message].say)


def test_an_instruction_ends_with_the_watching(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate = make_gate("DAC-E-01")
    gate.set(message=TravellerMessage.LOOK_AT_CAMERA, guidance=Guidance.TAKE_OFF)
    with serve(display_app(gate)) as url:
        browser.get(url)
        until(lambda: "Show your whole face" in visible(browser)[0])
        gate.set(guidance=None)
        until(lambda: "Look at the camera" in visible(browser)[0])
