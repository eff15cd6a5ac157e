"""Officers and their roles, for supervisors.

Nobody changes the own account here, and whoever makes an account, resets one or appoints somebody
needs a second officer: one person alone cannot make a second person of himself.
"""

from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.accounts import BadAccount, NoSuchOfficer, check_appointment
from egate.console.access.bodies import Form
from egate.console.access.guarding import guarded
from egate.console.access.limits import TooManyAttempts
from egate.console.access.officer import ConsoleRole, Officer, Permission
from egate.console.access.proof import Proof, SecondRefused
from egate.console.audit.acts import AuditAct
from egate.console.context import Console

_BAD: Final = 400
_NOT_CONFIRMED: Final = 403
_MANAGE: Final = Permission.MANAGE_OFFICERS


def officers_routes(console: Console) -> list[BaseRoute]:
    """Return the routes of ``/officers``."""
    officers = _Officers(console)
    one = "/officers/{officer_id}"
    return [
        guarded("/officers", officers.show, _MANAGE),
        guarded("/officers", officers.add, _MANAGE, ("POST",)),
        guarded(one, officers.show_one, _MANAGE),
        guarded(f"{one}/appointment", officers.appoint, _MANAGE, ("POST",)),
        guarded(f"{one}/disabling", officers.disable, _MANAGE, ("POST",)),
        guarded(f"{one}/reset", officers.reset, _MANAGE, ("POST",)),
    ]


class _Officers:
    def __init__(self, console: Console) -> None:
        self._access = console.access
        self._accounts = console.access.accounts
        self._audit = console.audit
        self._pages = console.pages
        self._now = console.now
        self._lanes = tuple(gate.id for gate in console.settings.gates)

    async def show(self, request: Request) -> Response:
        return self._all_page(request)

    async def add(self, request: Request) -> Response:
        form = request.state.form
        if (fault := await self._unconfirmed(request, form)) is not None:
            return self._all_page(request, _NOT_CONFIRMED, fault)
        officer_id = form.text("officer_id").strip().lower()
        try:
            roles, lanes = _roles(form), self._chosen_lanes(form)
            password = self._accounts.add(officer_id, form.text("name"), roles, lanes)
        except BadAccount as error:
            return self._all_page(request, _BAD, error.about)
        # Before the first password is shown, without which the account is of no use.
        self._note(request, AuditAct.OFFICER_ADDED, officer_id, _appointment(roles, lanes))
        return self._first_password_page(request, officer_id, password)

    async def show_one(self, request: Request) -> Response:
        return self._one_page(request, _wanted(request))

    async def appoint(self, request: Request) -> Response:
        form, officer_id = request.state.form, self._anothers(request)
        if (fault := await self._unconfirmed(request, form)) is not None:
            return self._one_page(request, officer_id, _NOT_CONFIRMED, fault)
        try:
            roles, lanes = _roles(form), self._chosen_lanes(form)
            check_appointment(roles, lanes)
        except BadAccount as error:
            return self._one_page(request, officer_id, _BAD, error.about)
        self._note(request, AuditAct.OFFICER_APPOINTED, officer_id, _appointment(roles, lanes))
        self._accounts.appoint(officer_id, roles, lanes)
        return RedirectResponse("/officers", 303)

    async def disable(self, request: Request) -> Response:
        officer_id = self._anothers(request)
        self._note(request, AuditAct.OFFICER_DISABLED, officer_id)
        self._accounts.disable(officer_id)
        return RedirectResponse("/officers", 303)

    async def reset(self, request: Request) -> Response:
        officer_id = self._anothers(request)
        if (fault := await self._unconfirmed(request, request.state.form)) is not None:
            return self._one_page(request, officer_id, _NOT_CONFIRMED, fault)
        self._note(request, AuditAct.OFFICER_RESET, officer_id)
        return self._first_password_page(request, officer_id, self._accounts.reset(officer_id))

    async def _unconfirmed(self, request: Request, form: Form) -> str | None:
        """Return why no second officer has confirmed, None if one has."""
        proof = Proof.typed(
            form.text("second_id"), form.text("second_password"), form.text("second_code")
        )
        try:
            await self._access.second(proof, request.state.officer)
        except SecondRefused:
            return "second"
        except TooManyAttempts:
            return "wait"
        return None

    def _anothers(self, request: Request) -> str:
        """Return the officer id of the route, which is not the supervisor's own.

        Raises:
            HTTPException: it is, or nobody has it.

        """
        officer_id = _wanted(request)
        if officer_id == request.state.officer.officer_id:
            raise HTTPException(403)
        if self._accounts.find(officer_id) is None:
            raise HTTPException(404)
        return officer_id

    def _chosen_lanes(self, form: Form) -> list[str]:
        lanes = [str(lane) for lane in form.all("gates")]
        if not set(lanes) <= set(self._lanes):
            raise BadAccount("gates", "no such lane")
        return lanes

    def _note(self, request: Request, act: AuditAct, subject: str, detail: str = "") -> None:
        self._audit.note(request.state.officer.officer_id, act, subject, detail)

    def _all_page(self, request: Request, status_code: int = 200, fault: str = "") -> Response:
        return self._pages.render(
            request,
            "access/officers.html",
            status_code,
            accounts=self._accounts.all(),
            typed=_typed(request),
            roles=list(ConsoleRole),
            lanes=self._lanes,
            fault=fault,
        )

    def _one_page(
        self, request: Request, officer_id: str, status_code: int = 200, fault: str = ""
    ) -> Response:
        try:
            account = self._accounts.get(officer_id)
        except NoSuchOfficer:
            raise HTTPException(404) from None
        return self._pages.render(
            request,
            "access/officer.html",
            status_code,
            account=account,
            typed=_chosen_for(account.officer, _typed(request)),
            is_own=officer_id == request.state.officer.officer_id,
            roles=list(ConsoleRole),
            lanes=self._lanes,
            fault=fault,
        )

    def _first_password_page(self, request: Request, officer_id: str, password: str) -> Response:
        return self._pages.render(
            request, "access/first_password.html", subject=officer_id, password=password
        )


def _wanted(request: Request) -> str:
    officer_id: str = request.path_params["officer_id"]
    return officer_id


def _typed(request: Request) -> Mapping[str, object]:
    """Return what a form that is shown again already had; no password and no code."""
    form: Form | None = getattr(request.state, "form", None)
    if form is None:
        return {}
    texts = {name: form.text(name) for name in ("officer_id", "name", "second_id")}
    return texts | {name: form.all(name) for name in ("roles", "gates")}


def _chosen_for(officer: Officer, typed: Mapping[str, object]) -> Mapping[str, object]:
    """Return what is typed of an appointment, or the present one where the form was another."""
    if typed.get("roles"):
        return typed
    return {**typed, "roles": officer.roles, "gates": officer.gates}


def _roles(form: Form) -> list[ConsoleRole]:
    chosen = [str(role) for role in form.all("roles")]
    if not set(chosen) <= set(ConsoleRole):
        raise BadAccount("roles", "no such role")
    return [ConsoleRole(role) for role in chosen]


def _appointment(roles: list[ConsoleRole], lanes: list[str]) -> str:
    return f"{' '.join(roles)}; lanes: {' '.join(lanes) or 'all'}"
