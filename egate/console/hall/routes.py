"""The board, its changes, and what an officer orders or notes on it.

``/`` is the board, ``/hall/events`` its changes; below ``/hall/lanes/GATE`` are ``orders``,
``false-alarm`` and ``notes``.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.officer import Officer, Permission
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.hall.alarms import alarm_of
from egate.console.hall.board import Board
from egate.console.hall.live import OrderResult
from egate.console.hall.orders import may_order
from egate.console.hall.shift_routes import ShiftPages
from egate.console.hall.shifts import ShiftRefused
from egate.console.language import language_of
from egate.console.pages import first_page_of
from egate.console.words import Words
from egate.ports.supervision import OfficerOrder
from egate.web.event_stream import EventStream

_LOOK_AGAIN_SECONDS: Final = 15.0
"""A reminder becomes due without anything that changes."""


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of the board and of shifts."""
    pages, shifts = _BoardPages(console), ShiftPages(console)
    console.pages.add_to_frame(pages.beside)
    see, order = Permission.SEE_BOARD, Permission.GIVE_ORDERS
    lane, post = "/hall/lanes/{gate_id}", ("POST",)
    return [
        guarded("/", pages.show, None, name="board"),
        guarded("/hall/events", pages.events, see),
        guarded("/hall/strip", pages.strip, see),
        guarded("/hall/pulse", pages.pulse, see),
        guarded(f"{lane}/orders", pages.order, see, methods=post),
        guarded(f"{lane}/false-alarm", pages.call_false, order, methods=post),
        guarded(f"{lane}/notes", pages.write_note, see, methods=post),
        guarded(f"{lane}/notes/{{note_id:number}}/done", pages.be_done, see, methods=post),
        *shifts.routes(),
    ]


class _BoardPages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._hall = console.hall
        self._shifts = console.shifts

    async def show(self, request: Request) -> Response:
        if not request.state.officer.may(Permission.SEE_BOARD):
            return RedirectResponse(first_page_of(request.state.officer), 303)
        board = Board(self._console, request)
        return self._console.pages.render(request, "hall/board.html", **board.as_page())

    def beside(self, request: Request) -> Mapping[str, object]:
        """Return what pages of other areas say of the alarms, to those who see the board."""
        officer: Officer | None = getattr(request.state, "officer", None)
        if request.url.path == "/" or officer is None or not officer.may(Permission.SEE_BOARD):
            return {}
        return {"alarm_lines": Board(self._console, request).alarm_lines()}

    async def events(self, request: Request) -> Response:
        return EventStream(self._changes(request))

    async def strip(self, request: Request) -> Response:
        """Follow the alarms from another page; its officer attends the lanes as well."""
        return EventStream(self._alarms(request))

    async def pulse(self, _: Request) -> Response:
        """Tell a script whose stream was cut whether its session goes on."""
        return Response(status_code=204)

    async def order(self, request: Request) -> Response:
        """Carry one order to one gate: ``{"order": "reset", "crossing_id": "..."}``."""
        officer: Officer = request.state.officer
        gate_id, form = request.path_params["gate_id"], request.state.form
        words = Words(language_of(request))
        try:
            order = OfficerOrder(form.text("order"))
            self._hall.lane(gate_id, officer)
        except (ValueError, KeyError):
            return _refused(404, words("hall.not_understood"))
        if not may_order(officer, order):
            await self._note(officer, AuditAct.ORDER_REFUSED, gate_id, order)
            return _refused(403, words("hall.not_permitted"))
        if order is OfficerOrder.EVACUATE and form.get("confirmed") is not True:
            return _refused(400, words("hall.confirm_evacuate"))
        crossing_id = form.text("crossing_id")
        await self._note(officer, AuditAct.ORDERED, gate_id, f"{order} {crossing_id}".strip())
        result = await self._hall.order(gate_id, order, crossing_id, officer)
        if result is not OrderResult.CARRIED_OUT:
            await self._note(officer, AuditAct.ORDER_REFUSED, gate_id, f"{order} {result}")
        return JSONResponse({"result": result, "text": words(f"hall.result.{result}")})

    async def call_false(self, request: Request) -> Response:
        """Note that an alarm was false: ``{"kind": ..., "crossing_id": ..., "since": ...}``."""
        officer: Officer = request.state.officer
        gate_id, form = request.path_params["gate_id"], request.state.form
        words = Words(language_of(request))
        try:
            alarm = alarm_of(self._hall.lane(gate_id, officer))
        except KeyError:
            return _refused(404, words("hall.not_understood"))
        meant = (gate_id, form.text("kind"), form.text("crossing_id"), form.get("since"))
        if alarm is None or alarm.key != meant:
            return _refused(409, words("hall.gone"))
        detail = f"{alarm.kind} {alarm.crossing_id}".strip()
        await self._note(officer, AuditAct.ALARM_CALLED_FALSE, gate_id, detail)
        await self._shifts.call_false(alarm, officer.officer_id)
        return JSONResponse({"text": words("hall.false_noted")})

    async def write_note(self, request: Request) -> Response:
        """Keep a note on a lane: ``{"text": "..."}``."""
        officer: Officer = request.state.officer
        gate_id, text = request.path_params["gate_id"], request.state.form.text("text")
        words = Words(language_of(request))
        try:
            self._hall.lane(gate_id, officer)
            await self._note(officer, AuditAct.NOTE_WRITTEN, gate_id)
            await self._shifts.write_note(gate_id, officer.officer_id, text)
        except KeyError:
            return _refused(404, words("hall.not_understood"))
        except ShiftRefused as error:
            return _refused(409, words(f"hall.refused.{error.refusal}"))
        return JSONResponse({"text": words("hall.result.carried_out")})

    async def be_done(self, request: Request) -> Response:
        officer: Officer = request.state.officer
        gate_id, note_id = request.path_params["gate_id"], request.path_params["note_id"]
        words = Words(language_of(request))
        try:
            self._hall.lane(gate_id, officer)
            await self._note(officer, AuditAct.NOTE_DONE, gate_id, str(note_id))
            await self._shifts.be_done(gate_id, note_id, officer.officer_id)
        except KeyError:
            return _refused(404, words("hall.not_understood"))
        except ShiftRefused as error:
            return _refused(409, words(f"hall.refused.{error.refusal}"))
        return JSONResponse({"text": words("hall.result.carried_out")})

    async def _note(self, officer: Officer, act: AuditAct, subject: str, detail: str = "") -> None:
        await asyncio.to_thread(self._console.audit.note, officer.officer_id, act, subject, detail)

    async def _changes(self, request: Request) -> AsyncIterator[dict[str, Any]]:
        officer: Officer = request.state.officer
        board = Board(self._console, request)
        async with self._console.attendance.looking(officer.officer_id):
            while True:
                changed = self._hall.next_change()
                if parts := board.changes():
                    yield {"lanes": board.order(), "parts": parts, "now": board.now()}
                await _set_within(changed, _LOOK_AGAIN_SECONDS)

    async def _alarms(self, request: Request) -> AsyncIterator[dict[str, Any]]:
        officer: Officer = request.state.officer
        board = Board(self._console, request)
        async with self._console.attendance.looking(officer.officer_id):
            while True:
                changed = self._hall.next_change()
                if parts := board.beside():
                    yield {"parts": parts}
                await _set_within(changed, _LOOK_AGAIN_SECONDS)


async def _set_within(changed: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return


def _refused(status_code: int, text: str) -> Response:
    return JSONResponse({"text": text}, status_code)
