"""Stays are a function of the set of movements."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.central.stays import Movement, StayKind, opening_direction, pair, replaced
from egate.domain.record import Direction
from tests.crossing_histories import BEGUN, movements
from tests.stay_orders import DRAWN, is_of_no_order

ENTRY, EXIT = Direction.ENTRY, Direction.EXIT


def history(directions: str) -> list[Movement]:
    """``"ex"`` is an entry and an exit a day later."""
    return [
        Movement(BEGUN + timedelta(days=day), UUID(int=day + 1), {"e": ENTRY, "x": EXIT}[letter])
        for day, letter in enumerate(directions)
    ]


@pytest.mark.parametrize(
    ("issuing_state", "directions", "kinds"),
    [
        ("IND", "", []),
        ("IND", "e", [StayKind.OPEN]),
        ("IND", "x", [StayKind.EXIT_WITHOUT_ENTRY]),
        ("IND", "exe", [StayKind.MATCHED, StayKind.OPEN]),
        ("IND", "eex", [StayKind.ENTRY_WITHOUT_EXIT, StayKind.MATCHED]),
        ("IND", "exx", [StayKind.MATCHED, StayKind.EXIT_WITHOUT_ENTRY]),
        ("BGD", "x", [StayKind.OPEN]),
        ("BGD", "e", [StayKind.ENTRY_WITHOUT_EXIT]),
        ("BGD", "xe", [StayKind.MATCHED]),
        ("BGD", "xxe", [StayKind.EXIT_WITHOUT_ENTRY, StayKind.MATCHED]),
    ],
)
def test_what_belongs_together(issuing_state: str, directions: str, kinds: list[StayKind]) -> None:
    found = pair(history(directions), opening_direction(issuing_state))
    assert [stay.kind for stay in found] == kinds


def test_at_one_moment_the_id_decides() -> None:
    first, last = (Movement(BEGUN, UUID(int=n), way) for n, way in ((1, ENTRY), (2, EXIT)))
    (stay,) = pair([last, first], ENTRY)
    assert (stay.first, stay.last, stay.entry, stay.exit) == (first, last, first, last)


@DRAWN
@settings(max_examples=4 * settings.default.max_examples)
def test_order_and_repetition_do_not_matter(
    data: st.DataObject, sent: list[Movement], opening: Direction
) -> None:
    """Two thousand examples as CI has it; ``python -m tests.stay_orders`` has any number."""
    is_of_no_order(data, sent, opening)


@given(movements, st.sampled_from(Direction))
def test_every_movement_is_in_one_stay(sent: list[Movement], opening: Direction) -> None:
    found = pair(sent, opening)
    assert [one for stay in found for one in stay.movements] == sorted(sent)
    assert all(
        (stay.entry is not None and stay.exit is not None) == (stay.kind is StayKind.MATCHED)
        for stay in found
    )
    assert [stay.kind for stay in found[:-1]].count(StayKind.OPEN) == 0


@given(movements, st.sampled_from(Direction), st.integers(0, 12))
def test_a_movement_changes_no_stay_before_its_neighbour(
    sent: list[Movement], opening: Direction, step: int
) -> None:
    """What `stay_table` relies on when it reads only a part of a long history."""
    late = Movement(BEGUN + timedelta(days=9 * step), UUID(int=1), Direction.ENTRY)
    before = pair(sent, opening)
    earlier = [stay for stay in before if stay.first.at < late.at][:-1]
    assert pair([*sent, late], opening)[: len(earlier)] == tuple(earlier)


def ids(*numbers: int) -> list[UUID]:
    return [UUID(int=number) for number in numbers]


def tied(*pairs: tuple[int, int]) -> dict[UUID, UUID]:
    return {UUID(int=by): UUID(int=of) for by, of in pairs}


@pytest.mark.parametrize(
    ("links", "gone"),
    [
        (tied(), ids()),
        (tied((2, 1)), ids(1)),
        (tied((1, 2)), ids(2)),  # by a desk whose clock is behind
        (tied((2, 1), (3, 2)), ids(1, 2)),  # a chain
        (tied((2, 1), (3, 1)), ids(1, 2)),  # two desks at once: the later one
        (tied((2, 1), (3, 2), (4, 1)), ids(1, 2, 3)),
        (tied((2, 1), (1, 2)), ids(1)),  # a circle
        (tied((1, 2), (2, 3), (3, 1)), ids(1, 2)),
        (tied((1, 2), (2, 1), (0, 1)), ids(1, 2)),  # what leads into a circle stands
        (tied((1, 1)), ids()),
        (tied((2, 1), (4, 3)), ids(1, 3)),  # two cases
    ],
)
def test_whose_place_was_taken(links: dict[UUID, UUID], gone: list[UUID]) -> None:
    assert replaced(links) == set(gone)


@given(
    st.dictionaries(st.integers(0, 12), st.integers(0, 12), max_size=12),
    st.randoms(use_true_random=False),
)
def test_one_of_each_case_stands_whatever_the_order(pairs: dict[int, int], random: Random) -> None:
    links = tied(*pairs.items())
    shuffled = list(links.items())
    random.shuffle(shuffled)
    gone = replaced(dict(shuffled))
    assert gone == replaced(links)
    everyone = {*links, *links.values()}
    for case in cases(links):
        assert len(case - gone) == 1
    assert gone <= everyone
    unanswered = everyone - set(links.values())
    assert all(one in unanswered for one in everyone - gone if case_of(one, links) & unanswered)


def cases(links: dict[UUID, UUID]) -> list[set[UUID]]:
    return [case_of(one, links) for one in links]


def case_of(one: UUID, links: dict[UUID, UUID]) -> set[UUID]:
    """All that are tied to ``one``, found the slow way."""
    found = {one}
    while more := {
        each
        for pair_of in links.items()
        if found & set(pair_of)
        for each in pair_of
        if each not in found
    }:
        found |= more
    return found
