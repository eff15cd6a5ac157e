"""Until officers log in, a console answers its own machine and its own page only.

Three fences: it binds to loopback; it answers only names of loopback, so that no
foreign name that resolves to it can read the page (DNS rebinding); and an order needs
the page's own origin and its token (cross-site request forgery).
"""

import ipaddress
import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN_HEADER: Final = "X-Console-Token"  # noqa: S105 - the name, not the token


class NotLoopback(Exception):
    """The console would answer other machines without a log-in."""


def require_loopback(address: str) -> None:
    """Refuse to listen where other machines could reach us.

    Args:
        address: ``host:port``.

    Raises:
        NotLoopback: the host is not one of this machine's loopback addresses.

    """
    if not _is_loopback(address.rpartition(":")[0]):
        raise NotLoopback(
            f"{address}: the console has no log-in yet and listens on 127.0.0.1 or ::1 only"
        )


class LoopbackOnly:
    """Middleware: refuses requests for any host but this machine by its own name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            url = Request(scope).url
            if not _is_loopback(url.hostname or ""):
                answer = PlainTextResponse("not a name of this console", status_code=421)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_from_our_page(request: Request, token: str) -> bool:
    """Return whether ``request`` was made by the page that has ``token``."""
    origin = f"{request.url.scheme}://{request.url.netloc}"
    given = request.headers.get(TOKEN_HEADER, "").encode()
    return (
        request.headers.get("origin") == origin
        and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        and secrets.compare_digest(given, token.encode())
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
