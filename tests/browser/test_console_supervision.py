"""What waits for a checker on open pages, and a proposal that its maker takes back, by keyboard."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.centre_harness import Centre
from tests.chromium import installed
from tests.console_harness import site
from tests.supervision_pages import ENTRY
from tests.supervision_pages import FIRST as MAKER
from tests.supervision_pages import SECOND as CHECKER

pytestmark = [
    pytest.mark.skipif(not installed(), reason="no chromium with chromedriver"),
    pytest.mark.asyncio(loop_scope="session"),
]
COUNT = "nav a[href='/lists'] .count"


async def test_an_open_page_shows_what_waits_until_its_maker_takes_it_back(
    tmp_path: Path, centre: Centre
) -> None:
    async with (
        site(tmp_path, centre=centre, lanes=1) as made,
        made.client(MAKER) as maker,
        made.browser(CHECKER) as shown,
    ):
        for page, entry_id, count in (("/account", "SB-1", 1), ("/", "SB-2", 2)):
            await shown.go(page)
            await maker.post("/lists/new/WANTED", data=ENTRY | {"entry_id": entry_id})
            await shown.until_text(COUNT, f"{count} waiting for your check")
            assert await shown.script(f'return document.querySelector("{COUNT}").checkVisibility()')
        await made.log_in(shown, MAKER)
        await shown.go("/lists")
        assert await shown.text(COUNT) == ""
        await shown.click("table a")
        await shown.until("return document.getElementById('decision') !== null")
        await shown.press("w")
        await shown.until("return document.activeElement.id === 'why-withdrawn'")
        await shown.press(Keys.ESCAPE)
        await shown.until("return document.querySelector('dialog[open]') === null")
        await shown.press("w")
        await shown.press("wrong order" + Keys.ENTER)
        await shown.until_text("main", "The proposal was taken back.")
        assert not await shown.faults()
        async with made.client(CHECKER) as checker:
            assert "1 waiting for your check" in (await checker.get("/account")).text
