"""The officers' console of one hall as a web application."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from egate.console.access import routes as access
from egate.console.access.guarding import GuardedRoute, recognise
from egate.console.audit import routes as audit
from egate.console.audit.heads import keep_heads
from egate.console.audit.retention import keep_retention
from egate.console.cases import routes as cases
from egate.console.context import Console
from egate.console.desk import routes as desk
from egate.console.hall import routes as hall
from egate.console.language import language_routes
from egate.console.pages import is_page
from egate.console.protection import OwnNames
from egate.console.records import routes as records
from egate.console.supervision import routes as supervision
from egate.settings import ConsoleSettings
from egate.web.assets import font_routes, static_routes
from egate.web.security import HEADERS, SecurityHeaders

_HERE: Final = Path(__file__).resolve().parent
_AREAS: Final[tuple[Callable[[Console], list[BaseRoute]], ...]] = (
    access.routes,
    desk.routes,
    supervision.routes,
    hall.routes,
    cases.routes,
    records.routes,
    audit.routes,
)
_PUBLIC: Final = frozenset({"/healthz", "/language/{code}", "/login"})
"""Pages for everybody; style sheets, scripts and fonts are too."""
_BROKEN: Final = (_HERE / "templates" / "broken.html").read_text("utf-8")


def console_app(console: Console) -> Starlette:
    """Return the console as a web application, which does its work while it is served.

    Raises:
        UnguardedRoute: a page is neither for officers nor one of the few for everybody.

    """
    app = Starlette(
        routes=_guarded_routes(console),
        middleware=_middleware(console.settings),
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=functools.partial(_working, console),
    )
    app.state.console = console  # where the guards find it
    return app


class UnguardedRoute(Exception):
    """A route that nobody guards; names it."""


def _guarded_routes(console: Console) -> list[BaseRoute]:
    routes = [each for area in _AREAS for each in area(console)]
    routes += [Route("/healthz", _health), *language_routes()]
    for route in routes:
        path = getattr(route, "path", "")
        if not isinstance(route, GuardedRoute) and path not in _PUBLIC:
            raise UnguardedRoute(f"{path or route}: say who may use it")
    return [*routes, *static_routes(_HERE / "static"), *font_routes()]


@contextlib.asynccontextmanager
async def _working(console: Console, _: Starlette) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        keep_days = console.settings.audit.keep_days
        kept = [console.hall.watch(), console.attendance.keep()]
        kept.append(console.cases.keep_telling())
        kept.append(console.to_check.keep_counting())
        kept.append(keep_retention(console.audit, keep_days, console.now))
        if console.centre:
            kept.append(keep_heads(console.audit, console.centre.audit_heads))
        if console.desk:
            kept += [console.desk.keep_sending(), console.desk.keep_proving()]
        if console.reader:
            kept.append(console.reader.keep_reading())
            if console.reader.pages:
                kept.append(console.reader.pages.keep())
        if console.delivery:
            kept.append(console.delivery.keep_delivering())
        work = [tasks.create_task(each) for each in kept]
        try:
            yield
        finally:
            for each in work:
                each.cancel()


def _middleware(settings: ConsoleSettings) -> list[Middleware]:
    names = frozenset(settings.page_tls.names) if settings.page_tls else frozenset()
    return [Middleware(SecurityHeaders), Middleware(OwnNames, names)]


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # the table of handlers sends no other one
        raise error
    console: Console = request.app.state.console
    recognise(request)
    answer = console.pages.refuse(request, error.status_code, error.detail)
    answer.headers.update(error.headers or {})
    return answer


async def _failed(request: Request, _: Exception) -> Response:
    # It is sent from outside of every middleware, so it brings the headers itself; and nothing is
    # drawn for it, as what failed may be what draws.
    if is_page(request):
        return HTMLResponse(_BROKEN, 500, headers=HEADERS)
    return JSONResponse({"error": "a fault of this console"}, 500, headers=HEADERS)


async def _health(request: Request) -> Response:
    console: Console = request.app.state.console
    return JSONResponse({"ok": True, "gates": len(console.hall.links())})
