"""Pages over a real socket: streams, headers, busy ports and the end of the server."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from egate.gate.display.app import display_app
from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage
from egate.web.event_stream import EventStream
from egate.web.server import CannotListen, ServerCertificate, serving
from egate.web.traveller_language import TEXT_NAMES


class Gate:
    def __init__(self) -> None:
        self.now = GateStatus("DAC-E-01", GateState.IDLE, TravellerMessage.WELCOME)
        self.changed = asyncio.Event()
        self.left = asyncio.Event()

    def status(self) -> GateStatus:
        return self.now

    def set(self, **changes: object) -> None:
        self.now = replace(self.now, **changes)
        self.changed.set()

    async def changes(self) -> AsyncIterator[GateStatus]:
        try:
            while True:
                yield self.now
                await self.changed.wait()
                self.changed.clear()
        finally:
            self.left.set()

    def order(self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None) -> bool:
        return False


async def events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line[6:])


async def test_each_change_of_the_message_is_one_event() -> None:
    gate = Gate()
    async with (
        asyncio.timeout(5),
        serving(display_app(gate), "127.0.0.1:0") as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        async with client.stream("GET", "/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            heard = events(stream.aiter_lines())
            assert (await anext(heard))["message"] == "welcome"
            gate.set(outbox_depth=7)  # not the traveller's concern
            await asyncio.sleep(0)
            gate.set(message=TravellerMessage.LOOK_AT_CAMERA, findings=("BIOMETRIC.PAD",))
            shown = {"message": "look_at_camera", "step": 2, "mirror": False, "version": ""}
            assert await anext(heard) == shown
            assert (await client.get("/healthz")).json()["screens"] == 1
        await gate.left.wait()  # the page is gone: nobody listens to the gate any more
        assert (await client.get("/healthz")).json()["screens"] == 0


async def test_open_streams_do_not_hold_the_server_back() -> None:
    async with asyncio.timeout(5), httpx.AsyncClient() as client:
        async with serving(display_app(Gate()), "127.0.0.1:0") as url:
            request = client.build_request("GET", f"{url}/events")
            stream = await client.send(request, stream=True)
            heard = events(stream.aiter_lines())
            await anext(heard)
        with pytest.raises(StopAsyncIteration):
            await anext(heard)
        await stream.aclose()


async def test_a_quiet_stream_gives_signs_of_life() -> None:
    async def nothing() -> AsyncIterator[Mapping[str, Any]]:
        await asyncio.Event().wait()
        yield {}

    async def stream(_: Request) -> Response:
        return EventStream(nothing(), alive_seconds=0.01)

    app = Starlette(routes=[Route("/", stream)])
    async with (
        asyncio.timeout(5),
        serving(app, "127.0.0.1:0") as url,
        httpx.AsyncClient() as client,
        client.stream("GET", url) as response,
    ):
        signs = 0
        async for line in response.aiter_lines():
            signs += line == "event: alive"
            if signs == 3:
                break


async def test_a_stream_that_breaks_ends() -> None:
    async def broken() -> AsyncIterator[Mapping[str, Any]]:
        yield {"n": 1}
        raise RuntimeError("spoiled")

    async def stream(_: Request) -> Response:
        return EventStream(broken())

    app = Starlette(routes=[Route("/", stream)])
    async with (
        asyncio.timeout(5),
        serving(app, "127.0.0.1:0") as url,
        httpx.AsyncClient() as client,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(url)


async def test_the_page_allows_nothing_from_elsewhere() -> None:
    async with (
        serving(display_app(Gate()), "127.0.0.1:0") as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        page = await client.get("/")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.text.count("http") == 0
        assert page.text.count('lang="en"') >= len(TEXT_NAMES)
        assert (
            (await client.get("/static/display.css")).headers["content-type"].startswith("text/css")
        )
        assert (await client.get("/healthz")).json() == {
            "ok": True,
            "gate_id": "DAC-E-01",
            "screens": 0,
        }
        for path in ("/static/../app.py", "/static/", "/docs", "/static/%2e%2e/app.py"):
            assert (await client.get(path)).status_code == 404
        assert (await client.post("/")).status_code == 405


@pytest.mark.parametrize("address", ["127.0.0.1:99999", "256.1.1.1:80", "203.0.113.7:0", "here:x"])
async def test_an_impossible_address_is_one_line(address: str) -> None:
    with pytest.raises(CannotListen, match=address):
        async with serving(display_app(Gate()), address):
            pass


async def test_a_busy_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(CannotListen, match="in use"):
            async with serving(display_app(Gate()), address):
                pass


async def test_an_error_of_the_program_passes_through_as_it_is() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(KeyError, match="mine"):
            async with serving(display_app(Gate()), "127.0.0.1:0"):
                raise KeyError("mine")


async def test_a_cancelled_program_says_goodbye() -> None:
    async with asyncio.timeout(5), httpx.AsyncClient() as client:
        listening = asyncio.Event()
        urls: list[str] = []

        async def program() -> None:
            async with serving(display_app(Gate()), "127.0.0.1:0") as url:
                urls.append(url)
                listening.set()
                await asyncio.Event().wait()

        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(program())
            await listening.wait()
            async with client.stream("GET", f"{urls[0]}/events") as stream:
                heard = events(stream.aiter_lines())
                await anext(heard)
                running.cancel()
                with pytest.raises(StopAsyncIteration):
                    await anext(heard)
        with pytest.raises(httpx.ConnectError):
            await client.get(urls[0])


def certificate_for_this_machine(folder: Path) -> ServerCertificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "console of a test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2076, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = ServerCertificate(folder / "page.pem", folder / "page.key")
    files.certificate.write_bytes(made.public_bytes(Encoding.PEM))
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


async def test_a_page_is_served_over_https(tmp_path: Path) -> None:
    files = certificate_for_this_machine(tmp_path)
    trust = ssl.create_default_context(cafile=str(files.certificate))
    async with (
        asyncio.timeout(5),
        serving(display_app(Gate()), "127.0.0.1:0", files) as url,
        httpx.AsyncClient(verify=trust) as client,
    ):
        assert url.startswith("https://127.0.0.1:")
        answer = await client.get(f"{url}/healthz")
        assert "max-age" in answer.headers["strict-transport-security"]
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"http{url.removeprefix('https')}/healthz")


async def test_a_certificate_that_is_not_usable_is_said_before_anything_starts(
    tmp_path: Path,
) -> None:
    files = certificate_for_this_machine(tmp_path)
    absent = ServerCertificate(tmp_path / "absent.pem", files.key)
    mixed = ServerCertificate(files.key, files.certificate)
    for unusable in (absent, mixed):
        with pytest.raises(CannotListen, match=r"\.pem"):
            async with serving(display_app(Gate()), "127.0.0.1:0", unusable):
                pass


async def test_no_more_connections_than_allowed_are_served() -> None:
    async with (
        asyncio.timeout(5),
        serving(display_app(Gate()), "127.0.0.1:0", most_connections=2) as url,
        httpx.AsyncClient(base_url=url) as client,
        client.stream("GET", "/events"),
    ):
        assert (await client.get("/healthz")).status_code == 503
