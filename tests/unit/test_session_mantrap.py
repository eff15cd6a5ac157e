"""Who stands where in a two-step lane, told by beams and switches."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.session.mantrap import (
    FOUND_AFTER_SECONDS,
    LEFT_AFTER_SECONDS,
    LEFT_AFTER_STEPPING_SECONDS,
    UNWATCHED_SECONDS,
    MantrapPresence,
    MantrapView,
    look,
    taken_care_of,
    with_waiting,
)
from egate.domain.session.presence import Sighting
from egate.domain.time import Instant

NOBODY = MantrapPresence(unsettled=False)
EMPTY = MantrapView()
AT_READER = MantrapView(reader=True)
OPEN = MantrapView(reader=True, entry_open=True)
STEPPING = MantrapView(entry_open=True)
INSIDE_OPEN = MantrapView(inside=True, entry_open=True)
INSIDE = MantrapView(inside=True)
EXIT_OPEN = MantrapView(inside=True, exit_open=True)
LEAVING = MantrapView(behind=True, exit_open=True)
OUT = MantrapView(exit_open=True)

TO_INSIDE = (AT_READER, OPEN, STEPPING, INSIDE_OPEN, INSIDE)


def seen(
    *views: MantrapView, presence: MantrapPresence = NOBODY, seconds: float = 0.1
) -> tuple[MantrapPresence, list[Sighting]]:
    """Look at each view for so many seconds, as often as a gate does."""
    sightings: list[Sighting] = []
    at = presence.seen_at or Instant(0.0)
    for view in views:
        end = Instant(at + seconds)
        while at < end:
            at = min(Instant(at + 0.25), end)
            presence, found = look(presence, view, at)
            sightings += found
    return presence, sightings


def test_a_traveller_enters_steps_in_is_enclosed_and_passes() -> None:
    presence, found = seen(*TO_INSIDE, EXIT_OPEN, OUT, LEAVING, OUT, EMPTY)
    assert found == [Sighting.ENTERED, Sighting.STEPPED_IN, Sighting.ENCLOSED, Sighting.PASSED]
    assert not presence.served


def test_who_walks_away_from_the_reader_has_left_after_a_moment() -> None:
    presence, found = seen(AT_READER, EMPTY, AT_READER, EMPTY)
    assert found == [Sighting.ENTERED]  # shifting from one foot to the other
    _, found = seen(EMPTY, presence=presence, seconds=0.5 + LEFT_AFTER_SECONDS)
    assert found == [Sighting.LEFT]


def test_the_step_through_the_entry_takes_longer_than_a_moment() -> None:
    presence, _ = seen(AT_READER, OPEN, STEPPING)
    assert seen(STEPPING, presence=presence, seconds=LEFT_AFTER_STEPPING_SECONDS - 0.2)[1] == []
    _, found = seen(STEPPING, presence=presence, seconds=0.5 + LEFT_AFTER_STEPPING_SECONDS)
    assert found == [Sighting.LEFT]


@pytest.mark.parametrize(
    "views",
    [
        (AT_READER, OPEN, STEPPING, INSIDE_OPEN, replace(INSIDE_OPEN, reader=True)),
        (AT_READER, OPEN, replace(INSIDE_OPEN, reader=True)),
    ],
)
def test_somebody_who_follows_is_a_second_person(views: Sequence[MantrapView]) -> None:
    _, found = seen(*views)
    assert found[-1] is Sighting.SECOND_PERSON
    assert Sighting.ENCLOSED not in found


def test_somebody_who_waits_outside_the_closed_entry_is_nobody_s_business() -> None:
    presence, found = seen(*TO_INSIDE, replace(INSIDE, reader=True), INSIDE)
    assert found[-1] is Sighting.ENCLOSED
    assert presence.inside


def test_something_that_stays_between_the_barriers_is_told() -> None:
    both = replace(LEAVING, inside=True)
    _, found = seen(*TO_INSIDE, EXIT_OPEN, OUT, LEAVING, both, EXIT_OPEN)
    assert found[-1] is Sighting.PASSED_AND_LEFT_BEHIND


def test_that_what_stayed_was_fetched_is_told() -> None:
    both = replace(LEAVING, inside=True)
    presence, _ = seen(*TO_INSIDE, EXIT_OPEN, OUT, LEAVING, both, EXIT_OPEN)
    fetched = replace(EMPTY, entry_open=True)
    presence, _ = seen(fetched, presence=presence)
    _, found = seen(fetched, presence=presence, seconds=0.5 + LEFT_AFTER_SECONDS)
    assert found == [Sighting.LEFT]


def test_somebody_from_behind_while_the_traveller_has_not_moved() -> None:
    _, found = seen(*TO_INSIDE, EXIT_OPEN, replace(EXIT_OPEN, behind=True))
    assert found[-1] is Sighting.WRONG_WAY


def test_people_behind_a_closed_exit_mean_nothing() -> None:
    _, found = seen(*TO_INSIDE, replace(INSIDE, behind=True), INSIDE)
    assert found[-1] is Sighting.ENCLOSED


def test_an_unknown_lane_is_taken_as_occupied_until_it_is_seen_empty() -> None:
    presence, found = seen(INSIDE_OPEN, STEPPING, presence=MantrapPresence())
    assert found == []
    _, found = seen(STEPPING, presence=presence, seconds=0.5 + LEFT_AFTER_SECONDS)
    assert found == [Sighting.LEFT]


def test_after_an_officer_the_lane_starts_afresh() -> None:
    presence, _ = seen(*TO_INSIDE)
    _, found = seen(EMPTY, AT_READER, presence=taken_care_of(presence))
    assert found == [Sighting.ENTERED]


def test_an_officer_s_reset_lets_the_gate_know_when_nobody_is_left_inside() -> None:
    presence, _ = seen(*TO_INSIDE)
    presence, found = seen(INSIDE_OPEN, STEPPING, presence=taken_care_of(presence))
    assert found == []
    presence, found = seen(STEPPING, presence=presence, seconds=0.5 + LEFT_AFTER_SECONDS)
    assert found == [Sighting.LEFT]
    assert seen(STEPPING, presence=presence, seconds=9.0)[1] == []


def test_a_traveller_who_came_before_anybody_watched_is_served_to_the_end() -> None:
    _, found = seen(*TO_INSIDE, presence=MantrapPresence())
    assert found == [Sighting.ENTERED, Sighting.STEPPED_IN, Sighting.ENCLOSED]


def test_somebody_who_waits_is_served_to_the_end_when_the_lane_is_ready() -> None:
    waiting = with_waiting(replace(NOBODY, seen=AT_READER))
    assert seen(*TO_INSIDE, presence=waiting)[1] == [Sighting.STEPPED_IN, Sighting.ENCLOSED]


views = st.builds(MantrapView, *(st.booleans() for _ in range(5)))


@given(st.lists(st.tuples(views, st.floats(0, 2))))
def test_laws_of_every_history(history: list[tuple[MantrapView, float]]) -> None:
    presence, at = NOBODY, 0.0
    entered = False
    for view, seconds in history:
        at += seconds
        before = presence
        presence, found = look(presence, view, Instant(at))
        assert len(found) <= 1
        for sighting in found:
            assert entered or sighting is Sighting.ENTERED
            entered = presence.served
            if sighting in {Sighting.PASSED, Sighting.PASSED_AND_LEFT_BEHIND}:
                assert before.inside
                assert view.exit_open
            if sighting is Sighting.ENCLOSED:
                assert not view.entry_open


def test_what_nobody_watched_tells_of_nobody_who_left() -> None:
    presence, _ = seen(AT_READER, EMPTY)
    at = Instant(9.0 + UNWATCHED_SECONDS)
    presence, found = look(presence, EMPTY, at)  # the line was slow: who knows what was between
    assert found == ()
    _, found = look(presence, EMPTY, Instant(at + LEFT_AFTER_SECONDS))
    assert found == (Sighting.LEFT,)


def test_somebody_between_closed_barriers_whom_nobody_serves_is_found_until_let_out() -> None:
    presence, found = seen(INSIDE, seconds=FOUND_AFTER_SECONDS - 0.1)
    assert found == []
    presence, found = seen(INSIDE, presence=presence, seconds=2 * FOUND_AFTER_SECONDS)
    assert found == [Sighting.FOUND_INSIDE, Sighting.FOUND_INSIDE]
    assert seen(INSIDE_OPEN, presence=presence, seconds=9.0)[1] == []
    _, found = seen(EMPTY, presence=presence, seconds=LEFT_AFTER_SECONDS + 0.5)
    assert found == [Sighting.LEFT]


def test_a_traveller_who_is_served_is_not_found() -> None:
    presence, _ = seen(*TO_INSIDE)
    assert seen(INSIDE, presence=presence, seconds=60.0)[1] == []
