"""A page on the desk's scanner in a real browser: its lines, what is amiss, and its lights."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.centre_harness import Centre
from tests.chromium import Screen, installed
from tests.console_harness import Site, site
from tests.desk_page_scenes import SEED, begun, lay
from tests.desk_pages import glass

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not installed(), reason="no chromium with chromedriver"),
]
_LIGHT = (
    "return document.querySelector('#page-view [data-switch][aria-pressed=true]').dataset.switch"
)
_BRIGHTNESS = """
const canvas = document.querySelector("#page-view .whole canvas");
const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
let sum = 0;
for (let i = 0; i < pixels.length; i += 4) sum += pixels[i];
return (4 * sum) / pixels.length;
"""
_FOCUS = "return document.activeElement.id"
_TOP_UNTIL_THE_READER_SPEAKS = """
const reader = document.getElementById("reader"), said = reader.textContent;
const top = () => document.querySelector("[name=direction]").getBoundingClientRect().top;
const after = top();
reader.textContent = "";
const before = top();
reader.textContent = said;
return [said !== "", before === after];
"""
_FRAMED = "return document.querySelector('#page-view .whole svg path.line.chosen') !== null"


@asynccontextmanager
async def desk(folder: Path, centre: Centre) -> AsyncIterator[tuple[Site, Screen]]:
    async with (
        asyncio.timeout(90),
        glass(folder / "pages") as laid,
        site(folder, centre=centre, lanes=1, glass=laid) as at,
        at.browser("officer-1", 1366) as screen,
    ):
        yield at, screen


async def test_a_forged_page_fills_the_form_shows_its_fault_and_switches_lights(
    centre: Centre, tmp_path: Path
) -> None:
    async with desk(tmp_path, centre) as (at, screen):
        await begun(screen)
        await lay(at, screen, forgery="mrz_visible_ink_only")
        lines = await screen.script("return document.querySelector('#mrz').value")
        assert [len(each) for each in lines.split("\n")] == [44, 44]
        number = await screen.script("return document.querySelector('#document_number').value")
        assert number
        assert number in await screen.text(".laid summary")
        assert "Infrared check not confirmed" in await screen.text("#page-amiss")
        assert await screen.script(_FOCUS) != "enter"
        assert await screen.script(_LIGHT) == "infrared"
        assert await screen.script(_FRAMED)
        infrared = await screen.script(_BRIGHTNESS)
        await screen.click("main h1")
        await screen.press("u")
        assert await screen.script(_LIGHT) == "ultraviolet"
        assert await screen.script(_BRIGHTNESS) < infrared
        await screen.click("#enter")
        await screen.until("return document.querySelector('.lines tr') !== null")
        await screen.until("return document.querySelector('.laid') === null")


async def test_a_genuine_page_stays_small_and_enter_enters(centre: Centre, tmp_path: Path) -> None:
    async with desk(tmp_path, centre) as (at, screen):
        await begun(screen)
        await lay(at, screen)
        said = await screen.text(".laid summary")
        assert "Nothing amiss: 6 of 6 checks in order" in said
        assert "1 not for this kind of document" in said  # a passport has no seal
        assert not await screen.script("return document.querySelector('.laid').open")
        await screen.until("return document.activeElement.id === 'enter'")
        assert at.glass
        # Another page: the form stays, and Enter does not enter it unseen.
        await at.glass.lay(SEED, "photo_substituted", "bd_visa")
        await screen.until_text(".laid summary", "Visa", seconds=20)
        await screen.until("return document.activeElement.matches('.laid summary')")
        assert "the form stays as it is" in await screen.text("#reader")


async def test_the_form_does_not_move_when_the_reader_is_ready(
    centre: Centre, tmp_path: Path
) -> None:
    async with desk(tmp_path, centre) as (_, screen):
        await begun(screen)
        assert await screen.script(_TOP_UNTIL_THE_READER_SPEAKS) == [True, True]


async def test_an_unreadable_page_is_told_in_words(centre: Centre, tmp_path: Path) -> None:
    async with desk(tmp_path, centre) as (at, screen):
        await begun(screen)
        assert at.glass
        await at.glass.lay_blank()
        await screen.until_text("#reader", "lay the page down again, or type the lines")
        assert await screen.script("return document.querySelector('#mrz').value") == ""
        await screen.until_text(".laid summary", "The MRZ could not be read")
