"""The names of a version: as they went in so they come out, and nonsense is refused."""

import io
import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.lists.entries_file import SALT_BYTES
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.listed_person import ListedPerson
from egate.lists.names import postings as postings_module
from egate.lists.names.birth_date import packed
from egate.lists.names.by_chance import Namesakes
from egate.lists.names.person_columns import PersonColumns
from egate.lists.names.person_index import PersonIndex, Traveller
from egate.lists.names.person_name import PersonName
from egate.lists.names.postings import Postings, telling
from egate.lists.persons_file import (
    ABOUT,
    NOBODY,
    SETTLED,
    PersonsSaid,
    open_persons,
    write_persons,
)
from tests.list_samples import KEY

KIND = ListKind.WANTED
SALT = bytes(range(SALT_BYTES))
HEAD = 8 + SALT_BYTES
WORDS = ["Md", "Abdul", "Karim", "Chowdhury", "Rachid", "Thabit", "Mahbub-ur", "Rahman", "করিম"]
PERSONS = st.builds(
    ListedPerson,
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1)
    .map(tuple)
    .filter(lambda names: len(names) <= 3),
    st.sampled_from([None, "1974", "1974-08-12", "1980-01-01", "1974-XX-12"]),
    st.sampled_from(["", "BGD", "D"]),
)
LISTED = st.lists(st.tuples(st.integers(1, 2**64 - 1), PERSONS), max_size=12)


def rows(columns: PersonColumns) -> list[tuple[object, ...]]:
    nations = list(columns.nations)
    return sorted(
        (int(entry), int(date), nations[nation], bool(cut), columns.name(row).parts)
        for row, (entry, date, nation, cut) in enumerate(
            zip(columns.entry, columns.date, columns.nation, columns.cut, strict=True)
        )
    )


def expected(listed: list[tuple[int, ListedPerson]]) -> list[tuple[object, ...]]:
    names = [(entry, each, PersonName.parse(name)) for entry, each in listed for name in each.names]
    return sorted(
        (entry, packed(each.date_of_birth), each.nationality, name.cut, name.parts)
        for entry, each, name in names
    )


def said(columns: PersonColumns) -> PersonsSaid:
    entries = np.unique(columns.entry)
    numbers = np.arange(len(entries), dtype=np.uint32)
    settled = np.array([(entry, 7, 9) for entry in entries.tolist()], SETTLED)
    return PersonsSaid(entries, numbers, columns, settled)


def opened(folder: Path, content: bytes) -> PersonsSaid:
    file = folder / "persons"
    file.write_bytes(content)
    return open_persons(os.open(file, os.O_RDONLY), len(content), KIND, KEY)


def written(persons: PersonsSaid) -> bytes:
    stream = io.BytesIO()
    write_persons(stream, KIND, persons, KEY, SALT)
    return stream.getvalue()


@given(LISTED)
def test_as_they_went_in_so_they_come_out(
    tmp_path_factory: pytest.TempPathFactory, listed: list[tuple[int, ListedPerson]]
) -> None:
    columns = PersonColumns.of(listed)
    read = opened(tmp_path_factory.getbasetemp(), written(said(columns)))
    assert rows(read.columns) == rows(columns) == expected(listed)
    for number, entry in enumerate(read.entries.tolist()):
        assert read.number_of(entry) == number
        assert [tuple(each) for each in read.settled_about(entry)] == [(entry, 7, 9)]
    assert read.number_of(0) is None


@given(LISTED, LISTED, st.integers(0, 2**12 - 1))
def test_joined_are_the_rows_that_are_marked(
    one: list[tuple[int, ListedPerson]], other: list[tuple[int, ListedPerson]], bits: int
) -> None:
    left, right = PersonColumns.of(one), PersonColumns.of(other)
    marked = np.array([bool(bits >> row & 1) for row in range(len(left))], bool)
    joined = PersonColumns.joined([(left, marked), (right, np.ones(len(right), bool))])
    kept = left.at(np.flatnonzero(marked))
    assert rows(joined) == sorted(rows(kept) + rows(right))
    assert (np.diff(joined.date) >= 0).all()
    assert set(joined.words.tolist()) == set(range(len(joined.texts)))


@settings(max_examples=30)
@given(LISTED)
def test_every_row_is_under_each_way_to_hear_each_of_its_words(
    listed: list[tuple[int, ListedPerson]],
) -> None:
    columns = PersonColumns.of(listed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(postings_module, "_PIECE_ROWS", 3)
        postings = Postings.by_consonants(columns)
    heard: dict[str, set[int]] = {}
    for row in range(len(columns)):
        for part in telling(columns.name(row).parts):
            for key in part.keys:
                heard.setdefault(key, set()).add(row)
    for row in range(len(columns)):
        for part in telling(columns.name(row).parts):
            wanted = set().union(*(heard[key] for key in part.keys))
            assert postings.of(part).tolist() == sorted(wanted)
            assert postings.count(part) >= len(wanted)
    assert postings.of(PersonName.parse("Zhanggir").parts[0]).tolist() == []


def test_the_rarer_a_name_the_fewer_namesakes() -> None:
    many = [(number, ListedPerson(("Karim Banu",))) for number in range(1000)]
    columns = PersonColumns.of([*many, (7777, ListedPerson(("Zhanggir Tursunbekov",)))])
    namesakes = Namesakes(columns, Postings.by_consonants(columns))
    common, rare, both = (
        namesakes.expected(list(PersonName.parse(name).parts))
        for name in ("Karim", "Tursunbekov", "Zhanggir Tursunbekov")
    )
    assert both < rare < common
    assert common == pytest.approx(1000 * 1001 / 2001, rel=0.1)


def test_sealed_nonsense_is_refused_or_harmless(tmp_path: Path) -> None:
    """Even of who has the key nothing is believed that could end the process of a lane."""
    listed = [
        (number, ListedPerson((f"Md Karim {word}",), f"197{number % 10}-08-12", "BGD"))
        for number, word in enumerate(WORDS * 5, 1)
    ]
    whole = written(said(PersonColumns.of(listed)))
    cipher = KEY.cipher(KIND, SALT)
    plain = cipher.decrypt(bytes(12), whole[HEAD:], ABOUT)
    choose = random.Random(9303)  # noqa: S311  to be seen again
    refused = 0
    for _ in range(600):
        content = bytearray(plain)
        at = choose.randrange(len(content)) & ~3
        content[at : at + 4] = choose.choice((bytes(4), b"\xff" * 4, choose.randbytes(4)))
        if choose.randrange(8) == 0:
            del content[choose.randrange(len(content)) :]
        try:
            read = opened(tmp_path, whole[:HEAD] + cipher.encrypt(bytes(12), bytes(content), ABOUT))
        except ListRefused:
            refused += 1
        else:
            PersonIndex(read.columns).find(Traveller("Abdul Karim Chowdhury", "1971-08-12", "BGD"))
    assert refused > 200


@pytest.mark.parametrize("content", [b"", b"EGLISTP1", bytes(100), b"EGLISTP1" + bytes(100)])
def test_what_is_no_file_of_persons(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ListRefused, match=r"persons: (not a file|sealed)"):
        opened(tmp_path, content)


def test_one_who_is_listed_no_more(tmp_path: Path) -> None:
    nobody = PersonsSaid(
        np.array([5], np.uint64),
        np.array([NOBODY], np.uint32),
        PersonColumns.of(()),
        np.empty(0, SETTLED),
    )
    assert opened(tmp_path, written(nobody)).number_of(5) == NOBODY
