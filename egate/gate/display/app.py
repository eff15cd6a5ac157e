"""The traveller display as a web application, for the lane's own screen."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from egate.domain.guidance import Guidance
from egate.ports.supervision import GateStatus, Supervision, TravellerMessage
from egate.web.assets import static_routes, templates
from egate.web.event_stream import EventStream
from egate.web.guidance_texts import GUIDANCE_TEXTS
from egate.web.security import SecurityHeaders
from egate.web.traveller_texts import CONNECTION_LOST, STEPS, TEXTS

_HERE: Final = Path(__file__).resolve().parent
_GUIDANCE: Final = {
    guidance.value: text
    for guidance, text in GUIDANCE_TEXTS.items()
    if guidance is not Guidance.LOOK_AT_CAMERA  # is the message itself
}


def display_app(supervision: Supervision) -> Starlette:
    """Return the display of the lane behind ``supervision``.

    ``/`` the page, ``/events`` its changes, ``/healthz`` for a watchdog. Of the status
    only the message or the guidance, the step, the lane and the version leave this function.
    """
    page = templates(_HERE / "templates").get_template("display.html")

    async def show(_: Request) -> Response:
        status = supervision.status()
        return HTMLResponse(
            page.render(
                texts={message.value: text for message, text in TEXTS.items()},
                guidance=_GUIDANCE,
                lost=CONNECTION_LOST,
                steps=STEPS,
                gate_id=status.gate_id,
                shown=_shown(status),
            )
        )

    async def events(_: Request) -> Response:
        return EventStream(_messages(supervision.changes()))

    async def health(_: Request) -> Response:
        return JSONResponse({"ok": True, "gate_id": supervision.status().gate_id})

    return Starlette(
        routes=[
            Route("/", show),
            Route("/events", events),
            Route("/healthz", health),
            *static_routes(_HERE / "static"),
        ],
        middleware=[Middleware(SecurityHeaders)],
    )


def _shown(status: GateStatus) -> dict[str, Any]:
    shown = status.message.value
    # While the chip is read nothing may make a traveller lift the document.
    if status.message is TravellerMessage.LOOK_AT_CAMERA and status.guidance:
        shown = status.guidance.value
    return {
        "message": shown,
        "step": TEXTS[status.message].step,
        "version": status.software_version,
    }


async def _messages(changes: AsyncIterator[GateStatus]) -> AsyncIterator[dict[str, Any]]:
    """Give what is shown, and only when it changes."""
    last: dict[str, Any] = {}
    async for status in changes:
        shown = _shown(status)
        if shown != last:
            last = shown
            yield shown
