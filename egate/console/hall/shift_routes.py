"""The page of an officer's shift: begin, hand over, accept, end."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.officer import Officer, Permission
from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.hall.alarms import alarm_of, in_order
from egate.console.hall.live import Lane
from egate.console.hall.shift import HandOver
from egate.console.hall.shifts import Refusal, ShiftRefused
from egate.console.language import language_of
from egate.console.words import Words
from egate.ports.supervision import GateMode

_CLOSED = (GateMode.DISABLED, GateMode.MAINTENANCE, GateMode.FEEDER)

Act = Callable[[Request, Officer], Awaitable[None]]


class ShiftPages:
    """``/shift`` and what its forms do.

    Args:
        console: whose hall.

    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._hall = console.hall
        self._shifts = console.shifts

    def routes(self) -> list[BaseRoute]:
        acts: dict[str, Act] = {
            "begin": self._begin,
            "offer": self._offer,
            "take-back": self._take_back,
            "accept": self._accept,
            "end": self._end,
        }
        permission = Permission.GIVE_ORDERS
        return [
            guarded("/shift", self.show, permission, name="shift"),
            *(
                guarded(f"/shift/{name}", self._doing(act), permission, methods=("POST",))
                for name, act in acts.items()
            ),
            guarded("/shift/put-off", self.put_off, permission, methods=("POST",)),
        ]

    async def show(self, request: Request) -> Response:
        return self._page(request, "")

    async def put_off(self, request: Request) -> Response:
        """Let the reminder to rotate be silent for a while."""
        officer: Officer = request.state.officer
        words = Words(language_of(request))
        try:
            await self._note(officer, AuditAct.ROTATION_PUT_OFF)
            await self._shifts.put_off(officer.officer_id)
        except ShiftRefused as error:
            return JSONResponse({"text": words(f"hall.refused.{error.refusal}")}, 409)
        return JSONResponse({"text": words("hall.result.carried_out")})

    def _doing(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                await act(request, request.state.officer)
            except ShiftRefused as error:
                return self._page(request, error.refusal)
            return RedirectResponse("/", 303)

        return answer

    async def _begin(self, request: Request, officer: Officer) -> None:
        gates = tuple(str(gate) for gate in request.state.form.all("gate"))
        known = {lane.gate_id for lane in self._hall.lanes(officer)}
        if not set(gates) <= known:
            raise ShiftRefused(Refusal.NO_LANES)
        await self._note(officer, AuditAct.SHIFT_BEGUN, " ".join(gates))
        await self._shifts.begin(officer, gates)

    async def _offer(self, request: Request, officer: Officer) -> None:
        to, note = request.state.form.text("to"), request.state.form.text("note")
        if to not in dict(self._colleagues(officer)):
            raise ShiftRefused(Refusal.NO_OFFICER)
        await self._note(officer, AuditAct.SHIFT_OFFERED, to)
        still_open = [f"{lane.gate_id} {key}" for lane, key in self._open(officer)]
        await self._shifts.offer(officer.officer_id, to, note, still_open)

    async def _take_back(self, _: Request, officer: Officer) -> None:
        await self._note(officer, AuditAct.SHIFT_TAKEN_BACK)
        await self._shifts.take_back(officer.officer_id)

    async def _accept(self, request: Request, officer: Officer) -> None:
        given = request.state.form.text("hand_over_id")
        if not (given.isascii() and given.isdecimal()):
            raise ShiftRefused(Refusal.GONE)
        await self._note(officer, AuditAct.SHIFT_ACCEPTED, given)
        await self._shifts.accept(officer, int(given))

    async def _end(self, _: Request, officer: Officer) -> None:
        await self._note(officer, AuditAct.SHIFT_ENDED)
        await self._shifts.end(officer.officer_id)

    async def _note(self, officer: Officer, act: AuditAct, detail: str = "") -> None:
        officer_id = officer.officer_id
        await asyncio.to_thread(self._console.audit.note, officer_id, act, officer_id, detail)

    def _page(self, request: Request, refusal: str) -> Response:
        officer: Officer = request.state.officer
        words, shift = Words(language_of(request)), self._shifts.of(officer.officer_id)
        offers = self._shifts.offered_to(officer.officer_id)
        return self._console.pages.render(
            request,
            "hall/shift.html",
            status_code=409 if refusal else 200,
            refusal=refusal,
            shift=shift,
            offered=self._shifts.offered_by(officer.officer_id),
            offers=[_offer(each, words) for each in offers],
            lanes=self._lanes(officer),
            most_lanes=self._shifts.most_lanes,
            colleagues=self._colleagues(officer),
            still_open=[(lane.gate_id, words(key)) for lane, key in self._open(officer)],
            left_alone=self._left_alone(officer),
            false_alarms=[
                each for each in self._shifts.false_alarms() if officer.has_lane(each.gate_id)
            ],
        )

    def _lanes(self, officer: Officer) -> Sequence[dict[str, Any]]:
        lanes = self._hall.lanes(officer)
        watched = {lane.gate_id: self._shifts.officers_of(lane.gate_id) for lane in lanes}
        free = [gate_id for gate_id, officers in watched.items() if not officers]
        chosen = set(free[: self._shifts.most_lanes])
        return [
            {"gate_id": gate_id, "officers": officers, "chosen": gate_id in chosen}
            for gate_id, officers in watched.items()
        ]

    def _colleagues(self, officer: Officer) -> list[tuple[str, str]]:
        """Return id and name of who could take the lanes over."""
        accounts = (each for each in self._console.access.accounts.all() if not each.disabled_at)
        others = (each.officer for each in accounts if each.officer.may(Permission.GIVE_ORDERS))
        return [
            (each.officer_id, each.name) for each in others if each.officer_id != officer.officer_id
        ]

    def _open(self, officer: Officer) -> list[tuple[Lane, str]]:
        """Return what is open in the officer's lanes, each with the key of its words."""
        shift = self._shifts.of(officer.officer_id)
        lanes = {lane.gate_id: lane for lane in self._hall.lanes(officer)}
        mine = [lanes[gate_id] for gate_id in (shift.gates if shift else ()) if gate_id in lanes]
        alarms = in_order([alarm for lane in mine if (alarm := alarm_of(lane))])
        found = [(lanes[alarm.gate_id], f"hall.alarm.{alarm.kind}") for alarm in alarms]
        ordered = [lane for lane in mine if lane.status and lane.status.mode in _CLOSED]
        return found + [(lane, f"hall.mode.{lane.status.mode}") for lane in ordered if lane.status]

    def _left_alone(self, officer: Officer) -> list[str]:
        shift = self._shifts.of(officer.officer_id)
        gates = shift.gates if shift else ()
        return [gate for gate in gates if self._shifts.officers_of(gate) == (officer.officer_id,)]


def _offer(offered: HandOver, words: Words) -> dict[str, Any]:
    things = [each.partition(" ") for each in offered.open]
    return {
        "officer_id": offered.officer_id,
        "hand_over_id": offered.hand_over_id,
        "gates": offered.gates,
        "note": offered.note,
        "open_things": [(gate, words.known(key, key)) for gate, _, key in things],
    }
