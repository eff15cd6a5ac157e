"""The pictures of a case in a real browser: compared in one place, enlarged, and gone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

import numpy as np
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from egate.biometrics.officer_picture import officer_picture
from egate.emrtd.checks import CheckId
from egate.ports.case_facts import CaseFacts
from egate.ports.case_images import CaseImage, CaseImageKind
from tests.case_samples import CROSSING, GATE, THRESHOLDS, CaseLink, record

Open = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], object]

# Name, whether it is seen, and the brightness in its middle, of each picture on the page.
_PICTURES: Final = """
return [...document.querySelectorAll("[data-picture]")]
  .map((button) => [button.dataset.picture, button.querySelector("canvas")])
  .filter(([, canvas]) => canvas.checkVisibility() && canvas.width > 0)
  .map(([name, canvas]) => [name, canvas.getContext("2d")
    .getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0]]);
"""
_STAGE: Final = """
return [...document.querySelectorAll("#larger[open] canvas")].map((one) => one.dataset.shows);
"""


def image(kind: CaseImageKind, brightness: int) -> CaseImage:
    return CaseImage(kind, officer_picture(np.full((90, 72, 3), brightness, np.uint8)))


FACES: Final = (image(CaseImageKind.LIVE_FRAME, 40), image(CaseImageKind.CHIP_PORTRAIT, 80))
FRAMES: Final = tuple(image(CaseImageKind.PAD_FRAME, 100 + 20 * n) for n in range(3))


def link_of(*images: CaseImage, found: CheckId = CheckId.PAD) -> CaseLink:
    return CaseLink(CaseFacts(record(found), THRESHOLDS), images=images, holder="officer-1")


def shown(browser: WebDriver) -> dict[str, int]:
    return dict(browser.execute_script(_PICTURES))


def keys(browser: WebDriver, typed: str) -> None:
    ActionChains(browser).send_keys(typed).perform()


def show(browser: WebDriver, url: str) -> None:
    browser.get(f"{url}/gates/{GATE}/cases/{CROSSING}")


def test_faces_change_places_by_one_key_and_frames_follow_each_other(
    browser: WebDriver, open_console: Open, until: Until
) -> None:
    link = link_of(*FACES, *FRAMES)
    with open_console({GATE: link}) as url:
        show(browser, url)
        frames = {f"pad_frame-{n}": 100 + 20 * n for n in range(3)}
        until(lambda: shown(browser) == {"live_frame": 40, "chip_portrait": 80} | frames)
        kept = "return document.images.length + performance.getEntriesByType('resource')"
        blobs = f"{kept}.filter(e => /^(blob|data):/.test(e.name)).length"
        assert browser.execute_script(blobs) == 0
        for typed, stage in (
            ("p", ["live_frame", "chip_portrait"]),
            ("f", ["live_frame"]),
            ("f", ["chip_portrait"]),
            ("f", ["live_frame"]),
        ):
            keys(browser, typed)
            assert browser.execute_script(_STAGE) == stage
        keys(browser, "z")
        zoomed = "return document.querySelector('#larger canvas').style.transform"
        assert browser.execute_script(zoomed) == "scale(1.5)"
        keys(browser, Keys.ESCAPE)
        keys(browser, "a")
        assert browser.execute_script(_STAGE) == ["pad_frame-0"]
        keys(browser, Keys.ARROW_LEFT)
        assert browser.execute_script(_STAGE) == ["pad_frame-2"]
        keys(browser, "crx" + Keys.ENTER + Keys.ESCAPE)  # decisions are no keys of this window
        assert browser.execute_script(_STAGE) == []
        assert link.orders == []


def test_what_is_no_picture_is_not_drawn(
    browser: WebDriver, open_console: Open, until: Until
) -> None:
    script = CaseImage(CaseImageKind.LIVE_FRAME, b"<svg onload='alert(1)'>")
    with open_console({GATE: link_of(script, FACES[1], found=CheckId.FACE)}) as url:
        show(browser, url)
        until(lambda: shown(browser) == {"chip_portrait": 80})


def test_a_lost_page_shows_nobody_and_one_that_is_over_neither(
    browser: WebDriver, open_console: Open, until: Until
) -> None:
    browser.expected_faults = ("/events",)  # type: ignore[attr-defined]
    link = link_of(*FACES, found=CheckId.FACE)
    with open_console({GATE: link}) as url:
        show(browser, url)
        until(lambda: shown(browser))
        browser.execute_script("window.dispatchEvent(new Event('pagehide'))")
        assert shown(browser) == {}
        show(browser, url)
        until(lambda: shown(browser))
        link.is_open = False
        until(lambda: "This case is over" in browser.page_source)
        assert "KARIM" not in browser.page_source
        link.is_open = True
        show(browser, url)
        until(lambda: shown(browser))
    until(lambda: shown(browser) == {})
