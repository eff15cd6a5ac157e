"""No page moves under an officer's hand: what comes late has its place from the start."""

from pathlib import Path
from typing import Final

import pytest
from selenium.webdriver.common.keys import Keys

from tests.centre_harness import Centre
from tests.chromium import Screen, installed
from tests.console_harness import site
from tests.desk_scenes import MRZ

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not installed(), reason="no chromium with chromedriver"),
]
_MOVED: Final = """
const [least, done] = arguments;
const moved = [];
const tell = ({ node, previousRect, currentRect }) =>
  `${node?.id || node?.nodeName} from ${previousRect.top} to ${currentRect.top}`;
new PerformanceObserver((list) => moved.push(...list.getEntries()))
  .observe({ type: "layout-shift", buffered: true });
const frame = (next) => requestAnimationFrame(() => setTimeout(next));
frame(() => frame(() => done(
  moved.flatMap((one) => one.sources)
    .filter((one) => Math.abs(one.currentRect.top - one.previousRect.top) > least).map(tell),
)));
"""
_UNSEEN_PIXELS: Final = 4
"""By which the console's own font lifts a word when it has come."""


async def _moved(screen: Screen) -> list[str]:
    found: list[str] = await screen.run(lambda it: it.execute_async_script(_MOVED, _UNSEEN_PIXELS))
    return found


async def test_an_alarm_and_what_was_read_move_nothing(centre: Centre, tmp_path: Path) -> None:
    async with site(tmp_path, centre=centre) as at, at.browser("officer-1") as screen:
        await screen.go("/account")
        assert await screen.text("#hall-strip") == "No alarm, and nobody is waiting"
        await at.lanes[0].refer()
        await screen.until_text("#hall-strip", "Officer needed")
        assert await _moved(screen) == []
        await screen.go("/desk")
        await screen.press(MRZ + Keys.ENTER)
        await screen.until("return document.querySelector('#enter') !== null")
        assert "All check digits are right" in await screen.text("#mrz-said")
        await at.lanes[1].refer()
        await screen.until_text("#hall-strip b", "2")
        assert await _moved(screen) == []


async def test_what_moves_would_be_found(centre: Centre, tmp_path: Path) -> None:
    async with site(tmp_path, centre=centre) as at, at.browser("officer-1") as screen:
        await screen.go("/account")
        await screen.script("document.getElementById('hall-strip').style.height = '5rem'")
        assert any(each.startswith("main") for each in await _moved(screen))
