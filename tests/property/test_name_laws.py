"""Laws of the score of names, and hostile text."""

import string

from hypothesis import example, given
from hypothesis import strategies as st

from egate.lists.names.folding import MAX_CHARACTERS, UnusableName
from egate.lists.names.score import names_score
from egate.lists.names.spellings import SPELLINGS

words = st.one_of(
    st.sampled_from(sorted(SPELLINGS)),
    st.text(string.ascii_uppercase, min_size=1, max_size=12),
    st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=8),
)
names = st.lists(words, min_size=1, max_size=6).map(" ".join)


def scored(left: str, right: str) -> float | None:
    try:
        return names_score(left, right)
    except UnusableName:
        return None


@given(names, names)
@example("ABDUL KARIM ABDUL", "KARIM ABDULKARIM")
def test_symmetric_and_bounded(left: str, right: str) -> None:
    value = scored(left, right)
    assert value == scored(right, left)
    assert value is None or 0.0 <= value <= 1.0


@given(names)
def test_a_name_is_itself(name: str) -> None:
    assert scored(name, name) in (1.0, None)


@given(st.lists(st.text(string.ascii_uppercase, min_size=2, max_size=9), min_size=1, max_size=4))
def test_writing_it_in_a_zone_or_in_small_letters_changes_nothing(parts: list[str]) -> None:
    name = " ".join(parts)
    assert scored(name, "<".join(parts) + "<<<<") == 1.0
    assert scored(name, name.lower()) == 1.0


@given(names, st.sampled_from(sorted(SPELLINGS)))
def test_a_spelling_is_as_good_as_another(rest: str, spelling: str) -> None:
    assert scored(f"{spelling} {rest}", f"{SPELLINGS[spelling]} {rest}") in (1.0, None)


@given(st.text(max_size=2 * MAX_CHARACTERS), st.text(max_size=2 * MAX_CHARACTERS))
@example("a " * 24, "b " * 24)
@example("\ufdfa" * MAX_CHARACTERS, "\u0bb8\u0bcd\u0bb0\u0bc0" * 60)
def test_any_text_has_a_score_or_the_one_error(left: str, right: str) -> None:
    scored(left, right)
