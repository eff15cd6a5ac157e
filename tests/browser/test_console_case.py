"""The pictures of a referred traveller in a real browser: seen, enlarged, and gone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

import numpy as np
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from egate.biometrics.officer_picture import officer_picture
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.ports.supervision import GateState, OfficerOrder, TravellerMessage
from egate.reporting.gate_client import GateUnavailable

Serve = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], object]
Make = Callable[[str], Any]

# Name, whether it is seen, and the brightness in its middle, of each picture on the page.
_PICTURES: Final = """
return [...document.querySelectorAll("[data-picture]")]
  .map((button) => [button.dataset.picture, button.querySelector("canvas")])
  .filter(([, canvas]) => canvas.checkVisibility() && canvas.width > 0)
  .map(([name, canvas]) => [name, canvas.getContext("2d")
    .getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0]]);
"""


class Link:
    """A gate that the test holds in its hand."""

    def __init__(self, gate: Any) -> None:  # noqa: ANN401 - the fake gate of conftest
        self.gate, self.changes = gate, gate.changes
        self.loses_pictures = False

    async def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool:
        return bool(self.gate.order(order, officer_id))

    async def case_images(self, crossing_id: str, officer_id: str) -> Any:  # noqa: ANN401
        if self.loses_pictures:
            raise GateUnavailable("A: UNAVAILABLE")
        return self.gate.case_images(crossing_id, officer_id)


def hall(*links: Link) -> dict[str, Link]:
    return {link.gate.now.gate_id: link for link in links}


def image(kind: CaseImageKind, brightness: int) -> CaseImage:
    return CaseImage(kind, officer_picture(np.full((90, 72, 3), brightness, np.uint8)))


FACES: Final = (image(CaseImageKind.LIVE_FRAME, 40), image(CaseImageKind.CHIP_PORTRAIT, 80))
PRINTED: Final = image(CaseImageKind.PRINTED_PORTRAIT, 120)
FRAMES: Final = tuple(image(CaseImageKind.PAD_FRAME, 100 + 20 * n) for n in range(3))


def refer(gate: Any, *findings: str, images: tuple[CaseImage, ...] = FACES) -> None:  # noqa: ANN401
    gate.images["0190a"] = images
    gate.set(
        state=GateState.AWAITING_OFFICER,
        message=TravellerMessage.OFFICER_WILL_HELP,
        findings=findings,
        crossing_id="0190a",
    )


def shown(browser: WebDriver) -> dict[str, int]:
    return dict(browser.execute_script(_PICTURES))


def text(browser: WebDriver, selector: str) -> str:
    found: str = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')",
        selector,
    )
    return found


def keys(browser: WebDriver, typed: str) -> None:
    ActionChains(browser).send_keys(typed).perform()


def test_live_and_chip_portrait_are_shown_and_go_with_the_case(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Make
) -> None:
    gate = make_gate("A")
    refer(gate, "BIOMETRIC.FACE", images=(*FACES, *FRAMES))
    with open_console(hall(Link(gate))):
        until(lambda: shown(browser) == {"live_frame": 40, "chip_portrait": 80})
        gate.set(sessions=7)  # the card is drawn anew; nobody is asked again
        until(lambda: "7" in text(browser, ".lane dl"))
        assert shown(browser) == {"live_frame": 40, "chip_portrait": 80}
        assert gate.views == [("0190a", "officer-1")]
        kept = "return document.images.length + performance.getEntriesByType('resource')"
        blobs = f"{kept}.filter(e => /^(blob|data):/.test(e.name)).length"
        assert browser.execute_script(blobs) == 0
        keys(browser, "r")
        until(lambda: not browser.find_elements(By.CSS_SELECTOR, ".case"))
        assert browser.execute_script("return cases.size") == 0


def test_the_printed_portrait_and_the_frames_join_when_there_are_any(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Make
) -> None:
    gate = make_gate("A")
    refer(gate, "BIOMETRIC.PAD", images=(*FACES, PRINTED, *FRAMES))
    with open_console(hall(Link(gate))):
        frames = {f"pad_frame-{n}": 100 + 20 * n for n in range(3)}
        faces = {"live_frame": 40, "chip_portrait": 80, "printed_portrait": 120}
        until(lambda: shown(browser) == faces | frames)


def test_pictures_come_when_the_officer_turns_to_the_lane(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Make
) -> None:
    first, second = make_gate("A"), make_gate("B")
    refer(second, "BIOMETRIC.FACE")
    with open_console(hall(Link(first), Link(second))):
        until(lambda: "Show pictures" in text(browser, ".case"))
        assert second.views == []
        keys(browser, "n")
        until(lambda: shown(browser))
        assert len(second.views) == 1


def test_pictures_are_enlarged_by_key_and_by_click_and_give_no_orders(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Make
) -> None:
    gate = make_gate("A")
    refer(gate, "BIOMETRIC.PAD", images=(*FACES, *FRAMES))

    def stage() -> list[str]:
        return text(browser, "#larger-stage figure").splitlines()

    with open_console(hall(Link(gate))):
        until(lambda: len(shown(browser)) == 5)
        keys(browser, "p")
        until(lambda: stage() == ["Before the camera", "In the chip"])
        keys(browser, "ecr")
        keys(browser, Keys.ESCAPE)
        until(lambda: stage() == [])
        browser.find_element(By.CSS_SELECTOR, "[data-picture=pad_frame-2]").click()
        until(lambda: stage() == ["Frame 3"])
        keys(browser, Keys.ARROW_RIGHT)
        until(lambda: stage() == ["Frame 1"])
        keys(browser, Keys.ARROW_LEFT + Keys.ARROW_LEFT)
        until(lambda: stage() == ["Frame 2"])
        assert gate.orders == []
        gate.order(OfficerOrder.RESET, "another console")
        until(lambda: not browser.find_element(By.ID, "larger").is_displayed())
        until(lambda: stage() == [])


def test_a_case_without_pictures_says_so_and_a_lost_one_is_tried_again(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Make
) -> None:
    browser.expected_faults = ("/images",)  # type: ignore[attr-defined]
    gate = make_gate("A")
    refer(gate, "ELECTRONIC.ACCESS", images=())
    link = Link(gate)
    link.loses_pictures = True

    def said() -> str:
        return text(browser, ".case")

    with open_console(hall(link)):
        until(lambda: "could not be fetched" in said())
        link.loses_pictures = False
        browser.find_element(By.CSS_SELECTOR, "[data-fetch]").click()
        until(lambda: "There are no pictures" in said())


def test_what_is_no_picture_is_not_drawn(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Make
) -> None:
    gate = make_gate("A")
    script = CaseImage(CaseImageKind.LIVE_FRAME, b"<svg onload='alert(1)'>")
    refer(gate, "BIOMETRIC.FACE", images=(script, FACES[1]))
    with open_console(hall(Link(gate))):
        until(lambda: shown(browser) == {"chip_portrait": 80})
        assert "No picture" in text(browser, ".faces")


def test_a_lost_page_shows_nobody(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Make
) -> None:
    browser.expected_faults = ("/events",)  # type: ignore[attr-defined]
    gate = make_gate("A")
    refer(gate, "BIOMETRIC.FACE")
    with open_console(hall(Link(gate))) as url:
        until(lambda: shown(browser))
    until(lambda: browser.find_element(By.ID, "lost").is_displayed())
    assert shown(browser) == {}
    with open_console(hall(Link(gate)), reload=False, address=url.removeprefix("http://")):
        until(lambda: shown(browser))
