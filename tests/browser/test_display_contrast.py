"""Whoever sees little can still read the display: WCAG 2.2, success criterion 1.4.6 (AAA)."""

from typing import Final

from selenium.webdriver.remote.webdriver import WebDriver

from egate.gate.display.app import display_app
from tests.display_page import STATES, MakeGate, Resize, Serve, Until, presentation, show

_TEXT: Final = 7.0
_DRAWING: Final = 3.0  # 1.4.11, graphical objects

# Each coloured thing: name, its colour, the grounds below it from the nearest to the page's.
_COLOURS: Final = """
const grounds = (element) => {
  const found = [];
  for (let e = element; e; e = e.parentElement) found.push(getComputedStyle(e).backgroundColor);
  return found;
};
const seen = (selector) => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility({
  visibilityProperty: true}));
const texts = seen(".words h1, .words h2, .words h3, .more, .steps b, .steps i, .lane");
const drawings = seen(".message .pictogram > svg .accent");
return [
  ...texts.map(e => ["text " + e.tagName, getComputedStyle(e).color, grounds(e)]),
  ...drawings.map(e => ["drawing", getComputedStyle(e).stroke, grounds(e)]),
];
"""

Colour = tuple[float, ...]


def test_every_text_stands_out_from_its_ground(
    browser: WebDriver, serve: Serve, until: Until, make_gate: MakeGate, resize: Resize
) -> None:
    still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})  # type: ignore[attr-defined]
    gate, least = make_gate("DAC-E-01"), {}
    resize(1080, 1920)
    with serve(display_app(gate, presentation("bn", "en", "ar"))) as url:
        browser.get(url)
        for name in STATES:
            show(browser, gate, name, until)
            for thing, colour, grounds in browser.execute_script(_COLOURS):
                contrast = _contrast(_rgba(colour)[:3], _composed(grounds))
                least[thing] = min(least.get(thing, (99.0, "")), (contrast, name))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {})  # type: ignore[attr-defined]
    wanted = {thing: _DRAWING if thing == "drawing" else _TEXT for thing in least}
    assert {"text H1", "text P", "text I", "text B", "drawing"} <= set(least)
    assert not {thing: seen for thing, seen in least.items() if seen[0] < wanted[thing]}


def test_the_measure_is_that_of_wcag() -> None:
    assert round(_contrast((0, 0, 0), (255, 255, 255)), 1) == 21.0
    assert round(_contrast((119, 119, 119), (255, 255, 255)), 2) == 4.48


def _rgba(colour: str) -> Colour:
    numbers = [float(n) for n in colour[colour.index("(") + 1 : -1].split(",")]
    return tuple(numbers) if len(numbers) == 4 else (*numbers, 1.0)


def _composed(grounds: list[str]) -> Colour:
    colour: Colour = (255.0, 255.0, 255.0)
    for ground in reversed(grounds):
        *above, alpha = _rgba(ground)
        colour = tuple(a * alpha + b * (1 - alpha) for a, b in zip(above, colour, strict=True))
    return colour


def _luminance(colour: Colour) -> float:
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: Colour, other: Colour) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
