"""The persons of a list in columns: some forty bytes a name, made where the list is made.

Rows are sorted by date of birth. What is written here goes to gates, so it holds words as they
are usually spelt, and nothing that a later version of the matcher would compute otherwise from
a word.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from egate.lists.listed_person import ListedPerson
from egate.lists.names.birth_date import Dates, packed
from egate.lists.names.folding import Word
from egate.lists.names.person_name import NamePart, PersonName, usual_part
from egate.lists.names.texts import Texts

Numbers = NDArray[np.int32]
Keys = NDArray[np.uint64]
_UNVOWELLED: Final = "."
"""After a word without vowels; no word has one."""


@dataclass(frozen=True, slots=True)
class PersonColumns:
    """One row a name.

    Args:
        entry: the key of the entry of each row.
        date, nation, cut: of each row: of birth; by its number in ``nations``; whether the name
            fills the field of a machine readable zone.
        starts, words: the words of row n are ``words[starts[n]:starts[n + 1]]``.
        texts: each word once, with a full stop after those without vowels.
        nations: each once.

    """

    entry: Keys = field(repr=False)
    date: Dates = field(repr=False)
    nation: Numbers = field(repr=False)
    cut: NDArray[np.bool_] = field(repr=False)
    starts: Numbers = field(repr=False)
    words: Numbers = field(repr=False)
    texts: Texts = field(repr=False)
    nations: Texts = field(repr=False)

    @classmethod
    def of(cls, persons: Iterable[tuple[int, ListedPerson]]) -> Self:
        """Return the columns of ``persons``, each with the key of its entry, of 64 bits."""
        entries, rows, words = array("Q"), array("i"), array("i")
        texts: dict[str, int] = {}
        nations: dict[str, int] = {}
        for entry, person in persons:
            nation = nations.setdefault(person.nationality, len(nations))
            date = packed(person.date_of_birth)
            for written in person.names:
                name = PersonName.parse(written)
                words.extend(texts.setdefault(_text(part), len(texts)) for part in name.parts)
                entries.append(entry)
                rows.extend((date, nation, name.cut, len(words)))
        table = np.asarray(rows, np.int32).reshape(-1, 4)
        starts = np.concatenate(([0], table[:, 3])).astype(np.int32)
        return cls(
            np.asarray(entries, np.uint64),
            table[:, 0],
            table[:, 1],
            table[:, 2].astype(np.bool_),
            starts,
            np.asarray(words, np.int32),
            Texts.of(texts),
            Texts.of(nations),
        ).at(np.argsort(table[:, 0], kind="stable"))

    @classmethod
    def joined(cls, pieces: Sequence[tuple["PersonColumns", NDArray[np.bool_]]]) -> Self:
        """Return the rows of ``pieces`` that are marked, and no word that none of them has."""
        texts: dict[str, int] = {}
        nations: dict[str, int] = {}
        chosen = [columns.at(np.flatnonzero(marked)) for columns, marked in pieces]
        words = [_renumbered(each.words, each.texts, texts) for each in chosen]
        nation = [_renumbered(each.nation, each.nations, nations) for each in chosen]
        date = np.concatenate([np.empty(0, np.int32), *(each.date for each in chosen)])
        lengths = [np.diff(each.starts) for each in chosen]
        return cls(
            np.concatenate([np.empty(0, np.uint64), *(each.entry for each in chosen)]),
            date,
            np.concatenate([np.empty(0, np.int32), *nation]),
            np.concatenate([np.empty(0, np.bool_), *(each.cut for each in chosen)]),
            _starts(np.concatenate([np.empty(0, np.int32), *lengths])),
            np.concatenate([np.empty(0, np.int32), *words]),
            Texts.of(texts),
            Texts.of(nations),
        ).at(np.argsort(date, kind="stable"))

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self.date)

    def name(self, row: int) -> PersonName:
        words = self.words[self.starts[row] : self.starts[row + 1]]
        return PersonName(tuple(self.part(int(word)) for word in words), bool(self.cut[row]))

    def part(self, word: int) -> NamePart:
        return usual_part(*word_of(self.texts[word]))

    def at(self, rows: NDArray[np.intp]) -> Self:
        """Return these rows, in this order."""
        lengths = np.diff(self.starts)[rows]
        starts = _starts(lengths)
        offsets = np.repeat(self.starts[rows] - starts[:-1], lengths)
        return type(self)(
            self.entry[rows],
            self.date[rows],
            self.nation[rows],
            self.cut[rows],
            starts,
            self.words[np.arange(starts[-1], dtype=np.int32) + offsets],
            self.texts,
            self.nations,
        )

    def bytes_held(self) -> int:
        arrays = (self.entry, self.date, self.nation, self.cut, self.starts, self.words)
        return sum(each.nbytes for each in arrays) + self.texts.bytes_held()


def word_of(text: str) -> Word:
    """Return the word that one of the texts of columns stands for."""
    return Word(text.removesuffix(_UNVOWELLED), text.endswith(_UNVOWELLED))


def _text(part: NamePart) -> str:
    return part.text + _UNVOWELLED if part.unvowelled else part.text


def _starts(lengths: Numbers) -> Numbers:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)


def _renumbered(numbers: Numbers, texts: Texts, all_texts: dict[str, int]) -> Numbers:
    """Return ``numbers`` of ``texts`` as numbers of ``all_texts``, which gets those used."""
    used, place = np.unique(numbers, return_inverse=True)
    new = [all_texts.setdefault(texts[number], len(all_texts)) for number in used.tolist()]
    return np.asarray(new, np.int32)[place]
