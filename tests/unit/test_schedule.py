"""A lane that serves arrivals in the morning rush and departures at night."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.record import Direction
from egate.domain.schedule import Shift, direction_at
from egate.domain.time import UtcSeconds

DHAKA = 360
MORNING = Shift(6 * 60, Direction.ENTRY)
EVENING = Shift(18 * 60 + 30, Direction.EXIT)


def at(clock: str) -> UtcSeconds:
    """Return a moment of some day in UTC."""
    hours, minutes = clock.split(":")
    return UtcSeconds(20_000 * 86_400 + int(hours) * 3600 + int(minutes) * 60)


def test_without_shifts_a_lane_serves_its_usual_direction() -> None:
    assert direction_at(Direction.EXIT, (), at("12:00"), DHAKA) is Direction.EXIT


@pytest.mark.parametrize(
    ("utc", "direction"),
    [
        ("00:00", Direction.ENTRY),  # 06:00 in Dhaka: the shift begins
        ("12:29", Direction.ENTRY),
        ("12:30", Direction.EXIT),  # 18:30
        ("20:00", Direction.EXIT),  # 02:00 of the next day: the last shift goes on
        ("23:59", Direction.EXIT),
    ],
)
def test_a_shift_begins_by_the_clock_of_the_place(utc: str, direction: Direction) -> None:
    for shifts in ((MORNING, EVENING), (EVENING, MORNING)):
        assert direction_at(Direction.ENTRY, shifts, at(utc), DHAKA) is direction


@given(
    minutes=st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=6, unique=True),
    now=st.integers(0, 2_000_000_000),
    offset=st.integers(-720, 840),
)
def test_the_direction_changes_only_when_a_shift_begins(
    minutes: list[int], now: int, offset: int
) -> None:
    ways = (Direction.ENTRY, Direction.EXIT)
    shifts = [Shift(minute, ways[index % 2]) for index, minute in enumerate(sorted(minutes))]

    def direction(moment: int) -> Direction:
        return direction_at(Direction.ENTRY, shifts, UtcSeconds(moment), offset)

    local = ((now + 60) // 60 + offset) % (24 * 60)
    if direction(now) is not direction(now + 60):
        assert local in minutes
