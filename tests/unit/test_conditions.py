"""What readings of disk, clock, consoles and beams mean."""

import pytest

from egate.domain.conditions import (
    BrokenBeams,
    ClockReading,
    ClockTrust,
    ConditionLimits,
    of_attendance,
    of_beams,
    of_clock,
    of_disk,
    of_readers,
    watched,
)
from egate.domain.session.flow import Condition
from egate.domain.time import Instant, UtcSeconds

LIMITS = ConditionLimits()
NOBODY = BrokenBeams()
DRIFTING, WRONG = {Condition.CLOCK_DRIFTING}, {Condition.CLOCK_WRONG}


@pytest.mark.parametrize(
    ("used", "found"),
    [
        (0.0, set()),
        (0.799, set()),
        (0.8, {Condition.DISK_FILLING}),
        (0.949, {Condition.DISK_FILLING}),
        (0.95, {Condition.DISK_FULL}),
        (1.0, {Condition.DISK_FULL}),
    ],
)
def test_a_disk_fills(used: float, found: set[Condition]) -> None:
    assert of_disk(used, frozenset(), LIMITS) == found


def test_a_disk_at_its_limit_does_not_shut_and_open_the_lane_by_turns() -> None:
    full, filling = frozenset({Condition.DISK_FULL}), frozenset({Condition.DISK_FILLING})
    assert of_disk(0.945, full, LIMITS) == full
    assert of_disk(0.939, full, LIMITS) == filling
    assert of_disk(0.795, filling, LIMITS) == filling
    assert of_disk(0.789, filling, LIMITS) == set()


def reading(monotonic: float, utc: float, error: float | None = None) -> ClockReading:
    return ClockReading(Instant(monotonic), UtcSeconds(utc), error)


@pytest.mark.parametrize(
    ("error", "found"), [(0.1, set()), (5.0, set()), (5.1, DRIFTING), (60.0, DRIFTING), (61, WRONG)]
)
def test_a_time_service_tells_its_error(error: float, found: set[Condition]) -> None:
    assert of_clock(ClockTrust(), reading(1, 1_000, error), LIMITS)[1] == found


def test_a_clock_that_nothing_keeps_in_step_is_a_warning() -> None:
    trust, found = of_clock(ClockTrust(), reading(1, 1_000), LIMITS)
    assert found == DRIFTING
    assert of_clock(trust, reading(90_001, 91_004), LIMITS)[1] == DRIFTING


@pytest.mark.parametrize("jump", [-61.0, 61.0])
def test_a_jump_stops_the_lane_until_the_clock_jumps_back(jump: float) -> None:
    trust, _ = of_clock(ClockTrust(), reading(1, 1_000, 0.1), LIMITS)
    trust, found = of_clock(trust, reading(2, 1_001 + jump), LIMITS)
    assert found == WRONG
    trust, found = of_clock(trust, reading(3, 1_002 + jump), LIMITS)
    assert found == WRONG
    assert of_clock(trust, reading(4, 1_003), LIMITS)[1] == DRIFTING


def test_a_time_service_in_step_is_believed_over_the_jump_that_it_made() -> None:
    trust, found = of_clock(ClockTrust(), reading(1, 1_000), LIMITS)
    trust, found = of_clock(trust, reading(2, 5_001, 0.2), LIMITS)
    assert found == set()
    assert of_clock(trust, reading(3, 5_002), LIMITS)[1] == DRIFTING


def test_a_clock_without_battery_begins_before_what_is_written_down() -> None:
    trust = ClockTrust(not_before=UtcSeconds(1_000_000))
    begun, found = of_clock(trust, reading(1, 0), LIMITS)
    assert found == WRONG
    assert of_clock(begun, reading(2, 1_000_100, 0.1), LIMITS)[1] == set()
    assert of_clock(trust, reading(1, 999_970), LIMITS)[1] == DRIFTING


def test_somebody_watches_the_lane_or_did_a_moment_ago() -> None:
    nobody = {Condition.NO_OFFICER}
    assert of_attendance(0, None, Instant(0)) == nobody
    assert of_attendance(1, None, Instant(0)) == set()
    assert of_attendance(2, Instant(0), Instant(100)) == set()
    assert of_attendance(0, Instant(0), Instant(9.9)) == set()
    assert of_attendance(0, Instant(0), Instant(10)) == nobody


def test_beams_are_broken_since_they_were_first() -> None:
    beams = watched(NOBODY, (True, False, False), Instant(1))
    beams = watched(beams, (True, True, False), Instant(2))
    assert beams == BrokenBeams((Instant(1), Instant(2), None))
    assert watched(beams, (False, True, True), Instant(3)).since == (None, 2, 3)


def test_an_item_is_what_stays_while_nobody_is_served() -> None:
    beams = watched(NOBODY, (False, True, False), Instant(10))
    left = {Condition.ITEM_LEFT}
    assert of_beams(beams, None, Instant(100), LIMITS) == set()
    assert of_beams(beams, Instant(50), Instant(69.9), LIMITS) == set()
    assert of_beams(beams, Instant(50), Instant(70), LIMITS) == left
    assert of_beams(beams, Instant(0), Instant(30), LIMITS) == left
    assert of_beams(beams, Instant(0), Instant(29), LIMITS) == set()
    assert of_beams(NOBODY, Instant(0), Instant(1000), LIMITS) == set()


def test_whoever_stands_behind_the_exit_blocks_it_whoever_is_served() -> None:
    beams = watched(NOBODY, (False, False, True), Instant(10))
    blocked = {Condition.WAY_OUT_BLOCKED}
    assert of_beams(beams, None, Instant(14.9), LIMITS) == set()
    assert of_beams(beams, None, Instant(15), LIMITS) == blocked
    assert of_beams(beams, Instant(0), Instant(100), LIMITS) == blocked


def test_a_document_is_left_when_its_traveller_was_served() -> None:
    left = {Condition.DOCUMENT_LEFT}
    assert of_readers(None, Instant(0), Instant(100), LIMITS) == set()
    assert of_readers(Instant(0), None, Instant(100), LIMITS) == set()
    assert of_readers(Instant(0), Instant(50), Instant(52.9), LIMITS) == set()
    assert of_readers(Instant(0), Instant(50), Instant(53), LIMITS) == left
    assert of_readers(Instant(60), Instant(50), Instant(62), LIMITS) == set()
    assert of_readers(Instant(60), Instant(50), Instant(63), LIMITS) == left
