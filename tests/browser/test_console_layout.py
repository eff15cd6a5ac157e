"""The officers' console on a desk and on a tablet: nothing cut, every button within reach."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from egate.ports.supervision import GateMode, GateState, TravellerMessage, TrustAlarm, TrustStatus

Serve = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], Any]

SIZES: Final = ((1024, 768), (1280, 800), (768, 1024))

# Words that leave their card or line, and buttons that something else covers: each after the
# page was scrolled to it, and those of a waiting lane after its alarm was pressed.
_FAULTS: Final = """
const faults = [];
const overWide = (element, box, name) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const [outer, words] = [box.getBoundingClientRect(), range.getBoundingClientRect()];
  if (words.left < outer.left || words.right > outer.right)
    faults.push(`${name}: "${element.innerText.trim()}" leaves its box`);
};
const covered = (button, when) => {
  const r = button.getBoundingClientRect();
  const hit = document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2);
  const inside = r.left >= -1 && r.top >= -1
    && r.right <= innerWidth + 1 && r.bottom <= innerHeight + 1;  // scrolls by whole pixels
  if (!inside || !button.contains(hit))
    faults.push(`${button.innerText.replaceAll("\\n", " ")}: covered ${when}`);
};
if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is too wide");
const boxes = document.querySelectorAll("#rows > li, #alarms li, .panel:not([hidden]), #shift > *");
for (const box of boxes)
  for (const part of box.querySelectorAll("h2, time, p, li > *, dt, dd, .cell, button, a"))
    if (part.checkVisibility() && part.getBoundingClientRect().width > 1)
      overWide(part, part.tagName === "BUTTON" ? part : box, box.dataset.part ?? box.className);
const rows = [...document.querySelectorAll("#rows > li")];
const lines = [...document.querySelectorAll("#alarms [data-pick]")];
for (const row of rows) {
  const pick = row.querySelector("[data-pick]");
  pick.scrollIntoView({block: "nearest"});
  covered(pick, "when scrolled to");
  pick.click();
  for (const button of document.querySelectorAll(".panel:not([hidden]) :is(button, a)")) {
    button.scrollIntoView({block: "nearest"});
    covered(button, "when scrolled to");
  }
}
for (const alarm of lines) {
  scrollTo(0, document.documentElement.scrollHeight);
  alarm.scrollIntoView({block: "nearest"});
  covered(alarm, "at the end of the page");
  alarm.click();
  const [first] = document.querySelectorAll(".panel:not([hidden]) .orders button");
  covered(first, "when revealed");
}
const evacuate = document.querySelector(".panel:not([hidden]) button[data-order=evacuate]:enabled")
  ?? (rows[0].querySelector("[data-pick]").click(),
      document.querySelector(".panel:not([hidden]) button[data-order=evacuate]"));
evacuate.click();
for (const button of document.querySelectorAll("dialog[open] button")) covered(button, "asked");
document.querySelector("#confirm").close();
return faults;
"""


class Link:
    """A gate that is always reached."""

    def __init__(self, gate: Any) -> None:  # noqa: ANN401 - the fake gate of conftest
        self.changes, self._order = gate.changes, gate.order

    async def order(self, order: Any, officer_id: str, crossing_id: str | None = None) -> bool:  # noqa: ANN401
        return bool(self._order(order, officer_id))


_REFERRED: Final = {
    "state": GateState.AWAITING_OFFICER,
    "message": TravellerMessage.OFFICER_WILL_HELP,
    "crossing_id": "0190a",
}
_UNUSUAL: Final[Mapping[int, Mapping[str, object]]] = {
    1: _REFERRED
    | {"findings": ("BIOMETRIC.PAD", "ELECTRONIC.PA.DG_HASHES", "BACKGROUND.WATCHLIST")},
    4: {"state": GateState.EVACUATING, "message": TravellerMessage.EVACUATE},
    6: {"state": GateState.OUT_OF_SERVICE, "message": TravellerMessage.LANE_CLOSED},
    7: {
        "centre_reachable": False,
        "mode": GateMode.DEGRADED,
        "conditions": ("centre_away", "clock_drifting", "disk_filling", "lists_stale"),
    },
    8: {
        "state": GateState.OUT_OF_SERVICE,
        "message": TravellerMessage.LANE_CLOSED,
        "mode": GateMode.DEGRADED,
        "conditions": ("item_left", "way_out_blocked"),
    },
    9: _REFERRED | {"findings": ("PHYSICAL.SINGLE_PERSON",)},
}


_TRUST: Final = TrustStatus(list_age_days=12, own_state="BD", own_csca_until="2039-05-12")
_ALARMING_TRUST: Final = replace(
    _TRUST, crls_stale=("AE", "BD", "DE", "FR", "IN"), alarms=tuple(TrustAlarm)
)


@pytest.mark.parametrize("lanes", [1, 10])
def test_nothing_is_cut_and_every_button_is_within_reach(
    browser: WebDriver,
    open_console: Serve,
    until: Until,
    make_gate: Callable[[str], Any],
    resize: Callable[[int, int], None],
    lanes: int,
) -> None:
    gates = [make_gate(f"BDDAC-DEMO-{number:02}") for number in range(1, lanes + 1)]
    for number, gate in enumerate(gates, 1):
        late = {"sessions": 40711, "outbox_depth": 1234, "outbox_oldest_seconds": 90000}
        late["trust"] = _TRUST if number % 2 else _ALARMING_TRUST
        gate.set(mode=GateMode.ENABLED, flow="two_step", direction="entry", since=1.0)
        gate.set(**late, **_UNUSUAL.get(number, {}))
    hall = {gate.now.gate_id: Link(gate) for gate in gates}
    waiting = 1 if lanes == 1 else 4  # and two more are about what a lane noticed
    faults = []
    with open_console(hall) as url:
        for language in ("bn", "en"):
            browser.get(f"{url}/language/{language}")
            until(lambda: _alarms(browser) == waiting)
            for width, height in SIZES:
                resize(width, height)
                found = browser.execute_script(_FAULTS)
                faults += [f"{language} at {width}x{height}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


def _alarms(browser: WebDriver) -> object:
    return browser.execute_script("return document.querySelectorAll('[data-alarm]').length")
