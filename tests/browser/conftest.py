"""A headless Chromium, and pages served from a thread of their own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait
from starlette.types import ASGIApp

from egate.ports.case_images import CaseImage
from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage
from egate.web.server import serving
from tests.centre_harness import (  # noqa: F401 - fixtures
    centre,
    centre_database,
    centre_folder,
    centre_pki,
    running,
)
from tests.chromium import installed, started_browser
from tests.console_harness import fake_console

# A display asks for them again and again, also in the moment in which a test's server ends.
_ASKED_TO_THE_END = tuple(
    f"{path} - Failed to load resource: net::" for path in ("/mirror", "/progress")
)


@pytest.fixture(scope="session")
def _started_browser() -> Iterator[WebDriver | None]:
    if not installed():
        yield None
        return
    with started_browser() as driver:
        yield driver


@pytest.fixture
def browser(
    _started_browser: WebDriver | None, require: Callable[[object, str], None]
) -> Iterator[WebDriver]:
    """A blank page; afterwards the console must hold no error."""
    require(_started_browser, "chromium with chromedriver")
    assert _started_browser is not None
    _started_browser.get_log("browser")
    _started_browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    yield _started_browser
    said = [entry for entry in _started_browser.get_log("browser") if entry["level"] == "SEVERE"]
    _started_browser.get("about:blank")
    expected = (*getattr(_started_browser, "expected_faults", ()), *_ASKED_TO_THE_END)
    _started_browser.expected_faults = ()
    assert not [entry for entry in said if not any(e in entry["message"] for e in expected)]


@pytest.fixture
def until(browser: WebDriver) -> Callable[[Callable[[], object]], object]:
    """Wait until a condition on the page holds; fails after 8 seconds."""

    def wait(condition: Callable[[], object]) -> object:
        return WebDriverWait(browser, 8, poll_frequency=0.05).until(lambda _: condition())

    return wait


@pytest.fixture
def resize(browser: WebDriver) -> Iterator[Callable[[int, int], None]]:
    """Give the page exactly so many CSS pixels, whatever frame a window has."""

    def set_size(width: int, height: int) -> None:
        browser.execute_cdp_cmd(  # type: ignore[attr-defined]
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    yield set_size
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})  # type: ignore[attr-defined]


Beside = Callable[[], Coroutine[None, None, None]]


@contextmanager
def _served(app: ASGIApp, address: str, beside: Beside | None = None) -> Iterator[str]:
    ready: list[str] = []
    started, finish = threading.Event(), threading.Event()

    async def serve() -> None:
        try:
            async with serving(app, address) as url, asyncio.TaskGroup() as tasks:
                ready.append(url)
                started.set()
                running = [tasks.create_task(beside())] if beside else []
                while not finish.is_set():  # noqa: ASYNC110 - set by another thread
                    await asyncio.sleep(0.02)
                for task in running:
                    task.cancel()
        finally:
            started.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(10)
        yield ready[0]
    finally:
        finish.set()
        thread.join(10)


@pytest.fixture
def serve() -> Callable[..., AbstractContextManager[str]]:
    """``with serve(app) as url``: serve ``app`` from a thread, and run ``beside`` on its loop."""
    return lambda app, address="127.0.0.1:0", beside=None: _served(app, address, beside)


@pytest.fixture
def open_console(
    browser: WebDriver, serve: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> Callable[..., AbstractContextManager[str]]:
    """``with open_console(links) as url``: the console of ``links``, shown to officer-1."""

    @contextmanager
    def opening(
        links: Mapping[str, object],
        language: str = "en",
        *,
        reload: bool = True,
        address: str = "127.0.0.1:0",
        specimens: Path | None = None,
    ) -> Iterator[str]:
        folder = tmp_path / "console"
        with (
            fake_console(folder, links, specimens=specimens) as made,
            serve(made.app, address) as url,
        ):
            if reload:
                made.sign_in(browser, url, language=language)
                browser.get(url)
            yield url

    return opening


class FakeGate:
    """A gate without a lane: says what the test tells it to, and notes the orders."""

    def __init__(self, gate_id: str) -> None:
        self.now = GateStatus(
            gate_id, GateState.IDLE, TravellerMessage.WELCOME, software_version="1"
        )
        self.orders: list[tuple[OfficerOrder, str]] = []
        self.reachable = True
        self.attending: list[str] = []
        self.images: dict[str, tuple[CaseImage, ...]] = {}
        self.views: list[tuple[str, str]] = []

    def set(self, **changes: object) -> None:
        self.now = replace(self.now, **changes)  # type: ignore[arg-type]

    def status(self) -> GateStatus:
        return self.now

    async def changes(self) -> AsyncIterator[GateStatus]:
        last = None
        while self.reachable:
            if self.now is not last:
                last = self.now
                yield last
            await asyncio.sleep(0.02)

    def order(self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None) -> bool:
        self.orders.append((order, officer_id))
        if order is OfficerOrder.RESET and self.now.state is GateState.AWAITING_OFFICER:
            self.set(
                state=GateState.IDLE,
                message=TravellerMessage.WELCOME,
                findings=(),
                crossing_id="",
            )
            return True
        return order is not OfficerOrder.RESET

    def case_images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        self.views.append((crossing_id, officer_id))
        return self.images.get(crossing_id)


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, bool]:
    """Where pictures go, and whether somebody wants them all (``--screenshots``)."""
    wanted = request.config.getoption("--screenshots")
    folder = Path(wanted) if wanted else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder, bool(wanted)


@pytest.fixture
def make_gate() -> Callable[[str], FakeGate]:
    return FakeGate
