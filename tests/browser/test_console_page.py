"""The officers' console in a real browser."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Protocol

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage
from egate.reporting.gate_client import GateUnavailable

Serve = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], object]
STATES = "#rows .what .badge"


class Gate(Protocol):
    """The fake gate of conftest."""

    now: GateStatus
    orders: list[tuple[OfficerOrder, str]]
    reachable: bool
    attending: list[str]

    def set(self, **changes: object) -> None: ...
    def changes(self) -> AsyncIterator[GateStatus]: ...
    def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool: ...


class Link:
    """The far side of a gate that the test holds in its hand."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def changes(self) -> AsyncIterator[GateStatus]:
        async for status in self._gate.changes():
            yield status
        raise GateUnavailable("127.0.0.1:7100: UNAVAILABLE")

    async def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool:
        return self._gate.order(order, officer_id)

    async def attend(self, officer_id: str) -> None:
        self._gate.attending.append(officer_id)
        try:
            await asyncio.Event().wait()
        finally:
            self._gate.attending.remove(officer_id)


def hall(*gates: Gate) -> dict[str, Link]:
    return {gate.now.gate_id: Link(gate) for gate in gates}


def refer(gate: Gate, *findings: str) -> None:
    gate.set(
        state=GateState.AWAITING_OFFICER,
        message=TravellerMessage.OFFICER_WILL_HELP,
        findings=findings,
        crossing_id="0190a",
    )


def text(browser: WebDriver, selector: str) -> str:
    found: str = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')",
        selector,
    )
    return found


def button(browser: WebDriver, gate_id: str, order: str) -> WebElement:
    return browser.find_element(
        By.CSS_SELECTOR, f'button[data-order="{order}"][data-gate="{gate_id}"]'
    )


