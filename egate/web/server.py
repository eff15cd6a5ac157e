"""Serves a page inside a program that has other things to do.

Signals stay with the program, open event streams end when the block is left, and
a busy port is known before anything starts.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

CLOSING: Final = "egate.closing"
"""Key of the scope under which a response finds the ``asyncio.Event`` of the server's end."""

_MOST_CONNECTIONS: Final = 64
_GRACE_SECONDS: Final = 2
_LAST_PORT: Final = 65535


class CannotListen(Exception):
    """The address cannot be bound; says why in one line."""


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """What a page is served with over HTTPS (PEM files).

    Args:
        certificate: of the host, and of who signed it.
        key: its private key.

    """

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return what a socket needs.

        Raises:
            CannotListen: the files are missing, or do not belong together.

        """
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            # A key with a pass phrase must not ask for it at a terminal that nobody sees.
            made.load_cert_chain(self.certificate, self.key, password="")
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
            raise CannotListen(f"{self.certificate}, {self.key}: {reason or error}") from error
        return made


@contextlib.asynccontextmanager
async def serving(
    app: ASGIApp,
    address: str,
    tls: ServerCertificate | None = None,
    most_connections: int = _MOST_CONNECTIONS,
) -> AsyncIterator[str]:
    """Serve ``app`` inside ``async with``, which gives the URL as bound.

    Args:
        app: what answers.
        address: ``host:port``; port 0 chooses a free one.
        tls: with what it is served over HTTPS; None: over HTTP.
        most_connections: at once, streams that stay open included; who comes beyond is refused.

    Raises:
        CannotListen: the port is taken, the host is not ours, or the certificate is not usable.

    """
    context = tls.context() if tls else None
    with _bind(address) as listener:
        host, port = listener.getsockname()[:2]
        closing = asyncio.Event()
        server = _Server(
            uvicorn.Config(
                _with_closing(app, closing),
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                limit_concurrency=most_connections,
                timeout_graceful_shutdown=_GRACE_SECONDS,
                ssl_context_factory=None if context is None else lambda *_: context,
            )
        )
        failure: Exception | None = None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_serve(server, listener))
            try:
                scheme = "https" if tls else "http"
                yield f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
            except Exception as error:  # noqa: BLE001 - raised again below, without a group around it
                failure = error
            finally:
                closing.set()
                server.should_exit = True
        if failure is not None:
            raise failure


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        await server.serve(sockets=[listener])
    except asyncio.CancelledError:
        if server.started:  # the program ends by an error or a signal: still say goodbye
            await server.shutdown(sockets=[listener])
        raise


def _with_closing(app: ASGIApp, closing: asyncio.Event) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, CLOSING: closing}, receive, send)

    return serve


def _bind(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if not (port.isdecimal() and int(port) <= _LAST_PORT):
        raise CannotListen(f"{address}: not host:port")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, int(port)), family=family, backlog=128)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not an address"
        raise CannotListen(f"{address}: {reason}") from error
