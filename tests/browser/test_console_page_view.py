"""The scanned page of a case in a real browser: lights, the place of a finding, the specimen."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from egate.biometrics.officer_picture import page_picture
from egate.domain.optical_finding import Light, OpticalFinding, PageRegion
from egate.emrtd.checks import CheckId, Outcome
from egate.ports.case_facts import CaseFacts
from egate.ports.case_images import CaseImage, CaseImageKind
from tests.case_samples import CROSSING, GATE, THRESHOLDS, CaseLink, record

Open = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], object]
Resize = Callable[[int, int], None]

REGION: Final = PageRegion(0.1, 0.25, 0.2, 0.5)
SHADES: Final = {Light.WHITE: 180, Light.INFRARED: 120, Light.ULTRAVIOLET: 40}
"""Brightness of the page under each light; the region is brighter by 50."""
SPECIMEN: Final = 10
"""By so much the pages of the specimen are brighter."""

CHANGED: Final = OpticalFinding(
    CheckId.PHOTOGRAPH,
    Outcome.FAILED,
    "does not agree",
    score=0.496,
    threshold=0.5,
    light=Light.INFRARED,
    region=REGION,
)
DULL: Final = OpticalFinding(
    CheckId.OPTICAL_UV, Outcome.SUCCESSFUL, "", 0.9, 0.6, Light.ULTRAVIOLET
)

_LIGHT: Final = "return document.querySelector('#page-view [data-switch][aria-pressed=true]')"
_MIDDLE: Final = """
const canvas = document.querySelector(arguments[0]);
return canvas.width && canvas.getContext("2d")
  .getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0];
