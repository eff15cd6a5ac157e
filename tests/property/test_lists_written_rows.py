"""What is written of entries is read again as it was, whoever is on the list."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.domain.record import Direction
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.listed_person import ListedPerson
from egate.lists.source import RowStatus, SourceRow, read_row
from egate.lists.written_rows import RowFormat, in_format

KIND = ListKind.BLACKLIST_FOREIGN
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
texts = st.lists(words, min_size=1, max_size=4).map(" ".join)
days = st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1))
numbers = st.text("ABCXYZ0123456789", min_size=1, max_size=9)
documents = st.builds(
    ListedDocument, st.sampled_from("PIV"), st.sampled_from(("BGD", "D")), numbers
)
names = st.lists(st.sampled_from(("KARIM RAHMAN", "মোঃ করিম", "Md. Karim", "O'Neil", '"X", Y')),
    min_size=1, max_size=3, unique=True)  # fmt: skip
persons = st.builds(
    ListedPerson,
    names.map(tuple),
    st.sampled_from((None, "1974-08-12", "1974-XX-XX", "1974")),
    st.sampled_from(("", "BGD")),
    st.sampled_from(("", "F", "M")),
)


@st.composite
def rows(draw: st.DrawFn) -> SourceRow:
    begins = draw(days)
    entry = ListEntry(
        entry_id=draw(words),
        kind=KIND,
        legal_basis=draw(texts),
        order_reference=draw(texts),
        authority=draw(texts),
        valid_from=begins,
        valid_to=begins + dt.timedelta(days=draw(st.integers(0, 900))),
        direction=draw(st.sampled_from((None, *Direction))),
        action=draw(st.sampled_from(ListAction)),
        instruction=draw(st.just("") | texts),
        court=draw(st.just("") | texts),
        contact=draw(st.just("") | texts),
        persons=tuple(draw(st.lists(persons, max_size=2, unique=True))),
    )
    document = draw(documents) if not entry.persons else draw(st.none() | documents)
    return SourceRow(0, document, entry, RowStatus.LISTED)


def read(text: str, form: RowFormat) -> Iterator[SourceRow]:
    said = json.loads(text) if form is RowFormat.JSON else csv.DictReader(io.StringIO(text))
    for row in said:
        made = read_row(0, row, KIND)
        assert isinstance(made, SourceRow), made
        yield made


@given(st.lists(rows(), max_size=4), st.sampled_from(RowFormat))
@settings(max_examples=50)
def test_what_is_written_is_read_as_it_was(made: list[SourceRow], form: RowFormat) -> None:
    again = iter(read("".join(in_format(made, form)), form))
    for row in made:
        if row.document is not None:
            document = next(again)
            assert (document.document, document.status) == (row.document, row.status)
            assert without_persons(document.entry) == without_persons(row.entry)
        for person in row.entry.persons:
            said = next(again)
            assert said.document is None
            assert said.entry.persons == (person,)
            assert without_persons(said.entry) == without_persons(row.entry)
    assert not list(again)


def without_persons(entry: ListEntry) -> dict[str, object]:
    return {name: value for name, value in entry.as_json().items() if name != "persons"}


def test_a_text_that_cannot_be_read_again_is_no_text_of_an_entry() -> None:
    for text in ("a\nb", "\x1b[2J", "\0"):
        row = {"entry_id": "E", "legal_basis": text, "order_reference": "o", "authority": "a"}
        with pytest.raises(ListRefused):
            ListEntry.of({**row, "list": "WANTED", "valid_from": "2026-01-01",
                "valid_to": "2026-01-02", "direction": "both", "action": "INFO",
                "instruction": ""})  # fmt: skip
