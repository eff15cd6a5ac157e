"""Who may use a console without a log-in: this machine, and its own page."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from egate.console.hall.live import Hall, OrderResult
from egate.console.protection import NotLoopback, OwnNames, require_loopback
from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage
from egate.reporting.gate_client import GateUnavailable
from egate.web.server import serving
from tests.console_harness import fake_console


class Link:
    def __init__(self, *statuses: GateStatus) -> None:
        self.statuses = statuses or (GateStatus("A", GateState.IDLE, TravellerMessage.WELCOME),)
        self.orders: list[OfficerOrder] = []
        self.is_lost = False

    async def changes(self) -> AsyncIterator[GateStatus]:
        for status in self.statuses:
            yield status
        await asyncio.Event().wait()

    async def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool:
        if self.is_lost:
            raise GateUnavailable("A: UNAVAILABLE")
        self.orders.append(order)
        return order is not OfficerOrder.OPEN_LANE


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
async def client(link: Link, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    with fake_console(tmp_path, {"A": link}) as made:
        secret, token = made.officers.session("officer-1")
        async with (
            made.app.router.lifespan_context(made.app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(made.app), base_url=URL, cookies={"session": secret}
            ) as client,
        ):
            client.headers.update({"Origin": URL, "X-Console-Token": token})
            page = ""
            while "প্রস্তুত" not in page:
                await asyncio.sleep(0)  # this client never waits, so the watcher would not run
                page = (await client.get("/")).text
            yield client


URL = "http://127.0.0.1:7300"
EVACUATE = {"order": "evacuate", "crossing_id": "", "confirmed": True}


async def test_the_page_itself_may_order(client: httpx.AsyncClient, link: Link) -> None:
    answer = await client.post("/hall/lanes/A/orders", json=EVACUATE)
    assert answer.json() == {"result": "carried_out", "text": "করা হয়েছে"}
    assert link.orders == [OfficerOrder.EVACUATE]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Console-Token": "guessed"},
        {"X-Console-Token": ""},
        {"X-Console-Token": "\u00e9".encode()},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_page_may_not(
    client: httpx.AsyncClient, link: Link, headers: dict[str, str | bytes]
) -> None:
    answer = await client.post("/hall/lanes/A/orders", json=EVACUATE, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 403
    assert link.orders == []


@pytest.mark.parametrize("path", ["/", "/hall/events", "/healthz", "/hall/lanes/A/orders"])
async def test_a_foreign_name_for_this_machine_gets_nothing(
    client: httpx.AsyncClient, path: str
) -> None:
    method = "POST" if "orders" in path else "GET"
    answer = await client.request(method, path, headers={"Host": "rebound.example.org"})
    assert answer.status_code == 421
    assert "token" not in answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/hall/lanes/B/orders", b'{"order": "evacuate", "crossing_id": ""}'),
        ("/hall/lanes/A/orders", b'{"order": "explode", "crossing_id": ""}'),
        ("/hall/lanes/A/orders", b'{"order": "evacuate"}'),
        ("/hall/lanes/A/orders", b"[]"),
        ("/hall/lanes/A/orders", b"{"),
        ("/hall/lanes/A/orders", b'{"order": ["evacuate"], "crossing_id": ""}'),
        ("/hall/lanes/A/orders", b" " * 70_000 + b'{"order": "evacuate", "crossing_id": ""}'),
        ("/hall/lanes/A/orders", b"[" * 1000),
    ],
)
async def test_a_bad_order_is_refused(
    client: httpx.AsyncClient, link: Link, path: str, body: bytes
) -> None:
    answer = await client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 404, 413}
    assert link.orders == []


async def test_what_became_of_an_order_is_told(client: httpx.AsyncClient, link: Link) -> None:
    async def result(order: str, crossing_id: str = "") -> str:
        body = {"order": order, "crossing_id": crossing_id, "confirmed": True}
        found: str = (await client.post("/hall/lanes/A/orders", json=body)).json()["result"]
        return found

    assert await result("open_lane") == OrderResult.MEANINGLESS
    assert await result("reset", "another") == OrderResult.OUTDATED
    link.is_lost = True
    assert await result("evacuate", "another") == OrderResult.UNREACHABLE


async def test_a_hostile_status_is_text_and_no_markup(link: Link, tmp_path: Path) -> None:
    link.statuses = (
        GateStatus(
            "A",
            GateState.AWAITING_OFFICER,
            TravellerMessage.OFFICER_WILL_HELP,
            crossing_id='"><script>x</script>',
            findings=("<img src=x onerror=alert(1)>",),
        ),
    )
    with fake_console(tmp_path, {"A": link}) as made:
        secret, _ = made.officers.session("officer-1")
        async with (
            asyncio.timeout(5),
            serving(made.app, "127.0.0.1:0") as url,
            httpx.AsyncClient(base_url=url, cookies={"session": secret}) as client,
        ):
            page = ""
            while "img src" not in page:
                page = (await client.get("/")).text
            assert "<img src=x" not in page
            assert "<script>x" not in page


async def test_another_gate_at_the_address_is_no_gate_of_ours() -> None:
    hall = Hall({"A": Link(GateStatus("B", GateState.IDLE, TravellerMessage.WELCOME))}, lambda: 1.0)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        changed = hall.next_change()
        watch = tasks.create_task(hall.watch())
        await changed.wait()
        (lane,) = hall.every_lane()
        assert "gate B answers" in lane.fault
        assert lane.status is None
        watch.cancel()


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"])
def test_loopback_is_allowed(address: str) -> None:
    require_loopback(address)


@pytest.mark.parametrize(
    "address", ["0.0.0.0:1", "[::]:1", "10.0.0.5:1", "console.example:1", ":1"]
)
def test_other_addresses_need_a_log_in(address: str) -> None:
    with pytest.raises(NotLoopback, match="page_tls"):
        require_loopback(address)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("console.hall-1.example", 200),
        ("CONSOLE.hall-1.example:7300", 200),
        ("192.0.2.7", 200),
        ("[2001:db8::7]:7300", 200),
        ("console.hall-1.example.evil.example", 421),
        ("127.0.0.1", 421),
        ("localhost", 421),
        ("192.0.2.8", 421),
    ],
)
async def test_a_console_with_tls_answers_its_configured_names_only(host: str, status: int) -> None:
    names = frozenset({"console.hall-1.example", "192.0.2.7", "2001:db8::7"})
    app = OwnNames(PlainTextResponse("a page"), names)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://console.hall-1.example"
    ) as client:
        assert (await client.get("/", headers={"Host": host})).status_code == status
