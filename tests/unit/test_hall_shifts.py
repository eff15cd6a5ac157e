"""Shifts: how many lanes, who has them, handing over, rotation; all of it over a restart."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from egate.console.access.officer import ConsoleRole, Officer
from egate.console.hall.alarms import Alarm, AlarmKind
from egate.console.hall.shift_book import ShiftBook
from egate.console.hall.shifts import Refusal, ShiftRefused, Shifts
from egate.console.language import Language
from egate.domain.time import UtcSeconds
from egate.durable_files.database import DatabaseUnusable

ALARM = Alarm("A", AlarmKind.TAILGATING, UtcSeconds(7.5), "0190a")


def officer(officer_id: str, *gates: str) -> Officer:
    return Officer(officer_id, "N", frozenset({ConsoleRole.OFFICER}), Language.ENGLISH, gates)


NOW = UtcSeconds(1_000_000.0)
ONE, TWO = officer("officer-1"), officer("officer-2")


@dataclass
class Hall:
    """The shifts of one console, which a test ends and begins again."""

    file: Path
    now: UtcSeconds = NOW
    changes: list[None] = field(default_factory=list)

    @contextmanager
    def open(self, most_lanes: int = 3) -> Iterator[Shifts]:
        book = ShiftBook.opened(self.file)
        try:
            yield Shifts(
                book, most_lanes, 3600.0, lambda: self.now, lambda: self.changes.append(None)
            )
        finally:
            book.close()

    def _changed(self) -> None:
        self.changes.append(None)

    def wait(self, seconds: float) -> None:
        self.now = UtcSeconds(self.now + seconds)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path / "shifts.sqlite")


@contextmanager
def refused(why: Refusal) -> Iterator[None]:
    with pytest.raises(ShiftRefused) as caught:
        yield
    assert caught.value.refusal is why


async def test_a_shift_is_kept_over_a_restart_and_ends_once(hall: Hall) -> None:
    with hall.open() as shifts:
        await shifts.begin(ONE, ["A", "B"])
        assert hall.changes
    with hall.open() as shifts:
        shift = shifts.of("officer-1")
        assert shift is not None
        assert (shift.gates, shift.begun_at) == (("A", "B"), hall.now)
        assert shifts.officers_of("A") == ("officer-1",)
        with refused(Refusal.ALREADY):
            await shifts.begin(ONE, ["C"])
        await shifts.end("officer-1")
        assert shifts.officers_of("A") == ()
        with refused(Refusal.NO_SHIFT):
            await shifts.end("officer-1")


async def test_nobody_watches_no_lane_or_too_many(hall: Hall) -> None:
    with hall.open(most_lanes=2) as shifts:
        with refused(Refusal.NO_LANES):
            await shifts.begin(ONE, [])
        with refused(Refusal.TOO_MANY_LANES):
            await shifts.begin(ONE, ["A", "B", "C"])
        assert shifts.of("officer-1") is None


async def test_lanes_are_handed_over_when_the_other_accepts_and_not_before(hall: Hall) -> None:
    with hall.open() as shifts:
        await shifts.begin(ONE, ["A", "B"])
        await shifts.begin(TWO, ["C"])
        await shifts.offer("officer-1", "officer-2", " mind \n lane A ", ["A hall.alarm.lost"])
        with refused(Refusal.ALREADY):
            await shifts.offer("officer-1", "officer-2", "", [])
    with hall.open() as shifts:
        (offered,) = shifts.offered_to("officer-2")
        assert (offered.note, offered.open) == ("mind lane A", ("A hall.alarm.lost",))
        assert shifts.officers_of("A") == ("officer-1",)
        with refused(Refusal.GONE):
            await shifts.accept(officer("officer-3"), offered.hand_over_id)
        await shifts.accept(TWO, offered.hand_over_id)
        shift = shifts.of("officer-2")
        assert shift is not None
        assert shift.gates == ("C", "A", "B")
        assert shifts.of("officer-1") is None
        with refused(Refusal.GONE):
            await shifts.accept(TWO, offered.hand_over_id)


async def test_what_would_be_too_much_is_not_accepted(hall: Hall) -> None:
    with hall.open() as shifts:
        await shifts.begin(ONE, ["A", "B"])
        await shifts.begin(TWO, ["C", "D"])
        await shifts.offer("officer-1", "officer-2", "", [])
        (offered,) = shifts.offered_to("officer-2")
        with refused(Refusal.TOO_MANY_LANES):
            await shifts.accept(TWO, offered.hand_over_id)
        with refused(Refusal.NO_LANES):
            await shifts.accept(officer("officer-2", "C", "D"), offered.hand_over_id)
        assert shifts.officers_of("A") == ("officer-1",)
        await shifts.take_back("officer-1")
        with refused(Refusal.GONE):
            await shifts.take_back("officer-1")
        assert shifts.offered_to("officer-2") == ()


async def test_nobody_hands_over_to_themselves_or_too_long_a_note(hall: Hall) -> None:
    with hall.open() as shifts:
        with refused(Refusal.NO_SHIFT):
            await shifts.offer("officer-1", "officer-2", "", [])
        await shifts.begin(ONE, ["A"])
        with refused(Refusal.NO_OFFICER):
            await shifts.offer("officer-1", "officer-1", "", [])
        with refused(Refusal.TOO_LONG):
            await shifts.offer("officer-1", "officer-2", "x" * 501, [])


async def test_a_reminder_comes_after_an_hour_and_again_after_it_was_put_off(hall: Hall) -> None:
    with hall.open() as shifts:
        await shifts.begin(ONE, ["A"])
        hall.wait(3599)
        assert shifts.watched_too_long("officer-1") is None
        hall.wait(1)
        assert shifts.watched_too_long("officer-1") == 3600
        await shifts.put_off("officer-1")
        hall.wait(299)
        assert shifts.watched_too_long("officer-1") is None
    with hall.open() as shifts:
        hall.wait(1)
        assert shifts.watched_too_long("officer-1") == 3900  # it cannot be put off for ever
        assert shifts.watched_too_long("officer-2") is None


@pytest.mark.parametrize(("away", "watched"), [(299, 3600), (300, None)])
async def test_whoever_looked_away_for_five_minutes_has_rested(
    hall: Hall, away: float, watched: float | None
) -> None:
    with hall.open() as shifts:
        await shifts.begin(ONE, ["A"])
        hall.wait(3600 - away)
        await shifts.seen("officer-1", comes=False)
        hall.wait(away)
        await shifts.seen("officer-1", comes=True)
        assert shifts.watched_too_long("officer-1") == watched


async def test_notes_stay_until_somebody_is_done_with_them(hall: Hall) -> None:
    with hall.open() as shifts:
        await shifts.write_note("A", "officer-1", "the door\tsqueaks")
        await shifts.write_note("B", "officer-1", "another lane")
    with hall.open() as shifts:
        (note,) = shifts.notes("A")
        assert (note.text, note.officer_id) == ("the door squeaks", "officer-1")
        with refused(Refusal.GONE):
            await shifts.be_done("B", note.note_id, "officer-2")
        await shifts.be_done("A", note.note_id, "officer-2")
        assert shifts.notes("A") == ()
        for text in ("", "   ", "x" * 501, "a\u202eb"):
            with refused(Refusal.TOO_LONG):
                await shifts.write_note("A", "officer-1", text)
        for _ in range(20):
            await shifts.write_note("A", "officer-1", "again")
        with refused(Refusal.TOO_MANY_NOTES):
            await shifts.write_note("A", "officer-1", "once more")


async def test_the_first_who_calls_an_alarm_false_is_remembered(hall: Hall) -> None:
    with hall.open() as shifts:
        await shifts.call_false(ALARM, "officer-1")
        await shifts.call_false(ALARM, "officer-2")
    with hall.open() as shifts:
        noted = shifts.false_alarm(ALARM)
        assert noted is not None
        assert noted.officer_id == "officer-1"
        assert shifts.false_alarm(Alarm("A", AlarmKind.TAILGATING, UtcSeconds(9.0))) is None
        assert len(shifts.false_alarms()) == 1


def _foreign(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)


@pytest.mark.parametrize("spoil", [_foreign, Path.mkdir])
def test_a_file_that_is_no_book_is_refused(hall: Hall, spoil: Callable[[Path], None]) -> None:
    spoil(hall.file)
    with pytest.raises(DatabaseUnusable, match=r"shifts\.sqlite"), hall.open():
        pass
