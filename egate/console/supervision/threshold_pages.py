"""The page of thresholds: what holds, what waits, and the two persons who change it."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.limits import TooManyAttempts
from egate.console.access.officer import Officer, Permission
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.local_time import DHAKA
from egate.console.supervision.delivery import Delivery
from egate.console.supervision.thresholds import SigningPasswordWrong, ThresholdRefused
from egate.policy_files.changing import Wanted

_PAGE: Final = "supervision/thresholds.html"
_NUMBER: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_SAID: Final = frozenset({"proposed", "approved"})
_EMPTY: Final = {"key": "", "value": "", "begins": "", "ends": "", "reason": ""}


class _BadField(Exception):
    """A field of the form is wrong; the key of what to say."""


def threshold_routes(console: Console) -> list[BaseRoute]:
    """Return the routes of the page."""
    pages = _ThresholdPages(console)
    permission = Permission.CHANGE_THRESHOLDS
    return [
        guarded("/thresholds", pages.show, permission),
        guarded("/thresholds/changes", pages.propose, permission, ["POST"]),
        guarded("/thresholds/changes/{number:number}/approve", pages.approve, permission, ["POST"]),
        guarded("/thresholds/key", pages.make_key, permission, ["POST"]),
    ]


class _ThresholdPages:
    def __init__(self, console: Console) -> None:
        self._console = console

    async def show(self, request: Request) -> Response:
        done = request.query_params.get("done", "")
        said = f"supervision.done_{done}" if done in _SAID else ""
        return await self._page(request, said=said)

    async def propose(self, request: Request) -> Response:
        form, officer = request.state.form, _officer(request)
        given = {name: form.text(name) for name in _EMPTY}
        delivery = self._console.delivery
        if delivery is None:
            return await self._page(request, 404)
        try:
            wanted = self._wanted(given)
        except _BadField as error:
            return await self._page(request, 400, given=given, fault=str(error))
        self._console.audit.note(
            officer.officer_id, AuditAct.THRESHOLD_PROPOSED, wanted.key, f"{wanted.value}"
        )
        password = form.text("password")
        try:
            await delivery.thresholds.propose(officer.officer_id, password, wanted)
        except (ThresholdRefused, TooManyAttempts) as error:
            return await self._refused(request, error, given)
        return await self._done("proposed")

    async def approve(self, request: Request) -> Response:
        officer, number = _officer(request), request.path_params["number"]
        delivery = self._console.delivery
        if delivery is None:
            return await self._page(request, 404)
        self._console.audit.note(officer.officer_id, AuditAct.THRESHOLD_APPROVED, str(number))
        password = request.state.form.text("password")
        try:
            await delivery.thresholds.approve(officer.officer_id, password, number)
        except (ThresholdRefused, TooManyAttempts) as error:
            return await self._refused(request, error, _EMPTY)
        return await self._done("approved")

    async def make_key(self, request: Request) -> Response:
        officer, delivery = _officer(request), self._console.delivery
        if delivery is None:
            return await self._page(request, 404)
        self._console.audit.note(officer.officer_id, AuditAct.SIGNING_KEY_MADE, officer.officer_id)
        password = request.state.form.text("password")
        try:
            public_key = await delivery.thresholds.make_key(officer.officer_id, password)
        except ThresholdRefused as error:
            return await self._refused(request, error, _EMPTY)
        return await self._page(request, public_key=public_key)

    async def _done(self, what: str) -> Response:
        await self._console.to_check.count_changes()
        return RedirectResponse(f"/thresholds?done={what}", status_code=303)

    async def _refused(
        self, request: Request, error: Exception, given: Mapping[str, str]
    ) -> Response:
        if isinstance(error, TooManyAttempts):
            return await self._page(request, 429, given=given, fault="supervision.too_many")
        if isinstance(error, SigningPasswordWrong):
            return await self._page(request, 403, given=given, fault="supervision.password_wrong")
        return await self._page(
            request, 409, given=given, fault="supervision.refused", because=str(error)
        )

    async def _page(self, request: Request, status_code: int = 200, **values: object) -> Response:
        delivery, officer = self._console.delivery, _officer(request)
        shown: dict[str, Any] = {"said": "", "fault": "", "because": "", "public_key": ""}
        shown |= {"given": _EMPTY, "overview": None, "key_state": ""} | values
        if delivery is None:
            shown |= {"fault": "supervision.no_policy"}
        else:
            shown["lanes"] = lambda number: _lanes_of(officer, delivery, number)
            try:
                shown["overview"] = await delivery.thresholds.overview()
                shown["key_state"] = await delivery.thresholds.key_state(officer.officer_id)
            except ThresholdRefused as error:
                shown |= {"fault": "supervision.unusable", "because": str(error)}
        return self._console.pages.render(request, _PAGE, status_code, **shown)

    def _wanted(self, given: Mapping[str, str]) -> Wanted:
        if not given["key"].startswith("profiles."):
            raise _BadField("supervision.key_unknown")
        number = given["value"].strip().translate(_FROM_BANGLA)
        if not _NUMBER.fullmatch(number):
            raise _BadField("supervision.value_not_a_number")
        begins = _moment(given["begins"]) if given["begins"] else None
        now = dt.datetime.fromtimestamp(self._console.now(), DHAKA).replace(microsecond=0)
        return Wanted(
            key=given["key"],
            value=float(number) if "." in number else int(number),
            begins=begins or now,
            ends=_moment(given["ends"]),
            reason=given["reason"].strip(),
        )


_FROM_BANGLA: Final = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise _BadField("supervision.moment_wrong") from None
    return moment.replace(tzinfo=DHAKA, microsecond=0)


def _lanes_of(officer: Officer, delivery: Delivery, number: int) -> Mapping[str, str | None]:
    answers = delivery.answers(number)
    return {gate_id: said for gate_id, said in answers.items() if officer.has_lane(gate_id)}


def _officer(request: Request) -> Officer:
    officer: Officer = request.state.officer
    return officer
