"""The pictures of a case between gate and page: for this page alone, and kept nowhere."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest

from egate.observability.logging import configure_logging
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.ports.supervision import GateState, GateStatus, TravellerMessage
from egate.reporting.gate_client import GateUnavailable
from tests.console_harness import fake_console

URL = "http://127.0.0.1:7300"
IMAGES = tuple(CaseImage(kind, b"\xff\xd8 of " + kind.encode()) for kind in CaseImageKind)


class Link:
    """A gate whose lane waits for an officer."""

    def __init__(self) -> None:
        self.findings: tuple[str, ...] = ("BIOMETRIC.FACE",)
        self.images: tuple[CaseImage, ...] | None = IMAGES
        self.views: list[tuple[str, str]] = []
        self.is_lost = False

    async def changes(self) -> AsyncIterator[GateStatus]:
        awaiting, message = GateState.AWAITING_OFFICER, TravellerMessage.OFFICER_WILL_HELP
        yield GateStatus("A", awaiting, message, crossing_id="0190a", findings=self.findings)
        await asyncio.Event().wait()

    async def case_images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        self.views.append((crossing_id, officer_id))
        if self.is_lost:
            raise GateUnavailable("A: UNAVAILABLE")
        return self.images


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
async def client(link: Link, tmp_path: Path) -> AsyncIterator[Callable[[], object]]:
    """Opens the page once the test has said what the gate is like."""
    async with AsyncExitStack() as open_now:
        made = open_now.enter_context(fake_console(tmp_path, {"A": link}))
        app = made.app

        async def opened() -> httpx.AsyncClient:
            await open_now.enter_async_context(app.router.lifespan_context(app))
            secret, token = made.officers.session("officer-1")
            browser = httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url=URL, cookies={"session": secret}
            )
            client = await open_now.enter_async_context(browser)
            page = ""
            while "0190a" not in page:
                await asyncio.sleep(0)  # this client never waits, so the watcher would not run
                page = (await client.get("/")).text
            client.headers.update({"Origin": URL, "X-Console-Token": token})
            return client

        yield opened


async def ask(client: httpx.AsyncClient, crossing_id: str = "0190a") -> httpx.Response:
    return await client.post("/gates/A/images", json={"crossing_id": crossing_id})


def pictures(answer: httpx.Response) -> list[tuple[str, bytes]]:
    assert answer.status_code == 200
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    form = message_from_bytes(head + answer.content, policy=policy.HTTP)
    assert not form.defects
    parts = [part for part in form.walk() if part is not form]
    assert {part.get_content_type() for part in parts} == {"image/jpeg"}
    named = "content-disposition"
    return [
        (str(part.get_param("name", header=named)), part.get_payload(decode=True)) for part in parts
    ]


async def test_the_faces_come_and_nothing_may_keep_them(client: Callable, link: Link) -> None:
    answer = await ask(await client())
    assert pictures(answer) == [(each.kind.value, each.jpeg) for each in IMAGES[:3]]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert link.views == [("0190a", "officer-1")]


async def test_pad_frames_come_with_their_finding_alone(client: Callable, link: Link) -> None:
    link.findings = ("BIOMETRIC.PAD",)
    assert [name for name, _ in pictures(await ask(await client()))][3:] == ["pad_frame"]


async def test_the_console_asks_the_gate_each_time_and_keeps_no_copy(
    client: Callable, link: Link
) -> None:
    page = await client()
    await ask(page)
    link.images = None
    assert (await ask(page)).status_code == 204
    assert len(link.views) == 2


async def test_no_other_case_is_asked_for(client: Callable, link: Link) -> None:
    page = await client()
    assert (await ask(page, "0190b")).status_code == 204
    assert (await ask(page, "")).status_code == 204
    assert link.views == []


async def test_a_lost_gate_is_said(client: Callable, link: Link) -> None:
    link.is_lost = True
    assert (await ask(await client())).status_code == 503


@pytest.mark.parametrize("body", ["", "[]", "{}", '"0190a"', "{" * 300])
async def test_what_names_no_case_is_refused(client: Callable, link: Link, body: str) -> None:
    page = await client()
    page.headers["Content-Type"] = "application/json"
    assert (await page.post("/gates/A/images", content=body)).status_code == 400
    assert (await page.post("/gates/B/images", json={"crossing_id": "0190a"})).status_code == 400
    assert link.views == []


@pytest.mark.parametrize(
    "headers",
    [{"X-Console-Token": "guessed"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
async def test_another_page_gets_none(
    client: Callable, link: Link, headers: dict[str, str]
) -> None:
    page = await client()
    answer = await page.post("/gates/A/images", json={"crossing_id": "0190a"}, headers=headers)
    assert answer.status_code == 403
    assert (await page.get("/gates/A/images")).status_code == 405
    assert link.views == []


async def test_no_log_line_holds_a_picture(client: Callable) -> None:
    log = io.StringIO()
    configure_logging(log)
    await ask(await client())
    assert "of live_frame" not in log.getvalue()
