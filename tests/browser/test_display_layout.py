"""The traveller display at every size and shape of window: all seen, nothing overlaps."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.gate.display.app import display_app
from egate.gate.display.presentation import Sight
from tests.display_page import STATES, MakeGate, Resize, Serve, Until, presentation, show, watching

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
_USUAL: Final = ((1080, 1920), (1920, 1080))
_MOST_LINES: Final = 3
_LEAST_HEADLINE: Final = 0.06
_LEAST_PICTOGRAM: Final = 0.28
_GREY: Final = np.full((480, 640, 3), 128, np.uint8)

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
const mirror = section.querySelector(".mirror:not([hidden])");
const drawing = section.querySelector(".pictogram > svg");
add("pictogram", (mirror ?? drawing).getBoundingClientRect());
if (mirror && drawing.checkVisibility()) add("badge", drawing.getBoundingClientRect());
for (const element of section.querySelectorAll(".words > *"))
  words(`${element.tagName} ${element.className} ${element.lang}`, element);
document.querySelectorAll(".steps b").forEach((b, i) => words("number " + i, b));
document.querySelectorAll(".steps span").forEach((s, i) => words("step " + i, s));
words("lane", document.querySelector(".lane"));
const headline = section.querySelector("h1");
const lines = document.createRange();
lines.selectNodeContents(headline);
return {
  width: innerWidth, height: innerHeight, things, mirror: mirror !== null,
  bar: document.querySelector("footer").getBoundingClientRect().top,
  lines: new Set([...lines.getClientRects()].map(r => Math.round(r.top))).size,
  headline: parseFloat(getComputedStyle(headline).fontSize),
  scrolls: document.documentElement.scrollWidth > innerWidth
    || document.documentElement.scrollHeight > innerHeight,
};
"""


@dataclass(frozen=True)
class Hall:
    """How a display stands there."""

    languages: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...] = _USUAL
    mirrored: bool = True


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "hall",
    [
        Hall(("bn", "en"), SIZES),
        Hall(("bn", "en"), mirrored=False),
        Hall(("bn", "en", "ar", "hi")),
        Hall(("ar", "en", "hi")),
    ],
    ids=str,
)
def test_every_message_fits_every_window(
    browser: WebDriver,
    serve: Serve,
    until: Until,
    make_gate: MakeGate,
    resize: Resize,
    hall: Hall,
) -> None:
    gate, sight, faults = make_gate("BDDAC-DEMO-01"), Sight(), []
    app = display_app(gate, presentation(*hall.languages), sight)
    camera = (lambda: watching(sight.mirror, _GREY)) if hall.mirrored else None
    with serve(app, beside=camera) as url:
        browser.get(url)
        for name in STATES:
            show(browser, gate, name, until)
            with_mirror = hall.mirrored and name in set(Guidance)
            until(lambda wanted=with_mirror: browser.execute_script(_MEASURE)["mirror"] is wanted)
            for width, height in hall.sizes:
                resize(width, height)
                seen = browser.execute_script(_MEASURE)
                assert (seen["width"], seen["height"]) == (width, height)
                faults += [f"{name} at {width}x{height}: {fault}" for fault in _faults(seen)]
    assert not faults, "\n".join(faults)


def _faults(seen: dict[str, Any]) -> list[str]:
    shorter = min(seen["width"], seen["height"])
    things = {name: box for name, *box in seen["things"]}
    drawing = things["pictogram"]
    wrong = {
        "the page is larger than the window": seen["scrolls"],
        f"the headline has {seen['lines']} lines": seen["lines"] > _MOST_LINES,
        f"the headline has {seen['headline']} px": seen["headline"] < _LEAST_HEADLINE * shorter,
        "the pictogram is too small": drawing[3] - drawing[1] < _LEAST_PICTOGRAM * shorter,
    }
    for name, (left, top, right, bottom) in things.items():
        outside = min(left, top) < 0 or right > seen["width"] or bottom > seen["height"]
        in_bar = name.startswith(("step", "number", "lane"))
        wrong[f"{name} leaves the window"] = outside
        wrong[f"{name} is under the step bar"] = not in_bar and bottom > seen["bar"]
    for (one, box), (other, beside) in combinations(things.items(), 2):
        meant = (one, other) == ("pictogram", "badge")
        wrong[f"{one} and {other} overlap"] = not meant and _overlap(box, beside)
    return [fault for fault, is_so in wrong.items() if is_so]


def _overlap(one: list[float], other: list[float]) -> bool:
    """Whether two boxes share more than a hair (half a pixel)."""
    hair = 0.5
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > hair
        and min(one[3], other[3]) - max(one[1], other[1]) > hair
    )
