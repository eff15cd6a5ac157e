"""A headless Chromium, and a screen of it that a test of one event loop can use."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webdriver import WebDriver

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
_LOOK_SECONDS: Final = 0.05
Result = TypeVar("Result")


def program(*names: str) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def installed() -> bool:
    """Return whether this machine has a Chromium and its driver."""
    return (
        program("chromium", "chromium-browser") is not None and program("chromedriver") is not None
    )


@contextmanager
def started_browser() -> Iterator[WebDriver]:
    """A browser of its own; ``installed`` says whether there is one."""
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium", "chromium-browser") or ""
    environment = {**os.environ, "SE_OFFLINE": "true", "no_proxy": "127.0.0.1,localhost"}
    with tempfile.TemporaryDirectory(
        prefix="egate-chromium-", ignore_cleanup_errors=True
    ) as profile:
        for flag in (*_FLAGS, f"--user-data-dir={profile}", "--window-size=1280,800"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options, Service(program("chromedriver"), env=environment))
        try:
            yield driver
        finally:
            driver.quit()


@dataclass
class Screen:
    """One officer's browser; every call leaves the event loop free for what is served on it."""

    driver: WebDriver
    url: str
    _thread: ThreadPoolExecutor

    async def run(self, use: Callable[[WebDriver], Result]) -> Result:
        """Return what ``use`` does with the driver, off the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, use, self.driver)

    async def go(self, path: str) -> None:
        await self.run(lambda driver: driver.get(f"{self.url}{path}"))

    async def path(self) -> str:
        return (await self.run(lambda driver: driver.current_url)).removeprefix(self.url)

    async def script(self, code: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever it returns
        return await self.run(lambda driver: driver.execute_script(code, *arguments))

    async def text(self, selector: str) -> str:
        """Return what is read in every element of ``selector``, one a line."""
        found: str = await self.script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')",
            selector,
        )
        return found

    async def press(self, keys: str) -> None:
        """Type ``keys`` to whatever has the focus."""
        await self.run(lambda driver: ActionChains(driver).send_keys(keys).perform())

    async def click(self, selector: str) -> None:
        await self.run(lambda driver: driver.find_element("css selector", selector).click())

    async def fill(self, selector: str, typed: str) -> None:
        def type_in(driver: WebDriver) -> None:
            field = driver.find_element("css selector", selector)
            field.clear()
            field.send_keys(typed)

        await self.run(type_in)

    async def until(self, code: str, *arguments: object, seconds: float = 8) -> Any:  # noqa: ANN401
        """Return what ``code`` returns as soon as it is true on the page."""
        async with asyncio.timeout(seconds):
            while not (found := await self.script(code, *arguments)):  # noqa: ASYNC110 - of a page
                await asyncio.sleep(_LOOK_SECONDS)
        return found

    async def until_text(self, selector: str, text: str, seconds: float = 8) -> None:
        """Wait until ``text`` can be read in ``selector``."""
        found = "[...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')"
        await self.until(f"return {found}.includes(arguments[1])", selector, text, seconds=seconds)

    async def resize(self, width: int, height: int) -> None:
        """Give the page exactly so many CSS pixels, whatever frame a window has."""
        sizes = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.run(
            lambda driver: driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", sizes)  # type: ignore[attr-defined]
        )

    async def cookie(self, name: str, value: str) -> None:
        given = {"url": self.url, "name": name, "value": value, "httpOnly": True}
        await self.run(lambda driver: driver.execute_cdp_cmd("Network.setCookie", given))  # type: ignore[attr-defined]

    async def picture(self, file: Path) -> None:
        """Keep what the whole page looks like, also below the window."""
        height = await self.script("return document.documentElement.scrollHeight")
        width = await self.script("return innerWidth")
        before = await self.script("return innerHeight")
        await self.resize(width, max(before, min(height, 4000)))
        await self.run(lambda driver: driver.save_screenshot(str(file)))
        await self.resize(width, before)

    async def faults(self) -> list[str]:
        """Return what the browser's console has as errors since it was asked last."""
        log = await self.run(lambda driver: driver.get_log("browser"))  # type: ignore[attr-defined]
        return [entry["message"] for entry in log if entry["level"] == "SEVERE"]


@asynccontextmanager
async def screen(url: str, width: int = 1280, height: int = 800) -> AsyncIterator[Screen]:
    """A browser for what is served at ``url``."""
    with ThreadPoolExecutor(1) as thread:
        running = asyncio.get_running_loop()
        browser = started_browser()
        driver = await running.run_in_executor(thread, browser.__enter__)
        try:
            made = Screen(driver, url, thread)
            await made.resize(width, height)
            yield made
        finally:
            await running.run_in_executor(thread, lambda: browser.__exit__(None, None, None))
