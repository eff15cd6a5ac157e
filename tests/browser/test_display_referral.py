"""Every referral looks alike, to the last pixel: others look on, and so does whoever cheats."""

from dataclasses import dataclass
from typing import Final

import httpx
from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.gate.display.app import display_app
from egate.ports.supervision import GateState, TravellerMessage
from tests.display_page import AnyGate, MakeGate, Serve, Until, shown

_FINDINGS: Final = (
    ("BACKGROUND.WATCHLIST", "BIOMETRIC.PAD"),
    ("ELECTRONIC.PA.SOD_SIGNATURE",),
    ("PHYSICAL.SINGLE_PERSON",),
    (),
)
_BEFORE: Final = (
    (TravellerMessage.KEEP_DOCUMENT, None),
    (TravellerMessage.LOOK_AT_CAMERA, Guidance.TAKE_OFF),
    (TravellerMessage.PLEASE_PASS, None),
    (TravellerMessage.TAKE_DOCUMENT_AND_ENTER, None),
)


# What the page keeps hidden tells nobody anything.
_NOW: Final = """
const attributes = [...document.body.attributes].map(a => `${a.name}=${a.value}`);
const sections = [...document.querySelectorAll("section.message, .mirror, footer")];
return [...attributes, ...sections.filter(s => s.checkVisibility()).map(s => s.outerHTML)];
"""


@dataclass(frozen=True)
class Seen:
    page: str
    now: list[str]
    picture: str
    events: list[str]


def refer(gate: AnyGate, findings: tuple[str, ...], crossing_id: str) -> None:
    gate.set(
        state=GateState.AWAITING_OFFICER,
        message=TravellerMessage.OFFICER_WILL_HELP,
        guidance=None,
        findings=findings,
        crossing_id=crossing_id,
        mode="feeder" if not findings else "enabled",
        conditions=("centre_away",) if len(findings) == 1 else (),
    )


def seen(browser: WebDriver, url: str) -> Seen:
    with httpx.stream("GET", f"{url}/events") as stream:
        events = [line for line, _ in zip(stream.iter_lines(), range(3), strict=False)]
    return Seen(
        httpx.get(url).text,
        browser.execute_script(_NOW),
        browser.get_screenshot_as_base64(),
        events,
    )


def test_referrals_for_different_reasons_are_the_same_to_the_last_pixel(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})  # type: ignore[attr-defined]
    gate, all_seen = make_gate("DAC-E-01"), []
    with serve(display_app(gate)) as url:
        browser.get(url)
        for number, (findings, (message, guidance)) in enumerate(
            zip(_FINDINGS, _BEFORE, strict=True)
        ):
            gate.set(message=message, guidance=guidance)
            until(lambda name=guidance or message: shown(browser) == name)
            refer(gate, findings, f"0190-secret-{number}")
            until(lambda: shown(browser) == TravellerMessage.OFFICER_WILL_HELP)
            all_seen.append(seen(browser, url))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {})  # type: ignore[attr-defined]
    assert all(one == all_seen[0] for one in all_seen)
    everything = "".join((all_seen[0].page, *all_seen[0].now, *all_seen[0].events))
    for word in ("WATCHLIST", "PAD", "0190", "SOD", "feeder", "centre"):
        assert word not in everything
