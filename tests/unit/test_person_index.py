"""Who on a list a traveller may be."""

from collections.abc import Sequence

import pytest

from egate.lists.listed_person import ListedPerson
from egate.lists.names.birth_date import Agreement, UnusableDate
from egate.lists.names.folding import UnusableName
from egate.lists.names.person_columns import PersonColumns
from egate.lists.names.person_index import NameThresholds, PersonHit, PersonIndex, Traveller

LISTED = [
    ("e1", ListedPerson(("Md. Abdul Karim Chowdhury",), "1974-08-12", "BGD")),
    ("e2", ListedPerson(("Mahbub-ur-Rahman", "Kala Mahbub"), "1980-01-01", "BGD")),
    ("e3", ListedPerson(("Zhanggir Tursunbekov",), None, "")),
    ("e4", ListedPerson(("Mst Rahima Begum",), "1990-05-06", "BGD")),
    ("e5", ListedPerson(("Quixano Alonso de la Mancha",), "1991-03-17", "ESP")),
    ("e6", ListedPerson(("Quixano Alonso de la Mancha",), "1960-07-17", "ESP")),
]
# So many others that the names above are rare, as they are on a list of the size.
OTHERS = [
    (
        f"o{number}",
        ListedPerson((f"Other{'abcdefghij'[number % 10]} Somebody",), "1950-02-03", "BGD"),
    )
    for number in range(2000)
]
ALL = [*OTHERS[:1000], *LISTED, *OTHERS[1000:]]
INDEX = PersonIndex(PersonColumns.of((key, person) for key, (_, person) in enumerate(ALL)))


def found(name: str, born: str | None, nationality: str = "") -> Sequence[PersonHit]:
    return INDEX.find(Traveller(name, born, nationality))


def ids(name: str, born: str | None, nationality: str = "") -> list[str]:
    return [entry_id(hit) for hit in found(name, born, nationality)]


def entry_id(hit: PersonHit) -> str:
    return ALL[hit.entry][0]


def test_a_name_spelt_otherwise_with_the_same_date() -> None:
    (hit,) = found("CHAUDHRY<<MOHAMMAD<ABDULKARIM", "1974-08-12", "BGD")
    assert (entry_id(hit), hit.dates) == ("e1", Agreement.EXACT)
    assert hit.score > 0.9


def test_an_alias() -> None:
    assert ids("Mahbub Kala", "1980-05-05") == ["e2"]
    assert ids("Mahbubul Rahman", "1980-01-01") == ["e2"]


def test_day_and_month_swapped() -> None:
    (hit,) = found("Mosammat Rahima Khatun", "1990-06-05")
    assert (entry_id(hit), hit.dates) == ("e4", Agreement.SWAPPED)


def test_another_day_needs_a_rare_name() -> None:
    assert ids("Alonso Quixano de la Mancha", "1991-03-18") == ["e5"]
    assert ids("Alonso Quixano de la Mancha", "1991-04-18") == []
    assert ids("Othera Somebody", "1950-02-04") == []


def test_an_entry_without_a_date() -> None:
    (hit,) = found("Tursunbekov Zhangir", "1985-10-10", "KGZ")
    assert (entry_id(hit), hit.dates) == ("e3", Agreement.UNKNOWN)


def test_a_traveller_without_a_date() -> None:
    assert sorted(ids("Alonso Quixano de la Mancha", None)) == ["e5", "e6"]


def test_the_nationality_counts_where_the_date_does_not() -> None:
    assert ids("Alonso Quixano de la Mancha", "1991-03-18", "ESP") == ["e5"]
    assert ids("Alonso Quixano de la Mancha", "1991-03-18", "BGD") == []
    assert ids("Alonso Quixano de la Mancha", "1991-03-17", "BGD") == ["e5"]


def test_another_name_with_the_same_date() -> None:
    assert ids("Md Abdul Rahim Chowdhury", "1974-08-12") == []


def test_one_part_that_is_shared_must_be_surely_the_same() -> None:
    score = NameThresholds(exact=0.9)
    assert INDEX.find(Traveller("Mst Rahima Begum", "1990-05-06"), score)
    (hit,) = found("Rohema Khatun", "1990-05-06")
    assert (
        INDEX.find(Traveller("Rohema Khatun", "1990-05-06"), NameThresholds(exact=hit.score)) == ()
    )


def test_thresholds_are_the_policys() -> None:
    strict = NameThresholds(exact=1.0)
    spelt = Traveller("Abdul Karim Choudhury Miah", "1974-08-12")
    assert [entry_id(hit) for hit in INDEX.find(spelt)] == ["e1"]
    assert INDEX.find(spelt, strict) == ()


def test_a_policy_may_want_whole_dates_alone() -> None:
    traveller = Traveller("Alonso Quixano de la Mancha", "1991-03-18")
    assert INDEX.find(traveller)
    assert INDEX.find(traveller, NameThresholds(by_chance=0.0)) == ()


def test_the_less_likely_to_be_a_namesake_the_less_of_the_date_is_needed() -> None:
    assert ids("Tursunbekov", "1985-10-10") == []  # half of the name is in the list, undated
    assert ids("Otherb Somebody Quixano", "1950-02-04") == []  # what is rare is not shared
    assert ids("Md Khan", "1991-03-18") == []  # no part tells anything


def test_a_name_takes_little_memory() -> None:
    assert INDEX.bytes_held() < 100 * len(INDEX)


def test_many_namesakes_come_best_first_and_once() -> None:
    hits = found("Otherc Somebody", "1950-02-03")
    assert len({entry_id(hit) for hit in hits}) == len(hits) >= 200
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_an_empty_list() -> None:
    index = PersonIndex(PersonColumns.of(()))
    assert index.find(Traveller("Anna", "1990-01-02")) == ()
    assert len(index) == 0


@pytest.mark.parametrize(
    ("name", "born", "nationality", "is_exact"),
    [
        ("CHOWDHURY<<MD<ABDUL<KARIM", "1974-08-12", "BGD", True),
        ("Md Abdul Karim Chowdhury", "1974-08-12", "", True),
        ("Md Abdul Karim Chowdhury", "1974-08-12", "IND", False),
        ("Md Abdul Karim Chowdhury", "1974-12-08", "BGD", False),
        ("Md Abdul Karim Chowdhury", "1974", "BGD", False),
        ("Md Abdul Karym Chowdhury", "1974-08-12", "BGD", False),
        ("Abdul Karim Chowdhury", "1974-08-12", "BGD", False),
    ],
)
def test_exact_is_name_whole_date_and_no_other_nationality(
    name: str, born: str, nationality: str, *, is_exact: bool
) -> None:
    hits = [hit for hit in found(name, born, nationality) if entry_id(hit) == "e1"]
    assert [hit.is_exact for hit in hits] == [is_exact]


def test_a_traveller_that_cannot_be_asked_for() -> None:
    with pytest.raises(UnusableName):
        found("", None)
    with pytest.raises(UnusableDate):
        found("Anna", "yesterday")


def test_nothing_shows_a_name_or_a_date() -> None:
    shown = repr((LISTED[0], Traveller("Karim", "1974-08-12"), found("Karim", None), INDEX))
    assert "Karim" not in shown
    assert "1974" not in shown
