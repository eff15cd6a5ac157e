"""People counted by three beams that cannot tell who breaks them."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.session.presence import (
    LaneView,
    Presence,
    look,
    taken_care_of,
    with_waiting,
)

M, R, B, OPEN = "mouth", "reader", "behind", "doors_open"


def watch(*views: Iterable[str], presence: Presence | None = None) -> tuple[Presence, list[str]]:
    """Feed snapshots, each a set of active inputs, and return the end and all sightings."""
    presence, seen = presence or Presence(), []
    for view in views:
        presence, sightings = look(presence, LaneView(**dict.fromkeys(view, True)))
        seen += sightings
    return presence, [s.name for s in seen]


WALK_UP = ({M}, {M, R}, {R})


@pytest.mark.parametrize(
    ("views", "sightings", "count"),
    [
        (WALK_UP, ["ENTERED"], 1),
        (({M}, set(), {R}), ["ENTERED"], 1),
        (({R},), ["ENTERED"], 1),
        ((*WALK_UP, {R, OPEN}, {OPEN}, {B, OPEN}, {OPEN}, set()), ["ENTERED", "PASSED"], 0),
        ((*WALK_UP, set(), {M}, set()), ["ENTERED", "LEFT"], 0),
        (({M}, set(), {M}, set()), ["ENTERED", "LEFT"], 0),
        ((*WALK_UP, {R, M}, {R}), ["ENTERED", "SECOND_PERSON"], 2),
        ((*WALK_UP, {R, OPEN}, {OPEN}, {OPEN, M}), ["ENTERED", "SECOND_PERSON"], 2),
        (({M}, set(), {M}, set(), {R}), ["ENTERED", "LEFT", "ENTERED", "SECOND_PERSON"], 2),
        ((*WALK_UP, set(), {R}, set(), {R}), ["ENTERED"], 1),
        ((*WALK_UP, {R, B}, {R}), ["ENTERED"], 1),
        ((*WALK_UP, {R, B, OPEN}, {R, OPEN}), ["ENTERED", "SECOND_PERSON"], 1),
        (({B, OPEN}, {OPEN}), [], 0),
        ((*WALK_UP, {R, M}, {R}, set(), {M}, set(), {M}), ["ENTERED", "SECOND_PERSON", "LEFT"], 0),
        (
            (*WALK_UP, set(), {M}, set(), {M}, {M, R}, {R}),
            ["ENTERED", "LEFT", "ENTERED"],
            1,
        ),
    ],
)
def test_what_the_beams_mean(views: Sequence[set[str]], sightings: list[str], count: int) -> None:
    presence, seen = watch(*views)
    assert seen == sightings
    assert presence.count == count


def test_those_an_officer_took_care_of_leave_unseen() -> None:
    presence, _ = watch(*WALK_UP, {R, M}, {R})
    left, seen = watch(set(), {M}, set(), {M}, set(), presence=taken_care_of(presence))
    assert seen == []
    assert (left.count, left.leaving) == (0, 0)
    assert watch(*WALK_UP, presence=left)[1] == ["ENTERED"]


def test_the_next_traveller_is_seen_although_the_last_one_went_another_way() -> None:
    presence, _ = watch(*WALK_UP)
    gone, _ = watch(set(), presence=taken_care_of(presence))
    now, seen = watch(*WALK_UP, {R, M}, presence=gone)
    assert seen == ["ENTERED", "SECOND_PERSON"]
    assert now.count == 2


def test_who_stays_at_the_reader_waits_there() -> None:
    presence, _ = watch(*WALK_UP)
    stayed = with_waiting(taken_care_of(presence))
    assert (stayed.count, stayed.leaving) == (1, 0)
    assert with_waiting(Presence()).count == 0
    assert watch(set(), {M}, presence=stayed)[1] == ["LEFT"]


views = st.lists(st.sets(st.sampled_from([M, R, B, OPEN])), max_size=40)


@given(views)
def test_counts_stay_sane(history: list[set[str]]) -> None:
    presence, seen = watch(*history)
    entered = seen.count("ENTERED") + seen.count("SECOND_PERSON")
    gone = seen.count("LEFT") + seen.count("PASSED")
    assert presence.count >= 0
    assert gone <= entered


@given(views)
def test_a_second_person_is_never_taken_for_one(history: list[set[str]]) -> None:
    """Somebody at the mouth while the reader's place stays taken is always told."""
    presence, _ = watch(*history, {R})
    _, seen = watch({R, M}, presence=presence)
    assert seen in (["SECOND_PERSON"], ["PASSED", "SECOND_PERSON"])


@given(views)
def test_the_same_view_twice_says_nothing_new(history: list[set[str]]) -> None:
    presence, _ = watch(*history)
    assert look(presence, presence.seen) == (presence, ())
