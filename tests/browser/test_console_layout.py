"""The officers' console on a desk and on a tablet: nothing cut, every button within reach."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from egate.biometrics.officer_picture import officer_picture
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.ports.supervision import GateMode, GateState, TravellerMessage, TrustAlarm, TrustStatus

Serve = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], Any]

PICTURES: Final = (
    *(
        CaseImage(kind, officer_picture(np.zeros((450, 350, 3), np.uint8)))
        for kind in CaseImageKind
    ),
    CaseImage(CaseImageKind.PAD_FRAME, officer_picture(np.zeros((720, 1280, 3), np.uint8))),
)
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
for (const lane of document.querySelectorAll(".lane"))
  for (const part of lane.querySelectorAll(
    "h2, time, p, li > *, dt, dd, figcaption, button:not([data-picture])"
  ))
    if (part.checkVisibility())
      overWide(part, part.tagName === "BUTTON" ? part : lane, lane.dataset.gate);
for (const line of document.querySelectorAll("#alarms button, #alarms p"))
  overWide(line, line, line.parentElement.tagName);
for (const picture of document.querySelectorAll(".case.shown [data-picture]:enabled")) {
  if (!picture.checkVisibility()) continue;
  const [frame, seen] = [picture, picture.firstElementChild].map((e) => e.getBoundingClientRect());
  const isFace = !picture.dataset.picture.startsWith("pad_frame");
  if (seen.height < (isFace ? 150 : 40) || seen.width < 80 || seen.right > frame.right + 1)
    faults.push(`${picture.dataset.picture}: ${seen.width} x ${seen.height}`);
}
for (const button of document.querySelectorAll(".orders button")) {
  button.scrollIntoView({block: "nearest"});
  covered(button, "when scrolled to");
}
for (const alarm of document.querySelectorAll("#alarms [data-select]")) {
  scrollTo(0, document.documentElement.scrollHeight);
  covered(alarm, "at the end of the page");
  alarm.click();
  for (const button of document.querySelectorAll(
    `.lane[data-gate="${alarm.dataset.select}"] .orders button`)) covered(button, "when revealed");
}
document.querySelector(".lane button[data-order=evacuate]:enabled").click();
for (const button of document.querySelectorAll("dialog[open] button")) covered(button, "asked");
document.querySelector("dialog").close();
return faults;
"""


class Link:
    """A gate that is always reached."""

    def __init__(self, gate: Any) -> None:  # noqa: ANN401 - the fake gate of conftest
        self.changes, self._order, self._gate = gate.changes, gate.order, gate

    async def order(self, order: Any, officer_id: str, crossing_id: str | None = None) -> bool:  # noqa: ANN401
        return bool(self._order(order, officer_id))

    async def case_images(self, crossing_id: str, officer_id: str) -> Any:  # noqa: ANN401
        return self._gate.case_images(crossing_id, officer_id)


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
        gate.set(mode=GateMode.ENABLED, flow="two_step", direction="entry")
        gate.set(**late, **_UNUSUAL.get(number, {}))
        gate.images["0190a"] = PICTURES
    hall = {gate.now.gate_id: Link(gate) for gate in gates}
    waiting = 1 if lanes == 1 else 4
    faults = []
    with open_console(hall) as url:
        for language in ("bn", "en"):
            browser.get(f"{url}/language/{language}")
            until(lambda: _alarms(browser) == waiting)
            browser.execute_script("document.querySelector('.lane').focus()")
            until(lambda: _pictures(browser) == 5)
            for width, height in SIZES:
                resize(width, height)
                found = browser.execute_script(_FAULTS)
                faults += [f"{language} at {width}x{height}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


def _alarms(browser: WebDriver) -> object:
    return browser.execute_script("return document.querySelectorAll('[data-select]').length")


def _pictures(browser: WebDriver) -> object:
    return browser.execute_script(
        "return document.querySelectorAll('.shown [data-picture]:enabled').length"
    )
