"""The console without a mouse: keys that pages show, and keyboard alone from log-in on."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from egate.domain.session import model as m
from tests.centre_harness import Centre
from tests.chromium import Screen, installed
from tests.console_harness import PASSWORD, Site, site

pytestmark = pytest.mark.skipif(not installed(), reason="no chromium with chromedriver")


async def focused(shown: Screen) -> str:
    found: str = await shown.script("return document.activeElement.id")
    return found


async def log_in_by_keys(made: Site, shown: Screen, officer_id: str) -> None:
    await shown.go("/")
    await shown.until("return document.activeElement.id === 'officer_id'")
    keys = (officer_id, Keys.TAB, PASSWORD, Keys.TAB, made.officers.code(officer_id), Keys.ENTER)
    for typed in keys:
        await shown.press(typed)
    await shown.until("return location.pathname === '/'")


@pytest.mark.asyncio(loop_scope="session")
async def test_keyboard_alone_from_the_log_in_to_a_decision(tmp_path: Path, centre: Centre) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as made, made.browser("") as shown:
        await made.lanes[0].refer()
        await log_in_by_keys(made, shown, "officer-1")
        await shown.until("return document.querySelector('#alarms [data-pick]') !== null")
        await shown.press("n")
        await shown.until("return document.querySelector('[data-shortcut=D]')?.checkVisibility()")
        await shown.press("d")
        await shown.until_text("#standing", "You have this case")
        await shown.press("cy")
        for typed in (Keys.TAB, "Face compared", Keys.TAB, "looked twice", Keys.TAB):
            await shown.press(typed)
        await shown.until("return document.activeElement.name === 'second_id'")
        code = made.officers.code("officer-2")
        for typed in ("officer-2", Keys.TAB, PASSWORD, Keys.TAB, code, Keys.ENTER):
            await shown.press(typed)
        await shown.until_text("#ended-title", "Decided: Clear")
        assert not await shown.faults()
        await made.lanes[0].hall.until_state(m.Idle)


async def test_two_strokes_lead_to_a_page_and_never_mean_an_order(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as made, made.browser("supervisor-1") as shown:
        await shown.go("/")
        await shown.until_text("#rows", "Ready")
        await shown.press("1")
        await shown.press("gc")  # no page: and C alone would close the lane
        await shown.press("go")
        await shown.until("return location.pathname === '/officers'")
        await shown.press("gb")
        await shown.until("return location.pathname === '/'")
        await shown.until_text("#rows", "Ready")


async def test_the_overlay_lists_what_the_page_has_and_turns_keys_off(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as made, made.browser("officer-1") as shown:
        await shown.go("/account")
        await shown.press("?")
        await shown.until("return document.getElementById('keys').open")
        listed = await shown.text("#keys-list")
        assert "Lock" in listed
        await shown.script("document.getElementById('keys-on').focus()")
        await shown.press(Keys.SPACE + Keys.ESCAPE)
        await shown.press("gb?")
        await shown.go("/account")
        await shown.press("gb?")
        assert await shown.path() == "/account"
        assert not await shown.script("return document.getElementById('keys').open")
        await shown.script("document.getElementById('keys-open').focus()")
        await shown.press(Keys.ENTER)
        await shown.until("return document.getElementById('keys').open")
        await shown.script("document.getElementById('keys-on').focus()")
        await shown.press(Keys.SPACE + Keys.ESCAPE + "gb")
        await shown.until("return location.pathname === '/'")


async def test_the_first_tab_skips_the_navigation(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as made, made.browser("officer-1") as shown:
        await shown.go("/account")
        await shown.press(Keys.TAB)
        await shown.until("return document.activeElement.classList.contains('skip')")
        await shown.press(Keys.ENTER)
        await shown.until("return document.activeElement.id === 'main'")


async def test_letters_in_a_field_are_letters(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as made, made.browser("officer-1") as shown:
        await shown.go("/account")
        await shown.fill("[name=new]", "gb?")
        assert await shown.path() == "/account"
        assert await shown.script("return document.querySelector('[name=new]').value") == "gb?"
