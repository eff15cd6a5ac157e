"""The guard of a route: nobody gets past it without a session, a permission and an own page.

``guarded`` makes a route for officers. Before its endpoint runs, the guard has looked at the
session, at the permission, and for everything that changes something at Origin, at the token of
the session and at the body. A stream ends when its session ends or locks.
"""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from egate.console.access.bodies import BadBody, read_form
from egate.console.access.officer import Permission
from egate.console.access.sessions import Session, SessionState
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.pages import is_page

TOKEN_HEADER: Final = "X-Console-Token"  # noqa: S105 - the name, not the token
TOKEN_FIELD: Final = "token"  # noqa: S105 - the name, not the token
_LOOK_SECONDS: Final = 1.0
_CHANGES_NOTHING: Final = frozenset({"GET", "HEAD"})
_OWN_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._~-]+/?)*")
_WAY_ON: Final = {
    None: "/login",
    SessionState.FIRST: "/first",
    SessionState.PASSKEY: "/login/passkey",
    SessionState.OPEN: "/",
    SessionState.LOCKED: "/lock",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class _NumberConvertor(IntegerConvertor):
    """``{name:number}`` in a path: of a row, which has 63 bits; nothing longer is there."""

    regex = "[0-9]{1,18}"


register_url_convertor("number", _NumberConvertor())


class GuardedRoute(Route):
    """A route that nobody reaches past its guard."""


def guarded(
    path: str,
    endpoint: Endpoint,
    permission: Permission | None,
    methods: Collection[str] = ("GET",),
    name: str | None = None,
) -> GuardedRoute:
    """Return a route for officers who are logged in.

    ``endpoint`` finds ``request.state.officer``, ``request.state.session``, and for a method that
    changes something ``request.state.form``: a ``Form``.

    Args:
        path: of the route.
        endpoint: answers.
        permission: that the officer must have; None: every officer.
        methods: of the route.
        name: of the route.

    """
    guard = _Guard(path, endpoint, frozenset({SessionState.OPEN}), permission)
    return GuardedRoute(path, guard, methods=list(methods), name=name)


def guarded_on_the_way(
    path: str,
    endpoint: Endpoint,
    states: Collection[SessionState],
    methods: Collection[str] = ("GET",),
) -> GuardedRoute:
    """Return a route for sessions in other states than open: locked, or not logged in all the way.

    Args:
        path: of the route.
        endpoint: answers, as of ``guarded``.
        states: of the session.
        methods: of the route.

    """
    guard = _Guard(path, endpoint, frozenset(states), None)
    return GuardedRoute(path, guard, methods=list(methods))


def open_to_all(path: str, endpoint: Endpoint, methods: Collection[str] = ("GET",)) -> Route:
    """Return a route for those who are not logged in; a form comes from our own page all the same.

    Args:
        path: of the route; it is on the list of public ones.
        endpoint: answers; finds ``request.state.form`` where something is sent.
        methods: of the route.

    """

    async def answer(request: Request) -> Response:
        try:
            await _take_form(request, None)
        except BadBody as error:
            pages = request.app.state.console.pages
            refusal: Response = pages.refuse(request, error.status_code, str(error))
            return refusal
        return await endpoint(request)

    return Route(path, answer, methods=list(methods))


@dataclass(frozen=True)
class _Guard:
    path: str
    endpoint: Endpoint
    states: frozenset[SessionState]
    permission: Permission | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        console: Console = request.app.state.console
        answer = await self._answer(request, console)

        def is_over() -> bool:
            session = session_of(request)
            return session is None or session.state not in self.states

        await answer(scope, lambda: _receive_until(is_over, receive), send)

    async def _answer(self, request: Request, console: Console) -> Response:
        session = session_of(request)
        officer = console.access.officer_of(session) if session else None
        if session is None or officer is None:
            return _elsewhere(request, None)
        if session.state not in self.states:
            return _elsewhere(request, session.state)
        request.state.session, request.state.token = session, session.token
        request.state.officer = officer
        if self.permission is not None and not officer.may(self.permission):
            console.audit.note(officer.officer_id, AuditAct.NOT_PERMITTED, "", self.path)
            return _not_permitted(request, console)
        try:
            await _take_form(request, session)
        except BadBody as error:
            return console.pages.refuse(request, error.status_code, str(error))
        if session.state is SessionState.OPEN and is_page(request):
            console.access.sessions.touch(session)
        return await self.endpoint(request)


def session_of(request: Request) -> Session | None:
    """Return the session of the browser that sent ``request``."""
    console: Console = request.app.state.console
    secret = request.cookies.get(cookie_name(request), "")
    return console.access.sessions.find(secret)


def recognise(request: Request) -> None:
    """Let the page that answers ``request`` know its officer, who is logged in all the way.

    For what no guard has looked at: an address where nothing is.
    """
    console: Console = request.app.state.console
    session = session_of(request)
    officer = console.access.officer_of(session) if session else None
    if session and officer and session.state is SessionState.OPEN:
        request.state.session, request.state.token = session, session.token
        request.state.officer = officer


def with_session(request: Request, answer: Response, secret: str) -> Response:
    """Give the browser the session with this secret, in the place of any other one."""
    answer.set_cookie(
        cookie_name(request),
        secret,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


def without_session(request: Request, answer: Response) -> Response:
    """Let the browser forget its session."""
    answer.delete_cookie(
        cookie_name(request),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie: over HTTPS one that no other host can set."""
    return "__Host-session" if request.url.scheme == "https" else "session"


def address_of(request: Request) -> str:
    """Return from where ``request`` came."""
    return request.client.host if request.client else ""


def own_path(path: str) -> str:
    """Return ``path`` if it is a page of this console, ``/`` if it leads anywhere else."""
    return path if _OWN_PATH.fullmatch(path) else "/"


async def _take_form(request: Request, session: Session | None) -> None:
    """Read what is sent, if anything is, and find out whether our own page sent it.

    Raises:
        BadBody: it is none of ours, or another page sent it.

    """
    if request.method in _CHANGES_NOTHING:
        return
    origin = f"{request.url.scheme}://{request.url.netloc}"
    if (
        request.headers.get("origin") != origin
        or request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
    ):
        raise BadBody(403, "not from this console's page")
    form = await read_form(request)
    if session is not None:
        given = request.headers.get(TOKEN_HEADER) or form.text(TOKEN_FIELD)
        if not secrets.compare_digest(given.encode("utf-8", "replace"), session.token.encode()):
            raise BadBody(403, "not from this session's page")
    request.state.form = form


async def _receive_until(is_over: Callable[[], bool], receive: Receive) -> Message:
    """Receive the next message; a session that is over looks like a browser that has left."""
    received: list[Message] = []
    ended = asyncio.Event()

    async def take() -> None:
        received.append(await receive())
        ended.set()

    async def watch() -> None:
        while not is_over():  # noqa: ASYNC110 - also another process ends sessions
            await asyncio.sleep(_LOOK_SECONDS)
        ended.set()

    async with asyncio.TaskGroup() as tasks:
        running = (tasks.create_task(take()), tasks.create_task(watch()))
        await ended.wait()
        for task in running:
            task.cancel()
    return received[0] if received else {"type": "http.disconnect"}


def _elsewhere(request: Request, state: SessionState | None) -> Response:
    way = _WAY_ON[state]
    if not is_page(request):
        return JSONResponse({"error": "log in", "way": way}, 401)
    path = request.url.path
    leads_back = state is not SessionState.OPEN and path != "/" and own_path(path) == path
    if leads_back and request.method in _CHANGES_NOTHING:
        way = f"{way}?next={quote(path)}"
    return RedirectResponse(way, 303)


def _not_permitted(request: Request, console: Console) -> Response:
    if is_page(request):
        return console.pages.render(request, "access/not_permitted.html", 403)
    return JSONResponse({"error": "not permitted"}, 403)
