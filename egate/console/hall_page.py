"""The board of the lanes as routes."""

from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.officer import Permission
from egate.console.cards import alarms, card
from egate.console.case import pictures_response
from egate.console.context import Console
from egate.console.language import language_of
from egate.console.live import Lane
from egate.console.pages import first_page_of
from egate.console.texts import Words
from egate.ports.supervision import OfficerOrder
from egate.reporting.gate_client import GateUnavailable
from egate.web.event_stream import EventStream


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of the area."""
    board = _Board(console)
    gate = "/gates/{gate_id}"
    return [
        guarded("/", board.show, None),
        guarded("/events", board.events, Permission.SEE_BOARD),
        guarded(f"{gate}/orders", board.order, Permission.GIVE_ORDERS, ("POST",)),
        guarded(f"{gate}/images", board.images, Permission.DECIDE, ("POST",)),
    ]


class _Board:
    def __init__(self, console: Console) -> None:
        self.hall = console.hall
        self._pages = console.pages

    async def show(self, request: Request) -> Response:
        if not request.state.officer.may(Permission.SEE_BOARD):
            return RedirectResponse(first_page_of(request.state.officer), 303)
        return self._pages.render(
            request,
            "console.html",
            texts=_words(request),
            hall=self._render(request, self.hall.lanes()),
            now=self.hall.now(),
        )

    async def events(self, request: Request) -> Response:
        return EventStream(self._parts(request))

    async def order(self, request: Request) -> Response:
        """Carry one order to one gate: ``{"order": "reset", "crossing_id": "..."}``."""
        try:
            wanted = request.state.form
            order, crossing_id = OfficerOrder(wanted["order"]), str(wanted["crossing_id"])
            gate_id = request.path_params["gate_id"]
            result = await self.hall.order(gate_id, order, crossing_id, _officer_id(request))
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"error": "no such gate or order"}, status_code=400)
        return JSONResponse({"result": result, "text": _words(request).result(result)})

    async def images(self, request: Request) -> Response:
        """Give the pictures of one case: ``{"crossing_id": "..."}``.

        A POST, so that nothing on the way or in the browser takes it for something to keep.
        """
        try:
            crossing_id = str(request.state.form["crossing_id"])
            gate_id = request.path_params["gate_id"]
            images = await self.hall.case_images(gate_id, crossing_id, _officer_id(request))
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"error": "no such gate or case"}, status_code=400)
        except GateUnavailable:
            return JSONResponse({"error": "the gate was not reached"}, status_code=503)
        if images is None:
            return Response(status_code=204)  # the case is over
        return pictures_response(images)

    async def _parts(self, request: Request) -> AsyncIterator[dict[str, Any]]:
        async for lanes in self.hall.changes():
            html = self._render(request, lanes)
            yield {"html": html, "now": self.hall.now(), "token": request.state.token}

    def _render(self, request: Request, lanes: tuple[Lane, ...]) -> str:
        words = _words(request)
        cards = [card(number, lane, words) for number, lane in enumerate(lanes, 1)]
        return self._pages.part(
            request, "hall.html", cards=cards, alarms=alarms(cards), words=words
        )


def _words(request: Request) -> Words:
    return Words(language_of(request))


def _officer_id(request: Request) -> str:
    officer_id: str = request.state.officer.officer_id
    return officer_id
