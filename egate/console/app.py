"""The officers' console of one hall as a web application."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from egate.console.access import routes as access
from egate.console.audit.retention import keep_retention
from egate.console.cards import alarms, card
from egate.console.case import pictures_response
from egate.console.context import Console
from egate.console.language import language_of, language_routes
from egate.console.live import Lane
from egate.console.protection import OwnNames, is_from_our_page
from egate.console.texts import Words
from egate.ports.supervision import OfficerOrder
from egate.reporting.gate_client import GateUnavailable
from egate.settings import ConsoleSettings
from egate.web.assets import font_routes, static_routes
from egate.web.event_stream import EventStream
from egate.web.security import SecurityHeaders

_HERE: Final = Path(__file__).resolve().parent
_MAX_ORDER_BYTES: Final = 256  # also bounds how deep it can nest


def console_app(console: Console) -> Starlette:
    """Return the console as a web application, which keeps its hall fresh.

    It also sends what waits in the desk's book.
    """
    board = _Board(console)

    @contextlib.asynccontextmanager
    async def watching(_: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            keep_days = console.settings.audit.keep_days
            kept = [console.hall.watch(), keep_retention(console.audit, keep_days, console.now)]
            if console.desk:
                kept.append(console.desk.keep_sending())
            work = [tasks.create_task(each) for each in kept]
            try:
                yield
            finally:
                for each in work:
                    each.cancel()

    app = Starlette(
        routes=[
            Route("/", board.show),
            Route("/events", board.events),
            Route("/gates/{gate_id}/orders", board.order, methods=["POST"]),
            Route("/gates/{gate_id}/images", board.images, methods=["POST"]),
            Route("/healthz", board.health),
            *access.routes(console),
            *language_routes(),
            *static_routes(_HERE / "static"),
            *font_routes(),
        ],
        middleware=_middleware(console.settings),
        lifespan=watching,
    )
    app.state.console = console  # where the guards find it
    return app


def _middleware(settings: ConsoleSettings) -> list[Middleware]:
    names = frozenset(settings.page_tls.names) if settings.page_tls else frozenset()
    return [Middleware(SecurityHeaders), Middleware(OwnNames, names)]


class _Board:
    def __init__(self, console: Console) -> None:
        self.hall = console.hall
        self._pages = console.pages
        self._officer_id = console.settings.officer_id
        self._token = secrets.token_urlsafe(24)

    async def show(self, request: Request) -> Response:
        request.state.token = self._token
        return self._pages.render(
            request,
            "console.html",
            texts=_words(request),
            hall=self._render(request, self.hall.lanes()),
            now=self.hall.now(),
            officer_id=self._officer_id,
        )

    async def events(self, request: Request) -> Response:
        return EventStream(self._parts(request))

    async def order(self, request: Request) -> Response:
        """Carry one order to one gate: ``{"order": "reset", "crossing_id": "..."}``."""
        if not is_from_our_page(request, self._token):
            return JSONResponse({"error": "not from this console's page"}, status_code=403)
        try:
            wanted = json.loads(await _small_body(request))
            order, crossing_id = OfficerOrder(wanted["order"]), str(wanted["crossing_id"])
            gate_id = request.path_params["gate_id"]
            result = await self.hall.order(gate_id, order, crossing_id, self._officer_id)
        except (ValueError, TypeError, KeyError, ClientDisconnect):
            return JSONResponse({"error": "no such gate or order"}, status_code=400)
        return JSONResponse({"result": result, "text": _words(request).result(result)})

    async def images(self, request: Request) -> Response:
        """Give the pictures of one case: ``{"crossing_id": "..."}``.

        A POST, so that nothing on the way or in the browser takes it for something to keep.
        """
        if not is_from_our_page(request, self._token):
            return JSONResponse({"error": "not from this console's page"}, status_code=403)
        try:
            crossing_id = str(json.loads(await _small_body(request))["crossing_id"])
            gate_id = request.path_params["gate_id"]
            images = await self.hall.case_images(gate_id, crossing_id, self._officer_id)
        except (ValueError, TypeError, KeyError, ClientDisconnect):
            return JSONResponse({"error": "no such gate or case"}, status_code=400)
        except GateUnavailable:
            return JSONResponse({"error": "the gate was not reached"}, status_code=503)
        if images is None:
            return Response(status_code=204)  # the case is over
        return pictures_response(images)

    async def health(self, _: Request) -> Response:
        return JSONResponse({"ok": True, "gates": len(self.hall.lanes())})

    async def _parts(self, request: Request) -> AsyncIterator[dict[str, Any]]:
        async for lanes in self.hall.changes():
            html = self._render(request, lanes)
            yield {"html": html, "now": self.hall.now(), "token": self._token}

    def _render(self, request: Request, lanes: tuple[Lane, ...]) -> str:
        words = _words(request)
        cards = [card(number, lane, words) for number, lane in enumerate(lanes, 1)]
        return self._pages.part(
            request, "hall.html", cards=cards, alarms=alarms(cards), words=words
        )


def _words(request: Request) -> Words:
    return Words(language_of(request))


async def _small_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_ORDER_BYTES:
            raise ValueError("more than an order")
    return body
