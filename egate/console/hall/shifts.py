"""Officers' shifts: who watches which lane, since when, and what they tell one another."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from egate.console.access.officer import Officer
from egate.console.hall.alarms import Alarm
from egate.console.hall.shift import FalseAlarm, HandOver, Note, Shift
from egate.console.hall.shift_book import ShiftBook
from egate.domain.time import UtcSeconds

MAX_NOTE_LENGTH: Final = 500
_MOST_NOTES: Final = 20
"""Of one lane."""
_REST_SECONDS: Final = 300.0
"""Whoever does not look for so long has rested."""
_PUT_OFF_SECONDS: Final = 300.0
"""How long a reminder can be put off at a time."""
_SHOWN_SECONDS: Final = 24 * 3600.0


class Refusal(StrEnum):
    """Why an act of a shift was not done; the value is the key of its words."""

    NO_LANES = "no_lanes"
    TOO_MANY_LANES = "too_many_lanes"
    ALREADY = "already"
    NO_SHIFT = "no_shift"
    NO_OFFICER = "no_officer"
    GONE = "gone"
    TOO_LONG = "too_long"
    TOO_MANY_NOTES = "too_many_notes"


class ShiftRefused(Exception):
    """The act was not done."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class Shifts:
    """The shifts of one console; the book is read once and written before anything changes.

    Args:
        book: keeps everything.
        most_lanes: that one officer watches.
        rotation_seconds: of watching without a rest, after which another officer should.
        now: the wall clock.
        on_change: told of every change.

    """

    def __init__(
        self,
        book: ShiftBook,
        most_lanes: int,
        rotation_seconds: float,
        now: Callable[[], UtcSeconds],
        on_change: Callable[[], None],
    ) -> None:
        self._book = book
        self.most_lanes = most_lanes
        self._rotation_seconds = rotation_seconds
        self._now = now
        self._on_change = on_change
        self._writing = asyncio.Lock()
        self._read()

    def of(self, officer_id: str) -> Shift | None:
        """Return the shift of an officer, None when none goes on."""
        return self._shifts.get(officer_id)

    def officers_of(self, gate_id: str) -> tuple[str, ...]:
        """Return who watches a lane."""
        return tuple(each.officer_id for each in self._shifts.values() if gate_id in each.gates)

    def offered_to(self, officer_id: str) -> tuple[HandOver, ...]:
        return tuple(each for each in self._hand_overs if each.to_officer_id == officer_id)

    def offered_by(self, officer_id: str) -> HandOver | None:
        return next((each for each in self._hand_overs if each.officer_id == officer_id), None)

    def notes(self, gate_id: str) -> tuple[Note, ...]:
        """Return the notes on a lane that are not done with, the newest first."""
        return tuple(each for each in self._notes if each.gate_id == gate_id)

    def false_alarms(self) -> Sequence[FalseAlarm]:
        """Return what officers called false within the last day, the newest first."""
        return self._false_alarms

    def false_alarm(self, alarm: Alarm) -> FalseAlarm | None:
        """Return who called ``alarm`` false, None if nobody did."""
        return next((each for each in self._false_alarms if _key(each) == alarm.key), None)

    def watched_too_long(self, officer_id: str) -> float | None:
        """Return for how many seconds an officer has watched, if another should by now.

        None also for a while after the officer put the reminder off.
        """
        shift, now = self.of(officer_id), self._now()
        if shift is None or now - shift.reminded_at < _PUT_OFF_SECONDS:
            return None
        watched = now - shift.watched_since
        return watched if watched >= self._rotation_seconds else None

    async def begin(self, officer: Officer, gates: Sequence[str]) -> Shift:
        """Begin a shift of ``officer`` over ``gates``, or give the shift other lanes.

        Raises:
            ShiftRefused: no lane, too many, or a shift goes on.

        """
        async with self._writing:
            if self.of(officer.officer_id):
                raise ShiftRefused(Refusal.ALREADY)
            self._check_lanes(gates)
            await self._write(self._book.begin, officer.officer_id, gates, self._now())
            return self._shifts[officer.officer_id]

    async def end(self, officer_id: str) -> None:
        """End an officer's shift, and take back what it offers.

        Raises:
            ShiftRefused: there is none.

        """
        async with self._writing:
            await self._write(self._book.end, self._going_on(officer_id), self._now())

    async def offer(
        self, officer_id: str, to_officer_id: str, note: str, still_open: Sequence[str]
    ) -> None:
        """Offer a shift to another officer, who has to accept; until then it goes on.

        Args:
            officer_id: who hands over.
            to_officer_id: to whom.
            note: what the other one should know.
            still_open: ``GATE KIND`` of each alarm there is.

        Raises:
            ShiftRefused: there is no shift, it is offered already, or the note is too long.

        """
        async with self._writing:
            shift = self._going_on(officer_id)
            if self.offered_by(officer_id):
                raise ShiftRefused(Refusal.ALREADY)
            if to_officer_id == officer_id:
                raise ShiftRefused(Refusal.NO_OFFICER)
            text = _written(note)
            await self._write(self._book.offer, shift, to_officer_id, text, still_open, self._now())

    async def take_back(self, officer_id: str) -> None:
        """Take back what an officer offers.

        Raises:
            ShiftRefused: nothing is offered, or it was accepted meanwhile.

        """
        async with self._writing:
            offered = self.offered_by(officer_id)
            if offered is None:
                raise ShiftRefused(Refusal.GONE)
            await self._write(self._book.take_back, offered, self._now())

    async def accept(self, officer: Officer, hand_over_id: int) -> HandOver:
        """End the shift that is offered to ``officer``, who has its lanes from now on.

        Raises:
            ShiftRefused: it is not offered any more, the lanes become too many, or one of
                them is none of the officer's.

        """
        async with self._writing:
            offers = self.offered_to(officer.officer_id)
            offered = next((each for each in offers if each.hand_over_id == hand_over_id), None)
            if offered is None:
                raise ShiftRefused(Refusal.GONE)
            if not all(map(officer.has_lane, offered.gates)):
                raise ShiftRefused(Refusal.NO_LANES)
            own = self.of(officer.officer_id)
            gates = tuple(dict.fromkeys((*(own.gates if own else ()), *offered.gates)))
            self._check_lanes(gates)
            await self._write(self._book.accept, offered, gates, self._now())
            return offered

    async def put_off(self, officer_id: str) -> None:
        """Let the reminder to rotate be silent for a while; it comes again.

        Raises:
            ShiftRefused: no shift goes on.

        """
        async with self._writing:
            shift = self._going_on(officer_id)
            await self._write(self._book.keep_watching, replace(shift, reminded_at=self._now()))

    async def seen(self, officer_id: str, *, comes: bool) -> None:
        """Note that an officer has the lanes in view, or has had them until now.

        Args:
            officer_id: who.
            comes: the officer looks from now on; a long absence was a rest.

        """
        async with self._writing:
            shift, now = self.of(officer_id), self._now()
            if shift is None:
                return
            rested = comes and now - shift.seen_at >= _REST_SECONDS
            since = now if rested else shift.watched_since
            seen = replace(shift, seen_at=now, watched_since=since)
            await self._write(self._book.keep_watching, seen)

    async def write_note(self, gate_id: str, officer_id: str, text: str) -> None:
        """Keep a note on a lane.

        Raises:
            ShiftRefused: it is empty or too long, or the lane has too many.

        """
        async with self._writing:
            if len(self.notes(gate_id)) >= _MOST_NOTES:
                raise ShiftRefused(Refusal.TOO_MANY_NOTES)
            written = _written(text)
            if not written:
                raise ShiftRefused(Refusal.TOO_LONG)
            await self._write(self._book.write_note, gate_id, officer_id, written, self._now())

    async def be_done(self, gate_id: str, note_id: int, officer_id: str) -> None:
        """Take a note away from its lane.

        Raises:
            ShiftRefused: the lane has no such note.

        """
        async with self._writing:
            if note_id not in {each.note_id for each in self.notes(gate_id)}:
                raise ShiftRefused(Refusal.GONE)
            await self._write(self._book.be_done, note_id, officer_id, self._now())

    async def call_false(self, alarm: Alarm, officer_id: str) -> None:
        """Keep that an officer looked at ``alarm``, and there was nothing."""
        async with self._writing:
            gate_id, kind, crossing_id, since = alarm.key
            noted = FalseAlarm(gate_id, kind, crossing_id, since, officer_id, self._now())
            await self._write(self._book.note_false_alarm, noted)

    def _check_lanes(self, gates: Sequence[str]) -> None:
        if not gates:
            raise ShiftRefused(Refusal.NO_LANES)
        if len(set(gates)) > self.most_lanes:
            raise ShiftRefused(Refusal.TOO_MANY_LANES)

    def _going_on(self, officer_id: str) -> Shift:
        if (shift := self.of(officer_id)) is None:
            raise ShiftRefused(Refusal.NO_SHIFT)
        return shift

    async def _write(self, write: Callable[..., None], *values: object) -> None:
        await asyncio.to_thread(write, *values)
        await asyncio.to_thread(self._read)
        self._on_change()

    def _read(self) -> None:
        self._shifts = {each.officer_id: each for each in self._book.shifts()}
        self._hand_overs = self._book.hand_overs()
        self._notes = self._book.notes()
        self._false_alarms = self._book.false_alarms(UtcSeconds(self._now() - _SHOWN_SECONDS))


def _written(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > MAX_NOTE_LENGTH or not text.isprintable():
        raise ShiftRefused(Refusal.TOO_LONG)
    return text


def _key(noted: FalseAlarm) -> tuple[str, str, str, int]:
    return noted.gate_id, noted.kind, noted.crossing_id, noted.since