"""
_BOX: Final = """
const { left, top, width, height } = document.querySelector(arguments[0]).getBoundingClientRect();
return [left, top, width, height];
"""
_SIDES: Final = """
return [...document.querySelectorAll(".stage figure")].map((one) => one.dataset.side);
"""
WHOLE: Final = ".whole canvas"
THIS: Final = "[data-side=this] canvas"
GENUINE: Final = "[data-side=specimen] canvas"


def page(light: Light, by: int = 0) -> np.ndarray:
    image = np.full((352, 500, 3), SHADES[light] + by, np.uint8)
    image[88:264, 50:150] += 50
    return image


def pages(*lights: Light) -> tuple[CaseImage, ...]:
    return tuple(CaseImage(CaseImageKind(f"page_{one}"), page_picture(page(one))) for one in lights)


def link_of(
    *findings: OpticalFinding, lights: tuple[Light, ...] = tuple(Light), kept_by: str = "PHOTOGRAPH"
) -> CaseLink:
    facts = CaseFacts(record(CheckId[kept_by]), THRESHOLDS, optical_findings=findings)
    return CaseLink(facts, images=pages(*lights), holder="officer-1")


@pytest.fixture
def specimens(tmp_path: Path) -> Path:
    folder = tmp_path / "specimens"
    for name, by in (("e-passport 2020", SPECIMEN), ("machine readable 2012", 2 * SPECIMEN)):
        place = folder / "BGD" / "P" / name
        place.mkdir(parents=True)
        for light in (Light.WHITE, Light.INFRARED):
            cv2.imwrite(str(place / f"{light}.png"), page(light, by))
    return folder


def show(browser: WebDriver, url: str) -> None:
    browser.get(f"{url}/gates/{GATE}/cases/{CROSSING}")


def keys(browser: WebDriver, *typed: str) -> None:
    ActionChains(browser).send_keys(*typed).perform()


def light(browser: WebDriver) -> str:
    return str(browser.execute_script(f"{_LIGHT}?.dataset.switch"))


def brightness(browser: WebDriver, selector: str) -> int:
    return int(browser.execute_script(_MIDDLE, selector))


def box(browser: WebDriver, selector: str) -> list[float]:
    found: list[float] = browser.execute_script(_BOX, selector)
    return found


def pressed(browser: WebDriver) -> list[str]:
    chosen = browser.find_elements(By.CSS_SELECTOR, ".finding[aria-pressed=true]")
    return [each.text.replace("\n", "") for each in chosen]


def test_the_light_is_switched_by_key_and_button_and_remembered(
    browser: WebDriver, open_console: Open, until: Until
) -> None:
    with open_console({GATE: link_of(DULL, kept_by="FACE")}) as url:
        show(browser, url)
        until(lambda: brightness(browser, WHOLE) == SHADES[Light.WHITE])
        for key, wanted in (("2", Light.INFRARED), ("3", Light.ULTRAVIOLET), ("1", Light.WHITE)):
            keys(browser, key)
            assert light(browser) == wanted
            assert brightness(browser, WHOLE) == SHADES[wanted]
        browser.find_element(By.CSS_SELECTOR, "#page-view [data-switch=ultraviolet]").click()
        browser.refresh()
        until(lambda: brightness(browser, WHOLE) == SHADES[Light.ULTRAVIOLET])
        addresses = "return performance.getEntriesByType('resource').map((one) => one.name)"
        assert not [
            one for one in browser.execute_script(addresses) if "BGD" in one or "blob" in one
        ]


@pytest.mark.parametrize("width", [1280, 768])
def test_the_place_of_a_finding_is_framed_and_enlarged_under_its_light(
    browser: WebDriver, open_console: Open, until: Until, resize: Resize, width: int
) -> None:
    resize(width, 800)
    with open_console({GATE: link_of(CHANGED, DULL)}) as url:
        show(browser, url)
        until(lambda: brightness(browser, WHOLE) == SHADES[Light.INFRARED])
        assert pressed(browser) == ["Printed photograph not confirmed as intact"]
        drawn, whole = box(browser, ".whole .line.chosen"), box(browser, WHOLE)
        expected = [
            whole[0] + REGION.left * whole[2],
            whole[1] + REGION.top * whole[3],
            REGION.width * whole[2],
            REGION.height * whole[3],
        ]
        assert drawn == pytest.approx(expected, abs=1.5)
        # The place fills the picture beside it, up to what is shown around it.
        assert brightness(browser, THIS) == SHADES[Light.INFRARED] + 50
        closer = box(browser, ".closer .line")
        assert closer[2] > 1.4 * drawn[2]
        assert closer[3] / closer[2] == pytest.approx(drawn[3] / drawn[2], rel=0.03)
        keys(browser, "1")  # the same place under another light
        assert brightness(browser, THIS) == SHADES[Light.WHITE] + 50
        assert box(browser, ".whole .line.chosen") == pytest.approx(drawn, abs=1.5)


def test_a_finding_brings_its_light_and_its_words(
    browser: WebDriver, open_console: Open, until: Until
) -> None:
    with open_console({GATE: link_of(CHANGED, DULL)}) as url:
        show(browser, url)
        until(lambda: brightness(browser, WHOLE) == SHADES[Light.INFRARED])
        told = browser.find_element(By.CSS_SELECTOR, ".telling").text
        assert "Likeness to a genuine page 49.6%; a genuine one has at least 50.0%" in told
        keys(browser, "g")
        assert pressed(browser) == ["Page under ultraviolet: Passed"]
        assert light(browser) == Light.ULTRAVIOLET
        assert "90%" in browser.find_element(By.CSS_SELECTOR, ".telling").text
        assert not browser.find_elements(By.CSS_SELECTOR, ".line.chosen")
        keys(browser, "g")
        assert light(browser) == Light.INFRARED
        browser.find_element(By.CSS_SELECTOR, ".finding[aria-pressed=true]").click()
        assert pressed(browser) == []


def test_the_specimen_is_beside_the_page_under_the_same_light(
    browser: WebDriver, open_console: Open, until: Until, specimens: Path
) -> None:
    with open_console({GATE: link_of(CHANGED)}, specimens=specimens) as url:
        show(browser, url)
        until(lambda: brightness(browser, GENUINE) == SHADES[Light.INFRARED] + 50 + SPECIMEN)
        assert box(browser, GENUINE)[2:] == pytest.approx(box(browser, THIS)[2:], abs=1.0)
        keys(browser, "1")
        assert brightness(browser, GENUINE) == SHADES[Light.WHITE] + 50 + SPECIMEN
        keys(browser, "3")
        assert (
            "no picture under this light" in browser.find_element(By.CSS_SELECTOR, ".closer").text
        )
        keys(browser, "2")
        which = browser.find_element(By.CSS_SELECTOR, "[data-which]")
        which.send_keys("machine")
        until(lambda: brightness(browser, GENUINE) == SHADES[Light.INFRARED] + 50 + 2 * SPECIMEN)


def test_without_a_specimen_the_page_says_so(
    browser: WebDriver, open_console: Open, until: Until, specimens: Path
) -> None:
    link = link_of(CHANGED)
    kept = link.facts.record
    assert kept is not None
    document = replace(kept.document, issuing_state="UTO")  # type: ignore[type-var]
    link.facts = replace(link.facts, record=replace(kept, document=document))
    with open_console({GATE: link}, "bn", specimens=specimens) as url:
        show(browser, url)
        until(lambda: brightness(browser, WHOLE))
        text = browser.find_element(By.CSS_SELECTOR, "#page-view").text
        assert "এই ধরনের দলিলের নমুনা এই কনসোলে নেই" in text
        assert "আসল পাতার সঙ্গে মিল ৪৯.৬%; আসল পাতায় অন্তত" in text
        assert "ছাপা ছবি অক্ষত কি না নিশ্চিত নয়" in text


def test_a_light_that_the_scanner_has_not_is_no_choice(
    browser: WebDriver, open_console: Open, until: Until
) -> None:
    link = link_of(CHANGED, lights=(Light.WHITE, Light.ULTRAVIOLET))
    with open_console({GATE: link}) as url:
        show(browser, url)
        until(lambda: brightness(browser, WHOLE) == SHADES[Light.WHITE])
        assert "no picture" in browser.find_element(By.CSS_SELECTOR, "[data-switch=infrared]").text
        keys(browser, "2")
        assert light(browser) == Light.WHITE
        assert browser.find_elements(By.CSS_SELECTOR, ".whole .line.chosen")


def test_the_larger_view_is_worked_by_keys(
    browser: WebDriver, open_console: Open, until: Until, specimens: Path
) -> None:
    with open_console({GATE: link_of(CHANGED)}, specimens=specimens) as url:
        show(browser, url)
        until(lambda: brightness(browser, GENUINE))
        keys(browser, "v")
        sides = partial(browser.execute_script, _SIDES)
        assert sides() == ["this", "specimen"]
        drawn, whole = box(browser, ".stage .line"), box(browser, ".stage canvas")
        assert (drawn[0] - whole[0]) / whole[2] == pytest.approx(REGION.left, abs=0.01)
        assert drawn[2] / whole[2] == pytest.approx(REGION.width, abs=0.01)
        keys(browser, "m")
        assert sides() == ["this"]
        keys(browser, "3z")
        assert brightness(browser, ".stage canvas") == SHADES[Light.ULTRAVIOLET]
        sheet = browser.find_element(By.CSS_SELECTOR, ".stage .sheet")
        assert "scale(1.5)" in sheet.get_attribute("style")
        assert "20% 50%" in sheet.get_attribute("style")
        keys(browser, Keys.ARROW_RIGHT, "cx")  # decisions are no keys of this window
        assert "35% 50%" in sheet.get_attribute("style")
        keys(browser, Keys.ESCAPE)
        # The browser tells of the closing after the key (HTML, close of a dialog is queued).
        until(lambda: not browser.find_elements(By.CSS_SELECTOR, "#page-larger[open], .stage *"))
        assert not browser.find_elements(By.CSS_SELECTOR, "[name=decision]:checked")


def test_nothing_of_the_page_is_left_of_a_case_that_is_over(
    browser: WebDriver, open_console: Open, until: Until
) -> None:
    link = link_of(CHANGED)
    with open_console({GATE: link}) as url:
        show(browser, url)
        until(lambda: brightness(browser, WHOLE))
        keys(browser, "1")
        link.is_open = False
        until(lambda: "This case is over" in browser.page_source)
        assert not browser.find_elements(By.CSS_SELECTOR, "canvas")
        assert browser.execute_script("return sessionStorage.getItem('page-light')") is None


def test_a_lane_without_a_scanner_has_no_page(
    browser: WebDriver, open_console: Open, until: Until
) -> None:
    link = link_of(lights=(), kept_by="FACE")
    with open_console({GATE: link}) as url:
        show(browser, url)
        until(lambda: browser.find_elements(By.CSS_SELECTOR, "#pictures.none"))
        assert not browser.find_element(By.ID, "page-view").is_displayed()
