"""The mirror image: seen by the traveller alone, only while the face is looked at, never kept."""

import asyncio
import threading
from typing import Final

import cv2
import httpx
import numpy as np
from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.domain.time import Instant
from egate.gate.display.app import display_app
from egate.gate.display.presentation import Sight
from egate.ports.devices import Frame
from egate.ports.supervision import TravellerMessage
from tests.display_page import MakeGate, Serve, Until, watching

# What a camera sees: the traveller's right hand, which is on the picture's left, is white.
_PICTURE: Final = np.zeros((480, 640, 3), np.uint8)
_PICTURE[:, :320] = 255
_PIXELS: Final = """
const canvas = document.querySelector(".mirror canvas");
const pixel = x => canvas.getContext("2d").getImageData(x, 240, 1, 1).data[0];
return document.querySelector(".mirror").checkVisibility() ? [pixel(40), pixel(320)] : null;
"""


def mirror(browser: WebDriver) -> list[int] | None:
    seen: list[int] | None = browser.execute_script(_PIXELS)
    return seen


def test_it_is_a_mirror_and_seen_only_while_the_face_is_looked_at(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate, sight = make_gate("DAC-E-01"), Sight()
    gate.set(message=TravellerMessage.KEEP_DOCUMENT, guidance=Guidance.COME_CLOSER)
    with serve(
        display_app(gate, None, sight), beside=lambda: watching(sight.mirror, _PICTURE)
    ) as url:
        browser.get(url)
        assert mirror(browser) is None  # the traveller would lift the document to look
        gate.set(message=TravellerMessage.LOOK_AT_CAMERA)
        until(lambda: mirror(browser))
        left, right = mirror(browser) or (0, 0)
        assert left < 40  # whoever raises the right hand sees it on the right
        assert right > 215
        gate.set(guidance=Guidance.HOLD_STILL)
        until(
            lambda: browser.execute_script("return document.body.dataset.message") == "hold_still"
        )
        assert mirror(browser) is not None
        for message in (TravellerMessage.PLEASE_PASS, TravellerMessage.OFFICER_WILL_HELP):
            gate.set(message=TravellerMessage.LOOK_AT_CAMERA, guidance=Guidance.HOLD_STILL)
            until(lambda: mirror(browser))
            gate.set(message=message, guidance=None)
            until(lambda: mirror(browser) is None)
        kept = browser.execute_script(
            "return document.querySelector('canvas').getContext('2d')"
            ".getImageData(0, 0, 360, 480).data.some(Boolean)"
        )
        assert not kept


def test_the_last_picture_does_not_stay_when_the_camera_is_lost(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate, sight = make_gate("DAC-E-01"), Sight()
    gate.set(message=TravellerMessage.LOOK_AT_CAMERA, guidance=Guidance.HOLD_STILL)

    lost = threading.Event()

    async def until_lost() -> None:
        while not lost.is_set():
            sight.mirror.take(Frame(_PICTURE, Instant(asyncio.get_running_loop().time())))
            await asyncio.sleep(0.02)

    with serve(display_app(gate, None, sight), beside=until_lost) as url:
        browser.get(url)
        until(lambda: mirror(browser))
        lost.set()
        until(lambda: mirror(browser) is None)


def test_nobody_else_gets_it_and_nobody_may_keep_it(serve: Serve, make_gate: MakeGate) -> None:
    gate, sight = make_gate("DAC-E-01"), Sight()
    with serve(
        display_app(gate, None, sight), beside=lambda: watching(sight.mirror, _PICTURE)
    ) as url:
        port = url.rpartition(":")[2]
        answer = httpx.get(f"{url}/mirror")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        shown = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
        assert shown.shape == (480, 360, 3)
        for foreign in (
            {"Host": f"gate.example:{port}"},  # a name that was made to lead here
            {"Host": f"192.0.2.7:{port}"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "none"},
        ):
            assert httpx.get(f"{url}/mirror", headers=foreign).status_code == 404
        local = {"Host": f"localhost:{port}", "Sec-Fetch-Site": "same-origin"}
        assert httpx.get(f"{url}/mirror", headers=local).status_code == 200
    with serve(display_app(gate)) as url:
        assert httpx.get(f"{url}/mirror").status_code == 204