def test_a_referral_is_shown_and_reset_reaches_the_gate(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    first, second = make_gate("DAC-E-01"), make_gate("DAC-E-02")
    with open_console(hall(first, second)):
        until(lambda: text(browser, STATES) == "Ready\nReady")
        assert "nobody is waiting" in text(browser, "#alarms")
        refer(second, "BIOMETRIC.FACE", "ELECTRONIC.PA.DG_HASHES")
        until(lambda: "Officer needed" in text(browser, "#alarms"))
        browser.find_element(By.CSS_SELECTOR, '[data-pick="DAC-E-02"]').click()
        card = text(browser, '[data-panel="DAC-E-02"]')
        assert "The face does not match the chip's portrait" in card
        assert "The chip's data were not as signed" in card
        assert "An officer will help you" in card
        assert not button(browser, "DAC-E-01", "reset").is_enabled()
        button(browser, "DAC-E-02", "reset").click()
        until(lambda: text(browser, STATES) == "Ready\nReady")
        assert second.orders == [(OfficerOrder.RESET, "officer-1")]
        assert first.orders == []


def test_it_speaks_bangla_first(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    gate = make_gate("DAC-E-01")
    refer(gate, "BIOMETRIC.FACE")
    gate.set(sessions=4071)
    with open_console(hall(gate), "bn"):
        until(lambda: "কর্মকর্তা দরকার" in text(browser, "#alarms"))
        assert "৪০৭১" in text(browser, ".panel")
        browser.find_element(By.LINK_TEXT, "English").click()
        until(lambda: "Officer needed" in text(browser, "#alarms"))
        assert "4071" in text(browser, ".panel")


def test_the_keyboard_is_enough(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    first, second = make_gate("DAC-E-01"), make_gate("DAC-E-02")

    def keys(typed: str) -> None:
        ActionChains(browser).send_keys(typed).perform()

    with open_console(hall(first, second)):
        until(lambda: text(browser, STATES) == "Ready\nReady")
        keys("c")  # no lane is chosen: nobody is meant
        keys("1c")
        until(lambda: first.orders == [(OfficerOrder.CLOSE_LANE, "officer-1")])
        refer(second, "PHYSICAL.SINGLE_PERSON")
        until(lambda: "More than one person" in text(browser, "#alarms"))
        keys("nr")
        until(lambda: second.orders == [(OfficerOrder.RESET, "officer-1")])
        assert len(first.orders) == 1


def test_evacuating_asks_once(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    gate = make_gate("DAC-E-01")
    with open_console(hall(gate)):
        until(lambda: text(browser, STATES) == "Ready")
        button(browser, "DAC-E-01", "evacuate").click()
        assert "DAC-E-01" in text(browser, "#confirm")
        browser.find_element(By.ID, "confirm-no").click()
        assert gate.orders == []
        ActionChains(browser).send_keys("e").perform()
        assert browser.find_element(By.ID, "confirm").is_displayed()
        ActionChains(browser).send_keys("\ue007").perform()
        until(lambda: gate.orders == [(OfficerOrder.EVACUATE, "officer-1")])
        until(lambda: "Done" in text(browser, "#said"))


def test_a_press_on_an_old_picture_does_nothing(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    """The officer means the traveller on the screen, not the one who came since."""
    gate = make_gate("DAC-E-01")
    refer(gate, "BIOMETRIC.FACE")
    with open_console(hall(gate)):
        until(lambda: "Officer needed" in text(browser, STATES))
        browser.execute_script(
            "document.querySelector('button[data-order=reset]').dataset.crossing = 'earlier'"
        )
        button(browser, "DAC-E-01", "reset").click()
        until(lambda: "look again" in text(browser, "#said"))
        assert gate.orders == []


def test_a_lost_gate_is_an_alarm_and_comes_back(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    gate = make_gate("DAC-E-01")
    with open_console(hall(gate)):
        until(lambda: text(browser, STATES) == "Ready")
        gate.reachable = False
        until(lambda: "No connection to the gate" in text(browser, "#alarms"))
        gate.reachable = True
        until(lambda: text(browser, STATES) == "Ready")


def test_a_lost_console_says_so_and_takes_no_orders(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    browser.expected_faults = ("/events", "/pulse", "/session")  # type: ignore[attr-defined]
    gate = make_gate("DAC-E-01")
    with open_console(hall(gate)) as url:
        until(lambda: text(browser, STATES) == "Ready")
    until(lambda: "what you see is old" in text(browser, "#lost"))
    ActionChains(browser).send_keys("c").perform()
    with open_console(hall(gate), reload=False, address=url.removeprefix("http://")):
        until(lambda: not browser.find_element(By.ID, "lost").is_displayed())
        assert gate.orders == []
        button(browser, "DAC-E-01", "close_lane").click()  # with the new console's token
        until(lambda: gate.orders == [(OfficerOrder.CLOSE_LANE, "officer-1")])


def test_a_reconnect_shows_the_truth_without_a_reload(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    """What changed while the stream was cut is there; the page was never loaded again."""
    browser.expected_faults = ("/events", "/pulse", "/session")  # type: ignore[attr-defined]
    first, second = make_gate("DAC-E-01"), make_gate("DAC-E-02")
    with open_console(hall(first, second)):
        until(lambda: text(browser, STATES) == "Ready\nReady")
        browser.find_element(By.CSS_SELECTOR, '[data-pick="DAC-E-02"]').click()
        browser.find_element(By.ID, "note-DAC-E-02").send_keys("half a note")
        browser.execute_script("window.neverReloaded = true")
        offline(browser, is_offline=True)
        until(lambda: "what you see is old" in text(browser, "#lost"))
        refer(second, "BIOMETRIC.PAD")
        first.set(state=GateState.OUT_OF_SERVICE, mode="maintenance")
        offline(browser, is_offline=False)
        until(lambda: text(browser, STATES) == "Closed\nOfficer needed")
        assert "Attack suspected" in text(browser, "#alarms")
        field = browser.find_element(By.ID, "note-DAC-E-02")
        assert field.get_attribute("value") == "half a note"
        seen = board(browser)
        assert browser.execute_script("return window.neverReloaded")
        browser.refresh()
        until(lambda: text(browser, STATES) == "Closed\nOfficer needed")
        assert board(browser) == seen


def board(browser: WebDriver) -> object:
    """What the page says, without its running times and what is being typed."""
    return browser.execute_script(
        "const copy = document.getElementById('main').cloneNode(true);"
        "for (const time of copy.querySelectorAll('time')) time.textContent = '';"
        "copy.querySelector('#announced').textContent = '';"
        "return copy.textContent.replace(/\\s+/g, ' ');"
    )


def offline(browser: WebDriver, *, is_offline: bool) -> None:
    browser.execute_cdp_cmd("Network.enable", {})  # type: ignore[attr-defined]
    browser.execute_cdp_cmd(  # type: ignore[attr-defined]
        "Network.emulateNetworkConditions",
        {
            "offline": is_offline,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        },
    )


def test_a_shift_begins_and_is_seen_at_the_gate(
    browser: WebDriver, open_console: Serve, until: Until, make_gate: Callable[[str], Gate]
) -> None:
    gate = make_gate("DAC-E-01")
    with open_console(hall(gate)):
        until(lambda: text(browser, STATES) == "Ready")
        ActionChains(browser).send_keys("s").perform()
        until(lambda: "Which lanes will you watch?" in text(browser, "main"))
        browser.find_element(By.CSS_SELECTOR, "form[action='/shift/begin'] .primary").click()
        until(lambda: gate.attending == ["officer-1"])
        assert "My shift" in text(browser, "#shift")
