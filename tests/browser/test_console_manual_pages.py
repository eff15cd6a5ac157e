"""The desk's pages as officers see them, in both languages and at two widths."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from egate.domain.record import CaptureMode
from egate.reporting.list_entry_client import ListAct
from tests.centre_harness import Centre
from tests.chromium import Screen
from tests.console_harness import Site, site
from tests.desk_samples import entry
from tests.unit.test_mrz import td3

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]
NUMBER = "BX0123456"
MRZ = "\n".join(td3(number=NUMBER, nationality="BGD", state="BGD", expiry="320415").lines)
BAN = {
    "entry_id": "HC-4437",
    "document_type": "P",
    "issuing_state": "BGD",
    "document_number": NUMBER,
    "legal_basis": "Code of Criminal Procedure s. 498",
    "order_reference": "High Court, WP 4437/2021",
    "authority": "SB",
    "court": "High Court Division",
    "valid_from": "2020-01-01",
    "valid_to": "2099-01-01",
    "direction": "exit",
    "instruction": "Call the duty officer before anything is said",
    "contact": "SB duty officer, 01700-000000",
}


async def ban(at: Site) -> None:
    """Put the document on the exit bans."""
    centre = at.console.centre
    assert centre
    made = await centre.lists.propose_entry(ListAct("rahman", "order"), "EXIT_BAN", [BAN])
    await centre.lists.decide(ListAct("begum", "seen"), made.proposal_id, approved=True)


@asynccontextmanager
async def desk(
    folder: Path, centre: Centre, language: str, width: int
) -> AsyncIterator[tuple[Site, Screen]]:
    async with (
        site(folder, centre=centre, lanes=1) as at,
        at.browser("officer-1", width, language) as page,
    ):
        yield at, page
        assert not [each for each in await page.faults() if "422" not in each]


async def whole(page: Screen) -> None:
    """No part of the page stands out of it, and each control is large enough to hit."""
    assert await page.script("return document.documentElement.scrollWidth <= innerWidth")
    small = await page.script(
        "return [...document.querySelectorAll('main :is(button, a, input, select)')]"
        ".filter((e) => e.checkVisibility() && e.type !== 'hidden')"
        ".filter((e) => Math.min(e.offsetWidth, e.offsetHeight) < 24)"
        ".map((e) => e.outerHTML)"
    )
    assert small == []


Look = Callable[[str], Awaitable[None]]


async def stopped(page: Screen, look: Look) -> None:
    """A misread zone is mended; the traveller is on a list."""
    await page.go("/desk")
    await page.press(MRZ.replace("BX0123456", "BXO123456"))
    await page.until("return !document.querySelector('#mrz-repair').hidden")
    await look("repair")
    await page.click("#mrz-repair button")
    await page.click("#on_paper")
    await page.click("[name=direction][value=exit]")
    await page.click("#look")
    await page.until("return document.querySelector('.error') !== null")
    await look("faults")
    await page.click("#on_paper")
    await page.click("#look")
    await page.until("return document.querySelector('.hit') !== null")
    await page.click("[name=outcome][value=denied_exit]")
    await look("hit")


async def entered(page: Screen, look: Look) -> None:
    """The same traveller comes the other way, in which nothing is known against it."""
    await page.go("/desk")
    await page.press(MRZ + Keys.ENTER)
    await page.until("return document.querySelector('#enter') !== null")
    await look("known")
    await page.press(Keys.ENTER)
    await page.until("return document.querySelector('tbody tr') !== null")
    await page.until("return document.activeElement.id === 'mrz'")
    await look("entered")


async def refused(at: Site, page: Screen, look: Look) -> None:
    """A record that no desk may send."""
    desk = at.console.desk
    assert desk
    await desk.enter([entry(1, capture_mode=CaptureMode.EGATE)])
    await desk.send()
    await page.go("/desk/book")
    await page.until("return document.querySelector('#desk-banner .notice') !== null")
    await look("book")
    await page.click("tbody form[action$=acknowledge] button")
    await page.until("return document.querySelector('#desk-banner .notice') === null")
    await page.until("return document.querySelector('tbody form[action$=again]') !== null")


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("width", [1280, 768])
async def test_every_state_of_the_page_fits(
    centre: Centre, tmp_path: Path, pictures: tuple[Path, bool], language: str, width: int
) -> None:
    async def look(name: str) -> None:
        await whole(page)
        await page.picture(pictures[0] / f"desk-{name}-{language}-{width}.png")

    async with desk(tmp_path, centre, language, width) as (at, page):
        await ban(at)
        await stopped(page, look)
        await entered(page, look)
        await refused(at, page, look)
