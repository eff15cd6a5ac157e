"""What the OWASP Top Ten ask of the console, over its whole table of routes."""

import asyncio
import io
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from starlette.routing import Route

from egate.console.access import bodies
from egate.console.access.guarding import GuardedRoute
from egate.console.access.officer import ConsoleRole
from egate.console.access.sessions import SessionState
from egate.observability.logging import configure_logging
from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage
from egate.web.server import serving
from tests.conftest import ROOT
from tests.console_harness import OFFICERS, PASSWORD, Made, fake_console

URL = "http://127.0.0.1:7300"
STREAM: Final = re.compile("/(?:events|strip|reader)$")  # do not end
PUBLIC = {"/login", "/healthz", "/language/{code}"}
HOSTILE: Final = (
    '"><script>alert(1)</script>',
    "{{7919*7919}}${7919*7919}{%raw%}",
    "' OR 1=1; DROP TABLE officers; --",
    "a\r\nSet-Cookie: session=stolen",
    "../../../../etc/passwd\x00",
    "\u202e\ud7ff\uffff" * 10,
    "x" * 5000,
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Link:
    """A lane whose traveller waits for an officer."""

    def __init__(self, gate_id: str) -> None:
        self.asked: list[str] = []
        self.now = GateStatus(
            gate_id,
            GateState.AWAITING_OFFICER,
            TravellerMessage.OFFICER_WILL_HELP,
            crossing_id=f"0190{gate_id.lower()}",
            findings=("BIOMETRIC.FACE",),
        )

    async def changes(self) -> AsyncIterator[GateStatus]:
        yield self.now
        await asyncio.Event().wait()

    async def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool:
        self.asked.append(f"{order} {officer_id}")
        return True

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - every other call of a gate
        async def asked(*_: object, **__: object) -> None:
            self.asked.append(name)

        return asked


@pytest.fixture
def links() -> dict[str, Link]:
    return {"A": Link("A"), "B": Link("B")}


@pytest.fixture
def made(tmp_path: Path, links: dict[str, Link]) -> Iterator[Made]:
    with fake_console(tmp_path, links) as made:
        made.officers.add("lane-a", "Anwar Ali", frozenset({ConsoleRole.SUPERVISOR}), ["A"])
        yield made


def client(made: Made, officer_id: str = "", state: SessionState | None = None) -> Any:  # noqa: ANN401
    """A browser of ``officer_id``; nobody's without one."""
    browser = httpx.AsyncClient(
        transport=httpx.ASGITransport(made.app, raise_app_exceptions=False),
        base_url=URL,
        headers={"Origin": URL, "Accept": "text/html"},
    )
    if officer_id:
        sessions = made.console.access.sessions
        secret, _ = made.officers.session(officer_id)
        if state in (SessionState.FIRST, SessionState.PASSKEY):
            secret = sessions.begin(officer_id, state)
        session = sessions.find(secret)
        assert session
        if state is SessionState.LOCKED:
            sessions.lock(session)
        browser.cookies.set("session", secret, domain="127.0.0.1")
        browser.headers["X-Console-Token"] = session.token
    return browser


def routes(made: Made) -> list[Route]:
    return [route for route in made.app.routes if isinstance(route, Route)]


def guarded_routes(made: Made) -> list[tuple[str, str, Any]]:
    """Method, path and guard of each route that only officers reach."""
    return [
        (method, path_of(route), route.app)
        for route in routes(made)
        if isinstance(route, GuardedRoute)
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


def path_of(route: Route, gate_id: str = "A") -> str:
    values = {"gate_id": gate_id, "officer_id": "officer-1", "crossing_id": "0190a"}
    return re.sub(
        r"\{(\w+)(?::(\w+))?\}",
        lambda m: "1" if m[2] == "number" else values.get(m[1], "x"),
        route.path,
    )


def test_every_route_is_guarded_or_on_the_list(made: Made) -> None:
    open_paths = {route.path for route in routes(made) if not isinstance(route, GuardedRoute)}
    assert {path for path in open_paths if not path.startswith("/static/")} == PUBLIC
    assert len(routes(made)) == len(made.app.routes)  # no mount hides another table
    assert len(guarded_routes(made)) > 20


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_nobody_gets_past_a_guard_without_a_session(
    made: Made, links: dict[str, Link], accept: str
) -> None:
    async with client(made) as browser:
        for method, path, _ in guarded_routes(made):
            for session in ("", "x" * 43, "\u00e9" * 43, "'; --"):
                cookie = f"session={session}".encode("latin-1")
                answer = await browser.request(
                    method, path, headers={"Accept": accept, "Cookie": cookie}
                )
                if accept == "text/html":
                    assert answer.status_code == 303, path
                    assert answer.headers["location"].partition("?")[0] == "/login"
                else:
                    assert answer.status_code == 401, path
    assert not [one for link in links.values() for one in link.asked]


@pytest.mark.parametrize("officer_id", OFFICERS)
async def test_a_role_has_its_pages_and_no_others(made: Made, officer_id: str) -> None:
    refused = 0
    async with client(made, officer_id) as browser:
        officer = made.console.access.accounts.get(officer_id).officer
        for method, path, guard in guarded_routes(made):
            if guard.permission is None or officer.may(guard.permission):
                continue
            refused += 1
            answer = await browser.request(method, path)
            assert answer.status_code == 403, path
            assert re.search("not_permitted|অনুমতি", answer.text)
    noted = [one for one in acts(made) if one.startswith(f"{officer_id} not_permitted")]
    assert len(noted) == refused


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Console-Token": ""},
        {"X-Console-Token": "guessed"},
        {"X-Console-Token": "\u00e9".encode()},
        {"X-Console-Token": "another session's"},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:7300"},
        {"Origin": "http://127.0.0.1:7300.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
async def test_another_page_changes_nothing(
    made: Made, links: dict[str, Link], headers: dict[str, Any]
) -> None:
    if headers.get("X-Console-Token") == "another session's":
        headers = {"X-Console-Token": client(made, "supervisor-2").headers["X-Console-Token"]}
    states = {state: client(made, "supervisor-1", state) for state in SessionState}
    for method, path, guard in guarded_routes(made):
        if method == "GET":
            continue
        state = SessionState.OPEN if SessionState.OPEN in guard.states else min(guard.states)
        answer = await states[state].request(method, path, headers=headers, json={})
        assert answer.status_code == 403, path
        assert "ফর্মটি এই লগ-ইনের নয়" in answer.text
    assert all(made.console.access.sessions.find(b.cookies["session"]) for b in states.values())
    assert not [one for link in links.values() for one in link.asked]


async def test_a_log_in_comes_from_our_own_page(made: Made) -> None:
    form = {"officer_id": "officer-1", "password": PASSWORD}
    async with client(made) as browser:
        form["code"] = made.officers.code("officer-1")
        for origin in ("", "null", "https://evil.example"):
            answer = await browser.post("/login", data=form, headers={"Origin": origin})
            assert (answer.status_code, answer.cookies.get("session")) == (403, None)
        assert (await browser.post("/login", data=form)).status_code == 303


async def test_a_session_that_was_planted_is_not_the_one_of_the_log_in(made: Made) -> None:
    made.officers.session("officer-2")
    planted = made.console.access.sessions.begin("officer-2", SessionState.FIRST)
    async with client(made) as browser:
        browser.cookies.set("session", planted, domain="127.0.0.1")
        answer = await log_in(made, browser, "officer-1")
        assert answer.status_code == 303
        given = answer.cookies["session"]
    assert given != planted
    assert made.console.access.sessions.find(planted) is None


async def log_in(made: Made, browser: httpx.AsyncClient, officer_id: str) -> httpx.Response:
    form = {
        "officer_id": officer_id,
        "password": PASSWORD,
        "code": made.officers.code(officer_id),
    }
    return await browser.post("/login", data=form)


async def test_another_lane_is_not_there(made: Made, links: dict[str, Link]) -> None:
    looked = 0
    async with client(made, "lane-a") as browser:
        for route in routes(made):
            if "{gate_id}" not in route.path:
                continue
            for method in sorted((route.methods or set()) - {"HEAD"}):
                body = {"order": "reset", "crossing_id": "0190b", "text": "x", "gate_id": "B"}
                answer = await browser.request(
                    method, path_of(route, "B"), json=body if method != "GET" else None
                )
                assert answer.status_code == 404, route.path
                looked += 1
        board = (await browser.get("/")).text
    assert looked
    assert links["B"].asked == []
    assert "0190b" not in board


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
async def test_what_is_typed_stays_text(made: Made, hostile: str) -> None:
    """Every field of every form, sent to every route."""
    fields = {
        name
        for page in (ROOT / "egate" / "console" / "templates").rglob("*.html")
        for name in re.findall(r'name="([a-z_]+)"', page.read_text())
    } - {"token", "viewport"}
    assert {"officer_id", "password", "name", "second_id"} <= fields
    sent = dict.fromkeys(sorted(fields), hostile)
    for method, path, guard in [*guarded_routes(made), ("POST", "/login", None)]:
        if method == "GET":
            continue
        state = SessionState.OPEN
        if guard is not None and SessionState.OPEN not in guard.states:
            state = min(guard.states)
        browser = client(made, "supervisor-1", state)
        for how in ({"data": sent}, {"json": sent}, {"json": {**sent, "roles": [hostile]}}):
            answer = await browser.request(method, path, **how)
            assert answer.status_code < 500 or answer.status_code == 503, path  # 503: no centre
            assert "<script>alert" not in answer.text
            assert str(7919 * 7919) not in answer.text
            assert "stolen" not in str(answer.headers.get_list("set-cookie"))
            location = answer.headers.get("location", "/")
            assert location.startswith("/")
            assert not location.startswith("//")
    assert made.console.access.accounts.find("supervisor-1")


@pytest.mark.parametrize(
    "way",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aX: y", "javascript:1"],
)
async def test_a_log_in_leads_nowhere_else(made: Made, way: str) -> None:
    async with client(made) as browser:
        page = await browser.get("/login", params={"next": way})
        assert "evil" not in page.text
        form = {"officer_id": "officer-1", "password": PASSWORD, "next": way}
        answer = await browser.post(
            "/login", data={**form, "code": made.officers.code("officer-1")}
        )
        assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/settings/services.py",
        "/static/..\\app.py",
        "/static//etc/passwd",
        "/static/console.css%00.py",
        "/officers/..%2f..%2fetc%2fpasswd",
        "/officers/%00",
        "/language/..%2fen",
    ],
)
async def test_no_path_leads_out_of_its_folder(made: Made, path: str) -> None:
    async with client(made, "supervisor-1") as browser:
        answer = await browser.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"a=" + b"x" * bodies.MAX_BODY_BYTES, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(201)), "application/x-www-form-urlencoded", 400),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"a=\xff", "application/x-www-form-urlencoded", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"a": "\\ud800"}', "application/json", 400),
        (b"{", "application/json", 400),
        (b"a", "text/plain", 415),
        (b"a", "multipart/form-data; boundary=x", 415),
        (b"", "", 415),
    ],
    ids=range(11),
)
async def test_a_body_that_no_page_sends_is_refused(
    made: Made, content: bytes, media_type: str, status: int
) -> None:
    for browser, path in ((client(made), "/login"), (client(made, "officer-1"), "/session")):
        answer = await browser.post(path, content=content, headers={"Content-Type": media_type})
        assert answer.status_code == status


