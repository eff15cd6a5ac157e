"""Adding a security key, and logging in with one."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import (
    address_of,
    guarded,
    guarded_on_the_way,
    own_path,
    with_session,
)
from egate.console.access.limits import TooManyAttempts
from egate.console.access.passkeys import Party, PasskeyRefused
from egate.console.access.proof import PasswordRefused
from egate.console.access.sessions import SessionState
from egate.console.audit.acts import AuditAct
from egate.console.context import Console

_POST: Final = ("POST",)


def passkey_routes(console: Console) -> list[BaseRoute]:
    """Return the routes of security keys; those of the log-in come after the password."""
    doors = _PasskeyDoors(console)
    waiting = (SessionState.PASSKEY,)
    return [
        guarded_on_the_way("/login/passkey", doors.show, waiting),
        guarded_on_the_way("/login/passkey/challenge", doors.ask, waiting, _POST),
        guarded_on_the_way("/login/passkey", doors.log_in, waiting, _POST),
        guarded("/account/passkeys/challenge", doors.offer, None, _POST),
        guarded("/account/passkeys", doors.add, None, _POST),
        guarded("/account/passkeys/removal", doors.remove, None, _POST),
    ]


class _PasskeyDoors:
    def __init__(self, console: Console) -> None:
        self._access = console.access
        self._audit = console.audit
        self._pages = console.pages

    async def show(self, request: Request) -> Response:
        way = own_path(request.query_params.get("next", ""))
        return self._pages.render(request, "access/passkey.html", way=way)

    async def ask(self, request: Request) -> Response:
        session = request.state.session
        options, challenge = self._access.passkeys.ask(session.officer_id, Party.of(request))
        self._access.sessions.ask(session, challenge)
        return JSONResponse(options)

    async def log_in(self, request: Request) -> Response:
        session, form = request.state.session, request.state.form
        self._access.sessions.ask(session, None)
        try:
            self._access.passkeys.check(
                session.officer_id, form, session.challenge or b"", Party.of(request)
            )
        except PasskeyRefused:
            self._access.refuse_passkey(session)
            return JSONResponse({"error": "refused"}, 403)
        secret = self._access.open_by_passkey(session, address_of(request))
        return with_session(
            request, JSONResponse({"way": own_path(request.query_params.get("next", ""))}), secret
        )

    async def offer(self, request: Request) -> Response:
        session = request.state.session
        try:
            await self._access.prove(session, request.state.form.text("present"))
        except (PasswordRefused, TooManyAttempts):
            return JSONResponse({"error": "present password"}, 403)
        options, challenge = self._access.passkeys.offer(session.officer_id, Party.of(request))
        self._access.sessions.ask(session, challenge)
        return JSONResponse(options)

    async def add(self, request: Request) -> Response:
        session = request.state.session
        self._access.sessions.ask(session, None)
        if not session.challenge:
            return JSONResponse({"error": "not asked"}, 400)
        try:
            self._access.passkeys.add(
                session.officer_id, request.state.form, session.challenge, Party.of(request)
            )
        except PasskeyRefused:
            return JSONResponse({"error": "refused"}, 400)
        self._audit.note(session.officer_id, AuditAct.SECOND_FACTOR_CHANGED, session.officer_id)
        return JSONResponse({"way": "/account"})

    async def remove(self, request: Request) -> Response:
        session = request.state.session
        self._audit.note(session.officer_id, AuditAct.SECOND_FACTOR_CHANGED, session.officer_id)
        self._access.passkeys.remove_all(session.officer_id)
        return JSONResponse({"way": "/account"})
