"""A person plays traveller on the page of the simulated lane, before a real gate."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from egate.domain.record import CrossingStatus
from tests.gate_process import Process, records_left, running
from tests.gate_samples import ROOT

pytestmark = [pytest.mark.system, pytest.mark.timeout(150)]


@dataclass
class Lane:
    folder: Path
    said: dict[str, Any]
    process: Process

    def request(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes]:
        """Ask as some other program might: nothing is added to ``headers`` but the host."""
        address = urlsplit(self.said["page"]).netloc
        connection = http.client.HTTPConnection(address, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host="Host" in named)
        for name, value in ({"Content-Length": str(len(body))} | named).items():
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        try:
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def documented(folder: Path) -> list[list[str]]:
    """The commands of docs/integrators.md in ``folder``, with a free port for the page."""
    page = (ROOT / "docs" / "integrators.md").read_text("utf-8")
    commands = []
    for line in page.split("```sh\n")[1].split("```")[0].splitlines():
        words = line.replace("lane/", f"{folder}/").replace(":8090", ":0").split()
        start = [sys.executable, "-m", "egate.cli"] if words[0] == "egate" else [sys.executable]
        for word in words[1:]:
            below = folder.glob(word.removeprefix(f"{folder}/")) if "*" in word else [word]
            start += sorted(str(each) for each in below)
        commands.append(start)
    return commands


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lane]:
    folder = tmp_path_factory.mktemp("lane")
    words = documented(folder)[0][2:]
    with running(*words) as up:
        yield Lane(folder, up.until(), up)


@pytest.fixture
def gate(lane: Lane) -> Iterator[Process]:
    """A gate on the lane's wires, with the configuration that the lane wrote."""
    _, trust, run = documented(lane.folder)
    subprocess.run(trust, cwd=ROOT, check=True, capture_output=True)
    with running(*run[2:], out="stderr") as started:
        started.until(event="ready")
        yield started


class Desk:
    """The page in a browser."""

    def __init__(self, browser: WebDriver, url: str) -> None:
        self._browser = browser
        browser.get(url)

    def until(self, condition: Callable[[], object]) -> None:
        try:
            WebDriverWait(self._browser, 45, poll_frequency=0.05).until(lambda _: condition())
        except TimeoutException:
            body = self._browser.find_element(By.TAG_NAME, "body")
            story = self._browser.find_element(By.ID, "story").text
            light = body.get_attribute("data-light")
            raise AssertionError(f"the light says {light}, after: {story}") from None

    def press(self, selector: str) -> None:
        self.until_there(selector)
        button = self._browser.find_element(By.CSS_SELECTOR, selector)
        self.until(button.is_enabled)
        button.click()

    def act(self, name: str) -> None:
        self.press(f'[data-act="{name}"]')

    def until_there(self, selector: str) -> None:
        self.until(lambda: self._browser.find_elements(By.CSS_SELECTOR, selector))

    def until_light(self, light: str) -> None:
        self.until_there(f'body[data-light="{light}"]')

    def door_is_open(self) -> bool:
        leaf = self._browser.find_element(By.CSS_SELECTOR, "#plan .leaf")
        return "translateY(-102px)" in str(leaf.get_attribute("style"))


def test_a_genuine_crossing_is_played_on_the_page(
    browser: WebDriver, lane: Lane, gate: Process
) -> None:
    desk = Desk(browser, lane.said["page"])
    desk.until_light("ready")
    desk.press('[data-passport="0"]')
    desk.act("forward")
    desk.act("lay")
    desk.act("look_up")
    assert not desk.door_is_open()
    desk.until_light("pass")
    desk.until(desk.door_is_open)
    desk.act("lift")
    desk.act("forward")
    desk.until_there('[data-event="passed"]')
    desk.until_light("ready")
    desk.until(lambda: not desk.door_is_open())

    desk.press('[data-device="barrier"] [data-condition="unplugged"]')
    desk.until_there("#gate:not(.on)")
    desk.press('[data-device="barrier"] [data-condition="whole"]')
    desk.until_there("#gate.on")
    desk.until_light("ready")
    gate.popen.send_signal(signal.SIGTERM)
    assert gate.popen.wait(timeout=15) == 0
    (record,) = records_left(lane.folder)
    assert record.verdict == "admit"
    assert record.status is CrossingStatus.COMPLETED


def test_what_is_impossible_cannot_be_pressed(browser: WebDriver, lane: Lane) -> None:
    desk = Desk(browser, lane.said["page"])
    desk.press('[data-passport="1"]')
    desk.act("forward")
    forward = browser.find_element(By.CSS_SELECTOR, '[data-act="forward"]')
    desk.until(lambda: forward.get_attribute("title") == "the door is closed")
    assert not forward.is_enabled()
    assert not browser.find_element(By.CSS_SELECTOR, '[data-passport="0"]').is_enabled()
    desk.press('[data-input="emergency"]')
    desk.until(desk.door_is_open)
    desk.press('[data-input="emergency"]')
    desk.act("back")


def test_nobody_but_the_page_moves_the_lane(lane: Lane) -> None:
    origin = lane.said["page"].rstrip("/")
    _, page = lane.request("GET", "/")
    word = page.decode().split('name="word" content="')[1].split('"')[0]
    order = json.dumps({"do": "emergency", "on": False})
    good = {
        "Origin": origin,
        "Content_Type": "application/json",
        "X_Lane_Word": word,
    }
    assert lane.request("POST", "/order", order, **good)[0] == 200
    for spoilt in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Content_Type": "text/plain"},
        {"X_Lane_Word": word[:-1]},
        {"X_Lane_Word": ""},
    ):
        assert lane.request("POST", "/order", order, **(good | spoilt))[0] == 403
    without = {name: value for name, value in good.items() if name != "Origin"}
    assert lane.request("POST", "/order", order, **without)[0] == 403
    assert lane.request("GET", "/", Host="evil.example")[0] == 421
    assert lane.request("GET", "/", Host="127.0.0.1.evil.example:80")[0] == 421


@pytest.mark.parametrize(
    "order",
    [
        "",
        "[]",
        "[" * 4000,
        "x" * 5000,
        '{"do": "take", "passport": 99}',
        '{"do": "act", "act": "fly"}',
        '{"do": "device", "device": "barrier", "condition": "on fire"}',
        '{"do": "approach"}',
    ],
)
def test_no_order_at_all_is_refused(lane: Lane, order: str) -> None:
    _, page = lane.request("GET", "/")
    word = page.decode().split('name="word" content="')[1].split('"')[0]
    headers = {
        "Origin": lane.said["page"].rstrip("/"),
        "Content_Type": "application/json",
        "X_Lane_Word": word,
    }
    status, answer = lane.request("POST", "/order", order, **headers)
    assert status == 400
    assert json.loads(answer)["refused"]


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/app.py", "/portrait/99", "/x"])
def test_there_is_nothing_else_to_get(lane: Lane, path: str) -> None:
    assert lane.request("GET", path)[0] == 404
