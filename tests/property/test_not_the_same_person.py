"""Laws of *not the same person*: it holds for one holder and one state of one entry."""

from hypothesis import given
from hypothesis import strategies as st

from egate.lists.names.birth_date import Agreement
from egate.lists.names.not_the_same import NotTheSamePerson, unsettled
from egate.lists.names.person_index import PersonHit

keys = st.integers(1, 3)
decisions = st.frozensets(st.builds(NotTheSamePerson, keys, keys, keys), max_size=12)
hit_lists = st.lists(
    st.builds(PersonHit, keys, st.floats(0, 1), st.sampled_from(Agreement), st.booleans()),
    max_size=5,
)
revisions = st.dictionaries(keys, keys)


@given(hit_lists, keys, revisions, decisions)
def test_a_hit_is_left_out_exactly_when_it_was_decided(
    hits: list[PersonHit],
    holder: int,
    now: dict[int, int],
    made: frozenset[NotTheSamePerson],
) -> None:
    left = unsettled(hits, holder, now, made)
    expected = [
        hit
        for hit in hits
        if not any(
            each.entry == hit.entry
            and each.revision == now.get(hit.entry)
            and each.holder == holder
            for each in made
        )
    ]
    assert list(left) == expected


@given(hit_lists, keys, keys, revisions, decisions)
def test_a_changed_entry_and_another_holder_are_asked_again(
    hits: list[PersonHit],
    holder: int,
    entry: int,
    now: dict[int, int],
    made: frozenset[NotTheSamePerson],
) -> None:
    changed = {**now, entry: 99}
    left = unsettled(hits, holder, changed, made)
    assert [hit for hit in left if hit.entry == entry] == [
        hit for hit in hits if hit.entry == entry
    ]
    assert unsettled(hits, 99, now, made) == tuple(hits)
    assert unsettled(hits, None, now, made) == tuple(hits)


@given(hit_lists, keys, revisions, decisions, decisions)
def test_decisions_only_ever_take_away_and_in_any_order(
    hits: list[PersonHit],
    holder: int,
    now: dict[int, int],
    some: frozenset[NotTheSamePerson],
    more: frozenset[NotTheSamePerson],
) -> None:
    together = unsettled(hits, holder, now, some | more)
    assert together == unsettled(unsettled(hits, holder, now, some), holder, now, more)
    assert together == unsettled(unsettled(hits, holder, now, more), holder, now, some)


def test_a_decision_does_not_show_the_holder() -> None:
    assert "123" not in repr(NotTheSamePerson(1, 2, 123))