async def test_a_slow_body_does_not_hold_the_console(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_SECONDS", 0.2)
    async with asyncio.timeout(10), serving(made.app, "127.0.0.1:0") as url:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST /login HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {url}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na="
        )
        writer.write(head.encode())
        assert b" 408 " in await reader.readline()
        writer.close()


async def test_every_answer_has_the_headers(made: Made) -> None:
    def fails() -> None:
        raise RuntimeError("of the test")

    async with client(made, "supervisor-1") as browser, client(made) as nobody:
        answers = [
            await browser.get(path_of(route))
            for route in routes(made)
            if not STREAM.search(route.path)
        ]
        answers += [
            await nobody.get("/nowhere"),
            await nobody.get("/officers"),
            await nobody.delete("/login"),
            await nobody.post("/login", content=b"x" * 100_000),
            await nobody.get("/login", headers={"Host": "rebound.example.org"}),
        ]
        made.console.access.accounts.all = fails  # type: ignore[method-assign, assignment]
        answers.append(await browser.get("/officers"))
    assert {200, 303, 403, 404, 405, 415, 421, 500} - {one.status_code for one in answers} <= {403}
    for answer in answers:
        for name, value in HEADERS.items():
            if name == "Cache-Control" and answer.request.url.path.endswith(".ttf"):
                continue
            assert answer.headers.get(name, "").startswith(value), (answer.url, name)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


