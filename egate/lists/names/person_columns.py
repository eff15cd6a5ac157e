"""The persons of a list in columns: some fifty bytes a name, built once when a list is loaded."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from egate.lists.names.birth_date import UNKNOWN_DATE, Dates, UnusableDate, packed
from egate.lists.names.folding import UnusableName
from egate.lists.names.person_name import NamePart, PersonName, part_of

Numbers = NDArray[np.int32]
_UNVOWELLED: Final = "."
"""After a word without vowels; no word has one."""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person as an entry of a list names one.

    Args:
        entry_id: of the entry; the answer to a query.
        names: the name and the aliases, each with all its parts in one text.
        date_of_birth: see `packed`; None where unknown.
        nationality: three letters of 9303-3 §5, empty where unknown.

    """

    entry_id: str
    names: tuple[str, ...] = field(repr=False)
    date_of_birth: str | None = field(default=None, repr=False)
    nationality: str = field(default="", repr=False)


class Texts:
    """Many short texts in one piece of memory."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._bytes, ends = bytearray(), array("q", (0,))
        for text in texts:
            self._bytes += text.encode("utf-8", "surrogatepass")
            ends.append(len(self._bytes))
        self._ends = np.asarray(ends, np.int64)

    def __getitem__(self, at: int) -> str:
        piece = self._bytes[self._ends[at] : self._ends[at + 1]]
        return piece.decode("utf-8", "surrogatepass")

    def bytes_held(self) -> int:
        return len(self._bytes) + self._ends.nbytes


@dataclass(frozen=True, slots=True)
class Postings:
    """For each key the rows that have it."""

    keys: dict[str, int] = field(repr=False)
    starts: Numbers = field(repr=False)
    rows: Numbers = field(repr=False)

    @classmethod
    def of(cls, keys: dict[str, int], key_of: Numbers, row_of: Numbers) -> Self:
        order = np.argsort(key_of, kind="stable")
        starts = np.searchsorted(key_of[order], np.arange(len(keys) + 1))
        return cls(keys, starts.astype(np.int32), row_of[order])

    def __getitem__(self, key: str) -> Numbers:
        if (at := self.keys.get(key)) is None:
            return self.rows[:0]
        return self.rows[self.starts[at] : self.starts[at + 1]]


@dataclass(frozen=True, slots=True)
class PersonColumns:
    """One row a name; rows are in the order of their dates of birth.

    Args:
        entry_ids: of the entries.
        unusable: entries with a name or a date that cannot be used, for the list's keeper.
        entry, date, nation: of each row; the nation by its number in ``nations``.
        cut: rows whose name fills the field of a machine readable zone.
        starts, words: the words of row n are ``words[starts[n]:starts[n + 1]]``.
        texts: each word, with a full stop after those without vowels.
        postings: rows by the consonants of each word that tells something.

    """

    entry_ids: Texts = field(repr=False)
    unusable: tuple[str, ...]
    entry: Numbers = field(repr=False)
    date: Dates = field(repr=False)
    nation: Numbers = field(repr=False)
    nations: dict[str, int] = field(repr=False)
    cut: NDArray[np.bool_] = field(repr=False)
    starts: Numbers = field(repr=False)
    words: Numbers = field(repr=False)
    texts: Texts = field(repr=False)
    postings: Postings = field(repr=False)

    @classmethod
    def of(cls, persons: Iterable[ListedPerson]) -> Self:
        """Return the columns of ``persons``."""
        building = _Building()
        for person in persons:
            building.add(person)
        return cls(**building.columns())

    def name(self, row: int) -> PersonName:
        words = self.words[self.starts[row] : self.starts[row + 1]]
        return PersonName(tuple(self.part(int(word)) for word in words), bool(self.cut[row]))

    def part(self, word: int) -> NamePart:
        text = self.texts[word]
        return part_of(text.removesuffix(_UNVOWELLED), text.endswith(_UNVOWELLED))

    def bytes_held(self) -> int:
        """Return the bytes of the columns; the keys of the postings come on top."""
        arrays = (self.entry, self.date, self.nation, self.cut, self.starts, self.words)
        texts = self.entry_ids.bytes_held() + self.texts.bytes_held()
        postings = self.postings.starts.nbytes + self.postings.rows.nbytes
        return sum(each.nbytes for each in arrays) + texts + postings


def telling(parts: Sequence[NamePart]) -> list[NamePart]:
    """Return the parts that tell something of a person."""
    return [each for each in parts if each.weight == 1.0]


class _Building:
    """Columns that grow, one list's persons after another."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._unusable: list[str] = []
        self._nations: dict[str, int] = {"": 0}
        self._rows = array("i")  # entry, date, nation, cut, end of words
        self._words = array("i")
        self._word_ids: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._posted_key, self._posted_row = array("i"), array("i")

    def add(self, person: ListedPerson) -> None:
        entry = len(self._ids)
        self._ids.append(person.entry_id)
        nation = self._nations.setdefault(person.nationality, len(self._nations))
        try:
            date = packed(person.date_of_birth)
        except UnusableDate:
            date = UNKNOWN_DATE
            self._unusable.append(person.entry_id)
        for written in person.names:
            try:
                name = PersonName.parse(written)
            except UnusableName:
                self._unusable.append(person.entry_id)
                continue
            self._post(name.parts)
            self._words.extend(self._word(part) for part in name.parts)
            self._rows.extend((entry, date, nation, name.cut, len(self._words)))

    def columns(self) -> dict[str, Any]:
        table = np.asarray(self._rows, np.int32).reshape(-1, 5)
        order = np.argsort(table[:, 1], kind="stable")
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        starts, words = _reordered(table[:, 4], np.asarray(self._words, np.int32), order)
        entry, date, nation, cut = (table[order, column].copy() for column in range(4))
        posted = place[np.asarray(self._posted_row, np.int32)]
        return {
            "entry_ids": Texts(self._ids),
            "unusable": tuple(dict.fromkeys(self._unusable)),
            "entry": entry,
            "date": date,
            "nation": nation,
            "nations": self._nations,
            "cut": cut.astype(np.bool_),
            "starts": starts,
            "words": words,
            "texts": Texts(self._word_ids),
            "postings": Postings.of(self._keys, np.asarray(self._posted_key, np.int32), posted),
        }

    def _word(self, part: NamePart) -> int:
        text = part.text + _UNVOWELLED if part.unvowelled else part.text
        return self._word_ids.setdefault(text, len(self._word_ids))

    def _post(self, parts: Sequence[NamePart]) -> None:
        row = len(self._rows) // 5
        for key in {part.consonants for part in telling(parts)}:
            self._posted_key.append(self._keys.setdefault(key, len(self._keys)))
            self._posted_row.append(row)


def _reordered(ends: Numbers, words: Numbers, order: NDArray[np.intp]) -> tuple[Numbers, Numbers]:
    """Return the words of rows laid down in another order, and where each row begins."""
    begins = np.concatenate(([0], ends))[:-1].astype(np.int32)
    lengths = (ends - begins)[order]
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    offsets = np.repeat(begins[order] - starts[:-1], lengths)
    return starts, words[np.arange(len(words), dtype=np.int32) + offsets]
