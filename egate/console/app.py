"""The officers' console of one hall as a web application."""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Template
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from egate.console.cards import alarms, card
from egate.console.case import pictures_response
from egate.console.live import GateLink, Hall, Lane
from egate.console.protection import LoopbackOnly, is_from_our_page
from egate.console.texts import Language, Words
from egate.ports.supervision import OfficerOrder
from egate.reporting.gate_client import GateUnavailable
from egate.web.assets import static_routes, templates
from egate.web.event_stream import EventStream
from egate.web.security import SecurityHeaders

_HERE: Final = Path(__file__).resolve().parent
_MAX_ORDER_BYTES: Final = 256  # also bounds how deep it can nest


def console_app(links: Mapping[str, GateLink], officer_id: str) -> Starlette:
    """Return the console of the gates behind ``links``.

    ``/`` the page (``?lang=bn`` or ``en``), ``/events`` its changes,
    ``/gates/ID/orders`` takes orders,
    ``/gates/ID/images`` gives the pictures of a case, ``/healthz`` for a watchdog.

    Args:
        links: gate id to the gate, in the order of the page; watched while the app is served.
        officer_id: in whose name orders go out.

    """
    console = _Console(Hall(links, time.monotonic), officer_id)

    @contextlib.asynccontextmanager
    async def watching(_: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(console.hall.watch())
            try:
                yield
            finally:
                watch.cancel()

    return Starlette(
        routes=[
            Route("/", console.show),
            Route("/events", console.events),
            Route("/gates/{gate_id}/orders", console.order, methods=["POST"]),
            Route("/gates/{gate_id}/images", console.images, methods=["POST"]),
            Route("/healthz", console.health),
            *static_routes(_HERE / "static"),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(LoopbackOnly)],
        lifespan=watching,
    )


class _Console:
    def __init__(self, hall: Hall, officer_id: str) -> None:
        self.hall = hall
        self._officer_id = officer_id
        self._token = secrets.token_urlsafe(24)
        environment = templates(_HERE / "templates")
        self._page: Template = environment.get_template("console.html")
        self._hall_part: Template = environment.get_template("hall.html")

    async def show(self, request: Request) -> Response:
        words = _words(request)
        return HTMLResponse(
            self._page.render(
                words=words,
                languages=list(Language),
                hall=self._render(self.hall.lanes(), words),
                now=self.hall.now(),
                token=self._token,
                officer_id=self._officer_id,
            )
        )

    async def events(self, request: Request) -> Response:
        return EventStream(self._parts(_words(request)))

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

    async def _parts(self, words: Words) -> AsyncIterator[dict[str, Any]]:
        async for lanes in self.hall.changes():
            yield {"html": self._render(lanes, words), "now": self.hall.now(), "token": self._token}

    def _render(self, lanes: tuple[Lane, ...], words: Words) -> str:
        cards = [card(number, lane, words) for number, lane in enumerate(lanes, 1)]
        return self._hall_part.render(cards=cards, alarms=alarms(cards), words=words)


def _words(request: Request) -> Words:
    wanted = request.query_params.get("lang", "")
    return Words(Language(wanted) if wanted in list(Language) else Language.BANGLA)


async def _small_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_ORDER_BYTES:
            raise ValueError("more than an order")
    return body