async def test_no_page_has_anything_inline(made: Made) -> None:
    async with client(made, "supervisor-1") as browser:
        for method, path, _ in guarded_routes(made):
            if method == "GET" and not STREAM.search(path):
                page = (await browser.get(path)).text
                assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", page), path


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_session_is_out_of_reach_of_scripts_and_other_sites(
    made: Made, scheme: str
) -> None:
    url = f"{scheme}://127.0.0.1:7300"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(made.app), base_url=url, headers={"Origin": url}
    ) as browser:
        answer = await log_in(made, browser, "officer-1")
    cookies = [cookie for cookie in answer.headers.get_list("set-cookie") if "session=" in cookie]
    assert len(cookies) == 1
    name = cookies[0].partition("=")[0]
    flags = {flag.strip().lower() for flag in cookies[0].split(";")[1:]}
    if scheme == "https":
        assert name == "__Host-session"
        assert flags == {"httponly", "samesite=strict", "path=/", "secure"}
    else:
        assert name == "session"
        assert flags == {"httponly", "samesite=strict", "path=/"}


async def test_guessing_is_slowed_and_the_officer_told(made: Made) -> None:
    made.clock.stop()
    async with client(made) as browser:
        form = {"officer_id": "officer-1", "password": "guess", "code": "000000"}
        statuses = [(await browser.post("/login", data=form)).status_code for _ in range(4)]
        assert statuses == [401, 401, 401, 429]
        answer = await browser.post("/login", data=form)
        assert answer.headers["Retry-After"] == "1"
        made.clock.ahead += 2
        assert (await log_in(made, browser, "officer-1")).status_code == 303


