"""A look a minute becomes spans: no time is counted that nobody looked at."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from egate.domain.service_span import (
    LONGEST_GAP_SECONDS,
    LONGEST_SPAN_SECONDS,
    MOST_SPANS,
    ServiceSpan,
    looked_again,
)
from egate.domain.time import UtcSeconds


def look(at: float, *, in_service: bool = True) -> ServiceSpan:
    mode = "enabled" if in_service else "disabled"
    return ServiceSpan(UtcSeconds(at), UtcSeconds(at), in_service, mode, (), "1")


def spans_of(*looks: ServiceSpan) -> tuple[ServiceSpan, ...]:
    spans: tuple[ServiceSpan, ...] = ()
    for each in looks:
        spans = looked_again(spans, each)
    return spans


def test_looks_that_find_the_same_are_one_span() -> None:
    assert spans_of(look(0), look(60), look(120)) == (replace(look(0), until=UtcSeconds(120)),)


def test_a_change_ends_a_span_and_begins_the_next_at_once() -> None:
    open_, closed = spans_of(look(0), look(60), look(120, in_service=False))
    assert (open_.since, open_.until, open_.in_service) == (0, 120, True)
    assert (closed.since, closed.until, closed.in_service) == (120, 120, False)


def test_nothing_is_said_of_a_time_without_looks() -> None:
    before, after = spans_of(look(0), look(60), look(60 + LONGEST_GAP_SECONDS + 1), look(240))
    assert (before.until, after.since, after.until) == (60, 151, 240)


def test_a_clock_that_was_set_back_begins_anew() -> None:
    _, after = spans_of(look(1000), look(500))
    assert after == look(500)


def test_a_span_ends_after_an_hour_and_the_next_goes_on() -> None:
    spans = spans_of(*(look(60 * minute) for minute in range(121)))
    assert [(span.since, span.until) for span in spans[:2]] == [(0, 3600), (3600, 7200)]
    assert max(span.until - span.since for span in spans) <= LONGEST_SPAN_SECONDS


def test_the_oldest_are_given_up() -> None:
    apart = [look(1000 * number) for number in range(MOST_SPANS + 5)]
    assert spans_of(*apart) == tuple(apart[5:])
    turns = [look(60 * number, in_service=bool(number % 2)) for number in range(MOST_SPANS + 5)]
    assert len(spans_of(*turns)) == MOST_SPANS


@given(st.lists(st.tuples(st.floats(-200, 4000), st.booleans()), max_size=60))
def test_time_in_service_is_never_more_than_the_looks_cover(
    steps: list[tuple[float, bool]],
) -> None:
    now, covered, spans = 10_000.0, 0.0, spans_of()
    for seconds, in_service in steps:
        now += seconds
        if spans and 0 <= seconds <= LONGEST_GAP_SECONDS:
            covered += seconds
        spans = looked_again(spans, look(now, in_service=in_service))
    assert all(span.since <= span.until for span in spans)
    assert sum(span.until - span.since for span in spans) <= covered + 1e-6
