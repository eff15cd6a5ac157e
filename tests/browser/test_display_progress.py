"""How much of the chip is read, as a bar in a real browser."""

from selenium.webdriver.remote.webdriver import WebDriver

from egate.gate.display.app import display_app
from egate.gate.display.presentation import Sight
from tests.display_page import MakeGate, Serve, Until, show

_BAR = (
    "const bar = document.querySelector('.progress'); return [bar.checkVisibility(),"
    " bar.classList.contains('measured'), bar.firstElementChild.style.width]"
)


def bar(browser: WebDriver) -> list[object]:
    seen: list[object] = browser.execute_script(_BAR)
    return seen


def test_it_fills_while_the_chip_is_read_and_begins_anew_for_the_next(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate, sight = make_gate("DAC-E-01"), Sight()
    with serve(display_app(gate, None, sight)) as url:
        browser.get(url)
        assert bar(browser) == [False, False, ""]
        show(browser, gate, "keep_document", until)
        assert bar(browser) == [True, False, ""]  # the chip has not answered: the bar only moves
        for share, width in ((0.2, "20%"), (0.75, "75%")):
            sight.chip.share = share
            until(lambda width=width: bar(browser) == [True, True, width])
        sight.chip.share = 0.0  # read, and already forgotten: it does not fall back
        asked = "return performance.getEntriesByName(new URL('/progress', location).href).length"
        before = browser.execute_script(asked)
        until(lambda: browser.execute_script(asked) > before + 1)
        assert bar(browser) == [True, True, "75%"]
        show(browser, gate, "look_at_camera", until)
        show(browser, gate, "keep_document", until)
        assert bar(browser) == [True, False, ""]


def test_nothing_is_asked_while_no_chip_is_read(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate = make_gate("DAC-E-01")
    with serve(display_app(gate)) as url:
        browser.get(url)
        for name in ("place_document", "please_pass", "officer_will_help", "welcome"):
            show(browser, gate, name, until)
        asked = browser.execute_script(
            "return performance.getEntriesByType('resource').map(e => new URL(e.name).pathname)"
        )
    assert not {"/progress", "/mirror"} & set(asked)
