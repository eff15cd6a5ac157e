"""The command line of ``config/systemd/egate-display.service``, in a browser without a screen."""

import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from egate.gate.display.app import display_app
from egate.gate.display.presentation import Presentation
from egate.gate.display.prompts import prompts_in
from egate.web.traveller_language import language_of
from tests.browser.test_display_speech import recorded
from tests.chromium import program
from tests.conftest import ROOT
from tests.display_page import MakeGate, Serve

_UNIT = ROOT / "config" / "systemd" / "egate-display.service"
_NO_SCREEN = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
_ELSEWHERE = ("--ozone-platform", "--user-data-dir")
_HEARD = (
    "const done = arguments[0]; const heard = new Audio('/speech/en/welcome.wav');"
    "heard.onended = () => done('to the end'); heard.play().catch(error => done(error.name));"
)


def flags_of(unit: Path) -> list[str]:
    command = unit.read_text("utf-8").replace("\\\n", " ").partition("ExecStart=")[2]
    words = shlex.split(command.partition("\n")[0])
    assert words[-1] == "${URL}"
    return [word for word in words if word.startswith("--") and len(word) > 2]


@pytest.fixture
def kiosk(tmp_path: Path, require: Callable[[object, str], None]) -> Iterator[WebDriver]:
    chromium, chromedriver = program("chromium", "chromium-browser"), program("chromedriver")
    require(chromium and chromedriver, "chromium with chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    kept = [flag for flag in flags_of(_UNIT) if not flag.startswith(_ELSEWHERE)]
    for flag in (*kept, *_NO_SCREEN, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    environment = {**os.environ, "SE_OFFLINE": "true", "no_proxy": "127.0.0.1,localhost"}
    driver = webdriver.Chrome(options, Service(chromedriver, env=environment))
    try:
        yield driver
    finally:
        driver.quit()


def test_it_speaks_although_nobody_ever_touches_it(
    kiosk: WebDriver, serve: Serve, make_gate: MakeGate, tmp_path: Path
) -> None:
    """A browser as it comes plays nothing before somebody has clicked."""
    languages = (language_of("en"),)
    prompts = prompts_in(recorded(tmp_path, "en/welcome.wav"), languages)
    with serve(display_app(make_gate("DAC-E-01"), Presentation(languages, prompts))) as url:
        kiosk.get(url)
        assert "Welcome" in kiosk.page_source
        assert kiosk.execute_async_script(_HEARD) == "to the end"
        kiosk.execute_script("chime()")
        WebDriverWait(kiosk, 8).until(
            lambda _: kiosk.execute_script("return chimes.state") == "running"
        )
