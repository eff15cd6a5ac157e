"""Serves the page beside the devices, on this machine only."""

import asyncio
import contextlib
import ipaddress
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Final

import uvicorn

from hardware_mocks.outcome import BadInput, Unavailable
from hardware_mocks.page.app import page_app
from hardware_mocks.page.playground import Playground

_MOST_CONNECTIONS: Final = 32
_GRACE_SECONDS: Final = 1


def listen_on(address: str) -> socket.socket:
    """Return a socket that listens at ``HOST:PORT`` of this machine; port 0 is a free one.

    Raises:
        BadInput: it is no such address, or one that others can reach.
        Unavailable: the port is taken.

    """
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise BadInput("--page: HOST:PORT, as 127.0.0.1:0")
    host = host.strip("[]") or "127.0.0.1"
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise BadInput("--page: only an address of this machine: whoever reaches it moves people")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family)
    except OSError as error:
        raise Unavailable(f"--page {address}: {error.strerror}") from None


def url_of(listener: socket.socket) -> str:
    """Return the address of the page for a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # they are the lane's


@contextlib.asynccontextmanager
async def served(
    playground: Playground, listener: socket.socket, links: Mapping[str, str]
) -> AsyncIterator[None]:
    """Serve the page for the length of the block; ``links`` are shown on it."""
    closing = asyncio.Event()
    app = page_app(playground, secrets.token_urlsafe(24), closing, links)
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listener]))
        try:
            yield
        finally:
            closing.set()
            server.should_exit = True
            await asyncio.wait([serving], timeout=2 * _GRACE_SECONDS)  # to say goodbye
