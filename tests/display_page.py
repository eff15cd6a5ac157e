"""The traveller display in a test's browser: what can be shown, how to show it, what is seen."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

import numpy as np
from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.domain.time import Instant
from egate.gate.display.mirror import Mirror
from egate.gate.display.presentation import Presentation
from egate.ports.devices import Frame
from egate.ports.supervision import TravellerMessage
from egate.web.traveller_language import CONNECTION_LOST, TEXT_NAMES, language_of

Serve = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], Any]
AnyGate = Any  # the fake gate of this folder's conftest
MakeGate = Callable[[str], AnyGate]
Resize = Callable[[int, int], None]

STATES: Final = TEXT_NAMES


async def watching(mirror: Mirror, picture: np.ndarray) -> None:
    """Have the camera see ``picture`` again and again, until cancelled."""
    try:
        while True:
            mirror.take(Frame(picture, Instant(asyncio.get_running_loop().time())))
            await asyncio.sleep(0.02)
    finally:
        mirror.clear()


def presentation(*codes: str) -> Presentation:
    """In the languages ``codes``."""
    return Presentation(tuple(map(language_of, codes)))


def show(browser: WebDriver, gate: AnyGate, name: str, until: Until) -> None:
    """Have the page show ``name``, a message or an instruction, and wait until it does."""
    if name == CONNECTION_LOST:
        browser.execute_script("show(LOST)")
    elif name in set(Guidance):
        gate.set(message=TravellerMessage.LOOK_AT_CAMERA, guidance=Guidance(name))
    else:
        gate.set(message=TravellerMessage(name), guidance=None)
    until(lambda: shown(browser) == name)


def shown(browser: WebDriver) -> object:
    return browser.execute_script("return document.body.dataset.message")


def visible(browser: WebDriver) -> list[str]:
    """The words on the screen, section by section."""
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('section.message')]"
        ".filter(section => section.checkVisibility()).map(section => section.innerText.trim())"
    )
    return found
