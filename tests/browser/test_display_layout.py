"""The traveller display at every size and shape of window: all seen, nothing overlaps."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import combinations
from typing import Any, Final

from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.gate.display.app import display_app
from egate.ports.supervision import TravellerMessage

Serve = Callable[..., AbstractContextManager[str]]
Until = Callable[[Callable[[], object]], Any]

SIZES: Final = (
    (480, 800),
    (720, 1280),
    (800, 480),
    (800, 600),
    (1024, 768),
    (1080, 1053),
    (1080, 1920),
    (1280, 800),
    (1280, 1024),
    (1920, 1080),
    (3840, 1080),
    (3840, 2160),
)
NAMES: Final = dict.fromkeys((*TravellerMessage, *Guidance, "connection_lost"))
_MOST_BANGLA_LINES: Final = 3
_LEAST_HEADLINE: Final = 0.06
_LEAST_PICTOGRAM: Final = 0.28

# Each thing that is seen as [name, left, top, right, bottom]. A box may be narrower than the
# words in it, so that words are measured as well as boxes.
_MEASURE: Final = """
const things = [];
const add = (name, r) => things.push([name, r.left, r.top, r.right, r.bottom]);
const words = (name, element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const [box, text] = [element.getBoundingClientRect(), range.getBoundingClientRect()];
  add(name, {left: Math.min(box.left, text.left), top: box.top,
    right: Math.max(box.right, text.right), bottom: box.bottom});
};
const section = document.querySelector("section.message:not([hidden])");
add("pictogram", section.querySelector("svg").getBoundingClientRect());
for (const element of section.querySelectorAll(".words > *"))
  words(`${element.tagName} ${element.className} ${element.lang}`, element);
document.querySelectorAll(".steps b").forEach((b, i) => words("number " + i, b));
document.querySelectorAll(".steps span").forEach((s, i) => words("step " + i, s));
words("lane", document.querySelector(".lane"));
const headline = section.querySelector("h1");
const lines = document.createRange();
lines.selectNodeContents(headline);
return {
  width: innerWidth, height: innerHeight, things,
  bar: document.querySelector("footer").getBoundingClientRect().top,
  lines: new Set([...lines.getClientRects()].map(r => Math.round(r.top))).size,
  headline: parseFloat(getComputedStyle(headline).fontSize),
  scrolls: document.documentElement.scrollWidth > innerWidth
    || document.documentElement.scrollHeight > innerHeight,
};
"""


def test_every_message_fits_every_window(
    browser: WebDriver,
    serve: Serve,
    until: Until,
    make_gate: Callable[[str], Any],
    resize: Callable[[int, int], None],
) -> None:
    gate = make_gate("BDDAC-DEMO-01")
    faults = []
    with serve(display_app(gate)) as url:
        browser.get(url)
        for name in NAMES:
            if name == "connection_lost":
                browser.execute_script("show(LOST)")
            elif name in set(TravellerMessage):
                gate.set(message=TravellerMessage(name), guidance=None)
            else:
                gate.set(message=TravellerMessage.LOOK_AT_CAMERA, guidance=Guidance(name))
            until(lambda name=name: _shown(browser) == name)
            for width, height in SIZES:
                resize(width, height)
                seen = browser.execute_script(_MEASURE)
                assert (seen["width"], seen["height"]) == (width, height)
                faults += [f"{name} at {width}x{height}: {fault}" for fault in _faults(seen)]
    assert not faults, "\n".join(faults)


def _shown(browser: WebDriver) -> object:
    return browser.execute_script("return document.body.dataset.message")


def _faults(seen: dict[str, Any]) -> list[str]:
    shorter = min(seen["width"], seen["height"])
    things = {name: box for name, *box in seen["things"]}
    drawing = things["pictogram"]
    wrong = {
        "the page is larger than the window": seen["scrolls"],
        f"the headline has {seen['lines']} lines": seen["lines"] > _MOST_BANGLA_LINES,
        f"the headline has {seen['headline']} px": seen["headline"] < _LEAST_HEADLINE * shorter,
        "the pictogram is too small": drawing[3] - drawing[1] < _LEAST_PICTOGRAM * shorter,
    }
    for name, (left, top, right, bottom) in things.items():
        outside = min(left, top) < 0 or right > seen["width"] or bottom > seen["height"]
        in_bar = name.startswith(("step", "number", "lane"))
        wrong[f"{name} leaves the window"] = outside
        wrong[f"{name} is under the step bar"] = not in_bar and bottom > seen["bar"]
    for (one, box), (other, beside) in combinations(things.items(), 2):
        wrong[f"{one} and {other} overlap"] = _overlap(box, beside)
    return [fault for fault, is_so in wrong.items() if is_so]


def _overlap(one: list[float], other: list[float]) -> bool:
    """Whether two boxes share more than a hair (half a pixel)."""
    hair = 0.5
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > hair
        and min(one[3], other[3]) - max(one[1], other[1]) > hair
    )
