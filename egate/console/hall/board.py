"""Draws the board of one officer, part by part, and each part only when it changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request

from egate.console.access.officer import Officer, Permission
from egate.console.context import Console
from egate.console.hall.alarms import Alarm, alarm_of, in_order
from egate.console.hall.cards import Beside, Reason, alarm_words, card
from egate.console.hall.live import Lane
from egate.console.hall.orders import may_order
from egate.console.hall.shift import FalseAlarm
from egate.console.language import language_of
from egate.console.words import Words
from egate.domain.time import UtcSeconds
from egate.ports.supervision import OfficerOrder

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One line of what needs somebody."""

    alarm: Alarm
    says: Reason
    has_case: bool
    called_false: FalseAlarm | None


class Board:
    """One officer's board as one browser has it.

    Args:
        console: whose hall.
        request: of the browser.

    """

    def __init__(self, console: Console, request: Request) -> None:
        self._console = console
        self._request = request
        self._officer: Officer = request.state.officer
        self._words = Words(language_of(request))
        self._may = frozenset(each for each in OfficerOrder if may_order(self._officer, each))
        self._drawn: dict[str, tuple[object, str]] = {}

    def lanes(self) -> tuple[Lane, ...]:
        """Return the lanes of the officer's shift, all that the officer may see without one."""
        shift = self._console.shifts.of(self._officer.officer_id)
        lanes = self._console.hall.lanes(self._officer)
        if shift is None:
            return lanes
        return tuple(lane for lane in lanes if lane.gate_id in shift.gates)

    def changes(self) -> Mapping[str, str]:
        """Return every part that is not as this browser has it: its name to its HTML."""
        before = dict(self._drawn)
        self._draw_all(self.lanes())
        return self._new_since(before)

    def _draw_all(self, lanes: tuple[Lane, ...]) -> None:
        self._draw("shift", "hall/shift_bar.html", self._shift())
        self._draw(
            "alarms",
            "hall/alarms.html",
            {
                "lines": self._lines(lanes),
                "may_call_false": self._officer.may(Permission.GIVE_ORDERS),
                "may_decide": self._officer.may(Permission.DECIDE),
            },
        )
        self._draw_to_check()
        for lane in lanes:
            shifts = self._console.shifts
            attending = self._console.attendance.attending(lane.gate_id)
            watchers = tuple((each, each in attending) for each in shifts.officers_of(lane.gate_id))
            shown = card(lane, Beside(shifts.notes(lane.gate_id), watchers), self._words)
            values = {"lane": shown, "may": self._may}
            values["may_decide"] = self._officer.may(Permission.DECIDE)
            self._draw(f"row {lane.gate_id}", "hall/row.html", values)
            self._draw(f"panel {lane.gate_id}", "hall/panel.html", values)

    def alarm_lines(self) -> tuple[AlarmLine, ...]:
        """Return what needs somebody, the most urgent first."""
        return self._lines(self.lanes())

    def beside(self) -> Mapping[str, str]:
        """Return what other pages say of the alarms and of proposals, as ``changes`` does."""
        before = dict(self._drawn)
        self._draw("strip", "hall/strip.html", {"lines": self.alarm_lines()})
        self._draw_to_check()
        return self._new_since(before)

    def _draw_to_check(self) -> None:
        for path, count in self._console.to_check.of(self._officer).items():
            values = {"path": path, "count": count}
            self._draw(f"check {path}", "supervision/to_check.html", values)

    def _new_since(self, before: Mapping[str, tuple[object, str]]) -> Mapping[str, str]:
        nothing = (None, "")
        return {
            name: html
            for name, (_, html) in self._drawn.items()
            if before.get(name, nothing)[1] != html
        }

    def _lines(self, lanes: tuple[Lane, ...]) -> tuple[AlarmLine, ...]:
        lines = tuple(self._line(each, lane) for lane in lanes if (each := alarm_of(lane)))
        by_gate = {line.alarm.gate_id: line for line in lines}
        return tuple(by_gate[alarm.gate_id] for alarm in in_order([line.alarm for line in lines]))

    def _line(self, alarm: Alarm, lane: Lane) -> AlarmLine:
        says = alarm_words(alarm, lane, self._words)
        called_false = self._console.shifts.false_alarm(alarm)
        shown = card(lane, Beside(), self._words)
        return AlarmLine(alarm, says, shown.has_case, called_false)

    def _shift(self) -> Mapping[str, Any]:
        shifts, officer_id = self._console.shifts, self._officer.officer_id
        watched = shifts.watched_too_long(officer_id)
        return {
            "shift": shifts.of(officer_id),
            "may_begin": self._officer.may(Permission.GIVE_ORDERS),
            "watched_minutes": None if watched is None else int(watched // _MINUTE),
            "offered": shifts.offered_by(officer_id),
            "offers": shifts.offered_to(officer_id),
        }

    def _draw(self, part: str, template: str, values: Mapping[str, Any]) -> None:
        known = self._drawn.get(part)
        if known is None or known[0] != values:
            html = self._console.pages.part(self._request, template, **values)
            self._drawn[part] = (values, html)

    def as_page(self) -> Mapping[str, Any]:
        """Return what the whole page is made of."""
        lanes = self.lanes()
        parts = self.changes()
        return {
            "shift_bar": parts["shift"],
            "alarms": parts["alarms"],
            "rows": [parts[f"row {lane.gate_id}"] for lane in lanes],
            "panels": [parts[f"panel {lane.gate_id}"] for lane in lanes],
            "now": self.now(),
        }

    def order(self) -> list[str]:
        """Return the lanes' ids as they stand on the board."""
        return [lane.gate_id for lane in self.lanes()]

    def now(self) -> UtcSeconds:
        return self._console.now()
