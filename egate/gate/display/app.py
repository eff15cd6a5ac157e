"""The traveller display as a web application, for the lane's own screen."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from egate.gate.display.mirror import HEIGHT, WIDTH
from egate.gate.display.presentation import Presentation, Sight
from egate.gate.display.prompts import Prompt
from egate.gate.display.steps import step_number, steps_of
from egate.ports.supervision import GateStatus, Supervision, TravellerMessage
from egate.web.addresses import is_loopback
from egate.web.assets import static_routes, templates
from egate.web.event_stream import EventStream
from egate.web.security import SecurityHeaders
from egate.web.traveller_language import TEXT_NAMES, StepName, lines, step_names

_HERE: Final = Path(__file__).resolve().parent
_NOTHING: Final = 204
_NOT_FOUND: Final = 404


def display_app(
    supervision: Supervision,
    presentation: Presentation | None = None,
    sight: Sight | None = None,
    beside: Sequence[Route] = (),
) -> Starlette:
    """Return the display of the lane behind ``supervision``.

    ``/`` the page, ``/events`` its changes, ``/healthz`` for a watchdog, with the count of
    screens that show it; ``/mirror`` and ``/progress`` while a traveller is there. Of the
    status only the message or the guidance, the step, the lane and the version leave this
    function.

    Args:
        supervision: of the lane.
        presentation: its languages and recordings; Bangla and English if none.
        sight: what is shown of the traveller; nothing if none.
        beside: what else this machine's own page gives, such as metrics.

    """
    shown_as = presentation or Presentation()
    page = _Page(supervision, shown_as)
    routes = [Route("/", page.show), Route("/events", page.events), Route("/healthz", page.health)]
    routes += _routes_of(sight or Sight())
    prompts = [prompt for several in shown_as.prompts.values() for prompt in several]
    routes += [_route_of(prompt) for prompt in prompts]
    return Starlette(
        routes=[*routes, *beside, *static_routes(_HERE / "static")],
        middleware=[Middleware(SecurityHeaders)],
    )


class _Page:
    def __init__(self, supervision: Supervision, presentation: Presentation) -> None:
        self._supervision = supervision
        self._presentation = presentation
        self._screens = 0
        self._page = templates(_HERE / "templates").get_template("display.html")

    async def show(self, _: Request) -> Response:
        status = self._supervision.status()
        languages = self._presentation.languages
        prompts = self._presentation.prompts
        steps = steps_of(status.flow)
        return HTMLResponse(
            self._page.render(
                first=languages[0],
                count=len(languages),
                texts={name: lines(name, languages) for name in TEXT_NAMES},
                prompts={name: " ".join(p.path for p in said) for name, said in prompts.items()},
                volume=self._presentation.volume_percent,
                steps=[step_names(languages[:2], step) for step in steps],
                mirror=(WIDTH, HEIGHT),
                gate_id=status.gate_id,
                shown=_shown(status, steps),
            )
        )

    async def events(self, _: Request) -> Response:
        return EventStream(self._messages())

    async def health(self, _: Request) -> Response:
        gate_id = self._supervision.status().gate_id
        return JSONResponse({"ok": True, "gate_id": gate_id, "screens": self._screens})

    async def _messages(self) -> AsyncIterator[dict[str, Any]]:
        """Give what is shown, and only when it changes."""
        last: dict[str, Any] = {}
        self._screens += 1
        try:
            async for status in self._supervision.changes():
                shown = _shown(status, steps_of(status.flow))
                if shown != last:
                    last = shown
                    yield shown
        finally:
            self._screens -= 1


def _shown(status: GateStatus, steps: Sequence[StepName]) -> dict[str, Any]:
    shown = status.message.value
    # While the chip is read nothing may make a traveller lift the document.
    watched = status.message is TravellerMessage.LOOK_AT_CAMERA and status.guidance is not None
    if watched and status.guidance:
        shown = status.guidance.value
    return {
        "message": shown,
        "step": step_number(status.message, steps),
        "mirror": watched,
        "version": status.software_version,
    }


def _routes_of(sight: Sight) -> list[Route]:
    async def mirror(request: Request) -> Response:
        if not _is_own_screen(request):
            return Response(status_code=_NOT_FOUND)
        picture = await sight.mirror.picture()
        if picture is None:
            return Response(status_code=_NOTHING)
        return Response(picture, media_type="image/jpeg")

    async def progress(_: Request) -> Response:
        return JSONResponse({"share": round(sight.chip.share, 3)})

    return [Route("/mirror", mirror), Route("/progress", progress)]


def _is_own_screen(request: Request) -> bool:
    """Say whether a page of this display on this very machine asks, by whatever name."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    peer = request.client.host if request.client else ""
    return site == "same-origin" and is_loopback(peer) and is_loopback(request.url.hostname or "")


def _route_of(prompt: Prompt) -> Route:
    async def answer(_: Request) -> Response:
        return Response(prompt.content, media_type=prompt.media_type)

    return Route(prompt.path, answer)
