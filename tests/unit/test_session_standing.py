"""Who stands at a kiosk."""

from hypothesis import given
from hypothesis import strategies as st

from egate.domain.session.presence import Sighting
from egate.domain.session.standing import Standing, look, taken_care_of, with_waiting
from egate.domain.time import Instant


def seen(*readings: tuple[float, bool], before: Standing = Standing()) -> list[Sighting]:  # noqa: B008
    found = []
    for at, occupied in readings:
        before, sighting = look(before, Instant(at), occupied=occupied)
        found += [] if sighting is None else [sighting]
    return found


def after(*readings: tuple[float, bool], before: Standing = Standing()) -> Standing:  # noqa: B008
    for at, occupied in readings:
        before, _ = look(before, Instant(at), occupied=occupied)
    return before


CAME_AND_LEFT = [Sighting.ENTERED, Sighting.LEFT]


def test_somebody_comes_and_leaves() -> None:
    assert seen((0, False), (1, True), (5, False), (5.9, False), (6, False), (9, False)) == (
        CAME_AND_LEFT
    )


def test_who_shifts_from_one_foot_to_the_other_stays() -> None:
    assert seen((1, True), (2, False), (2.9, True), (3, False), (3.9, True)) == [Sighting.ENTERED]


def test_the_next_one_needs_no_beam_that_the_last_one_broke_in_leaving() -> None:
    assert seen((1, True), (2, False), (3, False), (9, True)) == [*CAME_AND_LEFT, Sighting.ENTERED]


def test_whoever_an_officer_took_care_of_does_not_come_anew_until_they_have_left() -> None:
    cared_for = taken_care_of(after((1, True)))
    assert seen((2, True), (3, False), (4, False), before=cared_for) == []
    assert seen((2, True), (3, False), (4, False), (5, True), before=cared_for) == (
        [Sighting.ENTERED]
    )
    gone = taken_care_of(after((1, True), (2, False)))
    assert seen((2.1, True), before=gone) == [Sighting.ENTERED]


def test_whoever_waits_is_counted_when_the_kiosk_becomes_ready() -> None:
    assert not with_waiting(Standing()).served
    waiting = with_waiting(taken_care_of(after((1, True))))
    assert waiting.served
    assert seen((2, False), (3, False), before=waiting) == [Sighting.LEFT]


@given(st.lists(st.tuples(st.floats(0.01, 3), st.booleans()), max_size=40))
def test_nobody_leaves_who_did_not_come(steps: list[tuple[float, bool]]) -> None:
    at, readings = 0.0, []
    for pause, occupied in steps:
        at += pause
        readings.append((at, occupied))
    found = seen(*readings)
    assert found == (CAME_AND_LEFT * len(found))[: len(found)]
