"""The officer's own account: password, authenticator, recovery codes, language."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.limits import TooManyAttempts
from egate.console.access.proof import PasswordRefused
from egate.console.access.qr import qr_drawing
from egate.console.access.second_factor import totp_uri
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.language import Language, keep_language

_BAD: Final = 400


def account_routes(console: Console) -> list[BaseRoute]:
    """Return the routes of ``/account``."""
    account = _OwnAccount(console)
    return [
        guarded("/account", account.show, None),
        guarded("/account/password", account.change_password, None, ("POST",)),
        guarded("/account/authenticator", account.show_authenticator, None),
        guarded("/account/authenticator", account.take_authenticator, None, ("POST",)),
        guarded("/account/recovery-codes", account.renew_codes, None, ("POST",)),
        guarded("/account/language", account.speak, None, ("POST",)),
    ]


class _OwnAccount:
    def __init__(self, console: Console) -> None:
        self._access = console.access
        self._audit = console.audit
        self._pages = console.pages

    async def show(self, request: Request) -> Response:
        return self._page(request)

    async def change_password(self, request: Request) -> Response:
        form = request.state.form
        if form.text("new") != form.text("again"):
            return self._page(request, _BAD, fault="different")
        try:
            await self._access.set_password(
                request.state.session, form.text("present"), form.text("new")
            )
        except PasswordRefused as error:
            return self._page(request, _BAD, fault=str(error.fault or "present"))
        except TooManyAttempts:
            return self._page(request, 429, fault="wait")
        return self._page(request, done="password")

    async def show_authenticator(self, request: Request) -> Response:
        return self._authenticator_page(request)

    async def take_authenticator(self, request: Request) -> Response:
        form, session = request.state.form, request.state.session
        try:
            await self._access.prove(session, form.text("present"))
        except PasswordRefused:
            return self._authenticator_page(request, _BAD, "present")
        except TooManyAttempts:
            return self._authenticator_page(request, 429, "wait")
        if not self._access.factors.take_totp(session.officer_id, form.text("code")):
            return self._authenticator_page(request, _BAD, "code")
        self._audit.note(session.officer_id, AuditAct.SECOND_FACTOR_CHANGED, session.officer_id)
        self._access.sessions.end_others(session)
        return self._page(request, done="authenticator")

    async def renew_codes(self, request: Request) -> Response:
        session = request.state.session
        try:
            await self._access.prove(session, request.state.form.text("present"))
        except PasswordRefused:
            return self._page(request, _BAD, fault="present")
        except TooManyAttempts:
            return self._page(request, 429, fault="wait")
        self._audit.note(session.officer_id, AuditAct.SECOND_FACTOR_CHANGED, session.officer_id)
        codes = self._access.factors.renew_recovery_codes(session.officer_id)
        return self._pages.render(request, "access/recovery_codes.html", codes=codes)

    async def speak(self, request: Request) -> Response:
        wanted = request.state.form.text("language")
        if wanted not in list(Language):
            return self._page(request, _BAD)
        self._access.accounts.speak(request.state.officer.officer_id, Language(wanted))
        answer = RedirectResponse("/account", 303)
        keep_language(request, answer, Language(wanted))
        return answer

    def _page(
        self, request: Request, status_code: int = 200, *, fault: str = "", done: str = ""
    ) -> Response:
        return self._pages.render(
            request,
            "access/account.html",
            status_code,
            fault=fault,
            done=done,
            passkeys=self._access.passkeys.of(request.state.officer.officer_id),
            codes_left=self._access.factors.recovery_codes_left(request.state.officer.officer_id),
        )

    def _authenticator_page(
        self, request: Request, status_code: int = 200, fault: str = ""
    ) -> Response:
        officer_id = request.state.officer.officer_id
        secret = self._access.factors.offered_totp(officer_id)
        return self._pages.render(
            request,
            "access/authenticator.html",
            status_code,
            fault=fault,
            secret=secret,
            drawing=qr_drawing(totp_uri(secret, officer_id)),
        )
