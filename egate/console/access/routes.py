"""Log-in, lock and log-out."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.account_routes import account_routes
from egate.console.access.guarding import (
    address_of,
    guarded,
    guarded_on_the_way,
    open_to_all,
    own_path,
    session_of,
    with_session,
    without_session,
)
from egate.console.access.limits import TooManyAttempts
from egate.console.access.officers_routes import officers_routes
from egate.console.access.passkey_routes import passkey_routes
from egate.console.access.proof import LogInRefused, PasswordRefused, Proof
from egate.console.access.qr import qr_drawing
from egate.console.access.second_factor import totp_uri
from egate.console.access.sessions import SessionState
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.language import keep_language
from egate.console.pages import first_page_of
from egate.domain.time import UtcSeconds

_REFUSED: Final = 401
_TOO_MANY: Final = 429
_BAD: Final = 400


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of the area."""
    doors = _Doors(console)
    return [
        open_to_all("/login", doors.show_log_in),
        open_to_all("/login", doors.log_in, ("POST",)),
        guarded_on_the_way("/first", doors.show_first, (SessionState.FIRST,)),
        guarded_on_the_way("/first", doors.take_first, (SessionState.FIRST,), ("POST",)),
        guarded_on_the_way("/lock", doors.show_lock, (SessionState.LOCKED,)),
        guarded_on_the_way("/unlock", doors.unlock, (SessionState.LOCKED,), ("POST",)),
        guarded_on_the_way("/logout", doors.log_out, tuple(SessionState), ("POST",)),
        guarded("/lock", doors.lock, None, ("POST",)),
        guarded("/session", doors.tell_lock, None),
        guarded("/session", doors.stay, None, ("POST",)),
        *account_routes(console),
        *passkey_routes(console),
        *officers_routes(console),
    ]


class _Doors:
    def __init__(self, console: Console) -> None:
        self._access = console.access
        self._audit = console.audit
        self._pages = console.pages
        self._now = console.now

    async def show_log_in(self, request: Request) -> Response:
        session = session_of(request)
        if session is not None and session.state is SessionState.OPEN:
            return RedirectResponse("/", 303)
        return self._log_in_page(request, request.query_params.get("next", ""))

    async def log_in(self, request: Request) -> Response:
        form = request.state.form
        proof = Proof.typed(form.text("officer_id"), form.text("password"), form.text("code"))
        way = own_path(form.text("next"))
        try:
            secret = await self._access.log_in(proof, address_of(request))
        except LogInRefused:
            return self._log_in_page(request, way, _REFUSED, refused=True)
        except TooManyAttempts as error:
            return _waiting(self._log_in_page(request, way, _TOO_MANY, wait=error.seconds), error)
        return self._let_in(request, secret, way)

    def _log_in_page(
        self,
        request: Request,
        way: str,
        status_code: int = 200,
        *,
        refused: bool = False,
        wait: float = 0,
    ) -> Response:
        return self._pages.render(
            request,
            "access/log_in.html",
            status_code,
            way=own_path(way),
            refused=refused,
            wait=_whole(wait),
        )

    def _let_in(self, request: Request, secret: str, way: str) -> Response:
        if (old := session_of(request)) is not None:
            self._access.sessions.end(old.fingerprint)
        session = self._access.sessions.find(secret)
        if session is None or (officer := self._access.officer_of(session)) is None:
            return RedirectResponse("/login", 303)  # disabled in this very moment
        on = {SessionState.FIRST: "/first", SessionState.PASSKEY: f"/login/passkey?next={way}"}
        to = on.get(session.state, first_page_of(officer) if way == "/" else way)
        answer = RedirectResponse(to, 303)
        keep_language(request, answer, officer.language)
        return with_session(request, answer, secret)

    async def show_first(self, request: Request) -> Response:
        return self._first_page(request)

    async def take_first(self, request: Request) -> Response:
        form, session = request.state.form, request.state.session
        if form.text("new") != form.text("again"):
            return self._first_page(request, _BAD, fault="different")
        try:
            secret = await self._access.begin_own(
                session, form.text("new"), form.text("code"), address_of(request)
            )
        except PasswordRefused as error:
            return self._first_page(request, _BAD, fault=str(error))
        if secret is None:
            return self._first_page(request, _BAD, fault="code")
        codes = self._access.factors.renew_recovery_codes(session.officer_id)
        begun = self._access.sessions.find(secret)
        request.state.token = begun.token if begun else ""
        page = self._pages.render(request, "access/recovery_codes.html", codes=codes)
        return with_session(request, page, secret)

    def _first_page(self, request: Request, status_code: int = 200, fault: str = "") -> Response:
        officer_id = request.state.session.officer_id
        secret = self._access.factors.offered_totp(officer_id)
        return self._pages.render(
            request,
            "access/first.html",
            status_code,
            fault=fault,
            secret=secret,
            drawing=qr_drawing(totp_uri(secret, officer_id)),
        )

    async def show_lock(self, request: Request) -> Response:
        return self._lock_page(request, request.query_params.get("next", ""))

    async def lock(self, request: Request) -> Response:
        session = request.state.session
        self._audit.note(session.officer_id, AuditAct.LOCKED, session.officer_id)
        self._access.sessions.lock(session)
        way = own_path(request.state.form.text("next"))
        return RedirectResponse("/lock" if way == "/" else f"/lock?next={way}", 303)

    async def unlock(self, request: Request) -> Response:
        form = request.state.form
        way = own_path(form.text("next"))
        try:
            await self._access.unlock(request.state.session, form.text("password"))
        except LogInRefused:
            return self._lock_page(request, way, _REFUSED, refused=True)
        except TooManyAttempts:
            return without_session(request, RedirectResponse("/login", 303))
        return RedirectResponse(way, 303)

    def _lock_page(
        self, request: Request, way: str, status_code: int = 200, *, refused: bool = False
    ) -> Response:
        return self._pages.render(
            request, "access/lock.html", status_code, way=own_path(way), refused=refused
        )

    async def log_out(self, request: Request) -> Response:
        session = request.state.session
        self._audit.note(session.officer_id, AuditAct.LOG_OUT, session.officer_id)
        self._access.sessions.end(session.fingerprint)
        return without_session(request, RedirectResponse("/login", 303))

    async def tell_lock(self, request: Request) -> Response:
        """Say in how many seconds the session locks."""
        return self._until_lock(request.state.session.locks_at)

    async def stay(self, request: Request) -> Response:
        """Take note of a key or a click, and say the same."""
        return self._until_lock(self._access.sessions.touch(request.state.session))

    def _until_lock(self, locks_at: UtcSeconds) -> Response:
        return JSONResponse({"locks_in": max(0.0, locks_at - self._now())})


def _waiting(answer: Response, error: TooManyAttempts) -> Response:
    answer.headers["Retry-After"] = str(_whole(error.seconds))
    return answer


def _whole(seconds: float) -> int:
    return int(-(-seconds // 1))
