"""The page as an ASGI application.

It moves a barrier, if only a simulated one, so no other site may: every request must name this
host (a name that was rebound to this machine does not), and an order must be JSON, come from
this page's origin, and bring the word that only this page was given.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hardware_mocks.outcome import BadInput
from hardware_mocks.page.playground import Playground, Refused

_STATIC: Final = Path(__file__).with_name("static")
_FILES: Final[Mapping[str, str]] = {
    "lane.js": "text/javascript",
    "plan.js": "text/javascript",
    "lane.css": "text/css",
}
_LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))
_MAX_ORDER_BYTES: Final = 4096
_LOOK_SECONDS: Final = 0.1
_BEAT_LOOKS: Final = 50  # a stream that says nothing for long is taken for dead
_WORD_MARK: Final = "{{word}}"
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def page_app(
    playground: Playground, word: str, closing: asyncio.Event, links: Mapping[str, str]
) -> Starlette:
    """Return the application.

    Args:
        playground: carries out what is ordered.
        word: unpredictable; the page brings it back with every order.
        closing: ends the event streams when it is set.
        links: what the page shows of pages elsewhere, as the gate's display.

    """
    page = _Page(playground, word, closing, links)
    routes: Mapping[str, Endpoint] = {
        "/": page.document,
        "/layout": page.layout,
        "/events": page.events,
        "/camera.jpg": page.camera,
        "/portrait/{index:int}": page.portrait,
        "/static/{name}": page.static,
    }
    return Starlette(
        routes=[
            *(Route(path, endpoint, methods=["GET"]) for path, endpoint in routes.items()),
            Route("/order", page.order, methods=["POST"]),
        ],
        middleware=[Middleware(_Guarded)],
    )


class _Guarded:
    """Turns away whoever is not this page, and tells browsers what the page may do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        app = self._app
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if not _names_this_host(headers.get("host", "")):
                app = Response("This page answers to this machine's own name only.", 421)
            elif scope["method"] == "POST" and not _comes_from_here(headers):
                app = Response("Not from this page.", 403)
        await app(scope, receive, send_guarded)


def _names_this_host(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in _LOOPBACK
    except ValueError:
        return False


def _comes_from_here(headers: Headers) -> bool:
    here = f"http://{headers.get('host', '')}"
    return headers.get("origin") == here and headers.get("content-type") == "application/json"


class _Page:
    def __init__(
        self,
        playground: Playground,
        word: str,
        closing: asyncio.Event,
        links: Mapping[str, str],
    ) -> None:
        self._playground = playground
        self._word = word
        self._closing = closing
        self._links = links

    async def document(self, _: Request) -> Response:
        text = await asyncio.to_thread((_STATIC / "lane.html").read_text, "utf-8")
        return Response(text.replace(_WORD_MARK, self._word), media_type="text/html")

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FILES:
            return Response("No such file.", 404)
        content = await asyncio.to_thread((_STATIC / name).read_bytes)
        return Response(content, media_type=_FILES[name])

    async def layout(self, _: Request) -> Response:
        return JSONResponse({**self._playground.layout(), "links": dict(self._links)})

    async def portrait(self, request: Request) -> Response:
        index = request.path_params["index"]
        if index >= len(self._playground.travellers):
            return Response("No such passport.", 404)
        picture = await asyncio.to_thread(self._playground.portrait, index)
        return Response(picture, media_type="image/jpeg")

    async def camera(self, _: Request) -> Response:
        picture = await self._playground.devices.camera.newest()
        return Response(picture, media_type="image/jpeg")

    async def events(self, _: Request) -> Response:
        return StreamingResponse(self._changes(), media_type="text/event-stream")

    async def _changes(self) -> AsyncIterator[str]:
        shown, quiet = "", 0
        while not self._closing.is_set():
            snapshot = json.dumps(self._playground.snapshot())
            quiet += 1
            if snapshot != shown or quiet == _BEAT_LOOKS:
                shown, quiet = snapshot, 0
                yield f"data: {snapshot}\n\n"
            await asyncio.sleep(_LOOK_SECONDS)

    async def order(self, request: Request) -> Response:
        if not compare_digest(request.headers.get("x-lane-word", "").encode(), self._word.encode()):
            return Response("Not from this page.", 403)
        try:
            await self._playground.carry_out(await _order_in(request))
        except BadInput as fault:
            return JSONResponse({"refused": str(fault)}, 400)
        except Refused as reason:
            return JSONResponse({"refused": str(reason)}, 409)
        return JSONResponse({})


async def _order_in(request: Request) -> dict[str, Any]:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _MAX_ORDER_BYTES:
            raise BadInput("too long")
    try:
        order = json.loads(content)
    except (ValueError, RecursionError):
        raise BadInput("no JSON") from None
    if not isinstance(order, dict):
        raise BadInput("no JSON object")
    return order