@pytest.mark.parametrize("act", ["disable", "appoint", "reset", "lock", "log out"])
async def test_a_stream_ends_with_its_session(made: Made, act: str) -> None:
    path = next(path for _, path, _ in guarded_routes(made) if path.endswith("events"))
    async with (
        asyncio.timeout(20),
        made.app.router.lifespan_context(made.app),
        serving(made.app, "127.0.0.1:0") as url,
    ):
        secret, token = made.officers.session("officer-1")
        async with (
            httpx.AsyncClient(
                base_url=url,
                cookies={"session": secret},
                headers={"Origin": url, "X-Console-Token": token},
            ) as browser,
            browser.stream("GET", path) as stream,
        ):
            assert stream.status_code == 200
            access = made.console.access
            if act == "appoint":
                access.accounts.appoint("officer-1", [ConsoleRole.OFFICER], ["A"])
            elif act in ("lock", "log out"):
                await browser.post(f"/{act.replace(' ', '')}", json={})
            else:
                getattr(access.accounts, act)("officer-1")
            async for _ in stream.aiter_lines():
                pass
            assert (await browser.get(path)).status_code == 401


async def test_nothing_personal_and_no_secret_is_in_urls_logs_or_titles(made: Made) -> None:
    log = io.StringIO()
    configure_logging(log)
    seen: list[str] = []
    async with client(made) as browser:
        form = {"officer_id": "officer-1", "password": "my guess", "code": "123456"}
        answers = [
            await browser.post("/login", data=form),
            await log_in(made, browser, "officer-1"),
        ]
        answers += [await browser.get(path) for path in ("/", "/account", "/lock", "/officers")]
        for answer in answers:
            seen.append(answer.headers.get("location", ""))
            seen += re.findall(r"<title>.*?</title>|(?:href|action|src)=\"[^\"]*\"", answer.text)
    name, _ = OFFICERS["officer-1"]
    everything = "\n".join([*seen, log.getvalue(), *acts(made)])
    for secret in (name, "my guess", "123456", PASSWORD, made.officers.secrets["officer-1"]):
        assert secret not in everything


def acts(made: Made) -> list[str]:
    with sqlite3.connect(made.console.audit.path) as log:
        rows = log.execute("SELECT officer_id, act, subject, detail FROM act ORDER BY seq")
        return [" ".join(row) for row in rows]
