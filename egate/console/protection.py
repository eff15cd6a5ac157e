"""Where a console listens, and by which names it answers.

Without TLS it is for its own machine: it binds to loopback and answers names of loopback. With
TLS it listens where its settings say and answers the names of its settings. A foreign name that
resolves to it gets nothing (DNS rebinding).
"""

import ipaddress

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class NotLoopback(Exception):
    """The console would send what officers see and type in the clear to other machines."""


def require_loopback(address: str) -> None:
    """Refuse to listen where other machines could reach a page without TLS.

    Args:
        address: ``host:port``.

    Raises:
        NotLoopback: the host is not one of this machine's loopback addresses.

    """
    if not is_loopback(address.rpartition(":")[0]):
        raise NotLoopback(f"{address}: without [page_tls] it is 127.0.0.1 or ::1 only")


class OwnNames:
    """Middleware: answers requests for the console's own names only.

    Args:
        app: what answers them.
        names: of the console's certificate, in small letters; empty: those of loopback.

    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_own(Request(scope).url.hostname or ""):
            answer = PlainTextResponse("not a name of this console", status_code=421)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_own(self, host: str) -> bool:
        return host.lower() in self._names if self._names else is_loopback(host)


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine by a name or an address of its own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
